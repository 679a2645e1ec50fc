"""Maps: groups stay apart, and the same vectors give the same map."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from core.browsing import maps
from core.browsing.maps import MAPS, kept_map, map_of


def groups(n=40, d=30, k=3, seed=0):
    """Return k groups of n points far apart in d dimensions, and which is whose."""
    rng = np.random.default_rng(seed)
    centres = 20 * rng.standard_normal((k, d))
    whose = np.repeat(np.arange(k), n)
    return (centres[whose] + rng.standard_normal((n * k, d))).astype(np.float32), whose


@pytest.mark.parametrize("kind", MAPS)
def test_groups_stay_apart(kind):
    vectors, whose = groups()
    points = map_of(vectors, kind)
    assert points.shape == (120, 2) and points.dtype == np.float32
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    nearest = whose[apart.argmin(axis=1)]
    assert (nearest == whose).all()


@pytest.mark.parametrize("kind", MAPS)
def test_the_same_seed_gives_the_same_map(kind):
    vectors, _ = groups()
    np.testing.assert_array_equal(map_of(vectors, kind, 3), map_of(vectors.copy(), kind, 3))


@pytest.mark.parametrize("kind", MAPS)
def test_a_map_is_centred_and_fits_its_frame(kind):
    points = map_of(groups()[0] + 100, kind)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-5)
    assert np.abs(points).max() == pytest.approx(1)


@pytest.mark.parametrize("shape", [(60, 20), (300, 500)], ids=["exact", "randomised"])
def test_pca_is_scikit_learns(shape):
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal(shape) * [30, 20, *np.geomspace(3, 0.1, shape[1] - 2)]
    expected = PCA(2, svd_solver="full").fit_transform(vectors)
    found = map_of(vectors, "pca")
    expected *= np.sign((expected * found).sum(axis=0)) / np.abs(expected).max()
    np.testing.assert_allclose(found, expected, atol=5e-3)


def test_images_are_flattened():
    vectors, _ = groups(n=5, d=24)
    np.testing.assert_array_equal(
        map_of(vectors.reshape(15, 4, 6, 1), "pca"), map_of(vectors, "pca")
    )


@pytest.mark.parametrize("kind", MAPS)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 8])
def test_few_clips_have_a_map_too(kind, n):
    points = map_of(groups(n=10)[0][:n], kind)
    assert points.shape == (n, 2) and np.isfinite(points).all()


@pytest.mark.parametrize("kind", MAPS)
def test_clips_that_are_all_alike_lie_on_one_spot(kind):
    assert not map_of(np.ones((20, 8)), kind).any()


@pytest.mark.parametrize(
    ("vectors", "kind", "sentence"),
    [
        (np.zeros((3, 2)), "umap", "kind='umap': expected one of"),
        (np.full((3, 2), np.nan), "pca", "not finite"),
        (np.zeros((maps.MOST + 1, 2)), "pca", "Take a sample"),
    ],
)
def test_what_cannot_be_mapped_is_refused(vectors, kind, sentence):
    with pytest.raises(ValueError, match=sentence):
        map_of(vectors, kind)


def test_a_map_is_made_once(monkeypatch):
    vectors, _ = groups()
    first = kept_map(vectors, "pca", "these")
    monkeypatch.setattr(maps, "map_of", lambda *a: np.zeros((len(vectors), 2), np.float32))
    np.testing.assert_array_equal(kept_map(vectors, "pca", "these"), first)
    assert not kept_map(vectors, "pca", "others").any()
    assert not kept_map(vectors, "pca", "these", seed=1).any()
