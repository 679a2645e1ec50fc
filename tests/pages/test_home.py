"""Home: what this is, three recordings, and the next step."""


def primary(app) -> list[str]:
    """Return the keys of the buttons that stand out."""
    return [b.key for b in app.button if b.proto.type == "primary"]


def test_home_says_what_this_is(open_page, words_on):
    app = open_page("home")
    assert app.title[0].value == "Spoken Digit Lab"
    text = words_on(app).lower()
    for word in ("digit", "picture", "network", "microphone"):
        assert word in text


def test_home_plays_three_recordings_of_three_voices(open_page):
    app = open_page("home")
    assert len(app.get("audio")) == 3
    names = [t.value for t in app.text if "take" in t.value]
    assert len({n.split(" by ")[1].split(",")[0] for n in names}) == 3


def test_the_voices_are_called_synthetic_where_they_are(open_page, words_on):
    assert "synthetic" in words_on(open_page("home")).lower()


def test_real_recordings_are_not_called_synthetic(
    open_page, words_on, make_recordings, monkeypatch
):
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", str(make_recordings()))
    app = open_page("home")
    text = words_on(app)
    assert "These voices are synthetic" not in text
    assert "Free Spoken Digit Dataset" in text
    assert len(app.get("audio")) == 3  # two speakers: one of them is heard twice


def test_the_first_step_stands_out_for_a_new_visitor(open_page):
    assert primary(open_page("home")) == ["step-0"]


def test_training_is_next_once_a_recording_was_heard(open_page):
    app = open_page("browse")
    app.switch_page("pages/home.py").run()
    assert primary(app) == ["step-2"]


def test_talking_is_next_once_something_was_trained(open_page, make_run):
    make_run()
    app = open_page("browse")
    app.switch_page("pages/home.py").run()
    assert primary(app) == ["step-3"]


def test_nothing_is_next_once_all_is_done(open_page, make_run):
    make_run()
    app = open_page("browse")
    app.session_state["visitor"].words_heard = 1
    app.switch_page("pages/home.py").run()
    assert primary(app) == []


def test_a_missing_folder_of_fsdd_does_not_keep_home_from_opening(open_page, monkeypatch):
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", "/nowhere/at/all")
    assert len(open_page("home").get("audio")) == 3


def test_a_page_leaves_keras_to_who_is_using_it(open_page, monkeypatch):
    """Streamlit empties its session after every run, whoever builds a network meanwhile."""
    import keras

    emptied = []
    monkeypatch.setattr(keras.backend, "clear_session", lambda: emptied.append(1))
    open_page("home")
    assert emptied == []
