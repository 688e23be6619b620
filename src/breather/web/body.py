"""The body of a request, of a bounded size."""

from starlette.requests import ClientDisconnect, Request

from breather.web.strict_json import LARGEST, too_large


async def read_body(request: Request, largest: int = LARGEST) -> bytes:
    """What is longer is refused before it is read to its end. Raises Problem 413."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > largest:
        raise too_large()
    parts: list[bytes] = []
    size, more = 0, True
    while more:  # Starlette's stream does this, too, by an asynchronous generator that costs more than it reads
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size > largest:
            raise too_large()
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)
