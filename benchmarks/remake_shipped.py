"""The shipped model again: ``python -m benchmarks.remake_shipped``.

Runs the trainings of ``models/shipped``: ``spec-1.json``, ``spec-2.json`` and so on, last
``spec.json``, each begun with the one before and kept as ``deep1``, ``deep2`` and so on. Then it
releases the last into ``models/shipped`` at the card's working point, averaged with another where
the card says so. Likewise the second network, whose trainings lie in ``models/shipped/which`` and
are kept as ``which1`` and so on; its first begins with the first network as released. Some hours on
two cores. Needs FSDD and the large sets, which ``python -m core.sound.synthetic.generate`` makes
(``--set training``, ``crowd``, ``near``, ``accents`` and ``people``).
"""

from pathlib import Path

from core.learning.__main__ import main as learning
from core.learning.saved_models import SHIPPED, SavedModel, find_model, second_network


def stages(folder: Path) -> list[Path]:
    """Return the specs of the trainings that made the network in a folder, in their order."""
    earlier = sorted(folder.glob("spec-*.json"), key=lambda p: int(p.stem.removeprefix("spec-")))
    return [*earlier, folder / "spec.json"]


def remake(saved: SavedModel, name: str, *flags: str) -> None:
    """Train one network again, all its trainings, and release it as its card says."""
    card, specs = saved.card, stages(saved.folder)
    for number, spec in enumerate(specs, start=1):
        if learning(["train", "--spec", str(spec), "--save", f"{name}{number}"]):
            raise SystemExit(f"The training of {spec.name} did not end well; nothing is released.")
    views = [part for view in card.views for part in ("--view", str(view))]
    point = ["--temperature", str(card.temperature), "--threshold", str(card.threshold)]
    prior = ["--prior", str(card.result.get("prior", 0.0))]
    averaged = str(card.result.get("averaged_with", ""))
    average = ["--average-with", averaged] if averaged else []
    floor = [] if card.floor_db is None else ["--floor-db", str(card.floor_db)]
    last = ["release", f"{name}{len(specs)}", "--name", card.name]
    if learning([*last, *point, *views, *prior, *average, *floor, *flags]):
        raise SystemExit(f"{name}{len(specs)} could not be released.")


def main() -> None:
    shipped = find_model(SHIPPED)
    second = second_network(shipped)
    remake(shipped, "deep")
    if second is not None:
        remake(second, "which", "--second")


if __name__ == "__main__":
    main()
