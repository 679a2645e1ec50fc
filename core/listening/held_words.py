"""The latest words of a listener: what its workers add, and what pages do with them meanwhile.

In: words as they are answered, and what is said of them afterwards. Out: tuples for snapshots.
"""

import threading
from dataclasses import replace
from typing import Any

from core.listening.heard import HeardWord


class HeldWords:
    """Words, numbered from 1 through all streams; the oldest go first.

    Parameters
    ----------
    most : int
        Words held at most.
    """

    def __init__(self, most: int) -> None:
        # Workers add and change, pages change and clear; all hold this from reading to writing, so
        # that nothing that is cleared comes back.
        self._lock = threading.Lock()
        self._most = most
        self._n = 0
        self.now: tuple[HeardWord, ...] = ()
        """Those that are held, the oldest first; replaced as a whole."""

    def add(self, words: list[HeardWord]) -> list[HeardWord]:
        """Hold further words; return them with their numbers."""
        with self._lock:
            numbered = [
                replace(each, word=replace(each.word, number=number))
                for number, each in enumerate(words, self._n + 1)
            ]
            self._n += len(numbered)
            self.now = (self.now + tuple(numbered))[-self._most :]
            return numbered

    def change(self, number: int, **fields: Any) -> None:
        """Change fields of a word, if it is still held."""
        with self._lock:
            self.now = tuple(
                replace(each, **fields) if each.word.number == number else each for each in self.now
            )

    def clear(self) -> None:
        """Hold no word any more; the numbers go on."""
        with self._lock:
            self.now = ()
