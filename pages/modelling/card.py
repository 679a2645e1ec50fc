"""A model's card: what it was trained on, its two honest numbers, its size and speed.

In: a saved model. Out: the top of the Models page.
"""

from typing import Any

import streamlit as st

from core.learning import speeds
from core.learning.evaluation import Accuracy
from core.learning.network_shapes import network_layers
from core.learning.networks import NETWORKS, config_of
from core.learning.saved_models import SavedModel, second_network
from pages.shared.literal import literal


def _number(scores: dict[str, Any], name: str, label: str) -> None:
    """Draw one of the two honest numbers with its sample and interval."""
    score = scores.get(name)
    if not isinstance(score, dict):
        st.metric(label, "not measured", border=True)
        return
    found = Accuracy.from_dict(score)
    st.metric(label, f"{found.share:.1%}", border=True)
    st.caption(f"{found.right} of {found.total}; 95 % interval {found.low:.1%} to {found.high:.1%}")


def machines(model: SavedModel) -> bool:
    """Return whether a model's own scores are on machine voices alone."""
    data = model.card.training.get("data")
    return bool(data) and str(next(iter(data))).startswith("synthetic")


def _adapted(found: dict[str, Any]) -> str:
    """Return what adapting to a voice changed, in words; nothing where the card does not say."""
    try:
        words = []
        for key, who in (("own", "that voice, clips not used"), ("others", "others")):
            if found[key] is not None:
                before, after = (Accuracy.from_dict(found[key][k]) for k in ("before", "after"))
                words.append(f"{who} {before.right} → {after.right} of {after.total} right")
        clips = int(found["clips"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""
    return f"to one voice with {clips} clips: {'; '.join(words) or 'not measured'}"


def _milliseconds(model: SavedModel) -> str:
    """Return how long a model takes for a word, without its unit; empty where it is not known."""
    seconds = speeds.kept(model)
    if seconds is None:
        return ""
    return f"{1000 * seconds:.1f}" if seconds < 0.01 else f"{1000 * seconds:.0f}"


def row(model: SavedModel, is_favourite: bool) -> dict[str, str | float]:
    """Return a model's line in the table of all."""
    card, scores = model.card, model.card.result.get("scores") or {}

    def share(name: str) -> str:
        score = scores.get(name)
        if not isinstance(score, dict):
            return "not measured"
        found = Accuracy.from_dict(score)
        return f"{found.share:.1%} ({found.low:.1%} to {found.high:.1%}; {found.total} clips)"

    layers = network_layers(config_of(card.network), card.image.shape, card.n_answers)
    return {
        "Model": ("★ " if is_favourite else "") + card.name,
        "Speakers it knows": share("known"),
        "Speakers it has never heard": share("unseen"),
        "Answers": card.n_answers,
        "Looks at a word": len(card.views),
        "One word (ms)": _milliseconds(model) or "not measured",
        "Numbers": sum(layer.parameters for layer in layers),
        "Size (MB)": round((model.folder / "weights.safetensors").stat().st_size / 1e6, 2),
        "Kept": card.created[:10],
    }


def draw(model: SavedModel) -> None:
    """Draw a model's card."""
    card, result = model.card, model.card.result
    scores = result.get("scores") if isinstance(result.get("scores"), dict) else {}
    left, right = st.columns(2)
    with left:
        _number(scores, "known", "Speakers it knows, takes it does not")
    with right:
        _number(scores, "unseen", "Speakers it has never heard")
    if machines(model) and isinstance(scores.get("unseen"), dict):
        right.caption(
            "Machine voices: the synthesisers it was trained on speak these too. People are harder."
        )
    layers = network_layers(config_of(card.network), card.image.shape, card.n_answers)
    kind = NETWORKS[card.network].label if isinstance(card.network, str) else "Own network"
    lines = [
        f"**Network**: {kind}, {sum(layer.parameters for layer in layers):,} numbers",
        f"**Trained on**: {literal(card.data) or 'not stated'}",
        f"**Kept**: {literal(card.created[:10])}",
        "**Answers**: ten digits"
        + (" and “not a digit”" if card.n_answers == 11 else "; it cannot say “not a digit”"),
    ]
    speed = _milliseconds(model)
    lines.append(
        f"**Speed**: {speed} ms a word on this computer"
        if speed
        else "**Speed**: not measured; “Evaluate” does"
    )
    if (second := second_network(model)) is not None:
        lines.append(
            "**Second network**: it says which digit, the first whether it is one. Trained "
            f"on {literal(second.card.data)}. The first alone is exported, adapted, looked into"
        )
    if isinstance(found := result.get("adapted"), dict) and (words := _adapted(found)):
        lines.append(f"**Adapted** {words}")
    if isinstance(protocol := result.get("protocol"), str):
        lines.append(f"**Protocol of both numbers**: {literal(protocol)}")
    st.markdown("  \n".join(lines))
