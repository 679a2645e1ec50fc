"""Live, in a browser: a WAV as the microphone, no microphone, and files instead of one."""

import io
import os
import re

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

from benchmarks.chromium import chromium
from benchmarks.microphone import (
    MICROPHONE_RATE,
    NOISE_SECONDS,
    detect,
    heard_on,
    microphone_sound,
    start_button,
    ten_words,
    wait_until_warm,
)


@pytest.fixture
def real_if_required(request):
    """Real voices where they are; in .ci/run nothing else will do."""
    if os.environ.get("SPOKEN_DIGITS_REQUIRE") == "1":
        request.getfixturevalue("fsdd_folder")


def test_ten_words_at_the_microphone_are_ten_detections_and_nine_are_right(
    server, tmp_path, real_if_required
):
    found = detect(server, tmp_path, ten_words(), 1.0)
    print(found)
    assert len(found.heard) == 10, found
    assert found.right >= 9, found


def test_half_a_minute_of_noise_is_no_word(server, tmp_path, real_if_required):
    found = detect(server, tmp_path, (), NOISE_SECONDS)
    assert found.heard == (), found


@pytest.fixture(scope="module")
def refusing_browser(browser_tests):
    """Chromium that says no for its user."""
    with chromium(["--use-fake-device-for-media-stream", "--deny-permission-prompts"]) as running:
        yield running


def test_a_refused_microphone_is_a_sentence_and_a_recorder_is_offered(
    server, refusing_browser, open_context
):
    tab = open_context(refusing_browser).new_page()
    tab.goto(server.url + "/live")
    start_button(tab).click()
    frame = tab.frame_locator("iframe").first
    expect(frame.get_by_text("NotAllowedError")).to_be_visible()  # the component's own words
    expect(tab.get_by_text("If your browser refuses the microphone")).to_be_visible()
    expect(tab.get_by_test_id("live-state")).to_contain_text("refused the microphone")
    # nobody has to look for what works without a microphone: it opens by itself
    expect(tab.locator(".st-key-recorder")).to_be_visible()
    expect(tab.locator(".st-key-upload")).to_be_visible()


def upload(tab, server, name: str, data: bytes) -> None:
    """Give a file to the Live page."""
    tab.goto(server.url + "/live")
    tab.get_by_text("record or upload").click()
    # nobody chooses a file while the page is still being drawn for the first time
    tab.locator("[data-test-script-state=notRunning]").wait_for()
    tab.wait_for_timeout(1000)
    tab.locator(".st-key-upload input[type=file]").set_input_files(
        {"name": name, "mimeType": "audio/wav", "buffer": data}
    )


def test_an_uploaded_file_of_three_digits_is_three_words(refusing_browser, open_context, server):
    tab = open_context(refusing_browser).new_page()
    file = io.BytesIO()
    words = ten_words()[:3]
    soundfile.write(file, microphone_sound(words, 1.0), MICROPHONE_RATE, format="WAV")
    tab.goto(server.url)
    wait_until_warm(server)
    upload(tab, server, "three.wav", file.getvalue())
    expect(tab.get_by_test_id("stCode")).to_be_visible()
    heard = heard_on(tab)
    assert len(heard) == 3
    assert sum(h == w.digit for h, w in zip(heard, words, strict=True)) >= 2
    expect(tab.get_by_text(re.compile(r"%( sure|\)), at"))).to_have_count(3)  # or no digit
    expect(tab.get_by_test_id("stAudio")).to_have_count(3)


@pytest.mark.parametrize(
    "data", [b"seven eight nine\n" * 100, np.random.default_rng(0).bytes(4000)]
)
def test_a_file_that_is_no_recording_is_a_sentence(refusing_browser, open_context, server, data):
    tab = open_context(refusing_browser).new_page()
    upload(tab, server, "renamed.wav", data)
    expect(tab.get_by_text("This did not work")).to_be_visible()
