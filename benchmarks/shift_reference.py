"""Where the training set's words lie: ``python -m benchmarks.shift_reference``.

Runs FSDD's training takes 5, 15, 25, 35 and 45 of each digit and speaker through Live's own path
and prints the 5th, 50th and 95th percentile of each measure of ``core.listening.shift``. The noise
around a clip is put there by the path, so the voice's height above it says nothing of FSDD.
"""

import numpy as np

from core.errors import LabError
from core.listening.files import hear
from core.listening.recogniser import Answer
from core.listening.shift import MEASURES, measured
from core.sound.audio import SAMPLE_RATE, load_waveform
from core.sound.datasets import open_dataset


class Nobody:
    """Answers nothing: only where the words lie is asked."""

    def recognise(self, y: np.ndarray) -> Answer:
        """Return no digit."""
        return Answer(None, 0.0, (), 0.0)


def main() -> None:
    takes = [r for r in open_dataset("fsdd").recordings if r.take % 10 == 5]
    words = [w for r in takes for w in hear(load_waveform(r), SAMPLE_RATE, Nobody())]
    values = np.array([measured(word) for word in words])
    print(f"{len(takes)} takes, {len(words)} words")
    for measure, column in zip(MEASURES, values.T, strict=True):
        low, middle, high = np.percentile(column, [5, 50, 95])
        print(f"{measure.name}: {low:.2f}, {middle:.2f}, {high:.2f} {measure.unit}")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
