"""A published file, read line by line, never as a whole, and never trusted to be text."""

from collections.abc import Iterator
from pathlib import Path

from breather.intelligence.importers.finding import NotThisFormat, Reason, Rejected

LONGEST_LINE = 64 * 1024
# Formats that are one JSON document have to be read whole.
LARGEST_DOCUMENT = 64 * 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Line = tuple[int, str]


class ListFile:
    """`name` may say what the content does not, such as the asset of an OFAC file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return self.path.name

    def head(self, length: int = 4096) -> bytes:
        with self.path.open("rb") as file:
            return file.read(length).removeprefix(_BYTE_ORDER_MARK)

    def lines(self) -> Iterator[Line | Rejected]:
        """(number, text without its line break). A line that is no text, or has no end, is rejected and passed over."""
        with self.path.open("rb") as file:
            number = 0
            while part := file.readline(LONGEST_LINE):
                number += 1
                if number == 1:
                    part = part.removeprefix(_BYTE_ORDER_MARK)
                if len(part) == LONGEST_LINE and not part.endswith(b"\n"):
                    while part and not part.endswith(b"\n"):
                        part = file.readline(LONGEST_LINE)
                    message = f"the line is longer than {LONGEST_LINE} bytes"
                    yield Rejected.of(Reason.TOO_LONG, number, "", message)
                    continue
                yield _decoded(number, part.rstrip(b"\r\n"))

    def document(self) -> bytes:
        """The whole file. Raises NotThisFormat if it is larger than a document may be."""
        size = self.path.stat().st_size
        if size > LARGEST_DOCUMENT:
            message = f"{self.name} has {size} bytes; a document that has to be read whole has at most"
            raise NotThisFormat(f"{message} {LARGEST_DOCUMENT}: split it, or publish it as JSON lines")
        with self.path.open("rb") as file:
            return file.read(LARGEST_DOCUMENT + 1).removeprefix(_BYTE_ORDER_MARK)


def _decoded(number: int, line: bytes) -> Line | Rejected:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of the line is not UTF-8"
        return Rejected.of(Reason.ENCODING, number, line[:100].decode("latin-1"), message)
    if "\0" in text:
        return Rejected.of(Reason.ENCODING, number, text, "the line contains U+0000")
    return number, text
