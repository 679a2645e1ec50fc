"""Export as one ``.keras`` file that takes a waveform: loads with Keras alone, in safe mode.

In: a trained network. Out: the bytes of a file in which everything from the samples to the
probabilities is stock Keras: a Fourier transform, a fixed dense layer as the mel filter bank, the
network with Keras's own convolutions. Nothing of this app is needed to use it.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ModelError
from core.learning.network_building import build_config
from core.learning.networks import NETWORKS, config_of
from core.learning.saved_models import put_weights
from core.learning.trained import TrainedNetwork
from core.sound.images import FINE_HOP, IMAGE_KINDS, ImageConfig
from core.sound.spectrograms import AMIN, Analysis, mel_basis
from core.sound.windows import TRIM_FRAME

if TYPE_CHECKING:
    import keras


def _fixed(matrix: np.ndarray, name: str) -> Any:
    """Return a dense layer that multiplies the last axis by a matrix and never learns."""
    import keras

    layer = keras.layers.Dense(matrix.shape[1], use_bias=False, trainable=False, name=name)
    layer.build((None, None, matrix.shape[0]))
    layer.kernel.assign(matrix)
    return layer


def _power(waveform: Any, analysis: Analysis) -> Any:
    """Return the power of the Fourier transform [shape=(n, n_frames, n_bins)]."""
    from keras import layers, ops

    half = analysis.n_fft // 2
    x = layers.Reshape((-1, 1), name="column")(waveform)
    x = layers.ZeroPadding1D(half, name="silence_around")(x)  # as librosa: zeros beyond both ends
    x = layers.Reshape((-1,), name="row")(x)
    real, imaginary = ops.stft(
        x, analysis.n_fft, analysis.hop_length, analysis.n_fft, window="hann", center=False
    )
    return real * real + imaginary * imaginary


def _columns(waveform: Any, config: ImageConfig, hop_length: int) -> Any:
    """Return each image column's share of each fine column [shape=(n, width, n_columns)].

    As ``core.sound.windows.loud_spans``; reading between two columns is a product with a hat.
    """
    from keras import ops

    n_frames = -(-config.n_samples // TRIM_FRAME)
    padded = ops.pad(waveform, ((0, 0), (0, n_frames * TRIM_FRAME - config.n_samples)))
    power = ops.mean(ops.square(ops.reshape(padded, (-1, n_frames, TRIM_FRAME))), axis=2)
    peak = ops.max(power, axis=1, keepdims=True)
    loud = ops.logical_or(power > peak * 10 ** (-config.word_db / 10), peak <= 0)
    frames = np.arange(n_frames, dtype=np.float32)[None]
    first = ops.min(ops.where(loud, frames, np.float32(n_frames)), axis=1, keepdims=True)
    last = ops.max(ops.where(loud, frames + 1, np.float32(0)), axis=1, keepdims=True)
    first = first * (TRIM_FRAME / hop_length)
    last = ops.minimum(last * TRIM_FRAME, float(config.n_samples)) * (1 / hop_length)
    along = np.linspace(0, 1, config.shape[1], dtype=np.float32)[None]
    at = first + (last - first) * along  # (n, width), in fine columns
    columns = np.arange(1 + config.n_samples // hop_length, dtype=np.float32)
    return ops.relu(1.0 - ops.abs(ops.expand_dims(at, 2) - columns))


def _pictures(waveform: Any, config: ImageConfig) -> Any:
    """Return the network's image [shape=(n, rows, frames, 1)] from samples."""
    from keras import layers, ops

    analysis = config.analysis
    if config.fit == "word":
        analysis = replace(analysis, hop_length=min(FINE_HOP, analysis.hop_length))
    power = _power(waveform, analysis)
    if config.kind != "stft":
        power = _fixed(mel_basis(analysis).T, "mel")(power)
    peak = ops.max(power, axis=(1, 2), keepdims=True)
    share = ops.maximum(power / ops.maximum(peak, AMIN), 10 ** (-analysis.top_db / 10))
    S_db = ops.maximum(ops.log10(share) * 10.0, -analysis.top_db)
    S_db = ops.where(peak > AMIN, S_db, -analysis.top_db)  # a silent clip is all floor
    if config.kind == "mfcc":
        from scipy.fft import dct

        basis = dct(np.eye(analysis.n_mels), type=2, norm="ortho", axis=0)[: analysis.n_mfcc]
        S_db = _fixed(basis.T.astype(np.float32), "cosines")(S_db)
    if config.fit == "word":
        S_db = ops.matmul(_columns(waveform, config, analysis.hop_length), S_db)
    if config.scale == "unit":
        scaled = S_db * (1 / analysis.top_db) + 1.0
    else:
        # frames stand along axis 1 here and rows along axis 2
        axes = (1,) if config.scale == "row_mean" else (1, 2)
        centred = S_db - ops.mean(S_db, axis=axes, keepdims=True)
        spread = ops.sqrt(ops.mean(ops.square(centred), axis=(1, 2), keepdims=True))
        scaled = centred / ops.maximum(spread, 0.1)
    image = layers.Permute((2, 1), name="rows_first")(scaled)  # (n, rows, frames)
    return layers.Reshape(config.shape, name="picture")(image)


def waveform_model(trained: TrainedNetwork) -> keras.Model:
    """Return a Keras model from samples to probabilities, of stock layers only.

    Parameters
    ----------
    trained : TrainedNetwork
        Its image must be a spectrogram of a window: a stretched picture's frames depend on each
        clip's own length, which a fixed model cannot have.

    Returns
    -------
    model : keras.Model
        (n, n_samples) float32 samples at 8 kHz, the word in the middle and zeros around it ->
        (n, n_answers) probabilities; the last of eleven is "not a digit".

    Raises
    ------
    ModelError
        If the image is stretched or plotted.
    """
    import keras

    config = trained.image
    if not config.has_room or config.kind == "plotted":
        what = IMAGE_KINDS[config.kind].label
        how = "placed" if config.has_room else "stretched"
        raise ModelError(
            f"{trained.name} looks at pictures of the kind {what!r}, {how}; a .keras file can "
            "only hold spectrograms of a window. Export it as a script instead, or train "
            "with the image “Log-mel, placed”."
        )
    prefix = NETWORKS[trained.network].prefix if isinstance(trained.network, str) else ""
    network = build_config(
        config_of(trained.network), config.shape, trained.n_answers, prefix, stock=True
    )
    put_weights(network, trained.weights, trained.name)
    waveform = keras.Input((config.n_samples,), name="waveform")
    logits = network(_pictures(waveform, config))
    probabilities = keras.layers.Softmax(name="probabilities")(logits * (1 / trained.temperature))
    return keras.Model(waveform, probabilities, name="spoken_digits")


def keras_bytes(trained: TrainedNetwork) -> bytes:
    """Return the ``.keras`` file of a trained network; see ``waveform_model``."""
    model = waveform_model(trained)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
