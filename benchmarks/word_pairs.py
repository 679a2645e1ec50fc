"""Two words close together: ``python -m benchmarks.word_pairs [--choosing]``.

Pairs of FSDD's official test clips, 400, 250 and 150 ms apart (the gap is between the words, not
between the clips), a second and a half between pairs, in pink noise. A pair is split correctly if
exactly two words are heard in it and each lies on its own. Also: every "six" and "eight" alone, one
word with nothing cut off. ``--choosing`` takes FSDD's training takes instead: for changing
anything. Counts carry 95 % Wilson intervals. Needs SPOKEN_DIGITS_FSDD.
"""

import argparse
from collections import Counter

import numpy as np

from benchmarks.stream import SEED, SR, listen
from benchmarks.streams import Placed, spoken_bounds, words_with_gaps
from benchmarks.thousand_words import Clip, clips_of, evenly
from core.errors import LabError
from core.learning.evaluation import accuracy
from core.learning.saved_models import SHIPPED, find_model
from core.listening.endpointing import Endpointer, pad_with_noise
from core.listening.recogniser import Recogniser
from core.listening.stream import Recognises, Word

PAIRS = 300
APART = 1.5
"""Seconds between pairs."""
GOALS = {0.4: 0.99, 0.25: 0.97, 0.15: 0.85}
SLACK = 160
"""Samples (20 ms) that a bound may miss before a word counts as cut."""


def owner(word: Word, places: list[Placed]) -> int | None:
    """Return which of a pair a heard word lies on: more than half of it, and of that one alone."""
    shares = [
        (min(word.end * SR, p.end) - max(word.start * SR, p.start)) / (p.end - p.start)
        for p in places
    ]
    own = [i for i, share in enumerate(shares) if share > 0.3]
    return own[0] if len(own) == 1 else None


def score_pairs(clips: list[Clip], gap: float, snr_db: float, recogniser: Recognises) -> None:
    rng = np.random.default_rng([SEED, round(1000 * gap)])
    words = evenly(clips, 2 * PAIRS, rng)
    gaps = [gap, APART] * PAIRS
    y, places = words_with_gaps([(n, c) for _, n, c in words], gaps, snr_db, "pink", SEED)
    heard = listen(y, recogniser)
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    right = 0
    for i in range(0, len(places), 2):
        pair = places[i : i + 2]
        near = [w for w in heard if w.end * SR > pair[0].start and w.start * SR < pair[1].end]
        split = [owner(w, pair) for w in near] == [0, 1]
        outcome = "split" if split else f"{len(near)} words"
        outcomes[outcome] += 1
        right += [w.answer.digit for w in near] == [words[i][0], words[i + 1][0]]
        if not split:
            failures.append(f"{pair[0].name}+{pair[1].name}:{len(near)}")
    print(
        f"gap {1000 * gap:.0f} ms, {snr_db:.0f} dB: correctly split "
        f"{accuracy(outcomes['split'], PAIRS)} (goal {GOALS[gap]:.0%}); both digits right "
        f"{accuracy(right, PAIRS)}; {dict(outcomes)}"
    )
    print("  " + " ".join(failures))


def score_whole(clips: list[Clip], digit: int) -> None:
    whole = 0
    chosen = [(name, y) for d, name, y in clips if d == digit]
    failures = []
    for name, y in chosen:
        endpointer = Endpointer()
        words = endpointer.feed(pad_with_noise(y)) + endpointer.flush()
        first, last = (SR // 2 + bound for bound in spoken_bounds(y))
        if len(words) == 1 and words[0].start <= first + SLACK and words[0].end >= last - SLACK:
            whole += 1
        else:
            failures.append(f"{name}:{len(words)}")
    print(f'"{digit}": one word, nothing cut off {accuracy(whole, len(chosen))} {failures}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--choosing", action="store_true", help="training takes: no test clip")
    options = parser.parse_args()
    recogniser = Recogniser(find_model(options.model))
    clips = clips_of(options.choosing)
    for gap in GOALS:
        for snr_db in (30.0, 20.0):
            score_pairs(clips, gap, snr_db, recogniser)
    for digit in (6, 8):
        score_whole(clips, digit)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
