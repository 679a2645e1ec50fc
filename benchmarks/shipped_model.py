"""The shipped model through the whole path: ``python -m benchmarks.shipped_model [--model NAME]``.

Prints, with 95 % Wilson intervals: FSDD's 300 official test clips (exactly one word and the right
digit), 77 Speech Commands digits by 19 strangers, their high and low voices apart (whether they are
women or men is not known), and what 200 other words, 74 sentences and 8 noises raise. Needs
SPOKEN_DIGITS_FSDD and, for the strangers, SPOKEN_DIGITS_DEV.
"""

import argparse
import csv
import os
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import librosa
import numpy as np

from core.errors import LabError
from core.learning.evaluation import accuracy
from core.learning.saved_models import SHIPPED, find_model
from core.learning.splits import split_recordings
from core.listening.files import hear_file
from core.listening.recogniser import Recogniser
from core.sound.audio import SAMPLE_RATE, load_waveform
from core.sound.datasets import open_dataset
from core.system import write_json

HIGH_HZ = 165.0
"""Between what is usual for men, about 125 Hz, and for women, about 210."""
PITCH_HZ = (65.0, 450.0)


def score(name: str, clips: list[tuple[Path, int]], recogniser: Recogniser) -> np.ndarray:
    """Print how clips are heard; return whether each is right [shape=(n, 2)].

    First as a forced choice, then as exactly one word and the right digit.
    """
    outcomes: Counter[str] = Counter()
    right = np.zeros((len(clips), 2), bool)
    wrong: list[str] = []
    seconds = []
    for (path, digit), row in zip(clips, right, strict=True):
        words = hear_file(path, recogniser)
        seconds += [w.answer.seconds for w in words]
        # forced choice: the whole clip, or the longest word in it, whatever its confidence
        y = max((w.y for w in words), key=len) if words else load_waveform(path)
        answers = [w.answer.digit for w in words]
        row[:] = recogniser.logits(y)[:10].argmax() == digit, answers == [digit]
        if row[1]:
            outcomes["right"] += 1
        else:
            outcomes[
                "no word"
                if not answers
                else "several"
                if len(answers) > 1
                else "rejected"
                if answers == [None]
                else "wrong digit"
            ] += 1
            wrong.append(f"{path.name}:{answers}")
    forced, exactly = right.sum(axis=0)
    print(f"{name}: exactly one word and the right digit {accuracy(int(exactly), len(clips))}")
    print(f"  forced choice {accuracy(int(forced), len(clips))}")
    print(f"  {dict(outcomes)}; recognition median {1000 * np.median(seconds):.1f} ms a word")
    if wrong:
        print("  not right: " + " ".join(wrong[:40]))
    return right


def pitch_of(paths: list[Path]) -> float | None:
    """Return the median pitch of one person's clips in Hz; None where hardly any is voiced."""
    low, high = PITCH_HZ
    found: list[float] = []
    for path in paths:
        y, sr = librosa.load(path, sr=SAMPLE_RATE)
        f0, voiced, _ = librosa.pyin(y, fmin=low, fmax=high, sr=sr, frame_length=1024)
        found += list(f0[voiced & (f0 > 1.02 * low)])  # at the edge there is none
    return float(np.median(found)) if len(found) >= 5 else None


def by_pitch(speakers: list[str], clips: list[tuple[Path, int]], right: np.ndarray) -> None:
    """Print how high and low voices are heard."""
    pitches = {
        who: pitch_of([path for (path, _), w in zip(clips, speakers, strict=True) if w == who])
        for who in set(speakers)
    }
    groups = (
        (f"above {HIGH_HZ:.0f} Hz", lambda hz: hz is not None and hz > HIGH_HZ),
        ("below", lambda hz: hz is not None and hz <= HIGH_HZ),
        ("no pitch found", lambda hz: hz is None),
    )
    for name, belongs in groups:
        of = np.array([belongs(pitches[who]) for who in speakers])
        people = sum(belongs(hz) for hz in pitches.values())
        forced, exactly = (accuracy(int(n), int(of.sum())) for n in right[of].sum(axis=0))
        print(f"  voices {name} ({people}): forced choice {forced}; one word and right {exactly}")


def write_scores(known: tuple[int, int], unseen: tuple[int, int]) -> None:
    """Put both honest numbers, as the whole model hears them, into the shipped model's card."""
    saved = find_model(SHIPPED)
    scores = {}
    for name, (right, total) in (("known", known), ("unseen", unseen)):
        scored = accuracy(right, total)
        assert scored is not None
        scores[name] = scored.to_dict()
    protocol = (
        f"forced choice of the ten digits, the longest word of each clip; first number: {known[1]} "
        f"official test clips of FSDD's six men (index 0-4), whom it knows; second: {unseen[1]} "
        "Speech Commands digits of 19 people whom it has never heard, by whom its working point "
        "was chosen too"
    )
    result = saved.card.result | {"scores": scores, "protocol": protocol}
    write_json(saved.folder / "card.json", replace(saved.card, result=result).to_dict())


def others(folder: Path, recogniser: Recogniser) -> None:
    raised: dict[str, list[int]] = defaultdict(list)
    minutes: Counter[str] = Counter()
    for row in csv.DictReader((folder / "other.csv").open(encoding="utf-8")):
        words = hear_file(folder / row["path"], recogniser)
        raised[row["kind"]].append(sum(w.answer.digit is not None for w in words))
        minutes[row["kind"]] += float(row["seconds"]) / 60
    for kind, counts in raised.items():
        share = accuracy(sum(n > 0 for n in counts), len(counts))
        print(
            f"other, {kind}: clips that raise a digit {share}; {sum(counts)} digits in "
            f"{minutes[kind]:.1f} min"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--dev-only", action="store_true", help="while choosing: no test clip")
    parser.add_argument("--write", action="store_true", help="both scores into the card")
    options = parser.parse_args()
    began = time.perf_counter()
    recogniser = Recogniser(find_model(options.model))
    print(f"model {options.model}, ready after {time.perf_counter() - began:.1f} s")
    known = (0, 0)
    if not options.dev_only:
        recordings = open_dataset("fsdd").recordings
        test = split_recordings(recordings, "official", 0.1, 0).known
        clips = [recordings[i] for i in test]
        digits = [(r.root / r.name, r.digit) for r in clips if r.digit is not None]
        right = score("FSDD official test clips", digits, recogniser)
        known = int(right[:, 0].sum()), len(digits)
    dev = os.environ.get("SPOKEN_DIGITS_DEV")
    if dev:
        folder = Path(dev)
        rows = [*csv.DictReader((folder / "digits.csv").open(encoding="utf-8"))]
        strangers = [(folder / r["path"], int(r["digit"])) for r in rows]
        right = score("77 Speech Commands digits, 19 strangers", strangers, recogniser)
        by_pitch([r["speaker"] for r in rows], strangers, right)
        if options.write and options.model == SHIPPED and known[1]:
            write_scores(known, (int(right[:, 0].sum()), len(strangers)))
        others(folder, recogniser)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
