"""The images of many recordings: computed once, then mapped from the disk.

In: recordings and an image config. Out: the arrays that maps and mean pictures are made of, the
same that a network would be given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.browsing import store
from core.browsing.reading import in_chunks
from core.sound.images import ImageConfig, Images, to_images
from core.sound.recordings import Recording

BATCH = 32
"""Clips turned into images at once: their frames (1.7 MB) fit into a core's cache, which takes
half the time of 256 at once."""

Progress = Callable[[float], None]
"""Called with the fraction that is done, 0 to 1."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """The images of some recordings; both arrays may be read-only and mapped from a file."""

    images: Images
    """[shape=(n, *config.shape)], float32; zeros where a recording cannot be read."""
    readable: NDArray[np.bool_]
    """Whether each recording could be read [shape=(n,)]."""


def pictures_of(
    recordings: Sequence[Recording], config: ImageConfig, progress: Progress | None = None
) -> Pictures:
    """Return the images of recordings, from the cache where no file and no setting has changed.

    Parameters
    ----------
    recordings : sequence of Recording
    config : ImageConfig
    progress : callable, optional
        Called with the fraction done; not at all where the cache serves.

    Returns
    -------
    pictures : Pictures
        As ``core.sound.images.to_images`` makes them.
    """
    key = store.key_of("images", store.fingerprint(recordings), config.to_dict())
    found = store.load(key)
    if found is not None and {"images", "readable"} <= found[0].keys():
        return Pictures(found[0]["images"], found[0]["readable"])
    images = np.zeros((len(recordings), *config.shape), np.float32)
    readable = np.zeros(len(recordings), np.bool_)
    for place, clips in in_chunks(recordings):
        readable[place] = clips.readable
        images[place][clips.readable] = images_of([y for y in clips.waveforms if len(y)], config)
        if progress is not None:
            progress(place.stop / len(recordings))
    store.save(key, {"images": images, "readable": readable})
    return Pictures(images, readable)


def images_of(waveforms: Sequence[NDArray[np.float32]], config: ImageConfig) -> Images:
    """Return ``core.sound.images.to_images`` of many waveforms, a few at a time."""
    images = np.empty((len(waveforms), *config.shape), np.float32)
    for start in range(0, len(waveforms), BATCH):
        part = slice(start, start + BATCH)
        images[part] = to_images(waveforms[part], config)
    return images
