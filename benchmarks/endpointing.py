"""How well words are found: ``python -m benchmarks.endpointing [--official]``.

Prints, with 95 % Wilson intervals: clips that give exactly one word with nothing cut off, and
recall, precision and latency on streams of FSDD words with known gaps in white and pink noise. All
on FSDD's training takes (5 to 49); ``--official`` adds its 300 official test clips, which nothing
was chosen by. Needs SPOKEN_DIGITS_FSDD and, for strangers and for what is no digit,
SPOKEN_DIGITS_DEV.
"""

import argparse
import csv
import os
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from benchmarks.streams import Placed, noise, spoken_bounds, words_with_gaps
from core.learning.evaluation import accuracy
from core.listening.endpointing import Endpointer, Utterance, pad_with_noise
from core.sound.audio import load_waveform

SR = 8000
PAD = SR // 2
N_WORDS = 200
SLACK = 160  # samples (20 ms): what a bound may miss before a word counts as cut


def find_words(y: np.ndarray) -> list[Utterance]:
    """Return the words of a whole stream."""
    endpointer = Endpointer()
    return endpointer.feed(y) + endpointer.flush()


def score_clips(title: str, clips: list[tuple[str, np.ndarray]], bounds_known: bool) -> None:
    counts: Counter[int] = Counter()
    whole = 0
    failures = []
    for name, y in clips:
        words = find_words(pad_with_noise(y))
        counts[len(words)] += 1
        if len(words) != 1:
            failures.append(f"{name}: {len(words)} words")
            continue
        first, last = spoken_bounds(y)
        if words[0].start - PAD <= first + SLACK and words[0].end - PAD >= last - SLACK:
            whole += 1
        elif bounds_known:
            failures.append(f"{name}: cut")
    print(f"{title}: exactly one word {accuracy(counts[1], len(clips))}; words: ", end="")
    print(dict(sorted(counts.items())))
    if bounds_known:
        print(f"  one word, whole: {accuracy(whole, len(clips))}")
    if failures:
        print("  " + "; ".join(failures))


def match(found: list[Utterance], words: list[Placed]) -> dict[str, int | list[float]]:
    """Count the words that have one utterance of their own, and the utterances that have none."""
    starts = np.array([w.start for w in words])
    ends = np.array([w.end for w in words])
    hits = np.zeros(len(words), dtype=int)
    merged = stray = whole = 0
    latencies: list[float] = []
    for u in found:
        overlap = np.minimum(u.word_end, ends) - np.maximum(u.word_start, starts)
        own = np.flatnonzero(overlap > 0.3 * (ends - starts))
        if len(own) == 1:
            i = own[0]
            hits[i] += 1
            latencies.append((u.decided - ends[i]) / SR)
            whole += int(u.start <= starts[i] + SLACK and u.end >= ends[i] - SLACK)
        elif len(own) > 1:
            merged += 1
        else:
            stray += 1
    return {
        "hit": int(np.sum(hits == 1)), "split": int(np.sum(hits > 1)), "merged": merged,
        "stray": stray, "whole": whole, "latencies": latencies,
    }  # fmt: skip


def score_streams(clips: list[tuple[str, np.ndarray]]) -> None:
    print(f"Streams of {N_WORDS} words. 'whole': nothing of the found word cut off.")
    print("gap ms  noise  SNR dB  recall  precision  whole  split merged stray  latency ms (p95)")
    for gap in (150, 250, 400, 1000):
        for kind in ("white", "pink"):
            for snr_db in (30, 20, 10):
                rng = np.random.default_rng([gap, snr_db, kind == "pink"])
                chosen = [clips[i] for i in rng.permutation(len(clips))[:N_WORDS]]
                y, words = words_with_gaps(chosen, gap / 1000, snr_db, kind)
                found = find_words(y)
                m = match(found, words)
                ms = 1000 * np.array(m["latencies"])
                print(
                    f"{gap:6d}  {kind:5s}  {snr_db:6d}  {m['hit'] / len(words):6.1%}  "
                    f"{m['hit'] / max(1, len(found)):9.1%}  {m['whole'] / max(1, len(ms)):5.1%}  "
                    f"{m['split']:5d} {m['merged']:6d} {m['stray']:5d}  "
                    f"{np.median(ms):10.0f} ({np.percentile(ms, 95):.0f})"
                )


def score_fan(clips: list[tuple[str, np.ndarray]]) -> None:
    """How soon words are found again after the noise has risen by 25 dB."""
    y, words = words_with_gaps(clips[:60], 0.5, 45, "white")
    fan_at = words[20].start - 2000
    rms = 0.05 * 10 ** (-20 / 20)
    y[fan_at:] += (rms * noise("white", len(y) - fan_at, np.random.default_rng(1))).astype("f4")
    found = find_words(y)
    centres = [(w.start + w.end) / 2 for w in words]
    missed = [
        (c - fan_at) / SR
        for c in centres
        if c > fan_at and not any(u.word_start < c < u.word_end for u in found)
    ]
    print(f"A fan 25 dB above the room starts: words missed {[f'{s:.1f} s' for s in missed]} after")


def score_speed(clips: list[tuple[str, np.ndarray]]) -> None:
    y, _ = words_with_gaps(clips[:100], 0.4, 20, "pink")
    for title, stream in (
        ("words in noise", np.resize(y, 1800 * SR)),
        ("noise", (0.001 * noise("white", 1800 * SR, np.random.default_rng(0))).astype("f4")),
        ("digital silence", np.zeros(1800 * SR, dtype=np.float32)),
    ):
        began = time.process_time()
        n = len(find_words(stream))
        print(f"30 minutes of {title}: {time.process_time() - began:.1f} s of CPU, {n} words")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--official", action="store_true", help="add the 300 official test clips")
    arguments = parser.parse_args()
    takes: dict[bool, list[tuple[str, np.ndarray]]] = {False: [], True: []}
    for path in sorted(Path(os.environ["SPOKEN_DIGITS_FSDD"]).glob("*.wav")):
        official = int(path.stem.split("_")[2]) < 5
        takes[official].append((path.stem, load_waveform(path)))
    score_clips("FSDD, training takes", takes[False], bounds_known=True)
    if arguments.official:
        score_clips("FSDD, official test clips", takes[True], bounds_known=True)
    if "SPOKEN_DIGITS_DEV" in os.environ:
        dev = Path(os.environ["SPOKEN_DIGITS_DEV"])
        digits = [(p.stem, load_waveform(p)) for p in sorted((dev / "digits").glob("*.wav"))]
        score_clips("77 Speech Commands digits", digits, bounds_known=False)
        kinds: dict[str, Counter[int]] = defaultdict(Counter)
        with (dev / "other.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                y = load_waveform(dev / row["path"])
                kinds[row["kind"]][len(find_words(pad_with_noise(y)))] += 1
        for kind, counts in kinds.items():
            print(f"Not digits, {kind}: words per recording {dict(sorted(counts.items()))}")
    score_streams(takes[False])
    score_fan(takes[False])
    score_speed(takes[False])


if __name__ == "__main__":
    main()
