"""A second look at faint words, in case something much louder follows at once.

In: words from ``core.listening.endpointing`` as soon as they have ended. Out: the same words, the
faint ones a little later or not at all.
"""

import dataclasses

from core.listening.endpointer_config import EndpointerConfig
from core.listening.utterance import Utterance


class Holdback:
    """Keeps a faint word back for a moment: the breath before a word is not one itself.

    Only what is hardly above the noise waits; a clear word is passed on at once.

    Parameters
    ----------
    config : EndpointerConfig
        What is faint, and how long it waits.
    """

    def __init__(self, config: EndpointerConfig) -> None:
        self._config = config
        self._held: Utterance | None = None

    def step(
        self, utterances: list[Utterance], sounding_db: float, n_samples: int
    ) -> list[Utterance]:
        """Return the words to give out now.

        Parameters
        ----------
        utterances : list of Utterance
            Words that ended with this frame.
        sounding_db : float
            Loudest voice of what is sounding now, in dB relative to full scale.
        n_samples : int
            Samples of the stream that have come.
        """
        if self._held and sounding_db > self._held.speech_db + self._config.faint_db:
            self._held = None
        ready: list[Utterance] = []
        for utterance in utterances:
            ready += self.end(n_samples)
            if utterance.speech_db - utterance.noise_db < self._config.hold_snr_db:
                self._held = utterance
            else:
                ready.append(utterance)
        wait = self._config.hold_seconds * self._config.sr
        if self._held and n_samples >= self._held.decided + wait:
            ready += self.end(n_samples)
        return ready

    def end(self, n_samples: int) -> list[Utterance]:
        """Return the word that waits, if one does: nothing louder has come."""
        if self._held is None:
            return []
        held, self._held = self._held, None
        return [dataclasses.replace(held, decided=n_samples)]
