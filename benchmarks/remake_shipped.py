"""The shipped model again: ``python -m benchmarks.remake_shipped``.

Runs the two trainings of ``models/shipped/spec-1.json`` and ``spec.json`` (an hour on two idle
cores), keeps both as ``deep1`` and ``deep2``, and releases the mean of their weights into
``models/shipped``, at the card's working point. Needs FSDD and the two large synthetic sets, which
``python -m core.sound.synthetic.generate`` makes (``--set training`` and ``--set crowd``).
"""

from core.home import SHIPPED_MODELS
from core.learning.__main__ import main as learning
from core.learning.saved_models import SHIPPED, find_model


def main() -> None:
    card = find_model(SHIPPED).card
    folder = SHIPPED_MODELS / SHIPPED
    for spec, key in (("spec-1.json", "deep1"), ("spec.json", "deep2")):
        if learning(["train", "--spec", str(folder / spec), "--save", key]):
            raise SystemExit(f"The training of {spec} did not end well; nothing is released.")
    views = [part for view in card.views for part in ("--view", str(view))]
    point = ["--temperature", str(card.temperature), "--threshold", str(card.threshold)]
    prior = ["--prior", str(card.result.get("prior", 0.0))]
    average = ["--average-with", "deep1"]
    name = ["release", "deep2", "--name", card.name]
    raise SystemExit(learning([*name, *point, *views, *prior, *average]))


if __name__ == "__main__":
    main()
