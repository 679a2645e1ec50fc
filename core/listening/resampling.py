"""From whatever a microphone sends to mono samples at 8 kHz, without seams between blocks.

In: blocks of samples of any size, rate and number of channels. Out: samples for the endpointer.
One FFmpeg resampler per stream keeps its state: block by block it gives what it would give for
the whole, and holds back only a few milliseconds, where soxr's stream holds back 90.
"""

import av
import numpy as np
from numpy.typing import NDArray

from core.sound.audio import SAMPLE_RATE

Block = NDArray[np.float32] | NDArray[np.int16]


class StreamResampler:
    """Turns one stream's blocks into mono float32 at 8 kHz."""

    def __init__(self) -> None:
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        self._sr: int | None = None

    def feed(self, block: Block, sr: int) -> NDArray[np.float32]:
        """Return the samples that a block completes.

        Parameters
        ----------
        block : np.ndarray [shape=(n,) or (n, n_channels)], float32 in [-1, 1] or int16
            Channels are averaged.
        sr : int
            Its sample rate in Hz. When it changes, the old stream is finished first.

        Returns
        -------
        y : np.ndarray [shape=(m,)], float32

        Raises
        ------
        ValueError
            If the samples are of another type.
        """
        if block.ndim == 1:
            block = block[:, None]
        if block.dtype == np.int16:
            block = block.astype(np.float32) / np.float32(32768)
        if block.dtype.kind != "f":
            raise ValueError(f"The block is {block.dtype}; expected float32 or int16 samples.")
        if len(block) == 0:
            return np.zeros(0, np.float32)
        if block.shape[1] > 1:  # FFmpeg would make two equal channels 3 dB louder
            block = block.mean(axis=1, keepdims=True)
        before = np.zeros(0, np.float32)
        if self._sr not in (None, sr):
            before = self.flush()
        self._sr = sr
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(block, np.float32).reshape(1, -1), "flt", "mono"
        )
        frame.sample_rate = sr
        return np.concatenate([before, self._samples(self._resampler.resample(frame))])

    def flush(self) -> NDArray[np.float32]:
        """Return the samples still held back; the stream has ended and the next starts anew."""
        if self._sr is None:
            return np.zeros(0, np.float32)
        rest = self._samples(self._resampler.resample(None))
        self.__init__()  # type: ignore[misc]
        return rest

    @staticmethod
    def _samples(frames: list[av.AudioFrame]) -> NDArray[np.float32]:
        if not frames:
            return np.zeros(0, np.float32)
        return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)
