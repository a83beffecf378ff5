"""The five people of the sample enterprise, as whom the demo and the local client ask."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """One of the five: `key` is lead, program, manager, small or employee."""

    key: str
    name: str
    upn: str
    entra_id: str
    title: str
    role: str


def sample_people(folder: Path) -> dict[str, SamplePerson]:
    """The sample's people by key. Raises DataError where the folder holds no sample."""
    file = folder / "sample.json"
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))["people"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{folder} holds no sample enterprise. Run `python app.py sample --out {folder}`.") from error
    people = [SamplePerson(p["key"], p["name"], p["upn"], p["entra_object_id"], p["title"], p["role"]) for p in listed]
    return {person.key: person for person in people}
