"""The shipped model again: ``python -m benchmarks.remake_shipped``.

Runs the trainings of ``models/shipped``: ``spec-1.json``, ``spec-2.json`` and so on, last
``spec.json``, each begun with the one before and kept as ``deep1``, ``deep2`` and so on; the
seventh begins with what was released after the sixth, which is released again on the way. Then it
releases the last into ``models/shipped`` at the card's working point, averaged with another where
the card says so. Some hours on two cores. Needs FSDD and the large sets, which
``python -m core.sound.synthetic.generate`` makes (``--set training``, ``crowd``, ``near``,
``accents`` and ``people``).
"""

from pathlib import Path

from core.home import SHIPPED_MODELS
from core.learning.__main__ import main as learning
from core.learning.saved_models import SHIPPED, find_model

BETWEEN = {
    6: "--threshold 0.6 --view 0.92 --view 1 --view 1 --view 1.08 --prior 1.5 "
    "--average-with deep5 --floor-db 40"
}
"""How the model was released after a training that another one begins with, by its number."""


def stages(folder: Path) -> list[Path]:
    """Return the specs of the trainings that made the model in a folder, in their order."""
    earlier = sorted(folder.glob("spec-*.json"), key=lambda p: int(p.stem.removeprefix("spec-")))
    return [*earlier, folder / "spec.json"]


def main() -> None:
    card = find_model(SHIPPED).card
    specs = stages(SHIPPED_MODELS / SHIPPED)
    for number, spec in enumerate(specs, start=1):
        if learning(["train", "--spec", str(spec), "--save", f"deep{number}"]):
            raise SystemExit(f"The training of {spec.name} did not end well; nothing is released.")
        if number in BETWEEN and learning(
            ["release", f"deep{number}", "--name", card.name, *BETWEEN[number].split()]
        ):
            raise SystemExit(f"deep{number} could not be released; the next begins with it.")
    views = [part for view in card.views for part in ("--view", str(view))]
    point = ["--temperature", str(card.temperature), "--threshold", str(card.threshold)]
    prior = ["--prior", str(card.result.get("prior", 0.0))]
    averaged = str(card.result.get("averaged_with", ""))
    average = ["--average-with", averaged] if averaged else []
    floor = [] if card.floor_db is None else ["--floor-db", str(card.floor_db)]
    name = ["release", f"deep{len(specs)}", "--name", card.name]
    raise SystemExit(learning([*name, *point, *views, *prior, *average, *floor]))


if __name__ == "__main__":
    main()
