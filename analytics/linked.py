"""A file under a second name: one file on the disk where the disk can do that, a copy elsewhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link_or_copy(path: Path, there: Path) -> None:
    """`there`, which must not exist yet, holds what `path` holds."""
    try:
        os.link(path, there)
    except OSError:
        shutil.copy2(path, there)
