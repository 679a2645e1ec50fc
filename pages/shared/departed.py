"""Visitors who have gone: what their sessions hold is given back soon.

In: Streamlit's sessions whose page was closed or reloaded. Out: those sessions, closed, with the
microphone's connection and threads that end with a session.

Streamlit 1.67 keeps such a session for two minutes in case its page calls again, and then until
some garbage collection finds it: with its event loop (three handles) and the threads that watch it.
A page that calls again does so within seconds; a reloaded one never does.
"""

import logging
import time
from typing import Any

from streamlit.runtime import Runtime

AWAY_SECONDS = 25.0
"""Without its page for so long a session is over."""
LOOK_SECONDS = 2.0
"""Between two looks at the sessions."""

_LOG = logging.getLogger("spoken_digit_lab")


class Departed:
    """Closes a server's sessions whose visitor does not come back; runs on its event loop.

    Parameters
    ----------
    runtime : Runtime
        Streamlit's, or a double of it.
    loop : asyncio.AbstractEventLoop
        The one that it runs on: nowhere else may sessions be closed.
    """

    def __init__(self, runtime: Any, loop: Any) -> None:
        self._runtime = runtime
        self._loop = loop
        self._since: dict[str, float] = {}  # without a page since, by session

    def look(self, now: float | None = None) -> None:
        """Close whoever has been away for long enough."""
        now = time.monotonic() if now is None else now
        away = [info.session.id for info in self._runtime._session_mgr._session_storage.list()]
        self._since = {session: self._since.get(session, now) for session in away}
        for session, since in self._since.items():
            if now - since >= AWAY_SECONDS:
                self._runtime.close_session(session)

    def keep_looking(self) -> None:
        """Look now and every few seconds from now on."""
        try:
            self.look()
        except Exception:  # another Streamlit: its sessions go when it lets them go
            _LOG.warning("Sessions of closed pages stay for two minutes", exc_info=True)
            return
        self._loop.call_later(LOOK_SECONDS, self.keep_looking)


def watch() -> None:
    """Begin to look after this server's sessions; nothing where there is no server."""
    if not Runtime.exists():
        return
    runtime = Runtime.instance()
    loop = runtime._get_async_objs().eventloop
    loop.call_soon_threadsafe(Departed(runtime, loop).keep_looking)
