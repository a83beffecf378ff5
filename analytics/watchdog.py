"""Ends work that takes too long: one thread for all of it, instead of a timer for each query."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TICK = 0.1


class Watchdog:
    """Calls back once when a piece of work is still going on after its time; at most TICK seconds late."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._watched: dict[int, tuple[float, Callable[[], None]]] = {}
        self._overdue: set[int] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._next = 0

    @contextmanager
    def watch(self, end: Callable[[], None]) -> Iterator[Callable[[], bool]]:
        """Call `end` when the block takes too long; the block gets a function that says whether it did."""
        with self._lock:
            self._next += 1
            number = self._next
            self._watched[number] = (time.monotonic() + self.seconds, end)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
        try:
            yield lambda: number in self._overdue
        finally:
            with self._lock:
                self._watched.pop(number, None)
                self._overdue.discard(number)

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(TICK):
            now = time.monotonic()
            with self._lock:
                late = [(number, end) for number, (due, end) in self._watched.items() if due < now]
                for number, end in late:
                    del self._watched[number]
                    self._overdue.add(number)
                    # Under the lock: the work cannot end, and its cursor serve another question, in between.
                    end()
