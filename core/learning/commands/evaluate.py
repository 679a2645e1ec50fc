"""``evaluate``: the scores of a run or a kept model, on its own test clips or on other recordings.

In: its name, and a data set. Out: accuracy with its interval, per digit, per speaker, calibration;
for speakers it was trained on and for speakers it has never heard, apart.
"""

import argparse
import json
from typing import Any

from core.errors import LabError
from core.learning.trained import TrainedNetwork, find_trained

NO_CONFIDENCE = "calibration not measured: the network diverged, and its answers are no numbers"


def add(commands: Any) -> None:
    """Add the subcommand."""
    evaluate = commands.add_parser("evaluate", help="score a run or a model")
    evaluate.add_argument("name", help="a run's or a kept model's name")
    evaluate.add_argument(
        "--data", help="score on every digit of this data set or folder, not on the test clips"
    )
    evaluate.add_argument(
        "--test-clips",
        action="store_true",
        help="with --data: only what its own split would score, where its folder has moved or is "
        "not told by its card",
    )
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.set_defaults(run_command=run)


def evaluated(
    trained: TrainedNetwork, data: str | None = None, test_clips: bool = False
) -> dict[str, Any]:
    """Return the scores of a trained network with their protocol.

    Parameters
    ----------
    trained : TrainedNetwork
    data : str, optional
        A key of ``DATASETS`` or a folder, every digit of which is scored; None for the test clips
        of its own run.
    test_clips : bool
        Score only what the run's own split scores, in ``data`` instead of where it was.

    Raises
    ------
    LabError
        If the data are not there, or how it was trained is not understood.
    """
    import numpy as np

    from core.learning.evaluation import scores_of
    from core.learning.examples import answers_of, load_examples
    from core.learning.known_speakers import known_among
    from core.learning.own_names import NUMBERED
    from core.sound.audio import load_waveforms
    from core.sound.datasets import open_dataset
    from core.sound.images import to_images

    model = trained.build()

    def scored(recordings: Any, clips: Any) -> dict[str, Any] | None:
        if not len(clips):
            return None
        images = to_images(clips, trained.image)
        parts = [model(images[i : i + 256], training=False) for i in range(0, len(images), 256)]
        logits = np.concatenate([np.asarray(part) for part in parts])
        return scores_of(
            logits, answers_of(recordings), [r.speaker for r in recordings], trained.temperature
        )

    spec = trained.spec
    if data is None or test_clips:
        if spec is None:
            raise LabError(
                f"How {trained.name} was trained is not understood by this version, so its test "
                "clips are not known. Name a data set with --data."
            )
        if data is not None:
            spec = spec.with_changes(data=(data, *spec.data[1:]))
        examples = load_examples(spec)
        parts = {"known": examples.split.known, "unseen": examples.split.unseen}
        recordings, clips = examples.recordings, examples.clips
        protocol = examples.split.protocol
    else:
        catalogue = open_dataset(data).where(lambda r: r.digit is not None)
        recordings = tuple(catalogue.recordings)
        clips = tuple(load_waveforms(recordings))
        heard = known_among({r.speaker for r in recordings}, data, set(trained.speakers))
        known = [i for i, r in enumerate(recordings) if r.speaker in heard]
        unseen = [i for i, r in enumerate(recordings) if r.speaker not in heard]
        parts = {"known": np.array(known, int), "unseen": np.array(unseen, int)}
        protocol = (
            f"every digit of {data}; “known” are clips of speakers it was trained on, and some of "
            "them may have been trained on themselves"
        )
        if n := sum(name.startswith(NUMBERED) for name in trained.speakers):
            protocol += (
                f"; its card does not name the {n} own voices it was trained on, and where they "
                "are among these, they count as “unseen”"
            )
    return {
        "name": trained.name,
        "protocol": protocol,
        "scores": {
            part: scored([recordings[i] for i in indices], [clips[i] for i in indices])
            for part, indices in parts.items()
        },
    }


def run(options: argparse.Namespace) -> int:
    """Print the scores; returns the exit code."""
    report = evaluated(find_trained(options.name), options.data, options.test_clips)
    if options.json:
        print(json.dumps(report))
        return 0
    print(f"protocol: {report['protocol']}")
    for part, score in report["scores"].items():
        print(f"{part} speakers: {_line(score)}")
        if score is None:
            continue
        for key, what in (("by_answer", "digit"), ("by_speaker", "speaker")):
            for name, each in score[key].items():
                print(f"  {what} {name}: {_line(each)}")
        found = score["calibration"]
        if found is None:
            print(f"  {NO_CONFIDENCE}")
            continue
        print(
            f"  calibration error {found['error']:.3f}; {found['error_at_temperature']:.3f} at "
            f"temperature {found['temperature']:.2f}"
        )
    return 0


def _line(score: dict[str, Any] | None) -> str:
    """Return an accuracy in words."""
    if score is None:
        return "not measured"
    return (
        f"{100 * score['share']:.1f} % ({score['right']} of {score['total']}; 95 % interval "
        f"{100 * score['low']:.1f} to {100 * score['high']:.1f} %)"
    )
