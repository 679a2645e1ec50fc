"""Charts over the learning rate: a word stands at its line, on an axis that is logarithmic."""

import json
import math

import pytest

from core.charts.probes import probes_figure
from core.charts.rates import range_figure
from core.learning.probes import Probes
from core.learning.range_test import RangeTest, smooth

RATES = tuple(1e-6 * 10 ** (7 * i / 99) for i in range(100))
LOSSES = tuple(2.3 if rate < 1e-4 else max(0.5, 2.3 - math.log10(rate / 1e-4)) for rate in RATES)
TEST = RangeTest(RATES, LOSSES, smooth(LOSSES))
FIGURES = {
    "range": range_figure(TEST, 0.001),
    "probes": probes_figure(Probes(0.001, 2.0, {0.0001: 1.9, 0.001: 1.0, 0.01: 1.5})),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_word_about_a_rate_stands_at_the_line_of_that_rate(name):
    layout = json.loads(FIGURES[name].to_json())["layout"]
    assert layout["xaxis"]["type"] == "log"
    # where an axis is logarithmic, Plotly takes a line's x as it is and an annotation's as its log
    lines = [s["x0"] for s in layout["shapes"] if s["xref"] == "x"]
    words = {a["text"]: 10 ** a["x"] for a in layout["annotations"] if a["xref"] == "x"}
    assert lines[0] == 0.001
    assert sorted(words.values()) == pytest.approx(sorted(lines))
    assert all(text.endswith(f": {rate:.2g}") for text, rate in words.items())


def test_both_the_chosen_rate_and_the_one_where_the_loss_falls_fastest_are_named():
    texts = [a.text for a in FIGURES["range"].layout.annotations]
    assert [text.partition(":")[0] for text in texts] == ["chosen now", "falls fastest"]
