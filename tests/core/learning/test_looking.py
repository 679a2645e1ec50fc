"""Looking inside: what an answer rests on, checked on networks whose answer is known."""

import numpy as np
import pytest

from core.learning.looking import MOST_MAPS, Looker, kept
from core.learning.network_config import Convolution, Dropout, Flatten, NetworkConfig, Pooling
from core.learning.networks import build_network
from core.learning.saved_models import find_model, save_model, weights_bytes

LINEAR = NetworkConfig((Flatten(),))
CONVOLUTIONS = NetworkConfig(
    (Convolution(20, batch_norm=True), Pooling(), Dropout(0.3), Convolution(5), Flatten())
)


@pytest.fixture
def looker_of(small_image):
    """Return a looker into a network, after some of its numbers were set."""

    def made(config, change=lambda model: None, n_answers=10):
        model = build_network(config, small_image.shape, n_answers, seed=2)
        change(model)
        card = {"name": "Toy", "network": config, "image": small_image, "n_answers": n_answers}
        return Looker(find_model(save_model(card, weights_bytes(model)).name))

    return made


def hum(hz=900.0):
    t = np.arange(4000) / 8000
    return (0.4 * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def test_a_network_that_reads_one_row_rests_on_that_row(looker_of, small_image):
    rows, columns, _ = small_image.shape

    def only_row_five(model):
        kernel = np.zeros((rows, columns, 10), np.float32)
        kernel[5, :, 3] = 0.2
        model.layers[-1].kernel.assign(kernel.reshape(rows * columns, 10))
        model.layers[-1].bias.assign(np.zeros(10, np.float32))

    look = looker_of(LINEAR, only_row_five).look(hum(), answer=3)
    others = np.delete(look.evidence, 5, axis=0)
    assert np.abs(others).max() < 1e-6
    assert np.abs(look.evidence[5]).max() > 1e-3
    # of a linear logit each cell's share is its own product, up to the others' common factor
    products = look.image[5] * 0.2
    ratio = look.evidence[5] / np.where(np.abs(products) > 1e-6, products, np.nan)
    assert np.nanstd(ratio) < 1e-3 * abs(np.nanmean(ratio))


@pytest.mark.parametrize("config", [CONVOLUTIONS, LINEAR, "strong"])
def test_the_evidence_sums_to_what_the_clip_changes(config, looker_of):
    look = looker_of(config, n_answers=11).look(hum())
    assert look.gap < 0.05 or abs(look.evidence.sum() - look.gain) < 0.02
    assert look.answer == int(np.argmax(look.probabilities))
    assert sum(look.probabilities) == pytest.approx(1, abs=1e-5)


def test_every_convolution_shows_its_strongest_maps(looker_of, small_image):
    looker = looker_of(CONVOLUTIONS)
    first, second = looker.look(hum()).layers
    assert (first.layer, second.layer) == ("conv_1", "conv_2")
    assert first.maps.shape == (MOST_MAPS, *small_image.shape[:2])
    assert first.total == 20
    assert (first.maps >= 0).all(), "batch norm and ReLU are part of the layer"
    strengths = np.abs(first.maps).mean(axis=(1, 2))
    assert (np.diff(strengths) <= 1e-7).all()
    assert looker.filters.shape == (20, 3, 3)


def test_without_convolutions_the_filters_are_pictures_of_the_first_dense_layer(
    looker_of, small_image
):
    looker = looker_of(LINEAR)
    assert looker.look(hum()).layers == ()
    assert looker.filters.shape == (10, *small_image.shape[:2])


def test_silence_gives_no_evidence(looker_of):
    look = looker_of(LINEAR).look(np.zeros(3000, np.float32))
    assert not look.evidence.any()
    assert look.gain == 0
    assert not kept(look.evidence, 0.8).any()


def test_what_is_kept_holds_the_share_that_was_asked_for():
    evidence = np.zeros((12, 20), np.float32)
    evidence[3, 4], evidence[9, 15], evidence[6, 10] = 8.0, 2.0, -30.0
    assert kept(evidence, 0.5)[3, 4] == 1
    assert kept(evidence, 0.5)[9, 15] == 0
    assert kept(evidence, 1.0)[9, 15] == 1
    assert kept(evidence, 1.0)[6, 10] == 0, "what speaks against is not what it used"
    assert kept(evidence, 0.5).sum() < kept(evidence, 0.9).sum()


def test_an_answer_that_is_none_is_a_callers_mistake(looker_of):
    with pytest.raises(ValueError, match="expected 0 to 9"):
        looker_of(LINEAR).look(hum(), answer=10)
