"""Pseudonyms: the same person is always the same mark, and nobody without the key can tell whose it is."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

PEOPLE = ("poster", "owner", "freelancer", "manager")
LENGTH = 24


class Pseudonyms:
    """Marks made with one key. Whoever has the key can mark a known person and compare; no mark leads back."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def of(self, who: str, kind: str = "person") -> str:
        """The mark of an id; nothing for nobody. Marks of different kinds never meet."""
        if not who:
            return ""
        mark = hmac.new(self._key, f"{kind}:{who.strip().casefold()}".encode(), hashlib.sha256)
        return f"~{mark.hexdigest()[:LENGTH]}"

    def place(self, conversation: str) -> str:
        """A channel or group chat by its id; a personal chat, whose id stands for a person, by its mark."""
        return conversation if conversation.startswith("19:") else self.of(conversation, "conversation")

    def query(self, query_json: str | None) -> str | None:
        """A query with the people it names as marks."""
        if not query_json or not any(f'"{key}"' in query_json for key in PEOPLE):
            return query_json
        query: dict[str, Any] = json.loads(query_json)
        filters = query.get("filters")
        if isinstance(filters, dict):
            query["filters"] = {k: self._marked(v) if k in PEOPLE else v for k, v in filters.items()}
        compare = query.get("compare")
        if isinstance(compare, dict) and compare.get("dimension") in PEOPLE:
            query["compare"] = {**compare, "values": self._marked(compare.get("values", []))}
        return json.dumps(query, ensure_ascii=False, separators=(",", ":"))

    def _marked(self, said: Any) -> Any:
        if isinstance(said, list):
            return [self._marked(one) for one in said]
        if isinstance(said, dict) and "name" in said:
            return self.of(str(said.get("id") or said["name"]))
        if isinstance(said, dict):
            return {key: self._marked(one) for key, one in said.items()}
        return self.of(str(said))
