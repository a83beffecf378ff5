"""The files of a store: numbered version files, the pointer to the current one, and the lock that lets one sync run."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from analytics.errors import DataError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

POINTER = "CURRENT"
LOCK = "sync.lock"
SYNC_FIRST = "Run `python app.py sync --data DIR` to build a version."
_NAME = re.compile(r"v(\d+)\.duckdb")


def path_of(folder: Path, number: int) -> Path:
    """Where version `number` lies; each version has a name of its own, because open readers keep the old file."""
    return folder / f"v{number}.duckdb"


def spill_of(built: Path) -> Path:
    """Where the sync that builds this file puts what does not fit its memory."""
    return built.with_name(built.name + ".spill")


def current(folder: Path) -> int:
    """The number CURRENT points to; DataError where there is none or it says something else."""
    pointer = folder / POINTER
    try:
        said = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise DataError(f"There is no data yet: {folder} holds no file {POINTER}. {SYNC_FIRST}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{pointer} cannot be read ({error}). {SYNC_FIRST}") from error
    match = _NAME.fullmatch(said)
    if not match:
        raise DataError(
            f'{pointer} is damaged: it should hold a name such as v7.duckdb, not "{said[:40]}". {SYNC_FIRST}'
        )
    return int(match[1])


def current_or_none(folder: Path) -> int | None:
    """As `current`, for whoever is about to build a version anyway."""
    with suppress(DataError):
        return current(folder)
    return None


def numbers(folder: Path) -> list[int]:
    """Every version on disk, oldest first."""
    found = (_NAME.fullmatch(path.name) for path in folder.iterdir())
    return sorted(int(match[1]) for match in found if match)


def begin(folder: Path) -> tuple[int, Path]:
    """The next number and an unused path to build it at, after clearing what a killed sync left behind."""
    now = current_or_none(folder)
    taken = numbers(folder)
    for path in [*folder.glob("*.tmp"), *folder.glob("*.tmp.wal")]:
        path.unlink()
    for spilled in folder.glob("*.spill"):
        shutil.rmtree(spilled)
    number = max([*taken, now or 0]) + 1
    if now is not None:
        _remove(folder, [n for n in taken if n > now])
    return number, folder / f"v{number}.duckdb.tmp"


def publish(folder: Path, number: int, built: Path, keep: int) -> None:
    """Make the built file version `number` and switch CURRENT to it; then drop all but the last `keep` versions."""
    _flush(built)
    built.replace(path_of(folder, number))
    _flush_folder(folder)
    pointer = folder / f"{POINTER}.tmp"
    pointer.write_text(f"v{number}.duckdb\n", encoding="utf-8")
    _flush(pointer)
    pointer.replace(folder / POINTER)
    _flush_folder(folder)
    _remove(folder, numbers(folder)[:-keep])


def keep_only_current(folder: Path) -> None:
    """Drop every version but the current one, so that nothing erased is left in an older file."""
    now = current(folder)
    _remove(folder, [number for number in numbers(folder) if number != now])


def _remove(folder: Path, gone: list[int]) -> None:
    for number in gone:
        # A reader that still holds the file keeps it open (POSIX) or keeps it from being deleted (Windows: next time).
        with suppress(PermissionError, FileNotFoundError):
            path_of(folder, number).unlink()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the store's lock; DataError naming the process that has it. The system frees it even on kill -9."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+", encoding="utf-8") as file:
        if not _locked(file):
            file.seek(0)
            raise DataError(
                f"Another sync is running into {folder} (process {file.read().strip() or 'unknown'}). "
                "Wait until it has finished, or end that process, then run the sync again."
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def _locked(file: IO[str]) -> bool:
    with suppress(OSError):
        if sys.platform == "win32":
            # Far behind the process id, so that a refused process can still read who holds the lock.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
