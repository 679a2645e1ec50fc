"""The lessons' pictures that need recordings: what a network is shown of two takes of one word.

In: two waveforms at 8 kHz. Out: Plotly figures.
"""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.lesson_shapes import pictures
from core.sound.augmented import augmented_images
from core.sound.images import LOG_MEL, SEED, WAVEFORM, to_images

CHANGES = ("masks",)


def augmented_pictures(clips: list[NDArray[np.float32]]) -> go.Figure:
    """Return a take as it is, and as three epochs of training see it."""
    own = to_images(clips[:1], LOG_MEL)[0, :, :, 0]
    copies = [
        augmented_images(clips[:1], [0], LOG_MEL, 0, epoch, CHANGES)[0, :, :, 0]
        for epoch in (1, 2, 3)
    ]
    return pictures([own, *copies], ["the take", "epoch 1", "epoch 2", "epoch 3"])


def wave_and_spectrogram(clips: list[NDArray[np.float32]]) -> go.Figure:
    """Return two takes as plotted waves and as spectrograms, as the network sees them."""
    images = [to_images(clips[:2], config)[..., 0] for config in (WAVEFORM, SEED)]
    titles = ["one take, waveform", "another", "one take, spectrogram", "another"]
    return pictures([*images[0], *images[1]], titles, rows=2)
