"""The card: what a data set is, whose, who speaks and what it cannot tell."""

import pytest

from core.learning.specs import RunSpec
from core.sound import datasets
from pages.shared import cached


def test_fsdds_card_corrects_what_its_speakers_are_called(open_page, words_on, use_fsdd):
    text = words_on(open_page("browse", view="Clip"))
    for words in (
        "v1.0.10",
        "CC BY-SA 4.0",
        "github.com/Jakobovski",
        "takes 0 to 4 test",
        "two of them are: jackson and theo",
        "Six men, four accents",
    ):
        assert words in text.replace("\\", "")


def test_fsdds_card_names_every_speaker(open_page, use_fsdd):
    table = open_page("browse", view="Clip").dataframe[-1].value
    assert list(table["speaker"]) == [p.name for p in datasets.fsdd.PEOPLE]
    assert set(table["sex"]) == {"man"}
    assert table["clips"].tolist() == [20] * 6
    assert table["of them test"].tolist() == [20] * 6


def test_an_own_folder_states_no_sex_and_no_accent(open_page, make_recordings):
    app = open_page("browse", view="Clip")
    app.text_input(key="own-path").set_value(str(make_recordings())).run()
    app.button(key="use-path").click().run()
    table = app.dataframe[-1].value
    assert list(table.columns) == ["speaker", "clips", "of them test"]


@pytest.fixture
def use_fsdd(make_recordings, monkeypatch):
    """A copy that has FSDD's six speakers."""
    names = tuple(p.name for p in datasets.fsdd.PEOPLE)
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", str(make_recordings(names)))


def test_scores_stand_beside_the_limits_of_their_data(open_page, words_on, make_run):
    run = make_run(spec=RunSpec(data=("fsdd",), epochs=8))
    text = words_on(open_page("train", run=run.name)).replace("\\", "")
    assert "What these scores stand on: Six men, four accents" in text


def test_an_own_folder_has_no_limits_that_are_known():
    assert cached.limits_in_short(("/some/folder",)) == ""
