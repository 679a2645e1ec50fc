"""Which data set a visitor looks at: by link, by download, by default."""

import pytest

from core.sound.downloads import DownloadState
from pages.shared import cached, choices


class FakeDownload:
    """A download that does what a test says."""

    def __init__(self, stage: str) -> None:
        self.state = DownloadState(stage)

    def start(self) -> None:
        """Begin."""
        self.state = DownloadState("running")


def visitor_of(app):
    """Return what the app knows of its visitor."""
    return app.session_state["visitor"]


def test_the_address_names_the_data_set(open_page):
    app = open_page("browse", view="Clip")
    assert app.query_params["data"] == "synthetic"


def test_a_link_opens_its_data_set(open_page, make_recordings, monkeypatch):
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", str(make_recordings()))
    assert open_page("browse", view="Clip").selectbox(key="dataset").value == "fsdd"
    app = open_page("browse", view="Clip", data="synthetic")
    assert app.selectbox(key="dataset").value == "synthetic"


def test_who_chooses_another_data_set_is_not_called_back_by_the_link(
    open_page, make_recordings, monkeypatch
):
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", str(make_recordings()))
    app = open_page("browse", view="Clip", data="synthetic")
    app.selectbox(key="dataset").set_value("fsdd").run()
    app.run()
    assert app.selectbox(key="dataset").value == "fsdd"
    assert app.query_params["data"] == "fsdd"


def test_a_link_to_a_data_set_that_is_not_here_says_so(open_page, words_on):
    app = open_page("browse", view="Clip", data="fsdd")
    assert "not on this machine" in words_on(app)
    assert app.selectbox(key="dataset").value == "synthetic"


@pytest.mark.parametrize("value", ["", "/etc", "../..", "é" * 3000, "<b>"])
def test_a_link_opens_no_folder_of_this_machine(open_page, value):
    app = open_page("browse", view="Clip", data=value)
    assert visitor_of(app).dataset is None


def test_only_a_running_download_is_polled(open_page, monkeypatch):
    download = FakeDownload("idle")
    monkeypatch.setattr(cached, "download", lambda: download)
    app = open_page("browse", view="Clip")
    begun = []
    monkeypatch.setattr(choices.st, "fragment", recording(choices.st.fragment, begun))
    app.run()
    assert begun == []
    app.button(key="download-fsdd").click().run()
    assert begun == [choices.POLL_SECONDS]


def recording(fragment, begun: list):
    """Return a function that does as a fragment does and writes down how often it polls."""

    def called(**how):
        begun.append(how["run_every"])
        return fragment(**how)

    return called


def test_a_download_whose_folder_was_deleted_is_offered_again(open_page, whole, monkeypatch):
    download = FakeDownload("done")
    monkeypatch.setattr(cached, "download", lambda: download)
    app = open_page("browse", view="Clip")
    visitor_of(app).awaits_download = True
    whole(app.run())
    assert visitor_of(app).dataset is None
    app.button(key="download-fsdd").click().run()
    assert download.state.stage == "running"


def test_only_who_asked_for_the_download_is_taken_to_it(open_page, make_recordings, monkeypatch):
    download = FakeDownload("idle")
    monkeypatch.setattr(cached, "download", lambda: download)
    asks = open_page("browse", view="Clip")
    other = open_page("browse", view="Clip")
    other.selectbox(key="dataset").set_value("synthetic")
    visitor_of(other).dataset = "synthetic"
    asks.button(key="download-fsdd").click().run()
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", str(make_recordings()))
    download.state = DownloadState("done")
    assert asks.run().selectbox(key="dataset").value == "fsdd"
    assert other.run().selectbox(key="dataset").value == "synthetic"
