"""The listening quiz in a browser: sound without a label, number keys, and nobody else's."""

import re

from playwright.sync_api import expect

from core.sound.datasets import open_dataset
from core.sound.recordings import DIGIT_WORDS

SOUND = "() => document.querySelector('audio')?.currentSrc || ''"
PLAYED = "() => document.querySelector('audio')?.played.length > 0"


def begin(tab, server) -> None:
    """Begin a quiz of ten clips and wait until its first clip is there."""
    tab.goto(server.url + "/quiz")
    tab.locator(".st-key-quiz-length button", has_text="10").first.click()
    tab.locator(".st-key-quiz-begin button").click()
    expect(tab.get_by_text("Clip 1 of 10")).to_be_visible()


def test_digits_are_answered_by_number_keys_and_each_clip_plays_by_itself(tab, server):
    begin(tab, server)
    heard = set()
    for i in range(10):
        expect(tab.get_by_text(f"Clip {i + 1} of 10")).to_be_visible()
        tab.wait_for_function(f"old => !old.includes(({SOUND})())", arg=[*heard, ""])
        tab.wait_for_function(PLAYED)
        heard.add(tab.evaluate(SOUND))
        tab.keyboard.press(str(i))
    expect(tab.get_by_text(re.compile(r"You heard \d+ of 10 right"))).to_be_visible()
    assert len(heard) == 10


def test_nothing_in_the_browser_says_what_or_who_is_heard(tab, server):
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    begin(tab, server)
    everything = [tab.content(), tab.url, tab.title()]
    for _ in range(3):
        source = tab.evaluate(SOUND)
        tab.keyboard.press("x")
        tab.wait_for_function(f"old => ({SOUND})() !== old", arg=source)
        everything += [tab.content(), tab.url, tab.title()]
    source = tab.evaluate(SOUND)
    tab.keyboard.press("p")  # the same clip again is another file: no address gives it away
    tab.wait_for_function(f"old => ({SOUND})() !== old", arg=source)
    during = list(requests)
    for i in range(4, 11):
        expect(tab.get_by_text(f"Clip {i} of 10")).to_be_visible()
        tab.keyboard.press("x")
    expect(tab.get_by_text(re.compile(r"You heard 0 of 10 right"))).to_be_visible()
    spoken = [r for r in open_dataset("synthetic").recordings if r.digit is not None]
    names = {r.speaker for r in spoken} | {r.name for r in spoken}
    before = " ".join(everything)
    assert [name for name in names if name in before] == []
    asked = [a for a in during if "/static/" not in a]
    assert not any(word in a for a in asked for word in (*names, *DIGIT_WORDS, ".wav"))


def test_two_visitors_have_two_quizzes(browser, open_context, server):
    first, second = open_context(browser).new_page(), open_context(browser).new_page()
    begin(first, server)
    first.locator(".st-key-quiz-1 button").click()
    expect(first.get_by_text("Clip 2 of 10")).to_be_visible()
    begin(second, server)
    expect(second.get_by_text("Clip 1 of 10")).to_be_visible()
    second.locator(".st-key-quiz-9 button").click()
    expect(second.get_by_text("Clip 2 of 10")).to_be_visible()
    second.get_by_role("button", name="One back").click()  # keys are tested above
    expect(second.get_by_text("Clip 1 of 10")).to_be_visible()
    expect(first.get_by_text("Clip 2 of 10")).to_be_visible()
