"""The microphone: WebRTC frames into a listener.

In: frames that the browser sends. Out: blocks of samples pushed into ``core.listening``. The
frames arrive on the server's event loop: what runs there appends and returns.
"""

from collections.abc import Callable
from typing import Any

import av
import numpy as np
from streamlit_webrtc import (
    Translations,
    WebRtcMode,
    WebRtcStreamerContext,
    create_audio_sink_track,
    webrtc_streamer,
)

from core.listening.listener import Listener
from core.listening.resampling import Block

NO_STUN: dict[str, Any] = {"iceServers": []}
"""Nothing leaves the machine: without this the default asks a STUN server of Google's."""

PLAIN_MICROPHONE: dict[str, Any] = {
    "video": False,
    # what a browser does for telephony distorts short words: the network wants the plain sound
    "audio": {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False},
}

WORDS = Translations(start="Start listening", stop="Stop", select_device="Choose microphone")


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
            current.push(*block_of(frame))

    def ended() -> None:
        # stopped, tab closed or device unplugged: the listener's thread goes as well
        current = listener()
        if current is not None:
            current.close()

    return webrtc_streamer(
        key=key,
        mode=WebRtcMode.SENDONLY,
        frontend_rtc_configuration=NO_STUN,
        server_rtc_configuration=NO_STUN,
        media_stream_constraints=PLAIN_MICROPHONE,
        sink_audio_track=create_audio_sink_track(take, key=f"{key}-sink", on_ended=ended),
        media_toggle_controls=False,
        translations=WORDS,
    )
