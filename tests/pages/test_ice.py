"""Servers for WebRTC: none by default, and what is set wrongly is a sentence."""

import pytest

from core.errors import LabError
from pages.shared.ice import servers, servers_from

TURN = {"turn": "turn:a.example:3478", "username": "lab", "password": "hush"}


def test_nothing_leaves_the_machine_by_default(monkeypatch):
    for name in ("STUN", "TURN", "TURN_USERNAME", "TURN_PASSWORD"):
        monkeypatch.delenv(f"SPOKEN_DIGITS_{name}", raising=False)
    assert servers() == []


def test_servers_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("SPOKEN_DIGITS_STUN", "stun:a.example:3478, stun:b.example:3478")
    assert servers() == [{"urls": ["stun:a.example:3478", "stun:b.example:3478"]}]
    assert servers_from(TURN) == [
        {"urls": ["turn:a.example:3478"], "username": "lab", "credential": "hush"}
    ]


@pytest.mark.parametrize(
    "settings",
    [{"stun": "a.example"}, {"stun": "turn:x:1"}, {"turn": "turn:a b"}, {**TURN, "username": ""}],
)
def test_what_is_no_server_is_a_sentence_without_the_password(settings):
    with pytest.raises(LabError) as found:
        servers_from(settings)
    assert "SPOKEN_DIGITS_" in str(found.value)
    assert "hush" not in str(found.value)
