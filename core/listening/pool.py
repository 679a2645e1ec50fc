"""Recognisers that are ready: each model is loaded once a server and shared by its visitors.

In: saved models. Out: the same recogniser for everyone who asks.
"""

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from core.learning.saved_models import SavedModel

if TYPE_CHECKING:
    from core.listening.recogniser import Recogniser

MOST = 4
"""Recognisers kept; the one used longest ago goes first."""


class RecogniserPool:
    """Loads recognisers, each once, however many ask at the same time."""

    def __init__(self) -> None:
        # Whoever looks up or adds a future holds this; loading itself happens without it.
        self._lock = threading.Lock()
        self._futures: dict[tuple[str, str], Future[Recogniser]] = {}

    def get(self, saved: SavedModel) -> "Recogniser":
        """Return a model's recogniser; waits where another thread is loading it.

        Raises
        ------
        ModelError
            If the model's files are damaged.
        """
        key = (str(saved.folder), saved.card.weights_sha256)
        with self._lock:
            future = self._futures.pop(key, None)
            loads = future is None or (future.done() and future.exception() is not None)
            if future is None or loads:
                future = Future()
            self._futures[key] = future  # now the youngest
            while len(self._futures) > MOST:
                self._futures.pop(next(iter(self._futures)))
        if loads:
            try:
                from core.listening.recogniser import Recogniser

                future.set_result(Recogniser(saved))
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def ready(self, saved: SavedModel) -> bool:
        """Return whether a model's recogniser is loaded already."""
        with self._lock:
            future = self._futures.get((str(saved.folder), saved.card.weights_sha256))
            return future is not None and future.done() and future.exception() is None


POOL = RecogniserPool()
"""The pool of this process."""
