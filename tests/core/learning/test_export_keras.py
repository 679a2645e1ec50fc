"""A ``.keras`` file that takes a waveform: the same answers as here, and no need of this app."""

import os
import subprocess
import sys

import numpy as np
import pytest

from core.errors import ModelError
from core.learning.evaluation import softmax
from core.learning.export_keras import _pictures, keras_bytes, waveform_model
from core.learning.network_config import Convolution, Dropout, GlobalPooling, NetworkConfig, Pooling
from core.learning.networks import build_network
from core.learning.saved_models import SHIPPED, weights_bytes
from core.learning.trained import TrainedNetwork, find_trained
from core.sound.images import LOG_MEL, SEED, WAVEFORM, WORD, ImageConfig, images_of_windows
from core.sound.spectrograms import Analysis

CONFIGS = {
    "default": LOG_MEL,
    "word": WORD,
    "half a second's word": ImageConfig(fit="word", seconds=0.51, word_db=12.0),
    "row mean": ImageConfig(scale="row_mean"),
    "unit": ImageConfig(scale="unit"),
    "stft": ImageConfig(kind="stft", analysis=Analysis(n_fft=128, hop_length=100)),
    "mfcc": ImageConfig(kind="mfcc"),
    "half a second": ImageConfig(seconds=0.5, analysis=Analysis(top_db=60.0)),
}
OWN = NetworkConfig(
    (
        Convolution(4, stride=2, batch_norm=True, activation="gelu"),
        Pooling(),
        GlobalPooling(),
        Dropout(),
    )
)


def windows(n, n_samples, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(n_samples) / 8000
    tones = np.sin(2 * np.pi * rng.uniform(100, 3000, (n, 1)) * t) * np.exp(-8 * t)
    return (0.3 * tones + 0.01 * rng.standard_normal((n, n_samples))).astype(np.float32)


def trained(network="seed", image=LOG_MEL, n_answers=10, temperature=1.0):
    model = build_network(network, image.shape, n_answers, seed=3)
    weights = weights_bytes(model)
    found = TrainedNetwork("a run", network, image, n_answers, weights, temperature, (), None)
    return found, model


@pytest.mark.parametrize("name", CONFIGS)
def test_the_picture_inside_is_the_one_that_the_network_was_trained_on(name):
    import keras

    config = CONFIGS[name]
    waveform = keras.Input((config.n_samples,))
    inside = keras.Model(waveform, _pictures(waveform, config))
    y = windows(5, config.n_samples)
    y[4] = 0  # silence
    expected = images_of_windows(y, config)
    found = np.asarray(inside(y))
    assert found.shape == expected.shape
    # float32, and a cell 80 dB down is a difference of nearly equal numbers
    assert np.abs(found - expected).max() < 5e-3
    assert np.abs(found - expected).mean() < 1e-4


@pytest.mark.parametrize("network", ["seed", "strong", OWN], ids=["seed", "strong", "own"])
@pytest.mark.parametrize("n_answers", [10, 11])
def test_the_probabilities_are_those_of_the_network_here(network, n_answers):
    found, model = trained(network, n_answers=n_answers, temperature=0.7)
    y = windows(6, 8000)
    logits = np.asarray(model(images_of_windows(y, LOG_MEL)))
    probabilities = np.asarray(waveform_model(found)(y))
    np.testing.assert_allclose(probabilities, softmax(logits, 0.7), atol=2e-4)


@pytest.mark.parametrize("image", [SEED, WAVEFORM], ids=["stretched", "plotted"])
def test_a_picture_that_depends_on_the_clips_length_is_refused(image):
    found, _ = trained(image=image)
    with pytest.raises(ModelError, match=r"can only hold spectrograms of a window.* as a script"):
        waveform_model(found)


LOAD = """
import sys
import numpy as np, keras
model = keras.saving.load_model(sys.argv[1], safe_mode=True)
y = np.load(sys.argv[2])
np.save(sys.argv[3], np.asarray(model.predict(y, verbose=0)))
assert not [name for name in sys.modules if name.partition(".")[0] in ("core", "librosa")]
kinds = {type(layer).__module__.partition(".")[0] for layer in model._flatten_layers()}
assert kinds == {"keras"}, kinds
"""


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
def test_the_shipped_model_loads_with_stock_keras_in_safe_mode_in_another_interpreter(tmp_path):
    shipped = find_trained(SHIPPED)
    (tmp_path / "digits.keras").write_bytes(keras_bytes(shipped))
    y = windows(4, shipped.image.n_samples)
    np.save(tmp_path / "y.npy", y)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run(
        [sys.executable, "-c", LOAD, "digits.keras", "y.npy", "p.npy"],
        cwd=tmp_path,  # nothing of the repository can be imported from here
        env={**environment, "KERAS_BACKEND": "jax"},
        check=True,
        timeout=300,
    )
    logits = np.asarray(shipped.build()(images_of_windows(y, shipped.image)))
    expected = softmax(logits, shipped.temperature)
    np.testing.assert_allclose(np.load(tmp_path / "p.npy"), expected, atol=1e-3)
