"""The image a network sees: one frozen config, one function, for training and for live alike.

In: waveforms at 8 kHz. Out: arrays that ``core.learning`` trains on and ``core.listening`` hears
with. The config is stored in a model's card, so the two cannot disagree.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.sound.plotted import PLOTTED
from core.sound.spectrograms import SPECTROGRAMS, Analysis, Pictures, n_frames
from core.sound.windows import loud_spans, loudest_part, place

Images = NDArray[np.float32]
Bend = Callable[[Pictures], Pictures]
"""Changes pictures [shape=(n, rows, frames)] before they are scaled."""

CHUNK = 32
"""Clips turned into images at once: their frames (1.7 MB) stay in a core's cache, which takes less
than half the time of 256 at once and gives the same numbers to the last bit."""

FITS = ("place", "word", "stretch")
FINE_HOP = 40
"""Samples between the columns that a word's picture is drawn from (5 ms at 8 kHz): a word of 0.2 s
still has a column of its own for nearly every column of the image."""

IMAGE_KINDS = {**SPECTROGRAMS, "plotted": PLOTTED}
"""Every kind of picture that a network can be shown."""


@dataclass(frozen=True)
class ImageConfig:
    """Everything that decides how a sound becomes the image a network sees."""

    kind: str = "log_mel"
    """Which picture, a key of ``IMAGE_KINDS``."""
    analysis: Analysis = field(default_factory=Analysis)
    """Frames, bands and floor of the picture."""
    fit: Literal["place", "word", "stretch"] = "place"
    """``place``: the clip stands in the middle of the window. ``word``: so it does, and what is
    loud of it is then drawn to the image's width, however long it takes. ``stretch``: the clip's
    picture is stretched to the image's width whatever it holds, as the pictures drawn for the first
    experiment were."""
    word_db: float = 20.0
    """For ``word``: its edges lie where 20 ms are this much below the loudest 20 ms."""
    seconds: float = 1.0
    """Length of the window."""
    scale: Literal["standardise", "unit", "row_mean"] = "standardise"
    """``standardise``: zero mean and unit variance per image. ``unit``: floor 0, loudest 1.
    ``row_mean``: each row's mean removed (takes a microphone's colouring away), then unit
    variance per image."""

    def __post_init__(self) -> None:
        if self.kind not in IMAGE_KINDS:
            raise ValueError(f"kind={self.kind!r}: expected one of {[*IMAGE_KINDS]}.")
        if self.fit not in FITS:
            raise ValueError(f"fit={self.fit!r}: expected one of {[*FITS]}.")
        if not 1 <= self.word_db <= 80:
            raise ValueError(f"word_db={self.word_db} must lie between 1 and 80 dB.")
        if self.scale not in ("standardise", "unit", "row_mean"):
            raise ValueError(f"scale={self.scale!r}: expected 'standardise', 'unit' or 'row_mean'.")
        if self.scale == "unit" and self.kind in ("mfcc", "plotted"):
            raise ValueError(
                f"scale='unit' needs dB; {IMAGE_KINDS[self.kind].label} has none. Choose "
                "scale='standardise'."
            )
        if not 0.1 <= self.seconds <= 10:
            raise ValueError(f"seconds={self.seconds} must lie between 0.1 and 10.")

    @property
    def has_room(self) -> bool:
        """Whether the clip stands in a window, where it can be changed before it is drawn."""
        return self.fit != "stretch"

    @property
    def n_samples(self) -> int:
        """Samples of the window."""
        return round(self.seconds * self.analysis.sr)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Rows, frames and channels (always 1) of the image."""
        rows = IMAGE_KINDS[self.kind].n_rows(self.analysis)
        return rows, n_frames(self.n_samples, self.analysis), 1

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a card or a run's spec."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ImageConfig":
        """Return the config that ``to_dict`` wrote; unknown names are a ``ValueError``."""
        try:
            return cls(**{**values, "analysis": Analysis(**values.get("analysis", {}))})
        except TypeError as error:
            raise ValueError(f"These image settings are not understood: {error}.") from error


LOG_MEL = ImageConfig()
"""40 log-mels x 51 frames, standardised, the clip in the middle. The shipped model sees the same
with each row's mean removed and less range."""

WORD = ImageConfig(fit="word")
"""Log-mels of the word alone, drawn to a fixed width: it begins and ends at the picture's edges,
however long it was and however much room was left around it. What the Train page and the command
line begin with: with it the first experiment's network gets 97.5 % of FSDD's takes 5 to 9, not
94.5 %, 194 of 200 through the endpointer, not 181, and 186 in noise of 20 dB, not 90 (one seed of
12 epochs, by a script that is not kept; edges at 25 dB give 96.5 %, at 15 dB 97.5 % and fewer
strangers)."""

DRAWN = ImageConfig(fit="stretch")
"""Log-mels of the whole clip, drawn to a fixed width: right where clips are cut tightly, as FSDD's
are, wrong where a listener leaves room around a word; and augmentation has no room in it."""

SEED = ImageConfig(
    kind="stft",
    analysis=Analysis(n_fft=128, hop_length=160, n_mels=40),
    fit="stretch",
)
"""The first experiment's picture: linear frequency, 65 x 51, drawn to a fixed width. Standardised:
scaled to [0, 1] the same network learns more slowly and reaches 1.5 points less (validation)."""

WAVEFORM = ImageConfig(kind="plotted", fit="stretch")
"""The first experiment's other picture: the plotted waveform, 40 x 51, drawn to a fixed width."""

PRESETS = {"word": WORD, "log_mel": LOG_MEL, "drawn": DRAWN, "seed": SEED, "waveform": WAVEFORM}
"""The image configs that the app and the command line offer by name."""


def _scaled(pictures: Pictures, config: ImageConfig) -> Pictures:
    """Return pictures with the config's scale applied; the shape stays (n, rows, frames)."""
    if config.scale == "unit":
        return pictures / np.float32(config.analysis.top_db) + np.float32(1)
    axes = (2,) if config.scale == "row_mean" else (1, 2)
    centred = pictures - pictures.mean(axis=axes, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(axis=(1, 2), keepdims=True))
    # a silent clip has no spread but rounding: it becomes an image of zeros, not of noise or NaN
    return np.asarray(centred / np.maximum(spread, 0.1), dtype=np.float32)


def _between(pictures: Pictures, at: NDArray[np.float64]) -> Pictures:
    """Return pictures (n, rows, columns) read between their columns at ``at`` (n, width)."""
    last = pictures.shape[2] - 1
    left = np.minimum(at.astype(int), last)
    right = np.minimum(left + 1, last)
    weight = (at - left).astype(np.float32)[:, None]  # (n, 1, width)
    n = np.arange(len(pictures))[:, None]
    # an index beside a slice puts the columns in front: (n, width, rows)
    before, after = pictures[n, :, left].swapaxes(1, 2), pictures[n, :, right].swapaxes(1, 2)
    return np.asarray(before * (1 - weight) + after * weight)


def _with_hop(config: ImageConfig, hop_length: int) -> Analysis:
    return replace(config.analysis, hop_length=hop_length)


def _stretched(y: NDArray[np.float32], config: ImageConfig) -> Pictures:
    """Return one clip's picture drawn to the image's width by linear interpolation in time."""
    _, width, _ = config.shape
    kept = loudest_part(y, config.n_samples) if len(y) > config.n_samples else y
    fine = _with_hop(config, max(1, min(len(kept) // width, 160)))
    picture = IMAGE_KINDS[config.kind].builder(kept[None], fine)  # (1, rows, n_frames)
    return np.asarray(_between(picture, np.linspace(0, picture.shape[2] - 1, width)[None])[0])


def _words(windows: NDArray[np.float32], config: ImageConfig) -> Pictures:
    """Return pictures of what is loud in each window, drawn to the image's width."""
    hop = min(FINE_HOP, config.analysis.hop_length)
    pictures = IMAGE_KINDS[config.kind].builder(windows, _with_hop(config, hop))
    spans = loud_spans(windows, config.word_db) / hop  # in columns
    return _between(pictures, np.linspace(spans[:, 0], spans[:, 1], config.shape[1], axis=1))


def images_of_windows(
    windows: NDArray[np.float32], config: ImageConfig, bend: Bend | None = None
) -> Images:
    """Return the images of windows that already have the config's length.

    Parameters
    ----------
    windows : np.ndarray [shape=(n, config.n_samples)], float32
    config : ImageConfig
        Its ``fit`` must not be ``stretch``: that depends on the clip's own length.
    bend : callable, optional
        What is done to the pictures before they are scaled.

    Returns
    -------
    images : np.ndarray [shape=(n, *config.shape)], float32
    """
    if config.fit == "word":
        pictures = _words(windows, config)
    else:
        pictures = IMAGE_KINDS[config.kind].builder(windows, config.analysis)
    if bend is not None:
        pictures = bend(pictures)
    return _scaled(pictures, config)[..., None]  # (n, rows, frames, 1)


def row_hz(config: ImageConfig) -> NDArray[np.float64] | None:
    """Return each row's frequency [shape=(rows,)] in Hz; None where rows are no frequencies."""
    found = IMAGE_KINDS[config.kind].row_hz
    return None if found is None else found(config.analysis)


def to_images(
    clips: Sequence[NDArray[np.float32]], config: ImageConfig, bend: Bend | None = None
) -> Images:
    """Return the images a network sees.

    Parameters
    ----------
    clips : sequence of np.ndarray [shape=(n_i,)], float32
        Waveforms at ``config.analysis.sr``, of any lengths above zero.
    config : ImageConfig
        What the image is.
    bend : callable, optional
        What is done to the pictures before they are scaled.

    Returns
    -------
    images : np.ndarray [shape=(len(clips), *config.shape)], float32
    """
    images = np.empty((len(clips), *config.shape), np.float32)
    for start in range(0, len(clips), CHUNK):
        chunk = clips[start : start + CHUNK]
        if config.fit == "stretch":
            drawn = np.stack([_stretched(np.asarray(y, np.float32), config) for y in chunk])
            if bend is not None:
                drawn = bend(drawn)
            images[start : start + CHUNK] = _scaled(drawn, config)[..., None]
        else:
            windows = np.stack([place(y, config.n_samples) for y in chunk])
            images[start : start + CHUNK] = images_of_windows(windows, config, bend)
    return images


def shown(y: NDArray[np.float32], config: ImageConfig) -> NDArray[np.float32]:
    """Return the samples that a clip's picture is made of.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
    config : ImageConfig
        With room, it is the window with the clip in its middle; without, the clip itself, or its
        loudest part.
    """
    if config.has_room:
        return place(y, config.n_samples)
    return loudest_part(y, config.n_samples) if len(y) > config.n_samples else y


def column_samples(y: NDArray[np.float32], config: ImageConfig) -> NDArray[np.float64]:
    """Return the sample of ``shown(y, config)`` in each column's middle [shape=(n_frames,)]."""
    columns = config.shape[1]
    if config.fit == "place":
        return np.arange(columns, dtype=np.float64) * config.analysis.hop_length
    window = shown(y, config)
    if config.fit == "stretch":
        return np.linspace(0, len(window), columns)
    start, end = loud_spans(window[None], config.word_db)[0]
    return np.linspace(float(start), float(end), columns)


def to_image(y: NDArray[np.float32], config: ImageConfig) -> Images:
    """Return one clip's image [shape=config.shape], float32; see ``to_images``."""
    return np.asarray(to_images([y], config)[0])
