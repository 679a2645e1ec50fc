"""Every page opens: alone, without Keras, and where the data folder cannot be written."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import pages.shared.microphone
from core.learning.launcher import Launcher
from core.learning.runs import list_runs
from pages.shared import cached

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = ["home", "browse", "voices", "quiz", "train", "live"]


@pytest.fixture(autouse=True)
def no_microphone(monkeypatch):
    """WebRTC needs a browser."""
    state = SimpleNamespace(playing=False, signalling=False)
    monkeypatch.setattr(
        pages.shared.microphone, "microphone", lambda *_: SimpleNamespace(state=state)
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens(open_page, page):
    open_page(page)


@pytest.fixture(params=["a file in its place", "no right to write"])
def unwritable(request, tmp_path, monkeypatch) -> Path:
    """A data folder in which nothing can be made."""
    place = tmp_path / "place"
    if request.param == "a file in its place":
        place.write_text("a file, where a folder was expected")
    else:
        if os.name == "nt" or os.geteuid() == 0:
            pytest.skip("whoever runs this test may write anywhere")
        place.mkdir()
        place.chmod(0o500)
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(place / "data"))
    return place


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_where_the_data_folder_cannot_be_written(open_page, unwritable, page):
    open_page(page)


def test_training_where_nothing_can_be_written_is_one_sentence_with_a_remedy(
    open_page, whole, words_on, unwritable, monkeypatch
):
    monkeypatch.setattr(cached, "launcher", Launcher)
    app = open_page("train")
    app.button(key="train").click().run()
    whole(app)
    text = words_on(app)
    assert text.count("This did not work") == 1
    assert "SPOKEN_DIGITS_HOME" in text
    assert list_runs() == ()


def test_keeping_where_nothing_can_be_written_is_one_sentence(
    open_page, whole, words_on, make_run, data_folder
):
    make_run()
    (data_folder / "models").write_text("a file, where a folder was expected")
    app = open_page("train")
    next(b for b in app.button if b.label == "Keep it").click()
    app.run()
    whole(app)
    assert words_on(app).count("This did not work") == 1


OPEN_WITHOUT_KERAS = """
import sys
from streamlit.testing.v1 import AppTest
from pages.shared import cached
cached.prepare_server = lambda: None
app = AppTest.from_file("dashboard.py", default_timeout=300).run()
app.switch_page("pages/browse.py").run()
if {with_train}:
    app.switch_page("pages/train.py").run()
assert not app.exception and len(app.title) == 1, app
print([name for name in ("keras", "jax", "tensorflow", "torch") if name in sys.modules])
"""


@pytest.mark.parametrize("with_train", [False, True])
def test_pages_open_without_importing_keras_or_jax(with_train, tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", OPEN_WITHOUT_KERAS.format(with_train=with_train)],
        cwd=REPOSITORY,
        env={**os.environ, "SPOKEN_DIGITS_HOME": str(tmp_path), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    assert found.stdout.strip().splitlines()[-1] == "[]"
