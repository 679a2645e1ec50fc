"""Layers changed by hand, in the address bar: a network as a short text.

In: a network's blocks, or what an address says. Out: the other one; nonsense gives nothing.
"""

import base64
import binascii
import json
import zlib

import streamlit as st

from core.learning.network_config import NetworkConfig
from pages.shared.session import visitor

PARAMETER = "layers"
MOST = 4000
"""Characters of an address that are looked at: thirty blocks take a few hundred."""
MOST_JSON = 100_000


def text_of(config: NetworkConfig) -> str:
    """Return a network as text that an address can hold."""
    packed = zlib.compress(json.dumps(config.to_dict(), separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def linked(text: str) -> NetworkConfig | None:
    """Return the network that ``text_of`` wrote; None for anything else."""
    if not text or len(text) > MOST:
        return None
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opened = zlib.decompressobj().decompress(packed, MOST_JSON)
        return NetworkConfig.from_dict(json.loads(opened))
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        return None


def opened(name: str) -> NetworkConfig | None:
    """Return the layers that an opened address names for a network of the table.

    They stay the same while a visitor edits them, though the address follows: a table whose rows
    changed under an edit would apply it twice.
    """
    me, text = visitor(), st.query_params.get(PARAMETER, "")
    if text and text != me.layers_link:
        me.layers_link = text
        found = linked(text)
        me.layers_opened = (name, found) if found is not None else None
    if me.layers_opened is None or me.layers_opened[0] != name:
        return None
    return me.layers_opened[1]


def link(config: NetworkConfig | None) -> None:
    """Let the address name these layers, or none."""
    me = visitor()
    if config is not None:
        me.layers_link = st.query_params[PARAMETER] = text_of(config)
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
