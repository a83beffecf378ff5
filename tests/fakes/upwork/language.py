"""Reads a GraphQL document: its operation, its variables, its fields with arguments. Written apart from the client's reader."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

WORD = re.compile(r'\s*(?:#[^\n]*\s*)*(\.\.\.|[{}()\[\]:$!=@|]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*)[\s,]*')


class BadDocument(Exception):  # noqa: N818
    """What a real server would answer with an error about the document."""


@dataclass(frozen=True)
class Var:
    name: str


@dataclass
class Node:
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    fields: list[Node] = field(default_factory=list)


@dataclass
class Operation:
    kind: str
    name: str
    variables: dict[str, str]
    fields: list[Node]


class Reader:
    def __init__(self, text: str) -> None:
        self.words: list[str] = []
        at = 0
        while at < len(text.rstrip()):
            match = WORD.match(text, at)
            if not match:
                raise BadDocument(f"Syntax error at {text[at : at + 20]!r}")
            self.words.append(match[1])
            at = match.end()
        self.at = 0

    def peek(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self, wanted: str = "") -> str:
        word = self.peek()
        if not word or (wanted and word != wanted):
            raise BadDocument(f"Syntax error: expected {wanted or 'more'}, found {word!r}")
        self.at += 1
        return word

    def operation(self) -> Operation:
        kind = self.take() if self.peek() != "{" else "query"
        name = self.take() if self.peek() not in {"{", "("} else ""
        variables = {}
        if self.peek() == "(":
            self.take("(")
            while self.peek() != ")":
                self.take("$")
                variable = self.take()
                self.take(":")
                variables[variable] = self.type()
            self.take(")")
        fields = self.selection()
        if self.peek():
            raise BadDocument("More than one operation")
        return Operation(kind, name, variables, fields)

    def type(self) -> str:
        said = self.take()
        if said == "[":
            said += self.type() + self.take("]")
        if self.peek() == "!":
            said += self.take()
        return said

    def selection(self) -> list[Node]:
        self.take("{")
        found = []
        while self.peek() != "}":
            node = Node(self.take())
            if self.peek() == "(":
                self.take("(")
                while self.peek() != ")":
                    name = self.take()
                    self.take(":")
                    node.arguments[name] = self.value()
                self.take(")")
            if self.peek() == "{":
                node.fields = self.selection()
            found.append(node)
        self.take("}")
        if not found:
            raise BadDocument("An empty selection")
        return found

    def value(self) -> Any:
        word = self.take()
        if word == "$":
            return Var(self.take())
        if word == "{":
            made = {}
            while self.peek() != "}":
                name = self.take()
                self.take(":")
                made[name] = self.value()
            self.take("}")
            return made
        if word == "[":
            listed = []
            while self.peek() != "]":
                listed.append(self.value())
            self.take("]")
            return listed
        if word.startswith('"'):
            return word[1:-1]
        return (
            int(word) if re.fullmatch(r"-?\d+", word) else {"true": True, "false": False, "null": None}.get(word, word)
        )


def read(text: str) -> Operation:
    return Reader(text).operation()
