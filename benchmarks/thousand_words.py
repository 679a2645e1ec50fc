"""A thousand words without a browser: ``python -m benchmarks.thousand_words [--noises]``.

FSDD's official test clips, all speakers alike, are put at known times into pink noise 20 dB below
them, half a second to a second apart, and the listener runs over the stream. Prints recall and
precision of detection, how many digits are right, and how many the path for files gets right on the
same clips in the same noise, each cut out with its own surroundings; then the same for pairs of
those who differ. ``--noises`` gives 300 words in each of seven noises at 0 to 30 dB as well.
``--choosing`` takes FSDD's training takes instead: for changing anything. Counts carry 95 %
intervals. Needs SPOKEN_DIGITS_FSDD.
"""

import argparse
import os
import time

import numpy as np

from benchmarks.stream import BLOCK, SEED, SR, listen, match
from benchmarks.streams import Placed, words_with_gaps
from core.errors import LabError
from core.learning.evaluation import accuracy
from core.learning.saved_models import SHIPPED, find_model
from core.listening.files import hear
from core.listening.recogniser import Recogniser
from core.listening.stream import Recognises
from core.sound.audio import load_waveform
from core.sound.datasets import open_dataset

WORDS_A_STREAM = 100
GAPS = (0.5, 1.0)
"""Seconds between words: from the first to the second, evenly."""
MARGIN = SR // 5
"""Samples of its own noise that a word brings along into the path for files, on either side."""
KINDS = ("white", "pink", "brown", "hum", "clicks", "keys", "claps")
LEVELS_DB = (0, 5, 10, 15, 20, 30)

Clip = tuple[int, str, np.ndarray]


def clips_of(choosing: bool) -> list[Clip]:
    """Return (digit, name, samples) of the official test clips, or of as many training takes."""
    takes = range(5, 10) if choosing else range(5)
    recordings = [r for r in open_dataset("fsdd").recordings if r.take in takes]
    return [(r.digit, r.name, load_waveform(r)) for r in recordings if r.digit is not None]


def evenly(clips: list[Clip], n: int, rng: np.random.Generator) -> list[Clip]:
    """Return ``n`` clips in random order: each once before any comes a second time."""
    orders = [rng.permutation(len(clips)) for _ in range(-(-n // len(clips)))]
    return [clips[i] for i in np.concatenate(orders)[:n]]


def stream_of(
    words: list[Clip], snr_db: float, kind: str, seed: int
) -> tuple[np.ndarray, list[tuple[Placed, int]]]:
    """Return a stream of these words, and where each digit lies."""
    gaps = np.random.default_rng([SEED, seed]).uniform(*GAPS, len(words))
    y, places = words_with_gaps([(n, c) for _, n, c in words], gaps.tolist(), snr_db, kind, seed)
    return y, [(p, d) for p, (d, _, _) in zip(places, words, strict=True)]


def paired(both: np.ndarray) -> str:
    """Return the difference of two shares of the same words, with its 95 % interval.

    Parameters
    ----------
    both : np.ndarray [shape=(n, 2)], bool
        Whether each word is right in the one way and in the other.
    """
    only = [int(np.sum(both[:, i] & ~both[:, 1 - i])) for i in (0, 1)]
    n, difference = len(both), (only[0] - only[1]) / len(both)
    # Wald's interval for matched pairs (Agresti, Categorical Data Analysis, 10.1)
    half = 1.96 * np.sqrt(max(sum(only) - (only[0] - only[1]) ** 2 / n, 1.0)) / n
    return (
        f"{100 * difference:+.1f} points (95 % interval {100 * (difference - half):+.1f} to "
        f"{100 * (difference + half):+.1f}; {only[0]} only the first, {only[1]} only the second)"
    )


def right_in_file(y: np.ndarray, place: Placed, digit: int, recogniser: Recognises) -> bool:
    """Return whether the path for files hears one word there, and the right digit."""
    cut = y[max(0, place.start - MARGIN) : place.end + MARGIN]
    return [w.answer.digit for w in hear(cut, SR, recogniser)] == [digit]


def thousand(clips: list[Clip], n: int, snr_db: float, recogniser: Recognises) -> None:
    words = evenly(clips, n, np.random.default_rng([SEED, 1000]))
    totals = np.zeros(7, dtype=int)
    both = []
    lost: list[str] = []
    latencies: list[float] = []
    began, seconds = time.process_time(), 0.0
    for i in range(0, n, WORDS_A_STREAM):
        y, spoken = stream_of(words[i : i + WORDS_A_STREAM], snr_db, "pink", i)
        found = listen(y, recogniser)
        seconds += len(y) / SR
        m = match(found, spoken)
        totals += (m.n_words, m.n_found, m.detected, m.on_words, m.right, m.doubles, m.strays)
        latencies += [w.endpoint_seconds for w in found]
        for place, digit in spoken:
            near = [w for w in found if w.end * SR > place.start and w.start * SR < place.end]
            streamed = [w.answer.digit for w in near] == [digit]
            both.append((streamed, right_in_file(y, place, digit, recogniser)))
            if not streamed:
                lost.append(f"{place.name}:{[w.answer.digit for w in near]}")
    speed = seconds / (time.process_time() - began)
    n_words, n_found, detected, on_words, right, doubles, strays = totals.tolist()
    pairs = np.array(both)
    print(f"{n} words at {snr_db} dB in {seconds / 60:.0f} min; {speed:.0f} times real time, both")
    print(f"  recall {accuracy(detected, n_words)}")
    print(f"  precision {accuracy(on_words, max(1, n_found))}")
    print(f"  answered by the right digit alone, stream: {accuracy(right, n_words)}")
    print(f"  exactly one word and the right digit, stream: {accuracy(int(pairs[:, 0].sum()), n)}")
    print(f"  the same, path for files: {accuracy(int(pairs[:, 1].sum()), n)}")
    print(f"  stream minus files: {paired(pairs)}")
    print(f"  doubles {doubles}, stray digits {strays}; wait for the end of a word: "
          f"median {1000 * np.median(latencies):.0f} ms, p95 "
          f"{1000 * np.percentile(latencies, 95):.0f} ms")  # fmt: skip
    print("  not right in the stream: " + " ".join(lost))


def noises(clips: list[Clip], recogniser: Recognises) -> None:
    print(f"{len(clips)} words a cell: recall / precision / right digit alone, %")
    print("noise   " + "".join(f"{db:>19d} dB" for db in LEVELS_DB))
    for kind in KINDS:
        cells = []
        for snr_db in LEVELS_DB:
            rng = np.random.default_rng([SEED, snr_db])
            y, spoken = stream_of(evenly(clips, len(clips), rng), snr_db, kind, snr_db)
            m = match(listen(y, recogniser), spoken)
            shares = m.detected / m.n_words, m.on_words / max(1, m.n_found), m.right / m.n_words
            cells.append(" / ".join(f"{100 * s:.1f}" for s in shares))
        print(f"{kind:8s}" + "".join(f"{cell:>22s}" for cell in cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--words", type=int, default=1000)
    parser.add_argument("--snr", type=float, default=20.0, help="dB")
    parser.add_argument("--noises", action="store_true", help="seven noises at six levels as well")
    parser.add_argument("--choosing", action="store_true", help="training takes: no test clip")
    options = parser.parse_args()
    recogniser = Recogniser(find_model(options.model))
    print(f"load {os.getloadavg()[0]:.1f}; blocks of {BLOCK} samples")
    clips = clips_of(options.choosing)
    thousand(clips, options.words, options.snr, recogniser)
    if options.noises:
        noises(clips, recogniser)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
