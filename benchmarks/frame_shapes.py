"""Whatever frames come, the same words: ``python -m benchmarks.frame_shapes``.

A stream of digits (FSDD's training takes; the embedded voices where FSDD is not on this machine) at
48 and 44.1 kHz, mono and stereo, float and 16 bits, is fed to the listening path in blocks of 1,
160, 882, 960 and random sizes, without a codec, and once as a WAV through the path for files.
Prints the largest difference between the two: in the samples cut out, in the probabilities and in
the times of the words. The goal: 1e-4. Exits with 1 where it is missed.
"""

import argparse
import io

import numpy as np
import soundfile
import soxr

from benchmarks.streams import words_with_gaps
from core.errors import LabError
from core.learning.saved_models import SHIPPED, find_model
from core.listening.files import hear_file
from core.listening.recogniser import Recogniser
from core.listening.stream import Word, WordStream
from core.sound.audio import SAMPLE_RATE, load_waveform
from core.sound.datasets import default_dataset, open_dataset

GOAL = 1e-4
N_WORDS = 6
SIZES = (1, 160, 882, 960, 0)
"""Samples a block; 0 is a random size each time."""


def spoken(sr: int, channels: int, bits: bool) -> np.ndarray:
    """Return the stream [shape=(n, channels)] at ``sr`` Hz, float32 or int16."""
    recordings = [r for r in open_dataset(default_dataset()).recordings if (r.take or 0) >= 5]
    chosen = [r for r in recordings if r.digit is not None][:: max(1, len(recordings) // N_WORDS)]
    clips = [(r.name, load_waveform(r)) for r in chosen[:N_WORDS]]
    y, _ = words_with_gaps(clips, 0.4, 20, "pink", seed=1)
    wide = soxr.resample(y, SAMPLE_RATE, sr)
    # the second channel is quieter, so that mixing them is more than taking one
    both = np.stack([wide, 0.5 * wide], axis=1)[:, :channels]
    return (np.round(32767 * both)).astype(np.int16) if bits else both.astype(np.float32)


def from_file(y: np.ndarray, sr: int, recogniser: Recogniser) -> list[Word]:
    wav = io.BytesIO()
    subtype = "PCM_16" if y.dtype == np.int16 else "FLOAT"
    soundfile.write(wav, y, sr, format="WAV", subtype=subtype)
    return hear_file(wav.getvalue(), recogniser)


def from_blocks(y: np.ndarray, sr: int, size: int, recogniser: Recogniser) -> list[Word]:
    stream, rng, words, at = WordStream(recogniser), np.random.default_rng(size), [], 0
    while at < len(y):
        n = size or int(rng.integers(1, 5000))
        words += stream.feed(y[at : at + n], sr)
        at += n
    return words + stream.flush()


def difference(a: list[Word], b: list[Word]) -> dict[str, float]:
    """Return the largest difference of samples, probabilities and times of two lists of words.

    Infinite if one has other words than the other.
    """
    if len(a) != len(b) or any(len(x.y) != len(z.y) for x, z in zip(a, b, strict=True)):
        return {"samples": float("inf")}
    pairs = list(zip(a, b, strict=True))
    return {
        "samples": max(float(np.abs(x.y - z.y).max()) for x, z in pairs),
        "probabilities": max(
            float(np.abs(np.subtract(x.answer.probabilities, z.answer.probabilities)).max())
            for x, z in pairs
        ),
        "seconds": max(max(abs(x.start - z.start), abs(x.end - z.end)) for x, z in pairs),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    recogniser = Recogniser(find_model(parser.parse_args().model))
    worst = 0.0
    for sr in (48000, 44100):
        for channels in (1, 2):
            for bits in (False, True):
                y = spoken(sr, channels, bits)
                file = from_file(y, sr, recogniser)
                for size in SIZES:
                    found = difference(from_blocks(y, sr, size, recogniser), file)
                    worst = max(worst, *found.values())
                    shown = ", ".join(f"{name} {value:.1e}" for name, value in found.items())
                    print(
                        f"{sr} Hz, {channels} channel(s), {'16 bits' if bits else 'float'}, blocks "
                        f"of {size or 'random size'}: {len(file)} words; differ by {shown}",
                        flush=True,
                    )
    print(f"largest difference {worst:.1e} (goal {GOAL:.0e})")
    if worst > GOAL:
        raise SystemExit(1)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
