"""Why it does not work: every link from the microphone to the digit, with its remedy.

In: what the visitor's browser says of itself, and what the listener has received. Out: a tick, a
cross or "not known yet" for each link, in the order in which sound passes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.listening.heard import Heard

SLOW_SECONDS = 10.0
"""From the start to the first sound; a connection on one machine takes one to two seconds."""
RATES = (16000, 48000)
"""What browsers send (Hz): WebRTC's Opus is 48,000; below 16,000 consonants would be gone."""

Permission = Literal["granted", "denied", "prompt", "unknown"]


@dataclass(frozen=True)
class Browser:
    """What a browser says of itself; None where it does not."""

    secure: bool | None = None
    """Whether this page counts as secure: without it a browser gives no microphone."""
    media: bool | None = None
    """Whether it offers microphones to pages at all."""
    microphones: int | None = None
    permission: Permission = "unknown"
    asking: bool = False
    """Whether it is asking its user just now."""
    error: str = ""
    """The name of the last refusal: ``NotAllowedError``, ``NotFoundError`` ..."""
    ice: str = ""
    """The connection's state: ``checking``, ``connected``, ``failed`` ..."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Browser":
        """Return what came from a browser, of which nothing is trusted."""

        def of_type(name: str, kind: type) -> Any:
            value = said.get(name)
            return value if type(value) is kind else None

        permission = said.get("permission")
        return cls(
            of_type("secure", bool),
            of_type("media", bool),
            of_type("microphones", int),
            permission if permission in ("granted", "denied", "prompt") else "unknown",
            bool(of_type("asking", bool)),
            (of_type("error", str) or "")[:40],
            (of_type("ice", str) or "")[:20],
        )


@dataclass(frozen=True)
class Check:
    """One link."""

    name: str
    ok: bool | None
    """Whether it holds; None where nobody can know yet."""
    found: str
    remedy: str = ""
    """What to do; empty where it holds."""


def checks(browser: Browser, heard: Heard | None, waited: float = 0.0) -> tuple[Check, ...]:
    """Return every link, from the page's address to the level.

    Parameters
    ----------
    browser : Browser
    heard : Heard or None
        What the listener knows; None where the microphone was not started.
    waited : float
        Seconds since it was started.
    """
    arrived = heard is not None and heard.blocks > 0
    return (
        _secure(browser, arrived),
        _device(browser, arrived),
        _permission(browser, arrived),
        _connection(browser, arrived, heard is not None, waited),
        _first_frame(heard, waited),
        _rate(heard),
        _level(heard),
    )


def _secure(browser: Browser, arrived: bool) -> Check:
    ok = True if arrived else browser.secure
    if ok is not False and browser.media is False:
        return Check(
            "Secure page", False, "this browser offers no microphone to pages",
            "Use a current Chrome, Edge, Firefox or Safari, or the recorder and the upload below.",
        )  # fmt: skip
    return Check(
        "Secure page",
        ok,
        {True: "yes", False: "no: plain HTTP from another machine", None: "not known yet"}[ok],
        ""
        if ok is not False
        else "Open the app on the computer it runs on (http://127.0.0.1:8501), or serve it over "
        "HTTPS: the README says how.",
    )


def _device(browser: Browser, arrived: bool) -> Check:
    n = browser.microphones
    if browser.error in ("NotFoundError", "OverconstrainedError") or (n == 0 and not arrived):
        return Check(
            "Microphone", False, "none was found",
            "Plug one in, or let the system use it, and reload the page.",
        )  # fmt: skip
    if browser.error in ("NotReadableError", "AbortError"):
        return Check(
            "Microphone", False, "it is there and cannot be opened",
            "Close the program that uses it (a video call?), or choose another one.",
        )  # fmt: skip
    if arrived:
        return Check("Microphone", True, "it sends sound")
    return Check("Microphone", True if n else None, f"{n} found" if n else "not known yet")


def _permission(browser: Browser, arrived: bool) -> Check:
    if arrived or browser.permission == "granted":
        return Check("Permission", True, "given")
    if browser.error == "NotAllowedError" or browser.permission == "denied":
        return Check(
            "Permission", False, "refused",
            "Press the sign beside the browser's address bar, allow the microphone, and start "
            "again. If it is allowed there, allow the browser in your system's privacy settings.",
        )  # fmt: skip
    return Check("Permission", None, "the browser is asking" if browser.asking else "not asked yet")


def _connection(browser: Browser, arrived: bool, started: bool, waited: float) -> Check:
    failed = browser.ice == "failed"  # which it may even after sound has come
    if not failed and (arrived or browser.ice in ("connected", "completed")):
        return Check("Connection (ICE)", True, browser.ice or "connected")
    if failed or (started and waited > SLOW_SECONDS):
        return Check(
            "Connection (ICE)", False, browser.ice or "no answer",
            "Browser and server do not reach each other by UDP: allow it in the firewall and leave "
            "the VPN; from another network a TURN server is needed, as the README says.",
        )  # fmt: skip
    return Check("Connection (ICE)", None, browser.ice or "not begun")


def _first_frame(heard: Heard | None, waited: float) -> Check:
    if heard is not None and heard.blocks:
        words = f"{heard.seconds:.0f} s heard"
        if heard.has_stopped:
            return Check(
                "Sound arrives", False, f"{words}, then nothing for {heard.since_block:.0f} s",
                "Plug the microphone in again, press stop, then start.",
            )  # fmt: skip
        if heard.dropped or heard.lost_seconds:
            return Check(
                "Sound arrives", False,
                f"{words}, {heard.dropped} pieces dropped, {heard.lost_seconds:.2f} s lost",
                "This computer or the network is too busy: close other programs.",
            )  # fmt: skip
        return Check("Sound arrives", True, f"{words}, nothing lost")
    if heard is not None and waited > SLOW_SECONDS:
        return Check(
            "Sound arrives", False, f"nothing in {waited:.0f} s",
            "Stop, start again, or choose another microphone; the recorder below needs no "
            "connection.",
        )  # fmt: skip
    return Check("Sound arrives", None, "not started" if heard is None else "waiting")


def _rate(heard: Heard | None) -> Check:
    if heard is None or not heard.sr:
        return Check("Sample rate", None, "not known yet")
    low = heard.sr < RATES[0]
    return Check(
        "Sample rate", not low, f"{heard.sr:,} Hz, resampled to 8,000",
        "A headset in telephone mode loses consonants: use another microphone." if low else "",
    )  # fmt: skip


_ADVICE = {
    "muted": "The track is muted: unmute the microphone at the device or in the system.",
    "clipping": "The sound is cut off: turn the microphone down or speak from further away.",
    "too quiet": "Come nearer, turn the microphone up, or choose another one.",
}


def _level(heard: Heard | None) -> Check:
    if heard is None or not heard.blocks:
        return Check("Level", None, "not known yet")
    hint = heard.hint
    found = f"loudest {heard.level.peak_db:.0f} dB of the last seconds"
    return Check("Level", not hint, f"{hint}: {found}" if hint else found, _ADVICE.get(hint, ""))
