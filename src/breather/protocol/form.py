"""The form of a message: exactly which members it has. One source for reading and for the published schemas.

Reading collects every finding. Every member is always present: null is *not sent*, and nothing else is optional.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from breather.domain.finding import Finding, nearest
from breather.protocol.kind import Kind, Schema, Word, wrong

_NAMED_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class Member:
    """`meaning` is for the people who read the schema."""

    name: str
    kind: Kind
    meaning: str

    def schema(self) -> Schema:
        return {"description": self.meaning, **self.kind.schema()}


@dataclass(frozen=True, slots=True)
class OnlyWith:
    """`member` is something only if `other` has `value`, and null otherwise; if `needed`, it is something then."""

    member: str
    other: str
    value: str
    needed: bool = True

    def check(self, values: Mapping[str, object], pointer: str, findings: list[Finding]) -> None:
        there, may_be = values.get(self.member) is not None, values.get(self.other) == self.value
        if (there and not may_be) or (self.needed and may_be and not there):
            exactly = "must be there exactly" if self.needed else "may be there only"
            message = f"{exactly} if {self.other} is {self.value!r}, and null otherwise"
            findings.append(Finding(f"{pointer}/{self.member}", "only-with", message))

    def schema(self) -> Schema:
        something = {"properties": {self.member: {"not": {"type": "null"}}}}
        return {
            "if": {"properties": {self.other: {"const": self.value}}},
            **({"then": something} if self.needed else {}),
            "else": {"properties": {self.member: {"type": "null"}}},
        }


@dataclass(frozen=True, slots=True)
class Form:
    """An object with exactly these members, in any order."""

    members: tuple[Member, ...]
    only_with: tuple[OnlyWith, ...] = ()

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        if not isinstance(value, Mapping):
            findings.append(wrong(pointer, "an object", value))
            return
        names = [member.name for member in self.members]
        for name in [name for name in value if name not in names][:_NAMED_AT_MOST]:
            hint = nearest(name, [known for known in names if known not in value])
            findings.append(Finding(f"{pointer}/{name[:40]}", "unknown-member", "is no member of this", hint))
        for member in self.members:
            if member.name in value:
                member.kind.check(value[member.name], f"{pointer}/{member.name}", findings)
            else:
                findings.append(Finding(f"{pointer}/{member.name}", "missing-member", "is missing"))
        for rule in self.only_with:
            if rule.member in value and rule.other in value:
                rule.check(value, pointer, findings)

    def schema(self) -> Schema:
        rules = {"allOf": [rule.schema() for rule in self.only_with]} if self.only_with else {}
        return {
            "type": "object",
            "properties": {member.name: member.schema() for member in self.members},
            "required": [member.name for member in self.members],
            "additionalProperties": False,
            **rules,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """Objects of several forms; the member `by` says which. Each form holds that member as a Word of its own."""

    by: str
    forms: Mapping[str, Form]

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        if not isinstance(value, Mapping):
            findings.append(wrong(pointer, "an object", value))
            return
        word = value.get(self.by)
        before = len(findings)
        Word(tuple(self.forms)).check(word, f"{pointer}/{self.by}", findings)
        if len(findings) == before:
            self.forms[str(word)].check(value, pointer, findings)

    def schema(self) -> Schema:
        return {"oneOf": [form.schema() for form in self.forms.values()]}
