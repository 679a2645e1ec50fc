"""Sessions whose page is gone are closed soon, and no others."""

from types import SimpleNamespace

import pytest

from pages.shared.departed import AWAY_SECONDS, LOOK_SECONDS, Departed


class Runtime:
    """Streamlit's runtime, as far as it is asked: the sessions that wait for their pages."""

    def __init__(self):
        self.waiting = []
        self.closed = []
        storage = SimpleNamespace(list=lambda: [info(session) for session in self.waiting])
        self._session_mgr = SimpleNamespace(_session_storage=storage)

    def close_session(self, session):
        self.waiting.remove(session)
        self.closed.append(session)


def info(session):
    return SimpleNamespace(session=SimpleNamespace(id=session))


@pytest.fixture
def runtime():
    return Runtime()


def test_a_session_is_closed_once_its_page_has_been_away_for_long(runtime):
    departed = Departed(runtime, None)
    runtime.waiting = ["reloaded"]
    departed.look(100.0)
    runtime.waiting.append("killed")
    departed.look(110.0)
    assert runtime.closed == []
    departed.look(100.0 + AWAY_SECONDS)
    assert runtime.closed == ["reloaded"]
    departed.look(110.0 + AWAY_SECONDS)
    assert runtime.closed == ["reloaded", "killed"]


def test_a_page_that_calls_again_keeps_its_session(runtime):
    """A short break in the network must not cost a visitor what stands on the page."""
    departed = Departed(runtime, None)
    for second in range(0, 300, 10):  # away for ten seconds, back for ten
        runtime.waiting = ["wireless"] if second % 20 else []
        departed.look(float(second))
    assert runtime.closed == []


def test_it_looks_again_and_again_and_gives_up_where_streamlit_has_changed(runtime, caplog):
    later = []
    loop = SimpleNamespace(call_later=lambda seconds, call: later.append((seconds, call)))
    departed = Departed(runtime, loop)
    departed.keep_looking()
    assert later == [(LOOK_SECONDS, departed.keep_looking)]
    del runtime._session_mgr
    departed.keep_looking()
    assert len(later) == 1
    assert "two minutes" in caplog.text
