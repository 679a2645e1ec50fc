"""Your voice, in a browser: a WAV as the microphone, a take seen, kept, found again in Browse."""

import re

import numpy as np
import pytest
import soundfile
import soxr
from playwright.sync_api import expect

from benchmarks.chromium import chromium
from benchmarks.microphone import MICROPHONE_RATE
from core.sound.audio import load_waveform
from core.sound.datasets import open_dataset

ATTEMPTS = 12
"""A word comes every five seconds, whenever the button is pressed: as a person, one tries again."""


@pytest.fixture(scope="module")
def speaking_browser(browser_tests, tmp_path_factory):
    """Chromium whose microphone hears one word every five seconds."""
    word = load_waveform(next(r for r in open_dataset("synthetic").recordings if r.digit == 7))
    y = np.concatenate([np.zeros(20000), 0.4 * word / np.abs(word).max(), np.zeros(20000)])
    y = y + 1e-3 * np.random.default_rng(0).standard_normal(len(y))
    file = tmp_path_factory.mktemp("microphone") / "seven.wav"
    soundfile.write(file, soxr.resample(y, 8000, MICROPHONE_RATE), MICROPHONE_RATE, "PCM_16")
    flags = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={file}",
    ]
    with chromium(flags) as running:
        yield running


def record(tab) -> bool:
    """Press record, wait for a word, press stop; return whether it was a good take."""
    tab.get_by_role("button", name="Record", exact=True).last.click()
    tab.wait_for_timeout(4000)
    tab.get_by_role("button", name="Stop recording").click()
    expect(tab.locator(".st-key-again")).to_be_visible()
    return tab.locator(".st-key-keep").count() == 1 and tab.get_by_text("A good take").count() == 1


def test_a_word_at_the_microphone_is_kept_and_stands_in_browse(
    speaking_browser, open_context, server
):
    tab = open_context(speaking_browser).new_page()
    tab.goto(server.url + "/voices")
    tab.get_by_label("Your name").fill("<b>Zoé</b>")
    tab.get_by_role("button", name="Begin").click()
    for _ in range(ATTEMPTS):
        expect(tab.get_by_test_id("say")).to_be_visible()
        if record(tab):
            break
        tab.locator(".st-key-again button").click()
        expect(tab.locator(".st-key-again")).to_have_count(0)
    expect(tab.get_by_text("A good take")).to_be_visible()
    tab.locator(".st-key-keep button").click()
    expect(tab.get_by_text(re.compile("Kept .* by <b>Zoé</b>, take 0"))).to_be_visible()
    assert len(list((server.home / "voices").glob("*/*.wav"))) == 1

    tab.goto(server.url + "/browse?data=own&view=Clip")
    expect(tab.get_by_text(re.compile("by <b>Zoé</b>, take 0")).first).to_be_visible()
