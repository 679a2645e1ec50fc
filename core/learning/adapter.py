"""One model and its others, ready for one voice after another: what learns, and what it changed.

In: a saved model, clips of others, a voice's clips. Out: weights, and how often they are right, for
``core.learning.adaptation``. Keras is imported when an adapter is made, never before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.learning.evaluation import Accuracy, accuracy, softmax
from core.learning.rehearsal import Others
from core.learning.saved_models import SavedModel, load_network, weights_bytes
from core.learning.voice_clips import VoiceClips, voice_clips

Progress = Callable[[float], None]
Part = Literal["head", "tail", "all"]
"""What learns: the last layer, all after the last pooling of the picture, or everything."""


@dataclass(frozen=True)
class Settings:
    """How a model is adapted. The defaults are what ``benchmarks/adaptation.py`` found best."""

    part: Part = "head"
    copies: int = 6
    """Versions of each own clip: itself, and in other microphones, noises and places."""
    steps: int = 300
    own_a_step: int = 24
    """Own clips in a step."""
    others_a_step: int = 96
    """Clips of others in a step, with the answers that the model gives them now."""
    learning_rate: float = 5e-3
    others_weight: float = 1.0
    """What one clip of another counts in the loss, where an own one counts 1."""
    blend: float = 1.0
    """How far the weights go from what they were (0) to what was learned (1); Wortsman et al.
    2022."""
    rehearsed: int = 480
    """Clips of others that are rehearsed."""
    judged: int = 100
    """Clips of others by which it is judged whether they were forgotten."""
    seed: int = 0


@dataclass(frozen=True)
class Change:
    """How often a model is right before and after, on the same clips, forced to say a digit."""

    before: Accuracy
    after: Accuracy

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a card."""
        return {"before": self.before.to_dict(), "after": self.after.to_dict()}


@dataclass(eq=False)
class Adapter:
    """One model, cut in two, with the others' clips already seen: for one voice after another.

    Parameters
    ----------
    saved : SavedModel
    around : Others
        Who is rehearsed, and by whom it is judged.
    settings : Settings
    """

    saved: SavedModel
    around: Others
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        from core.learning.tail import CutNetwork

        self.network = load_network(self.saved)
        self._cut = CutNetwork(self.network, self.settings.part)
        self.begun_with = self._cut.weights
        self._rehearsed = self.features(self.around.rehearsed)
        self._judged = self.features(self.around.judged)

    def features(self, clips: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return what the front makes of clips; of each, one row."""
        from core.sound.images import to_images

        return self._cut.features(to_images(clips, self.saved.card.image))

    def versions(self, clips: Sequence[NDArray[np.float32]], digits: Sequence[int]) -> VoiceClips:
        """Return one voice's clips in their versions, as the front sees them."""
        place = self.saved.card.image.has_room
        return voice_clips(
            clips, digits, self.settings.copies, self.settings.seed, place, self.features
        )

    def learn(self, voice: VoiceClips, progress: Progress | None = None) -> list[Any]:
        """Return the tail's weights after hearing a voice.

        The clips of others, and what in this voice is no digit, are given the answers that the
        model gives them now (Li & Hoiem 2016): what it knew, it keeps.
        """
        s = self.settings
        n_answers = self.saved.card.n_answers
        rng = np.random.default_rng([s.seed, 12])
        kept = np.concatenate([self._rehearsed, voice.no_digits])
        answers_now = softmax(self._cut.logits(self.begun_with, kept))
        wanted = np.eye(n_answers, dtype=np.float32)[voice.digits]
        shares = np.array([1.0] * s.own_a_step + [s.others_weight] * s.others_a_step, np.float32)

        def draws(_: int) -> tuple[NDArray[np.float32], ...]:
            own = rng.choice(len(voice.features), s.own_a_step, replace=True)
            theirs = rng.choice(len(kept), s.others_a_step, replace=True)
            features = np.concatenate([voice.features[own], kept[theirs]])
            targets = np.concatenate([wanted[own], answers_now[theirs]])
            return features, targets, shares

        learned = self._cut.learn(draws, s.steps, s.learning_rate, progress)
        return [
            before + s.blend * (after - before)
            for before, after in zip(self.begun_with, learned, strict=True)
        ]

    def right(
        self, weights: list[Any], features: NDArray[np.float32], digits: Sequence[int]
    ) -> NDArray[np.bool_]:
        """Return whether each clip's most probable digit is the right one [shape=(n,)]."""
        found = self._cut.logits(weights, features)[:, :10].argmax(axis=1)
        return np.asarray(found == np.asarray(digits))

    def others_change(self, weights: list[Any]) -> Change | None:
        """Return what weights change for others."""
        digits = self.around.digits.tolist()
        return _change(
            self.right(self.begun_with, self._judged, digits),
            self.right(weights, self._judged, digits),
        )

    def own_change(
        self, voice: VoiceClips, clips: Sequence[NDArray[np.float32]], progress: Progress
    ) -> Change | None:
        """Return what adapting changes on own clips that were not used: one half for the other.

        The saved model hears all of them, so this says too little rather than too much.
        """
        half = _halves(voice.of_clip)
        if half is None:
            return None
        plain = self.features(clips)
        digits = np.asarray(voice.of_clip)
        before = self.right(self.begun_with, plain, voice.of_clip)
        after = np.zeros_like(before)
        for i in (0, 1):
            learned = self.learn(voice.only(half == i), _part_of(progress, i))
            # a digit that the half did not hold was not learned, and is scored all the same
            after[half != i] = self.right(learned, plain[half != i], digits[half != i].tolist())
        return _change(before, after)

    def put(self, weights: list[Any]) -> bytes:
        """Return the whole network's numbers with a learned tail, as safetensors."""
        self._cut.put(weights)
        return weights_bytes(self.network)


def _part_of(progress: Progress, i: int) -> Progress:
    """Return what tells the progress of the first (0) or the second (1) half."""
    return lambda share: progress((i + share) / 2)


def _halves(digits: Sequence[int]) -> NDArray[np.int64] | None:
    """Return 0 or 1 for each clip, every digit's takes in turn; None where none is said twice."""
    seen: dict[int, int] = {}
    half = []
    for digit in digits:
        half.append(seen.get(digit, 0) % 2)
        seen[digit] = seen.get(digit, 0) + 1
    return np.array(half) if any(n > 1 for n in seen.values()) else None


def _change(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Change | None:
    first = accuracy(int(before.sum()), len(before))
    second = accuracy(int(after.sum()), len(after))
    return Change(first, second) if first and second else None
