"""Posted forms: `application/x-www-form-urlencoded` of a modest size, one value a field."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from breather.web.problems import Problem
from breather.web.strict_json import too_large

LARGEST = 16 * 1024
MOST_FIELDS = 100

Form = dict[str, str]


async def read_form(request: Request, largest: int = LARGEST) -> Form:
    """Raises Problem: 413 beyond `largest` bytes, 400 for what is not such a form."""
    size = 0
    parts: list[bytes] = []
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise too_large(largest)
        parts.append(part)
    try:
        pairs = parse_qsl(b"".join(parts).decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem(400, "syntax", "Not a form", "Send application/x-www-form-urlencoded.") from None
    form = dict(pairs)
    if len(form) != len(pairs) or any("\0" in text for pair in pairs for text in pair):
        raise Problem(400, "syntax", "Not a form", "Every field may be there once, without U+0000.")
    return form
