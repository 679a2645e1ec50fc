"""What a race's worker does: drives it, and writes what happens into its folder.

In: a race's folder with its plan, and requests appended to it. Out: its log.
"""

from core.learning.failures import told
from core.learning.inbox import Inbox
from core.learning.racing.races import Race
from core.learning.racing.results import Point, Results, Trial, record_of, results_of
from core.learning.states import BEGUN, standing_of
from core.system import held


class RaceWriter:
    """Writes what happens in a race into its folder; see ``driving.Listener``."""

    def __init__(self, race: Race) -> None:
        self._race = race
        self._inbox = Inbox(race)

    def known(self) -> Results:
        """Return what was measured before the race was cut short; nothing where it begins."""
        race = self._race
        if not any(r["kind"] in BEGUN for r in race.records()):
            return Results()
        race.write("resumed", sync=True)
        return results_of(race.records(), race.plan().sweep_epochs)

    def phase(self, words: str) -> None:
        """Log what the race is doing now."""
        self._race.write("phase", phase=words)

    def started(self, point: Point, n_train: int, n_validation: int) -> None:
        """Log what the network answers before the first step."""
        self._race.write(
            "start", n_train=n_train, n_validation=n_validation, **record_of(point), sync=True
        )

    def point(self, part: str, trial: Trial, point: Point) -> None:
        """Log what an epoch gave."""
        self._race.write(
            "point",
            part=part,
            optimizer=trial.optimizer,
            rate=trial.rate,
            lost=trial.lost,
            **record_of(point),
        )

    def boundary(self, step: int) -> bool:
        """Return whether a stop was requested by this step boundary; late while it is paused."""
        return self._inbox.orders(step, 0.0).stop

    def stop_asked(self) -> bool:
        """Return whether a stop was requested."""
        return self._inbox.stop_asked()


def work(race: Race) -> None:
    """Do what a race's folder asks for, in a worker; its end is written there, a crash's too."""
    from core.learning.racing.driving import drive
    from core.learning.run_listener import Stopped

    with held(race.lock, wait=2.0) as was_free:  # a page may be asking is_held at this moment
        if not was_free:
            print(f"{race.name} is run by another worker already", flush=True)
            return
        if standing_of(race.records(), held=True, now=0.0).ended is not None:
            print(f"{race.name} has ended already, or was cancelled", flush=True)
            return
        try:
            writer = RaceWriter(race)
            drive(race.plan(), writer, writer.known())
            state, problem = "finished", ""
        except (Stopped, KeyboardInterrupt):
            state, problem = "stopped", ""
        except Exception as error:
            state, problem = "failed", told(race.folder, error)
        try:
            race.write("end", sync=True, state=state, problem=problem)
        except OSError as error:  # the next look finds it interrupted
            print(f"the end of {race.name} ({state}) cannot be written: {error}", flush=True)
