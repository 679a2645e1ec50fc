"""From the press of Evaluate to the report: ``python -m benchmarks.report [--model NAME]``.

The Models page's own work, without a page: Keras already imported, the model's files unread. Reads
FSDD's 300 official test clips, loads the model, hears each clip with all of the model's looks, and
counts everything that the report shows but the sweeps, which are timed apart with ``--sweeps``.
Needs SPOKEN_DIGITS_FSDD.
"""

import argparse
import os
import time

import numpy as np

from core.browsing.robustness import MOST_CLIPS, SWEEPS, sweep
from core.errors import LabError
from core.learning.calibration import calibration
from core.learning.clip_scores import score_clips
from core.learning.evaluation import accuracy, accuracy_by
from core.learning.examples import answers_of
from core.learning.rejection import rejection_curve, working_point
from core.learning.saved_models import SHIPPED, find_model
from core.learning.splits import split_recordings
from core.sound.audio import load_waveforms
from core.sound.datasets import open_dataset


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--sweeps", action="store_true")
    options = parser.parse_args()

    import keras  # noqa: F401 - imported before the press, as on a server that is warm

    from core.listening.recogniser import Recogniser

    print(f"load {os.getloadavg()[0]:.1f}")
    began, used = time.perf_counter(), time.process_time()
    all_of_them = open_dataset("fsdd").recordings
    recordings = [all_of_them[i] for i in split_recordings(all_of_them, "official", 0.1, 0).known]
    clips = load_waveforms(recordings)
    read = time.perf_counter()
    model = find_model(options.model)
    recogniser = Recogniser(model)
    loaded = time.perf_counter()
    answers = answers_of(recordings)
    scores = score_clips(
        recogniser.logits, clips, answers, model.card.temperature, model.card.threshold
    )
    heard = time.perf_counter()
    point = working_point(scores, scores.threshold)
    rejection_curve(scores)
    found = calibration(scores.logits, scores.answers, scores.temperature)
    accuracy_by([r.speaker for r in recordings], scores.right)
    accuracy_by(scores.answers.tolist(), scores.right)
    scores.hardest(30)
    ended = time.perf_counter()
    assert found is not None
    print(
        f"{len(clips)} clips in {ended - began:.1f} s: reading {read - began:.1f}, loading the "
        f"model {loaded - read:.1f}, hearing {heard - loaded:.1f}, counting {ended - heard:.2f}; "
        f"processor time {time.process_time() - used:.1f} s"
    )
    print(f"forced choice {accuracy(int(scores.right.sum()), len(clips))}")
    print(f"{point}; calibration error {found.error:.1%}")
    if options.sweeps:
        places = np.linspace(0, len(clips) - 1, MOST_CLIPS).round().astype(int)
        for name in SWEEPS:
            began = time.perf_counter()
            steps = sweep(name, recogniser.logits, [clips[i] for i in places], answers[places])
            told = ", ".join(f"{s.level:g}: {s.accuracy.share:.1%}" for s in steps)
            print(f"{name}, {MOST_CLIPS} clips, {time.perf_counter() - began:.0f} s: {told}")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
