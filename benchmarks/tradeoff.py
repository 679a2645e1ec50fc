"""What a sensitivity costs: ``python -m benchmarks.tradeoff [--model NAME] [--write]``.

Runs the listening path over recorded streams once, keeps every word's probabilities, and counts
for each sensitivity that Live offers how many digits are missed or taken for another, and how many
digits are heard where none is spoken. ``--write`` puts the numbers where the page reads them.

Digits: FSDD's training takes (every tenth, index 5 to 45) and 77 Speech Commands digits by
strangers, in streams with pink noise at 20 dB and a second between words. Speech without digits:
dev's other words and sentences. Noise: eight kinds and real ones, a minute each, at random levels.
No official test clip is read: a sensitivity is chosen by these numbers.
"""

import argparse
import csv
import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.stream import SEED, SR, listen, match, noise_streams
from benchmarks.streams import Placed, words_with_gaps
from core.errors import LabError
from core.learning.evaluation import accuracy
from core.learning.saved_models import SHIPPED, find_model
from core.listening.recogniser import Recogniser
from core.listening.sensitivity import (
    SENSITIVITIES,
    TRADEOFF,
    Point,
    Tradeoff,
    events_an_hour,
    heard_at,
)
from core.listening.stream import Word
from core.sound.audio import load_waveform
from core.sound.datasets import open_dataset
from core.system import write_json

SNR_DB = 20
Spoken = list[tuple[Placed, int]]


def digit_stream(
    clips: list[tuple[int, np.ndarray]], recogniser: Recogniser
) -> tuple[list[Word], Spoken]:
    order = np.random.default_rng([SEED, 3]).permutation(len(clips))
    chosen = [clips[i] for i in order]
    named = [(str(digit), y) for digit, y in chosen]
    y, places = words_with_gaps(named, 1.0, SNR_DB, "pink", seed=SEED)
    return listen(y, recogniser), [(p, d) for p, (d, _) in zip(places, chosen, strict=True)]


def n_digits(words: list[Word]) -> int:
    return sum(w.answer.digit is not None for w in words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--noise-hours", type=float, default=1.0)
    parser.add_argument("--write", action="store_true", help="keep the numbers for the page")
    options = parser.parse_args()
    saved = find_model(options.model)
    recogniser = Recogniser(saved)
    dev = Path(os.environ["SPOKEN_DIGITS_DEV"])
    takes = [r for r in open_dataset("fsdd").recordings if r.take % 10 == 5]
    known = [(int(r.digit), load_waveform(r)) for r in takes if r.digit is not None]
    rows = csv.DictReader((dev / "digits.csv").open(encoding="utf-8"))
    strangers = [(int(r["digit"]), load_waveform(dev / r["path"])) for r in rows]
    streams = [digit_stream(clips, recogniser) for clips in (known, strangers)]
    pause = np.zeros(SR // 2, np.float32)
    rows = csv.DictReader((dev / "other.csv").open(encoding="utf-8"))
    speech = [load_waveform(dev / r["path"]) for r in rows if r["kind"] in ("word", "sentence")]
    y = np.concatenate([part for clip in speech for part in (clip, pause)])
    speech_hours, speech_words = len(y) / SR / 3600, listen(y, recogniser)
    noises = noise_streams(options.noise_hours, dev)
    noise_hours = sum(map(len, noises)) / SR / 3600
    noise_words = [listen(each, recogniser) for each in noises]
    threshold, points = saved.card.threshold, []
    for s in SENSITIVITIES:
        tuned = [(heard_at(words, threshold, s), spoken) for words, spoken in streams]
        found = [match(words, spoken) for words, spoken in tuned]
        answered = [
            match([w for w in words if w.answer.digit is not None], spoken)
            for words, spoken in tuned
        ]
        digits = sum(m.n_words for m in found)
        missed = digits - sum(m.detected for m in answered)
        wrong = digits - missed - sum(m.right for m in found)
        alarms = n_digits(heard_at(speech_words, threshold, s))
        in_noise = sum(n_digits(heard_at(words, threshold, s)) for words in noise_words)
        points.append(Point(s, digits, missed, wrong, alarms, speech_hours, in_noise, noise_hours))
        rate, low, high = events_an_hour(alarms, speech_hours)
        print(
            f"{s:+g}: missed {accuracy(missed, digits)}; another or twice {wrong}; false digits "
            f"{alarms} in {60 * speech_hours:.1f} min of speech ({rate:.0f} an hour, {low:.0f} to "
            f"{high:.0f}), {in_noise} in {noise_hours:.2f} h of noise"
        )
    if options.write:
        protocol = (
            f"{len(known)} of FSDD's training takes and {len(strangers)} Speech Commands digits by "
            f"strangers, in streams at {SNR_DB} dB; {60 * speech_hours:.1f} min of other words and "
            f"sentences; {noise_hours:.1f} h of noises at random levels. The working point was "
            "chosen on these clips too: on new ones expect a little worse."
        )
        found_all = Tradeoff(
            saved.card.weights_sha256, protocol, "python -m benchmarks.tradeoff", tuple(points)
        )
        write_json(TRADEOFF, json.loads(json.dumps(asdict(found_all))))


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
