"""A query as a tree of fields, so that one field the token may not read can be taken out and the rest asked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analytics.errors import DataError
from analytics.sources.upwork.guard import tokens


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its arguments as written, the fields asked of it."""

    name: str
    arguments: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A whole query: "query name($variables)" and the fields at the top."""

    head: str
    fields: tuple[Field, ...]


class Refused(DataError):  # noqa: N818
    """The token may not read something without which the document makes no sense; `fields` as Type.field."""

    def __init__(self, document: str, fields: tuple[str, ...]) -> None:
        super().__init__(
            f"Upwork does not let this key read {', '.join(fields)}, without which {document} cannot be read. "
            "Ask for the scope in the API key's settings, connect again, then sync again."
        )
        self.fields = fields


def parse(document: str) -> Selection:
    """The tree of a query; it must be one of ours."""
    words = iter(tokens(document))
    head = _until_brace(words)
    return Selection(head, tuple(_fields(words)))


def render(selection: Selection) -> str:
    """The query as text."""
    return f"{selection.head} {{ {_text(selection.fields)} }}"


def without(selection: Selection, field: str, types: Mapping[str, Mapping[str, str]]) -> Selection:
    """The query without Type.field; a field whose last subfield went goes too. Unchanged where it is not in there."""
    owner, _, name = field.rpartition(".")
    return replace(selection, fields=_without(selection.fields, "Query", owner, name, types))


def _without(
    fields: tuple[Field, ...], here: str, owner: str, name: str, types: Mapping[str, Mapping[str, str]]
) -> tuple[Field, ...]:
    kept = []
    for one in fields:
        if one.name == name and owner in {here, ""}:
            continue
        inner = _without(one.fields, types.get(here, {}).get(one.name, "?"), owner, name, types)
        if inner or not one.fields:
            kept.append(replace(one, fields=inner))
    return tuple(kept)


def _until_brace(words: Iterator[str]) -> str:
    taken, depth = [], 0
    for word in words:
        depth += (word in "([") - (word in ")]")
        if word == "{" and not depth:
            break
        taken.append(word)
    return " ".join(taken)


def _fields(words: Iterator[str]) -> Iterator[Field]:
    """Fields up to the closing brace."""
    current: Field | None = None
    for word in words:
        if word == "{" and current:
            current = replace(current, fields=tuple(_fields(words)))
        elif word == "(" and current:
            current = replace(current, arguments=_arguments(words))
        else:
            if current:
                yield current
            if word == "}":
                return
            current = Field(word)


def _arguments(words: Iterator[str]) -> str:
    taken, depth = ["("], 1
    for word in words:
        depth += (word == "(") - (word == ")")
        taken.append(word)
        if not depth:
            break
    return " ".join(taken)


def _text(fields: tuple[Field, ...]) -> str:
    said = []
    for one in fields:
        inner = f" {{ {_text(one.fields)} }}" if one.fields else ""
        said.append(f"{one.name}{one.arguments}{inner}")
    return " ".join(said)
