"""Precision and recall of the diagnosis: ``python -m benchmarks.blind_test``.

The protocol, and what each trouble means, stand in ``docs/blind_test.md``. Each random
configuration is trained as it is and judged by the rules; then its long runs are made and judged
without them. ``--log FILE`` keeps a line a configuration; what it holds is not run again.
``--judge FOLDER`` keeps the histories too, so that changed rules can be asked once more
(``--again``).
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.blind_draw import DRAWS
from benchmarks.blind_labels import Bench, apart, troubles
from benchmarks.lessons import as_history, findings, history_of_run
from core.learning import examples
from core.learning.examples import load_examples
from core.learning.network_config import Convolution
from core.learning.specs import RunSpec
from core.sound.images import to_images
from core.system import reuse_memory

GROUPS = {"vanishing_gradients": "flat_curves", "saturation": "flat_curves"}
"""Findings that are counted as one."""
JUDGED = (
    "healthy", "slow", "underfitting", "overfitting", "rate_too_low", "rate_too_high",
    "flat_curves", "dead_relus", "identical_units", "untrained_start", "too_small_network",
    "too_little_data", "past_its_best", "shuffled_labels", "leaked_split",
)  # fmt: skip


def remember_sounds() -> None:
    """Read each list of recordings only once: every run of a draw needs the same."""
    read: dict[int, Any] = {}
    load: Callable[..., Any] = vars(examples)["load_waveforms"]

    def remembered(recordings: Sequence[Any]) -> Any:
        if len(recordings) not in read:
            read[len(recordings)] = load(recordings)
        return list(read[len(recordings)])

    vars(examples)["load_waveforms"] = remembered


def one(spec: RunSpec, seed: int, number: int, folder: Path | None) -> dict[str, Any]:
    """Return what the rules say of a configuration, and what holds."""
    began = time.perf_counter()
    history, _ = history_of_run(spec)
    said = {GROUPS.get(name, name) for name in findings(history)}
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{seed}-{number}.json").write_text(json.dumps(asdict(history)), "utf-8")
    clips = load_examples(spec).clips
    notes: list[str] = []
    bench = Bench(spec, to_images(clips, spec.image), apart(spec))
    holds = troubles(bench, notes.append)
    first = spec.network_config.blocks[0]
    assert isinstance(first, Convolution)
    return {
        "seed": seed,
        "number": number,
        "said": sorted(said & {*JUDGED, "unjudged"}),
        "holds": sorted(holds),
        "notes": notes,
        "what": f"{len(spec.network_config.blocks)} blocks of {first.filters}, {first.activation}, "
        f"{spec.network_config.initialiser}, {spec.optimizer} {spec.rate:g}, {spec.epochs} epochs, "
        f"share {spec.train_share}",
        "seconds": round(time.perf_counter() - began, 1),
    }


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Return precision and recall of every finding."""
    rows = [f"{'finding':20s} holds  said  both  precision  recall"]
    for name in JUDGED:
        said, holds = ({x["number"] for x in lines if name in x[key]} for key in ("said", "holds"))
        both = len(said & holds)
        precision, recall = (f"{both / len(of):.0%}" if of else "not shown" for of in (said, holds))
        rows.append(
            f"{name:20s} {len(holds):5d} {len(said):5d} {both:5d}  {precision:>9s}  {recall:>9s}"
        )
    return "\n".join(rows)


def lines_in(log: Path | None, seed: int) -> list[dict[str, Any]]:
    """Return what a log holds of a draw, in the order of its configurations."""
    text = log.read_text("utf-8") if log and log.exists() else ""
    found = {x["number"]: x for x in map(json.loads, text.splitlines()) if x["seed"] == seed}
    return [found[number] for number in sorted(found)]


def judged_again(line: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a line with what the rules of today say of its history."""
    kept = folder / f"{line['seed']}-{line['number']}.json"
    said = findings(as_history(json.loads(kept.read_text("utf-8"))))
    names = {GROUPS.get(name, name) for name in said}
    return {**line, "said": sorted(names & {*JUDGED, "unjudged"})}


def main() -> None:
    """Draw, train, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="fsdd")
    parser.add_argument("--draw", type=int, choices=[*DRAWS], default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--configurations", type=int, default=44)
    parser.add_argument("--log", type=Path, default=Path("blind_test.jsonl"))
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--again", action="store_true", help="train nothing; judge what is kept")
    options = parser.parse_args()
    reuse_memory()
    remember_sounds()
    for number in range(options.first, 0 if options.again else options.configurations):
        if number in {x["number"] for x in lines_in(options.log, options.seed)}:
            continue
        spec = DRAWS[options.draw](options.seed, number, options.data)
        line = one(spec, options.seed, number, options.judge)
        print(f"{number:3d} {line['what']}: said {', '.join(line['said'])}; "
              f"holds {', '.join(line['holds'])}; {'; '.join(line['notes'])}; {line['seconds']} s, "
              f"load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
        with options.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    lines = lines_in(options.log, options.seed)
    if options.again and options.judge:
        lines = [judged_again(line, options.judge) for line in lines]
    print(f"{len(lines)} configurations of seed {options.seed}")
    print(table(lines))


if __name__ == "__main__":
    main()
