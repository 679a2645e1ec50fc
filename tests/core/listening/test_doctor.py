"""The doctor: whichever link fails has the cross and a remedy, and no other has."""

from dataclasses import replace

import pytest

from core.listening.doctor import Browser, checks
from core.listening.heard import Heard
from core.listening.level import Level

FINE = Browser(True, True, 2, "granted", ice="connected")
NOT_STARTED = Browser(True, True, 1, "prompt")
HEARD = Heard(
    True, 50, 0, 1.0, -30.0, -60.0, False, (), "", Level(0.3, 0, 0.0, 3.0), sr=48_000
)  # fmt: skip
NOTHING = replace(HEARD, blocks=0, sr=0)

FAILURES = {
    "plain HTTP": (replace(NOT_STARTED, secure=False), None, 0.0, "Secure page"),
    "no media": (replace(NOT_STARTED, media=False), None, 0.0, "Secure page"),
    "no device": (replace(NOT_STARTED, microphones=0), None, 0.0, "Microphone"),
    "device gone": (replace(NOT_STARTED, error="NotFoundError"), None, 0.0, "Microphone"),
    "device in use": (replace(NOT_STARTED, error="NotReadableError"), None, 0.0, "Microphone"),
    "refused": (replace(NOT_STARTED, error="NotAllowedError"), None, 0.0, "Permission"),
    "blocked": (replace(NOT_STARTED, permission="denied"), None, 0.0, "Permission"),
    "firewall": (replace(FINE, ice="failed"), NOTHING, 3.0, "Connection (ICE)"),
    "connection lost": (replace(FINE, ice="failed"), HEARD, 30.0, "Connection (ICE)"),
    "silence": (FINE, NOTHING, 30.0, "Sound arrives"),
    "unplugged": (FINE, replace(HEARD, since_block=9.0), 30.0, "Sound arrives"),
    "dropped": (FINE, replace(HEARD, dropped=3), 30.0, "Sound arrives"),
    "lost": (FINE, replace(HEARD, lost_seconds=0.04), 30.0, "Sound arrives"),
    "telephone": (FINE, replace(HEARD, sr=8_000), 30.0, "Sample rate"),
    "muted": (FINE, replace(HEARD, level=Level(0.0, 0, 9.0, 3.0)), 30.0, "Level"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_the_link_that_fails_is_named_with_a_remedy(what):
    browser, heard, waited, name = FAILURES[what]
    failed = [c for c in checks(browser, heard, waited) if c.ok is False]
    assert [c.name for c in failed] == [name]
    assert failed[0].remedy.endswith(".")


def test_where_all_is_well_there_is_no_cross_and_no_remedy():
    assert all(c.ok is True and not c.remedy for c in checks(FINE, HEARD, 30.0))
    before = checks(NOT_STARTED, None)
    assert not any(c.ok is False or c.remedy for c in before)
    assert [c.ok for c in checks(Browser(), HEARD, 1.0)] == [True] * 7  # sound proves the rest


@pytest.mark.parametrize(
    "said",
    [{}, {"secure": "yes", "microphones": True, "error": 5}, {"permission": "<b>", "ice": [1]}],
)
def test_what_a_browser_says_is_never_trusted(said):
    assert Browser.of(said) == Browser()
    assert len(Browser.of({"error": "x" * 1000}).error) <= 40
