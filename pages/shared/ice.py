"""Servers that help a browser and this one find each other: none unless somebody asks for them.

In: Streamlit's secrets, or environment variables. Out: what WebRTC calls ``iceServers``. On one
machine, and within one network, none is needed, and nothing leaves it.

    [ice]                                    # .streamlit/secrets.toml
    stun = "stun:stun.example.org:3478"      # or SPOKEN_DIGITS_STUN
    turn = "turn:turn.example.org:3478"      # or SPOKEN_DIGITS_TURN, several parted by commas
    username = "lab"                         # or SPOKEN_DIGITS_TURN_USERNAME
    password = "..."                         # or SPOKEN_DIGITS_TURN_PASSWORD
"""

import os
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import LabError

_VARIABLES = {
    "stun": "SPOKEN_DIGITS_STUN",
    "turn": "SPOKEN_DIGITS_TURN",
    "username": "SPOKEN_DIGITS_TURN_USERNAME",
    "password": "SPOKEN_DIGITS_TURN_PASSWORD",
}


def servers() -> list[dict[str, Any]]:
    """Return the servers in force; none by default.

    Raises
    ------
    LabError
        If an address is none, or a TURN server has no name and password.
    """
    return servers_from({**_environment(), **_secrets()})


def servers_from(settings: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the servers that settings ask for; the keys are those of ``[ice]`` above.

    Raises
    ------
    LabError
        As for ``servers``.
    """
    found: list[dict[str, Any]] = []
    for kind, schemes in (("stun", ("stun:", "stuns:")), ("turn", ("turn:", "turns:"))):
        urls = [url.strip() for url in settings.get(kind, "").split(",") if url.strip()]
        for url in urls:
            if not url.startswith(schemes) or any(c.isspace() for c in url):
                raise LabError(
                    f"The {kind.upper()} server {url!r} is no address; expected one such as "
                    f"{schemes[0]}host:3478. Correct it in .streamlit/secrets.toml or in "
                    f"{_VARIABLES[kind]}."
                )
        if not urls:
            continue
        server: dict[str, Any] = {"urls": urls}
        if kind == "turn":
            if not (settings.get("username") and settings.get("password")):
                raise LabError(
                    "A TURN server is set without a name and a password, which it asks for. Set "
                    f"{_VARIABLES['username']} and {_VARIABLES['password']}, or username and "
                    "password under [ice] in .streamlit/secrets.toml."
                )
            server |= {"username": settings["username"], "credential": settings["password"]}
        found.append(server)
    return found


def _environment() -> dict[str, str]:
    return {key: os.environ[name] for key, name in _VARIABLES.items() if os.environ.get(name)}


def _secrets() -> dict[str, str]:
    if not st.secrets.load_if_toml_exists():
        return {}
    section = st.secrets.get("ice")
    if not isinstance(section, Mapping):
        return {}
    return {key: str(section[key]) for key in _VARIABLES if section.get(key)}
