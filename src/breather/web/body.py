"""The body of a request, of a bounded size."""

from starlette.requests import Request

from breather.web.strict_json import LARGEST, too_large


async def read_body(request: Request, largest: int = LARGEST) -> bytes:
    """What is longer is refused before it is read to its end. Raises Problem 413."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > largest:
        raise too_large()
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise too_large()
        parts.append(part)
    return b"".join(parts)
