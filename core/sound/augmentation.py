"""Augmentation: the table of changes that leave a word what it is.

In: nothing. Out: entries for the controls and for ``core.sound.augmented``, which applies them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.sound.bending import change_pace, warp_frequency
from core.sound.changes import (
    add_breath,
    add_noise,
    change_gain,
    change_speed,
    change_throat,
    clip_loudly,
    equalise,
    limit_band,
    put_in_room,
    shift,
    tilt,
    weaken_hisses,
)
from core.sound.images import Images
from core.sound.masks import mask

Waveform = NDArray[np.float32]


@dataclass(frozen=True)
class Augmentation:
    """One change that leaves the word what it is: an entry of ``AUGMENTATIONS``."""

    label: str
    summary: str
    source: str
    probability: float
    """Share of the clips that it changes."""
    change: Callable[[Waveform, Generator], Waveform] | None = None
    """(clip [shape=(n,)], random generator) -> clip [shape=(m,)]; None if it is no change of the
    sound."""
    bend: Callable[[Images, Generator, NDArray[np.float64] | None], Images] | None = None
    """(picture [shape=(rows, frames)] before it is scaled, random generator, each row's Hz) ->
    picture of the same shape; None if it is no change of the picture."""
    blank: Callable[[Images, Generator], None] | None = None
    """(image [shape=(rows, frames, 1)], random generator): changes the image in place."""
    blends: bool = False
    """Whether it blends pairs of images and of their answers; see ``core.sound.blending``."""


AUGMENTATIONS = {
    "speed": Augmentation(
        "Speed",
        "Faster and higher, or slower and deeper: another speaker's throat and pace.",
        "Ko et al. 2015 (speed perturbation)",
        0.85,
        change_speed,
    ),
    "throat": Augmentation(
        "Throat (VTLP)",
        "A shorter or a longer throat at the same pitch: formants move, the melody stays.",
        "Jaitly & Hinton 2013 (vocal tract length perturbation)",
        0.8,
        change_throat,
    ),
    "warp": Augmentation(
        "Frequency warp (VTLP)",
        "A shorter or a longer throat, drawn on the picture: everything a little higher or lower, "
        "at the same pace.",
        "Jaitly & Hinton 2013 (vocal tract length perturbation)",
        0.7,
        bend=warp_frequency,
    ),
    "pace": Augmentation(
        "Pace",
        "The word drawn out or hurried on the picture, at the same pitch.",
        "Park et al. 2019 (time warping)",
        0.7,
        bend=change_pace,
    ),
    "breath": Augmentation(
        "Breath",
        "A breath or a pop before or after the word: a mouth near its microphone.",
        "own",
        0.35,
        add_breath,
    ),
    "hisses": Augmentation(
        "Weak hisses",
        "The s, f and t of a word nearly lost: far from the microphone, or said softly.",
        "own",
        0.6,
        weaken_hisses,
    ),
    "tilt": Augmentation(
        "Tilt", "A duller or a sharper microphone.", "Ravanelli & Bengio 2018", 0.8, tilt
    ),
    "equaliser": Augmentation(
        "Equaliser",
        "Some frequencies up, some down: a microphone's or a loudspeaker's colouring.",
        "own; a parametric form is in Nam et al. 2022 (FilterAugment)",
        0.8,
        equalise,
    ),
    "band": Augmentation(
        "Band limits",
        "A telephone's or a headset's missing lows and highs.",
        "ITU-T G.712",
        0.35,
        limit_band,
    ),
    "room": Augmentation(
        "Room", "The echoes of a small or a large room.", "Ko et al. 2017", 0.5, put_in_room
    ),
    "noise": Augmentation(
        "Noise",
        "Hiss or rumble, 0 to 30 dB below the voice.",
        "Hannun et al. 2014 (noise in training)",
        0.8,
        add_noise,
    ),
    "clipping": Augmentation(
        "Clipping", "A recording level set too high.", "own", 0.1, clip_loudly
    ),
    "gain": Augmentation(
        "Gain",
        "Quieter or louder. The picture is drawn relative to its loudest cell, so a network here "
        "sees no difference unless the clip is cut off.",
        "own",
        1.0,
        change_gain,
    ),
    "shift": Augmentation(
        "Time shift", "The word earlier or later in its window.", "LeCun et al. 1998", 0.9, shift
    ),
    "masks": Augmentation(
        "Masks (SpecAugment)",
        "Bands of rows and stretches of frames are blanked: no single spot may decide.",
        "Park et al. 2019",
        1.0,
        blank=mask,
    ),
    "mixup": Augmentation(
        "Mixup",
        "Two clips' pictures are blended, and so are their answers: less sure between words.",
        "Zhang et al. 2018",
        1.0,
        blends=True,
    ),
}
"""Every augmentation, in the order in which they are applied: to add one, write its function and
its entry here."""

MIXTURE = ("speed", "tilt", "band", "room", "clipping")
"""The changes of the plain mixture; noise, the place in the window and masks come besides, as
``core.sound.augmented`` has them."""

MIXTURES = {
    "plain": MIXTURE,
    "hisses": ("hisses", *MIXTURE),
    "wide": ("speed", "breath", "tilt", "equaliser", "band", "room", "clipping", "warp", "pace"),
}
"""What ``augment`` changes where no changes are chosen; the shipped model's card says which of them
it was trained with."""
