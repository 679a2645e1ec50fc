"""A stream of samples as frames of 10 ms, whatever the size of the blocks it comes in.

In: blocks of samples, from ``core.listening.endpointing``. Out: level and voicing of each frame,
and any recent stretch of samples, for as long as it has not been let go.
"""

import numpy as np

from core.listening.loudness import FrameMeter


class FrameStream:
    """The recent samples of a stream, and the frames that they complete.

    Frames lie on a fixed grid from the stream's first sample and each is measured on its own, so
    the numbers do not depend on how the stream was cut into blocks, not even in the last bit.

    Parameters
    ----------
    sr : int
        Samples a second.
    """

    def __init__(self, sr: int) -> None:
        self._meter = FrameMeter(sr)
        self.hop_length = self._meter.hop_length
        """Samples between frames."""
        self.n_samples = 0
        """Samples that have come."""
        self.n_frames = 0
        """Frames that have been measured."""
        # Before the first sample there is silence, which the first frame's window looks into.
        self._origin = -self._meter.margin
        self._samples = np.zeros(self._meter.margin, dtype=np.float32)
        self._waiting: list[np.ndarray] = []
        self._n_waiting = 0

    def needed(self, n_frames: int) -> int:
        """Return how many samples must have come for ``n_frames`` frames to be measured."""
        return n_frames * self.hop_length + self._meter.margin

    def feed(self, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return level and voicing of the frames that this block completes.

        Parameters
        ----------
        block : np.ndarray [shape=(n,)], float32
            The next samples, all finite.

        Returns
        -------
        level_db, voicing : np.ndarray [shape=(n_frames,)], float64
            As ``core.listening.loudness.FrameMeter.measure`` returns them.
        """
        self.n_samples += len(block)
        return self._take(block)

    def end(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the frames that the stream's end leaves unfinished, as if silence followed."""
        n_frames = -(-self.n_samples // self.hop_length)
        silence = max(0, self.needed(n_frames) - self.n_samples)
        return self._take(np.zeros(silence if n_frames > self.n_frames else 0, dtype=np.float32))

    def _take(self, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self._waiting.append(block)
        self._n_waiting += len(block)
        if self._origin + len(self._samples) + self._n_waiting < self.needed(self.n_frames + 1):
            return np.zeros(0), np.zeros(0)
        self._samples = np.concatenate([self._samples, *self._waiting])
        self._waiting, self._n_waiting = [], 0
        first = self.n_frames * self.hop_length - self._meter.margin - self._origin
        windows = np.lib.stride_tricks.sliding_window_view(self._samples, self._meter.n_window)
        windows = windows[first :: self.hop_length]  # (n_frames, n_window)
        self.n_frames += len(windows)
        return self._meter.measure(windows)

    def cut(self, start: int, end: int) -> np.ndarray:
        """Return a copy of the samples from ``start`` up to ``end``, counted from the first."""
        return self._samples[start - self._origin : end - self._origin].copy()

    def let_go(self, before: int) -> None:
        """Forget the samples before this one, except those that the next frame looks at."""
        window_start = self.n_frames * self.hop_length - self._meter.margin
        origin = max(self._origin, min(before, window_start))
        self._samples = self._samples[origin - self._origin :].copy()
        self._origin = origin
