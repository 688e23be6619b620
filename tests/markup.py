"""A page as a small tree, so that tests ask about elements and not about spelling."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "circle", "path"})


@dataclass
class Element:
    """An element: its attributes, its elements in order, and the text directly inside it."""

    tag: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "", **wanted: str) -> list["Element"]:
        """Every element below this one with that tag and those attributes (`class_` stands for `class`)."""
        return [
            each
            for each in self._below()
            if (not tag or each.tag == tag)
            and all(each.attributes.get(name.rstrip("_")) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", **wanted: str) -> "Element":
        """The only such element."""
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} of <{tag} {wanted}>"
        return found[0]

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        parts = [each if isinstance(each, str) else each.text for each in self.inside]
        return " ".join(" ".join(parts).split())

    def _below(self) -> Iterator["Element"]:
        for each in self.inside:
            if isinstance(each, Element):
                yield each
                yield from each._below()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        assert closed.tag == tag, f"</{tag}> closes <{closed.tag}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def parse(page: str) -> Element:
    """The tree of a well-nested page; an AssertionError where a tag closes another."""
    builder = _Builder()
    builder.feed(page)
    builder.close()
    assert builder.open == [builder.root], "something is left open"
    return builder.root
