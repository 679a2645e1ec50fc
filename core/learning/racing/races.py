"""The races on the disk: a race is a folder, beside the runs and in their queue.

In: plans from the Race page, events from the worker. Out: frozen snapshots for pages.

    race.json        what was asked
    spec.json        what every lane trains, as of a run
    log.jsonl        what happened (append-only, see core.logs)
    requests.jsonl   what was asked on the way (see core.learning.requests)
    worker.log       what the process printed
    lock             held by the worker as long as it lives
"""

import itertools
import json
import shutil
from dataclasses import dataclass

from core.errors import LabError, RunError
from core.learning.racing.results import Results, results_of
from core.learning.racing.specs import RaceSpec
from core.learning.run_folders import found_folder, found_folders
from core.learning.runs import Run, create_run
from core.learning.states import Standing
from core.system import write_json

STORE = "races"
"""Their folder in the data folder, by which a worker tells a race from a run."""
PLAN = "race.json"
RECENT = 21
"""Epochs by whose times the time left is told."""


@dataclass(frozen=True)
class Race(Run):
    """One race's folder. It queues, pauses, stops and goes on as a run does."""

    def plan(self) -> RaceSpec:
        """Return what was asked.

        Raises
        ------
        RunError
            If the file is missing or not understood.
        """
        try:
            return RaceSpec.from_dict(json.loads((self.folder / PLAN).read_text("utf-8")))
        except (OSError, ValueError, AttributeError, LabError) as error:
            raise RunError(
                f"The race {self.name} cannot be read ({error}). Start it again from the Race page."
            ) from error

    def look(self) -> "Look":
        """Return the race as it stands now.

        Raises
        ------
        RunError
            If its plan or its log cannot be read.
        """
        plan = self.plan()
        standing = self.standing()
        records = self.records()
        times = [float(r["time"]) for r in records if r["kind"] == "point"][-RECENT:]
        waits = sorted(b - a for a, b in itertools.pairwise(times))
        pace = waits[len(waits) // 2] if waits else None  # the median: a pause is no pace
        return Look(self.name, plan, standing, results_of(records, plan.sweep_epochs), pace)


@dataclass(frozen=True)
class Look:
    """A race as it stands on the disk at one moment."""

    name: str
    plan: RaceSpec
    standing: Standing
    results: Results
    pace: float | None = None
    """Seconds an epoch lately, with all that belongs to it; None where it is not known yet."""

    @property
    def moves(self) -> bool:
        """Whether there may be something new at the next look."""
        return self.standing.alive or self.standing.state == "queued"

    @property
    def planned(self) -> int:
        """Epochs in all; a sweep that goes beyond its first rates adds to them."""
        plan, results = self.plan, self.results
        planned = len(plan.optimizers) * plan.epochs
        for name in plan.optimizers:
            sweep = results.sweeps.get(name, ())
            missing = 0 if name in results.lanes else max(0, plan.rates - len(sweep))
            planned += missing * plan.sweep_epochs
            planned += sum(len(t.points) if t.lost else plan.sweep_epochs for t in sweep)
        return planned - sum(plan.epochs - len(t.points) for t in results.lanes.values() if t.lost)

    @property
    def fraction(self) -> float:
        """How much is done, in [0, 1]."""
        return min(1.0, self.results.epochs / max(1, self.planned))

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at the pace of the last epochs; None where it is not known yet."""
        if self.pace is None:
            return None
        return self.pace * max(0, self.planned - self.results.epochs)


def create_race(plan: RaceSpec) -> Race:
    """Return a new race's folder with its plan written; it waits in the queue, nothing runs yet.

    Raises
    ------
    RunError
        If the data folder cannot be written.
    """
    run = create_run(plan.run_spec(), STORE)
    race = Race(run.folder)
    try:
        write_json(race.folder / PLAN, plan.to_dict())
    except OSError as error:
        shutil.rmtree(race.folder, ignore_errors=True)
        raise RunError(
            f"The race cannot be written to {race.folder.parent} ({error.strerror}). "
            "Free some space there, or set SPOKEN_DIGITS_HOME to another folder."
        ) from error
    return race


def find_race(name: str) -> Race | None:
    """Return the race of that name, or None; no other name ever leaves the folder of races."""
    folder = found_folder(STORE, name, PLAN)
    return None if folder is None else Race(folder)


def list_races() -> tuple[Race, ...]:
    """Return all races, newest first; none where the data folder does not exist."""
    return tuple(Race(folder) for folder in found_folders(STORE, PLAN))
