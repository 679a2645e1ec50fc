"""What several tests of core share: quick compilation, and one tiny model a session."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.home import REPOSITORY
from core.learning.specs import RunSpec
from core.sound.images import ImageConfig
from core.sound.spectrograms import Analysis

SMALL = ImageConfig(analysis=Analysis(hop_length=400, n_mels=16, n_mfcc=8))
"""16 rows x 21 frames: what compiles and trains in seconds."""


@pytest.fixture(scope="session", autouse=True)
def quick_compilation(tmp_path_factory):
    """Let JAX compile quickly rather than well, and each program once a session.

    JAX reads the environment when it is imported: here, where no test has yet, and in
    subprocesses.
    """
    settings = {
        "jax_disable_most_optimizations": True,
        "jax_compilation_cache_dir": str(tmp_path_factory.mktemp("jax")),
        "jax_persistent_cache_min_compile_time_secs": 0,
        "jax_persistent_cache_min_entry_size_bytes": 0,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name.upper(), str(int(value) if value is True else value))
            if "jax" in sys.modules:
                sys.modules["jax"].config.update(name, value)
        yield


@pytest.fixture(scope="session")
def small_image() -> ImageConfig:
    """Return an image of 16 rows and 21 frames."""
    return SMALL


@dataclass(frozen=True)
class TrainedByCommand:
    """What one run of the training command left."""

    spec: RunSpec
    stdout: str
    stderr: str
    model: Path
    """The saved model's folder."""

    @property
    def report(self) -> dict[str, Any]:
        """The JSON object that it printed."""
        report: dict[str, Any] = json.loads(self.stdout)
        return report


@pytest.fixture(scope="session")
def trained_by_command(tmp_path_factory) -> TrainedByCommand:
    """Train a tiny network on the embedded voices, once a session, by the real command."""
    home = tmp_path_factory.mktemp("trained")
    spec = RunSpec(data=("synthetic",), network="seed", epochs=5, image=SMALL, batch_size=32)
    (home / "spec.json").write_text(json.dumps(spec.to_dict()))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "core.learning", "train"),
            *("--spec", str(home / "spec.json"), "--save", "Tiny", "--json"),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "SPOKEN_DIGITS_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return TrainedByCommand(spec, done.stdout, done.stderr, home / "models" / "tiny")


@pytest.fixture
def tiny_model(trained_by_command, data_folder) -> Path:
    """Return the tiny model's folder, copied into this test's own data folder."""
    folder = data_folder / "models" / "tiny"
    shutil.copytree(trained_by_command.model, folder)
    return folder
