"""Filters: held by the address, followed by every view and every count."""

import pytest

VIEWS = ["Set", "Clip", "Picture", "Change", "Compare", "Find"]


@pytest.fixture
def opened(open_page, make_recordings, monkeypatch):
    """Open Browse on sixty recordings by three speakers, with filters in the address."""
    folder = make_recordings(("ada", "george", "jackson"), takes=6)
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", str(folder))
    return lambda **query: open_page("browse", **query)


def counted(text: str) -> str:
    """Return what a page says of how many clips fit."""
    return next(line for line in text.split("\n") if "fit the filter" in line)


def test_nothing_is_filtered_at_first(opened, words_on):
    assert "fit the filter" not in words_on(opened(view="Clip"))


@pytest.mark.parametrize("view", VIEWS)
def test_a_filter_in_the_address_holds_in_every_view(opened, whole, words_on, view):
    app = opened(view=view, digits="7", speakers="ada").run()
    whole(app)
    assert "**6 of 180 clips**" in counted(words_on(app))


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({"split": "test"}, 150),
        ({"split": "train"}, 30),
        ({"split": "train", "digits": "0"}, 3),
        ({"sound": "odd", "digits": "0"}, 18),
    ],
)
def test_counts_follow(opened, words_on, query, n):
    app = opened(view="Clip", **query)
    for _ in range(50):
        if "Measuring" not in words_on(app) and "fit the filter" in words_on(app):
            break
        app.run()
    assert f"**{n} of 180 clips**" in counted(words_on(app))


def test_the_same_clip_is_opened_within_the_filter(opened, words_on):
    app = opened(view="Clip", digits="7", digit="7", speaker="george", take="3")
    assert "“7” by george, take 3" in words_on(app)


def test_only_what_fits_is_offered(opened):
    app = opened(view="Clip", digits="7", speakers="ada", split="train")
    assert app.get_by_key("digit").options == ["7"]
    assert app.selectbox(key="speaker").options == ["ada"]
    assert app.selectbox(key="take").options == ["5"]


def test_a_clip_that_the_filter_hides_gives_way_to_one_that_fits(opened, words_on):
    app = opened(view="Clip", digits="7", digit="3", speaker="george", take="3")
    assert "“7” by george" in words_on(app)


def test_a_filter_chosen_after_a_clip_shows_one_that_fits(opened, whole, words_on):
    app = opened(view="Clip", digit="3")
    app.get_by_key("digits").set_value([4]).run()
    whole(app)
    assert "“4” by" in words_on(app)


def test_what_fits_nothing_is_said_and_cleared(opened, whole, words_on):
    app = opened(view="Set", split="train", speakers="ada", sound="plain").run()
    for _ in range(50):
        if "fit the filter" in words_on(app):
            break
        app.run()
    whole(app)
    assert "**0 of 180 clips**" in counted(words_on(app))
    app.button(key="clear-filter").click().run()
    whole(app)
    assert "fit the filter" not in words_on(app)


@pytest.mark.parametrize("name", ["digits", "speakers", "split", "sound"])
@pytest.mark.parametrize("value", ["", "99", "nobody", "<b>", "é" * 2000])
def test_an_address_that_filters_nonsense_filters_nothing(opened, words_on, name, value):
    app = opened(view="Clip", **{name: value})
    assert "by ada" in words_on(app)


def test_next_and_previous_go_through_what_fits(opened, words_on):
    app = opened(view="Clip", digits="7", speakers="ada", split="train", digit="7")
    app = opened(view="Clip", digits="7", speakers="ada", digit="7", take="5")
    app.button(key="next").click().run()
    assert "“7” by ada, take 0" in words_on(app)
    app.button(key="previous").click().run()
    app.button(key="previous").click().run()
    assert "“7” by ada, take 4" in words_on(app)


def test_another_data_set_keeps_no_filter_that_it_cannot_hold(opened, whole, words_on):
    app = opened(view="Clip", speakers="ada")
    app.selectbox(key="dataset").set_value("synthetic").run()
    whole(app)
    assert "“0” by" in words_on(app)
