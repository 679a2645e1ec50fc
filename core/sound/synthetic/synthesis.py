"""One spoken word from one synthesiser: text in, waveform out, the same every time.

In: a ``Voice`` and a ``Take`` from the generator. Out: 8 kHz samples, cut around the word.
Every word is a fresh process, so that no synthesiser carries its noise from word to word and any
single recording can be made again by itself.
"""

import io
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from core.errors import LabError
from core.sound.synthetic.voices import Voice

SAMPLE_RATE = 8000
"""Samples a second of everything made here."""
LEVELS = 512
"""Quantiser steps from zero to a clip's peak, at least."""
WORDS_A_MINUTE = 190.0
"""espeak-ng's rate at ``rate=1``: single digits then last about as long as FSDD's."""


@dataclass(frozen=True)
class Take:
    """How a word is said this time."""

    rate: float = 1.0
    """Speed relative to the voice's own, above 1 is faster."""
    semitones: float = 0.0
    """Pitch relative to the voice's own."""
    pitch_range: float = 1.0
    """Width of the intonation relative to the voice's own."""
    ending: str = "."
    """Punctuation after the word: falling, rising, exclaiming or going on."""
    peak: float = 0.5
    """Largest absolute sample, full scale is 1."""


def speak(voice: Voice, text: str, take: Take, margin: float) -> npt.NDArray[np.int16]:
    """Return a word as 16-bit samples at 8 kHz, cut around the speech.

    Parameters
    ----------
    voice : Voice
        Who speaks.
    text : str
        What is said; for espeak-ng also phonemes in double brackets.
    take : Take
        How it is said.
    margin : float
        Seconds kept before and after the speech; silence is added where there is too little.

    Raises
    ------
    LabError
        If the synthesiser is missing, fails or says nothing.
    """
    y, sr = _SYNTHESISERS[voice.synthesiser](voice, text, take)
    # Played faster and resampled: pitch and formants rise together, as in a shorter vocal tract.
    y = soxr.resample(y, sr * voice.warp, SAMPLE_RATE, quality="HQ")
    y = cut(y, margin, voice.floor_db)
    if y.size == 0:
        raise LabError(
            f"{voice.synthesiser} with the voice {voice.voice} said nothing for {text!r}. "
            "Install the synthesisers listed in core/sound/synthetic/LICENCES.md."
        )
    return to_int16(y, take.peak)


def cut(y: npt.NDArray[np.float64], margin: float, floor_db: float) -> npt.NDArray[np.float64]:
    """Return the word: what lies within ``floor_db`` of the loudest 10 ms, and a margin around it.

    Levels are compared after pre-emphasis, as a soft /f/ is all treble and the synthesisers' own
    noise is mostly bass. Empty if nothing is heard.
    """
    size, hop = SAMPLE_RATE // 100, SAMPLE_RATE // 400  # 10 ms frames every 2.5 ms
    if y.size <= size:
        return y[:0]
    treble = np.append(y[0], y[1:] - 0.95 * y[:-1])
    frames = np.lib.stride_tricks.sliding_window_view(treble, size)[::hop]  # (n_frames, size)
    power = np.mean(frames**2, axis=1)
    if power.max() <= 1e-10:
        return y[:0]
    loud = np.flatnonzero(power >= power.max() * 10 ** (-floor_db / 10))
    pad = round(margin * SAMPLE_RATE)
    first, last = loud[0] * hop, loud[-1] * hop + size
    around = np.pad(y, pad)
    piece = around[first : last + 2 * pad].copy()
    ramp = np.linspace(0, 1, 17)[1:]  # 2 ms: no click where the synthesiser's noise is cut
    piece[: ramp.size] *= ramp
    piece[-ramp.size :] *= ramp[::-1]
    return piece


def to_int16(y: npt.NDArray[np.float64], peak: float) -> npt.NDArray[np.int16]:
    """Return the samples scaled so that the largest is ``peak``, in at least LEVELS steps.

    Loud clips keep their last bits at zero, which FLAC does not store: the error stays 65 dB
    below the peak, under any room's noise, and the archive shrinks by a third.
    """
    step = 2 ** max(0, int(np.log2(peak * 32767 / LEVELS)))
    scaled = np.round(y * (peak * 32767 / np.abs(y).max() / step)) * step
    return np.asarray(scaled, dtype=np.int16)


def run(command: list[str]) -> bytes:
    """Return what a program writes to its standard output; a ``LabError`` if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    except FileNotFoundError as error:
        raise LabError(
            f"The program {command[0]} is not installed, so its voices cannot speak. On Debian: "
            "apt install espeak-ng flite festival festvox-kdlpc16k festvox-us-slt-hts"
        ) from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise LabError(f"{' '.join(command)} failed: {(error.stderr or b'').decode()}") from error
    return done.stdout


def _read(source: io.BytesIO | Path) -> tuple[npt.NDArray[np.float64], int]:
    y, sr = soundfile.read(source, dtype="float64")
    return y, int(sr)


def _espeak(voice: Voice, text: str, take: Take) -> tuple[npt.NDArray[np.float64], int]:
    # -p 0 to 99 spans about two octaves around 50; -s below 80 makes it stutter
    pitch = round(np.clip(50 + (voice.semitones + take.semitones) * 50 / 12, 0, 99))
    speed = round(max(80, WORDS_A_MINUTE * voice.rate * take.rate / voice.warp))
    spoken = text + take.ending
    if "[[" not in text:  # phonemes and markup do not mix
        spoken = f'<prosody range="{round(100 * take.pitch_range)}%">{spoken}</prosody>'
    command = ["espeak-ng", "-m", "-v", voice.voice, "-p", str(pitch), "-s", str(speed)]
    out = run([*command, "--stdout", spoken])
    # --stdout cannot know the length when it writes the header: the samples begin after 44 bytes
    header, samples = out[:44], out[44 : len(out) - len(out) % 2]
    sr = int.from_bytes(header[24:28], "little")
    return np.frombuffer(samples, dtype="<i2") / 32768.0, sr


def _flite(voice: Voice, text: str, take: Take) -> tuple[npt.NDArray[np.float64], int]:
    stretch = voice.warp / (voice.rate * take.rate)
    f0 = voice.f0 * 2 ** ((voice.semitones + take.semitones) / 12)
    settings = [f"duration_stretch={stretch:.3f}", f"int_f0_target_mean={f0:.1f}"]
    settings += [f"int_f0_target_stddev={0.12 * f0 * take.pitch_range:.1f}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "word.wav"
        flags = [part for setting in settings for part in ("--setf", setting)]
        run(["flite", "-voice", voice.voice, *flags, "-t", text + take.ending, "-o", str(path)])
        return _read(path)


def _festival(voice: Voice, text: str, take: Take) -> tuple[npt.NDArray[np.float64], int]:
    shift = voice.semitones + take.semitones
    rate = voice.rate * take.rate / voice.warp
    f0 = voice.f0 * 2 ** (shift / 12)
    settings = [f"(voice_{voice.voice})"]
    if voice.voice.endswith("_hts"):
        settings += [
            "(set! hts_engine_params (append hts_engine_params "
            f'(list (list "-r" {rate:.3f}) (list "-fm" {shift:.2f}))))'
        ]
    else:
        settings += [
            f"(Parameter.set 'Duration_Stretch {1 / rate:.3f})",
            f"(set! int_lr_params '((target_f0_mean {f0:.1f}) (target_f0_std "
            f"{0.13 * f0 * take.pitch_range:.1f}) (model_f0_mean 170) (model_f0_std 34)))",
        ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "word.wav"
        # json's strings are Scheme's strings too, as long as they are ASCII
        said = f"(utt.synth (Utterance Text {json.dumps(text + take.ending)}))"
        save = f"(utt.save.wave {said} {json.dumps(str(path))})"
        # the usual heap takes longer to clear than a word to say
        script = f"(begin {' '.join(settings)} {save})"
        run(["festival", "--heap", "1000000", "-b", script])
        return _read(path)


_SYNTHESISERS = {"espeak-ng": _espeak, "flite": _flite, "festival": _festival}
