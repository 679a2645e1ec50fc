"""The microphone: WebRTC frames into a listener.

In: frames that the browser sends. Out: blocks of samples pushed into ``core.listening``. The
frames arrive on the server's event loop: what runs there appends and returns.
"""

from collections.abc import Callable
from typing import Any

import av
import numpy as np
import streamlit as st
from streamlit_webrtc import (
    Translations,
    WebRtcMode,
    WebRtcStreamerContext,
    component,
    create_audio_sink_track,
    webrtc_streamer,
)
from streamlit_webrtc.shutdown import SessionShutdownObserver

from core.listening.listener import Listener
from core.listening.resampling import Block
from pages.shared import ice

# streamlit-webrtc 0.79 ends a connection when its session's page is another than the one it began
# on. In the first run of a page opened by its own address Streamlit 1.67 still names the main page
# there, on a busy server for longer: whoever pressed start at once had a dead microphone. Who
# leaves the page is seen in ``frame`` instead.
SessionShutdownObserver._resolve_initial_page_script_hash = staticmethod(lambda session: "")

PLAIN_MICROPHONE: dict[str, Any] = {
    "video": False,
    # what a browser does for telephony distorts short words: the network wants the plain sound
    "audio": {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False},
}

WORDS = Translations(
    start="Start listening",
    stop="Stop",
    select_device="Choose microphone",
    device_ask_permission="Allow the microphone beside the address bar",
    device_access_denied="The browser refused the microphone",
    device_not_available="No microphone can be used",
    media_api_not_available="This browser gives no microphone here: it needs HTTPS or localhost",
)


def block_of(frame: av.AudioFrame) -> tuple[Block, int]:
    """Return a frame's samples [shape=(n, n_channels)] and their rate in Hz."""
    samples = frame.to_ndarray()
    n_channels = len(frame.layout.channels)
    # planar is (n_channels, n), interleaved is (1, n * n_channels)
    samples = samples.T if frame.format.is_planar else samples.reshape(-1, n_channels)
    if samples.dtype != np.int16:
        samples = samples.astype(np.float32)
    return samples, frame.sample_rate


def microphone(key: str, listener: Callable[[], Listener | None]) -> WebRtcStreamerContext:
    """Draw the start button and send what the microphone hears to the listener in force.

    Parameters
    ----------
    key : str
        The widget's key.
    listener : callable
        Returns the listener that should hear the next frame, or None.
    """

    def take(frame: av.AudioFrame) -> None:
        current = listener()
        if current is not None:
            # an older connection of this visitor may have closed it when it ended
            current.open()
            at = None if frame.pts is None else float(frame.pts * frame.time_base)
            current.push(*block_of(frame), at)

    def ended() -> None:
        # stopped, tab closed or device unplugged: the listener's thread goes as well
        current = listener()
        if current is not None:
            current.close()

    context = st.session_state.get(key)
    if context is not None:
        # streamlit-webrtc 0.79 ends a connection once a run of the script has not come to this
        # line, for that means another page. So does a run overtaken by the next, several a second
        # while a connection is made: whoever pressed start had a dead microphone. Who leaves the
        # page is hung up on.
        context._last_rendered_run_count = None
    servers = {"iceServers": ice.servers()}
    return webrtc_streamer(
        key=key,
        mode=WebRtcMode.SENDONLY,
        frontend_rtc_configuration=servers,
        server_rtc_configuration=servers,
        media_stream_constraints=PLAIN_MICROPHONE,
        sink_audio_track=create_audio_sink_track(take, key=f"{key}-sink", on_ended=ended),
        media_toggle_controls=False,
        translations=WORDS,
    )


def hang_up(key: str) -> None:
    """End a visitor's connection now; a browser that only leaves the page may tell so late."""
    context = st.session_state.get(key)
    if context is not None:
        component._reset_context(context)
