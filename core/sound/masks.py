"""Masks: bands of rows and stretches of frames blanked, so that no single spot decides.

In: an image and a random generator. Out: the image, changed in place, for
``core.sound.augmentation``.
"""

from numpy.random import Generator

from core.sound.images import Images


def mask(image: Images, rng: Generator, most_rows: int = 5, most_frames: int = 5) -> None:
    """Blank up to two bands of rows and two stretches of frames, in place.

    Parameters
    ----------
    image : np.ndarray [shape=(n_rows, n_frames, 1)], float32
    rng : numpy.random.Generator
    most_rows, most_frames : int
        Width of the widest band and the longest stretch; of a smaller image, all but one.

    Source: SpecAugment, Park et al. 2019.
    """
    rows, frames, _ = image.shape
    mean = image.mean()
    for _ in range(2):
        width = int(rng.integers(0, min(most_rows, rows - 1) + 1))
        at = int(rng.integers(0, rows - width + 1))
        image[at : at + width] = mean
        width = int(rng.integers(0, min(most_frames, frames - 1) + 1))
        at = int(rng.integers(0, frames - width + 1))
        image[:, at : at + width] = mean
