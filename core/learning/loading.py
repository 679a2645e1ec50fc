"""Keras, imported in the background: it takes seconds, and a page must not wait.

In: a page that will need Keras. Out: whether it is there yet.
"""

import threading


class Loading:
    """The import of Keras and JAX by this process, begun once."""

    def __init__(self) -> None:
        # Pages begin it and look; the thread alone sets what it found.
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._problem = ""
        self._done = threading.Event()

    def begin(self) -> None:
        """Start importing, where nobody has."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._load, name="keras", daemon=True)
                self._thread.start()

    def _load(self) -> None:
        try:
            import keras  # noqa: F401 - what it brings is what takes the time
        except Exception as error:
            self._problem = f"Keras cannot be loaded ({type(error).__name__}: {error})."[:300]
        self._done.set()

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._done.is_set()

    @property
    def problem(self) -> str:
        """Why it failed, in one sentence; empty where it did not."""
        return self._problem


KERAS = Loading()
"""The one of this process."""
