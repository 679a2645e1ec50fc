"""Who brings whom: pages open without Keras, and core knows no Streamlit."""

import subprocess
import sys

import pytest

from core.home import REPOSITORY

HEAVY = tuple(
    f"core.learning.{name}"
    for name in (
        "convolution",
        "epochs",
        "pooling",
        "racing.driving",
        "run_listener",
        "signals",
        "step",
        "stepping",
        "tail",
        "training",
    )
)
"""The modules that import Keras and JAX when they are imported themselves."""

LOOK = """
import importlib, pkgutil, sys
import core
every = ["core", *(m.name for m in pkgutil.walk_packages(core.__path__, "core."))]
heavy = sys.argv[1].split(",")
assert set(heavy) <= set(every), "HEAVY names a module that is gone"
for name in every:
    if name not in heavy:
        importlib.import_module(name)
print("light", *sorted({name.partition(".")[0] for name in sys.modules}))
for name in heavy:
    importlib.import_module(name)
print("all", *sorted({name.partition(".")[0] for name in sys.modules}))
import keras
print("backend", keras.backend.backend())
"""


@pytest.fixture(scope="module")
def brought() -> dict[str, list[str]]:
    """Return what a fresh interpreter holds after importing core's modules."""
    seen = subprocess.run(
        [sys.executable, "-c", LOOK, ",".join(HEAVY)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.split()[0]: line.split()[1:] for line in seen.stdout.splitlines()}


@pytest.mark.parametrize("package", ["keras", "jax", "jaxlib", "tensorflow", "torch"])
def test_every_module_that_a_page_may_import_comes_without(package, brought):
    assert package not in brought["light"]
    assert "core" in brought["light"]


@pytest.mark.parametrize("package", ["librosa", "numba", "sklearn"])
def test_what_takes_seconds_to_import_waits_until_it_is_needed(package, brought):
    assert package not in brought["light"]


@pytest.mark.parametrize("package", ["streamlit", "streamlit_webrtc", "aiortc"])
def test_core_knows_no_browser(package, brought):
    assert package not in brought["all"]
    assert "keras" in brought["all"]


def test_keras_runs_on_jax_whatever_was_imported_first(brought):
    assert brought["backend"] == ["jax"]
