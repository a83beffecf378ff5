"""The version of the program, from the one place where it is written."""

from __future__ import annotations

import tomllib
from pathlib import Path

_PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))

VERSION: str = _PROJECT["project"]["version"]
