"""The whole listening path on long streams: ``python -m benchmarks.stream [--model NAME]``.

Puts words at known times into noise and runs the listener over it, faster than real time: how many
words are found, how many found words are words, how many digits are right, how many come twice.
Then streams without any digit (noises at random levels, running speech): false digits an hour.
Counts carry 95 % intervals: Wilson for shares, exact Poisson for events an hour.

Words are FSDD's training takes and, where SPOKEN_DIGITS_DEV is set, 77 Speech Commands digits;
``--official`` takes FSDD's 300 official test clips instead of the training takes. Running speech is
dev's sentences and, where espeak-ng is installed, ``--sentence-minutes`` of synthetic sentences by
voices and words of a seed that no training set was made with.
"""

import argparse
import csv
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.streams import Placed, words_with_gaps
from core.errors import LabError
from core.learning.evaluation import accuracy
from core.learning.saved_models import SHIPPED, find_model
from core.listening.recogniser import Recogniser
from core.listening.sensitivity import events_an_hour
from core.listening.stream import Recognises, Word, WordStream
from core.sound.audio import load_waveform
from core.sound.datasets import open_dataset
from core.sound.synthetic.noises import NOISES, make_noise

SR = 8000
BLOCK = SR
SEED = 6006
"""Of the streams; no training set is made with it."""


@dataclass(frozen=True)
class Matched:
    """What came of the words of a stream."""

    n_words: int
    """Words spoken."""
    n_found: int
    """Words heard, digits or not."""
    detected: int
    """Words spoken that at least one heard word lies on."""
    on_words: int
    """Heard words that lie on a spoken one."""
    right: int
    """Spoken digits answered by exactly one digit, the right one."""
    rejected: int
    """Spoken digits answered by "not a digit" alone."""
    doubles: int
    """Spoken digits answered by two digits or more."""
    strays: int
    """Digits heard where nothing was spoken."""


def in_words(count: int, hours: float) -> str:
    rate, low, high = events_an_hour(count, hours)
    return f"{count} in {hours:.2f} h: {rate:.1f} an hour (95 % interval {low:.1f} to {high:.1f})"


def listen(y: np.ndarray, recogniser: Recognises) -> list[Word]:
    """Return what a fresh listener hears in a stream."""
    stream = WordStream(recogniser)
    words = [w for i in range(0, len(y), BLOCK) for w in stream.feed(y[i : i + BLOCK], SR)]
    return words + stream.flush()


def match(heard: Sequence[Word], spoken: Sequence[tuple[Placed, int]]) -> Matched:
    """Count what came of each word that was spoken.

    Parameters
    ----------
    heard : sequence of Word
        What the listener gave.
    spoken : sequence of (place, digit)
        What was put into the stream. A heard word belongs to a spoken one if they share half of
        the shorter of the two.
    """
    owners = []
    for word in heard:
        shares = [min(word.end, p.end / SR) - max(word.start, p.start / SR) for p, _ in spoken]
        best = int(np.argmax(shares)) if shares else -1
        place = spoken[best][0] if shares else None
        shorter = min(word.end - word.start, (place.end - place.start) / SR) if place else 0.0
        owners.append(best if place and shares[best] >= 0.5 * shorter > 0 else -1)
    answers = [
        [w.answer.digit for w, o in zip(heard, owners, strict=True) if o == i]
        for i in range(len(spoken))
    ]
    digits = [[d for d in found if d is not None] for found in answers]
    return Matched(
        n_words=len(spoken),
        n_found=len(heard),
        detected=sum(bool(found) for found in answers),
        on_words=sum(o >= 0 for o in owners),
        right=sum(found == [d] for found, (_, d) in zip(digits, spoken, strict=True)),
        rejected=sum(bool(a) and not d for a, d in zip(answers, digits, strict=True)),
        doubles=sum(len(found) > 1 for found in digits),
        strays=sum(
            w.answer.digit is not None and o < 0 for w, o in zip(heard, owners, strict=True)
        ),
    )


def digit_streams(title: str, clips: list[tuple[int, np.ndarray]], recogniser: Recognises) -> None:
    for snr_db in (30, 20, 10):
        for gap in (0.3, 1.0):
            order = np.random.default_rng([SEED, snr_db]).permutation(len(clips))
            chosen = [clips[i] for i in order]
            named = [(str(digit), y) for digit, y in chosen]
            y, places = words_with_gaps(named, gap, snr_db, "pink", seed=SEED)
            began = time.process_time()
            heard = listen(y, recogniser)
            speed = len(y) / SR / (time.process_time() - began)
            m = match(heard, [(p, d) for p, (d, _) in zip(places, chosen, strict=True)])
            print(
                f"{title}, {snr_db} dB, gaps {gap} s: recall {accuracy(m.detected, m.n_words)}; "
                f"precision {accuracy(m.on_words, max(1, m.n_found))}; "
                f"right {accuracy(m.right, m.n_words)}; rejected {m.rejected}, "
                f"doubles {m.doubles}, stray digits {m.strays}; {speed:.0f} times real time"
            )


def false_digits(title: str, streams: list[np.ndarray], recogniser: Recognises) -> None:
    began = time.process_time()
    heard = [w for y in streams for w in listen(y, recogniser)]
    digits = sum(w.answer.digit is not None for w in heard)
    hours = sum(len(y) for y in streams) / SR / 3600
    speed = 3600 * hours / (time.process_time() - began)
    print(
        f"{title}: {len(heard)} words heard, false digits {in_words(digits, hours)}; "
        f"{speed:.0f} times real time"
    )


def noise_streams(hours: float, dev: Path | None) -> list[np.ndarray]:
    """Return streams of a minute each, every one a noise at a level of its own."""
    rng = np.random.default_rng([SEED, 1])
    real = []
    if dev is not None:
        rows = csv.DictReader((dev / "other.csv").open(encoding="utf-8"))
        real = [load_waveform(dev / r["path"]) for r in rows if r["kind"] == "noise"]
    streams = []
    kinds = [*NOISES]
    for minute in range(max(1, round(hours * 60))):
        n = 60 * SR
        if real and minute % 2:
            y = np.resize(np.roll(real[minute // 2 % len(real)], int(rng.integers(n))), n)
        else:
            kind = kinds[minute // 2 % len(kinds)]
            parts: list[np.ndarray] = []
            while sum(map(len, parts)) < n:
                parts.append(make_noise(kind, rng))
            y = np.concatenate(parts)[:n]
        level = 10 ** (rng.uniform(-60, -15) / 20)
        y = y * (level / max(float(np.sqrt(np.square(y).mean())), 1e-9))
        streams.append(np.clip(y, -1, 1).astype(np.float32))
    return streams


def synthetic_speech(minutes: float) -> list[np.ndarray]:
    """Return running speech by espeak-ng, a minute a stream; empty where it is not installed."""
    from core.sound.synthetic.sentences import sentence
    from core.sound.synthetic.synthesis import Take, speak
    from core.sound.synthetic.voices import training_voices

    rng = np.random.default_rng([SEED, 2])
    voices = [v for v in training_voices() if v.synthesiser == "espeak-ng"]
    streams: list[np.ndarray] = []
    while len(streams) < minutes:
        voice = voices[int(rng.integers(len(voices)))]
        parts: list[np.ndarray] = [np.zeros(SR, np.float32)]
        while sum(map(len, parts)) < 60 * SR:
            take = Take(rng.uniform(0.7, 1.1), rng.uniform(-3, 3), 1.0, "", rng.uniform(0.1, 0.6))
            try:
                said = speak(voice, sentence(rng), take, 0.05)
            except LabError:
                return []
            pause = np.zeros(int(rng.uniform(0.2, 1.5) * SR), np.float32)
            parts += [said.astype(np.float32) / 32768, pause]
        y = np.concatenate(parts)[: 60 * SR]
        hiss = rng.standard_normal(len(y)) * 10 ** (rng.uniform(-75, -50) / 20)
        streams.append((y + hiss).astype(np.float32))
    return streams


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--official", action="store_true", help="FSDD's 300 official test clips")
    parser.add_argument("--noise-hours", type=float, default=1.0)
    parser.add_argument("--sentence-minutes", type=float, default=10.0)
    options = parser.parse_args()
    recogniser = Recogniser(find_model(options.model))
    recordings = [
        r for r in open_dataset("fsdd").recordings
        if (r.take < 5 if options.official else r.take % 10 == 5)
    ]  # fmt: skip
    clips = [(r.digit, load_waveform(r)) for r in recordings if r.digit is not None]
    title = "FSDD official test clips" if options.official else "FSDD training takes"
    digit_streams(title, clips, recogniser)
    dev = Path(os.environ["SPOKEN_DIGITS_DEV"]) if os.environ.get("SPOKEN_DIGITS_DEV") else None
    if dev is not None:
        rows = list(csv.DictReader((dev / "digits.csv").open(encoding="utf-8")))
        strangers = [(int(r["digit"]), load_waveform(dev / r["path"])) for r in rows]
        digit_streams("77 Speech Commands digits", strangers, recogniser)
        rows = list(csv.DictReader((dev / "other.csv").open(encoding="utf-8")))
        pause = np.zeros(SR // 2, np.float32)
        for kind in ("word", "sentence"):
            sounds = [load_waveform(dev / r["path"]) for r in rows if r["kind"] == kind]
            stream = np.concatenate([part for y in sounds for part in (y, pause)])
            false_digits(f"dev, other {kind}s", [stream], recogniser)
    false_digits("noises", noise_streams(options.noise_hours, dev), recogniser)
    spoken = synthetic_speech(options.sentence_minutes)
    if spoken:
        false_digits("synthetic sentences", spoken, recogniser)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
