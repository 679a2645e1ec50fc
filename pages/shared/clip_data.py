"""What the clip viewer sends to the browser, and what its axes say.

In: samples, a picture, what its rows are. Out: plain values and compact columns: 16-bit samples,
one byte a cell.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plotly.colors import get_colorscale, sample_colorscale

from core.charts.sound import COLOUR_MAPS
from core.sound.spectrograms import SPECTROGRAMS, Analysis

MAX_ROWS = 256
"""Rows of the picture that is sent: more than a screen shows apart in its height."""

MAX_FRAMES = 1024
"""Columns of the picture that is sent, 5 s at a hop of 5 ms; with it, at most 262 kB a picture."""

MAX_SECONDS = 60.0
"""Sound that is sent: 0.96 MB at 8 kHz, so that a view stays below 2 MB."""


@dataclass(frozen=True)
class RowScale:
    """What the rows of a picture are, from the lowest to the highest."""

    title: str
    """The axis's title, with its unit."""
    values: tuple[float, ...]
    """What the middle of each row stands for, rising."""
    unit: str = ""
    """Unit of ``values``: Hz, or nothing."""
    level_unit: str = "dB"
    """Unit of the cells: dB, or nothing where they are not levels."""

    def __post_init__(self) -> None:
        if not self.values or np.any(np.diff(self.values) <= 0):
            raise ValueError(f"values={self.values}: expected at least one row, rising.")

    @classmethod
    def linear(cls, n_fft: int, sr: int = 8000) -> "RowScale":
        """Return the bins of a Fourier transform of ``n_fft`` samples, in Hz."""
        return cls("Frequency (Hz)", tuple(i * sr / n_fft for i in range(1 + n_fft // 2)), "Hz")

    @classmethod
    def mel(cls, n_mels: int, fmin: float, fmax: float) -> "RowScale":
        """Return the centres of librosa's (Slaney's) mel bands, in Hz."""
        from librosa import mel_frequencies  # here: the page that shows an STFT needs no librosa

        edges = mel_frequencies(n_mels + 2, fmin=fmin, fmax=fmax)
        return cls("Mel bands, centre (Hz)", tuple(round(float(f), 2) for f in edges[1:-1]), "Hz")

    @classmethod
    def numbered(cls, n: int, title: str, level_unit: str = "") -> "RowScale":
        """Return rows that are only counted, from 0: coefficients."""
        return cls(title, tuple(float(i) for i in range(n)), "", level_unit)

    @classmethod
    def of(cls, kind: str, analysis: Analysis) -> "RowScale":
        """Return the rows of a kind of spectrogram, a key of ``SPECTROGRAMS``."""
        unit = SPECTROGRAMS[kind].row_unit
        if unit == "Hz":
            return cls.linear(analysis.n_fft, analysis.sr)
        if unit == "mel band":
            return cls.mel(analysis.n_mels, analysis.fmin, analysis.fmax)
        return cls.numbered(SPECTROGRAMS[kind].n_rows(analysis), unit.capitalize())


@lru_cache(maxsize=16)
def _colour_bytes(name: str) -> bytes:
    scale = COLOUR_MAPS[name]
    stops = get_colorscale(scale) if isinstance(scale, str) else scale
    colours = sample_colorscale(stops, np.linspace(0, 1, 256).tolist(), colortype="tuple")
    return np.round(np.array(colours) * 255).astype(np.uint8).tobytes()


def colour_table(name: str = "Viridis") -> NDArray[np.uint8]:
    """Return a colour map of the page as a table.

    Parameters
    ----------
    name : str
        A key of ``COLOUR_MAPS``.

    Returns
    -------
    colours : np.ndarray [shape=(256, 3)], uint8
        Red, green and blue from the weakest cell to the strongest.
    """
    return np.frombuffer(_colour_bytes(name), np.uint8).reshape(256, 3)


def _pooled(
    picture: NDArray[np.float32], rows: Sequence[float]
) -> tuple[NDArray[np.float32], list[float], int]:
    """Return a picture of at most MAX_ROWS x MAX_FRAMES cells, its rows, and frames a cell.

    Of neighbours the larger stays: a click or a thin line is not averaged away.
    """
    values = np.asarray(rows, np.float64)
    by = [-(-n // most) for n, most in zip(picture.shape, (MAX_ROWS, MAX_FRAMES), strict=True)]
    if by == [1, 1]:
        return picture, values.tolist(), 1
    short = [-n % k for n, k in zip(picture.shape, by, strict=True)]
    padded = np.pad(picture, ((0, short[0]), (0, short[1])), mode="edge")
    n_rows, n_frames = padded.shape[0] // by[0], padded.shape[1] // by[1]
    pooled = padded.reshape(n_rows, by[0], n_frames, by[1]).max(axis=(1, 3))
    middles = [float(values[i : i + by[0]].mean()) for i in range(0, len(values), by[0])]
    return pooled, middles, by[1]


def _colour_range(
    cells: NDArray[np.float32], level_unit: str, top_db: float
) -> tuple[float, float]:
    """Return the values of the weakest and the strongest colour; what lies beyond is cut off."""
    if level_unit == "dB":
        return -float(top_db), 0.0
    # the lowest coefficient is the level, ten times the others: with it they would be one colour
    shapes = cells[1:] if len(cells) > 1 else cells
    low = float(shapes.min())
    return low, max(float(shapes.max()), low + 1e-6)


def viewer_data(
    y: NDArray[np.float32],
    picture: NDArray[np.float32],
    *,
    sr: int = 8000,
    hop_length: int,
    rows: RowScale,
    top_db: float = 80.0,
    colours: NDArray[np.uint8] | None = None,
    name: str,
    key: str,
) -> dict[str, Any]:
    """Return what the browser is sent: plain values, and three columns for Arrow.

    Parameters
    ----------
    y, picture, sr, hop_length, rows, top_db, colours, name, key
        As ``clip_viewer``.

    Returns
    -------
    data : dict
        ``audio``: int16 [shape=(n,)], the samples as a 16-bit WAV holds them (the same rounding as
        ``core.sound.audio.write_wav``, so a 16-bit recording is exact). ``picture``: uint8, rows
        one after another from the lowest, 0 is ``low`` and 255 is ``high``: a step is 0.3 dB where
        ``top_db`` is 80. ``colours``: uint8 [shape=(768,)]. ``clip`` names the sound: the same
        name means that zoom and selection stay.

    Raises
    ------
    ValueError
        If a shape or a number is none that can be drawn.
    """
    y = np.asarray(y, np.float32)
    picture = np.asarray(picture, np.float32)
    colours = colour_table() if colours is None else np.asarray(colours)
    if y.ndim != 1 or not len(y) or not np.isfinite(y).all():
        raise ValueError(f"y has shape {y.shape}; expected (n,) with n > 0, all of it finite.")
    if picture.ndim != 2 or not picture.size or not np.isfinite(picture).all():
        raise ValueError(f"picture has shape {picture.shape}; expected (n_rows, n_frames), finite.")
    if len(rows.values) != len(picture):
        raise ValueError(f"rows names {len(rows.values)} rows, but the picture has {len(picture)}.")
    if colours.shape != (256, 3) or colours.dtype != np.uint8:
        raise ValueError(
            f"colours has shape {colours.shape} of {colours.dtype}; expected (256, 3) of uint8."
        )
    if sr < 1 or hop_length < 1 or not 0 < top_db < np.inf:
        raise ValueError(f"sr={sr}, hop_length={hop_length}, top_db={top_db}: expected above 0.")
    sent = y[: int(MAX_SECONDS * sr)]
    note = ""
    if len(sent) < len(y):
        note = f"The first {MAX_SECONDS:.0f} s of {len(y) / sr:.0f} s."
        picture = picture[:, : 1 + len(sent) // hop_length]
    audio = np.clip(np.round(sent * 2.0**15), -(2**15), 2**15 - 1).astype(np.int16)
    cells, values, frames_a_cell = _pooled(picture, rows.values)
    low, high = _colour_range(cells, rows.level_unit, top_db)
    levels = np.round((cells - low) / (high - low) * 255)
    sound = hashlib.blake2b(f"{sr}\0{name}\0".encode() + audio.tobytes(), digest_size=8)
    return {
        "audio": audio,
        "picture": np.clip(levels, 0, 255).astype(np.uint8).ravel(),
        "colours": colours.ravel(),
        "clip": sound.hexdigest(),
        "key": key,
        "name": name,
        "note": note,
        "sr": sr,
        "n_rows": cells.shape[0],
        "n_frames": cells.shape[1],
        # frame t is centred on sample t * hop_length, so the first cell begins half a hop earlier
        "cell_start": -hop_length / 2,
        "cell_samples": hop_length * frames_a_cell,
        "rows": values,
        "row_title": rows.title,
        "row_unit": rows.unit,
        "level_unit": rows.level_unit,
        "low": low,
        "high": high,
    }
