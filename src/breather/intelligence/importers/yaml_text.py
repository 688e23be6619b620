"""YAML from strangers: strings, lists and mappings, and nothing else.

Built from the parser's events, because the library's own composer ends the process (a fault in C) at some ten thousand
open brackets. Every scalar stays the text it was: YAML would read NO as false, and Norway is a jurisdiction. Aliases
are refused: a published list has no use for them, and nine lines of them unfold into gigabytes.
"""

from collections.abc import Iterator

import yaml

DEEPEST = 16

Node = str | list["Node"] | dict[str, "Node"]


class BadYaml(ValueError):
    """`line` counts from 1 within the text."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def read_yaml(text: str) -> Node:
    """One document; "" for an empty one. Raises BadYaml.

    Of a key that occurs twice the first value counts, whichever a later line would rather have.
    """
    try:
        events = yaml.parse(text, Loader=yaml.CBaseLoader)
        nodes = _inside(events)
        first = next(nodes, None)
        if first is None:
            return ""
        found = _read(first, nodes, DEEPEST)
        rest = next(nodes, None)
        if rest is not None:
            raise BadYaml("a second document begins here; one is right", rest.start_mark.line + 1)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYaml(error.problem or "is not YAML", mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:
        raise BadYaml(str(error).splitlines()[0], 1) from None
    return found


def _inside(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    around = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
    return (event for event in events if not isinstance(event, around))


def _read(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
    line = event.start_mark.line + 1
    if depth == 0:
        raise BadYaml(f"is nested deeper than {DEEPEST} levels", line)
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_read(event, events, depth - 1))
        return items
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, depth)
    raise BadYaml("an alias (*name) stands here; write the value itself", line)


def _mapping(events: Iterator[yaml.Event], depth: int) -> dict[str, Node]:
    found: dict[str, Node] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _read(event, events, depth - 1)
        if not isinstance(key, str):
            raise BadYaml("a key is a list or a mapping; a key is a word", event.start_mark.line + 1)
        value = _read(next(events), events, depth - 1)
        found.setdefault(key, value)
    return found
