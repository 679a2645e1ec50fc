"""The clip viewer in Chromium: what it draws, what it plays, what it lets one select."""

import base64
import hashlib
import importlib.util
import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import soundfile

from core.sound.audio import write_wav
from tests.browser.clip_viewer_server import (
    APP,
    chromium_running,
    serving_the_viewer,
    why_no_browser,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

REASON = why_no_browser()
NAME = "**x** <img src=x onerror=alert(1)> $z$"

IN_VIEWER = "const v = document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot"
"""Where the viewer's elements are: Streamlit puts them under a shadow root."""

PIXELS = f"""() => {{
    {IN_VIEWER}.querySelector('canvas');
    const c = v.getContext('2d').getImageData(0, 0, v.width, v.height).data;
    const colours = new Set();
    let sum = 0;
    for (let i = 0; i < c.length; i += 4 * 7) {{ // every seventh pixel: enough, and soon done
        colours.add(c[i] << 16 | c[i + 1] << 8 | c[i + 2]);
        sum = (sum * 31 + c[i] + 7 * c[i + 1] + 13 * c[i + 2]) % 1000000007;
    }}
    return {{ colours: colours.size, sum, corner: [c[0], c[1], c[2]], width: v.width }};
}}"""
WAV = f"""async () => {{
    {IN_VIEWER}.querySelector('audio');
    const bytes = new Uint8Array(await (await fetch(v.src)).arrayBuffer());
    return btoa(Array.from(bytes, b => String.fromCharCode(b)).join(''));
}}"""
FITS = "() => document.documentElement.scrollWidth <= innerWidth"


def the_apps_clips() -> dict[str, Callable[[], np.ndarray]]:
    """Return the sounds that the test page shows, without drawing the page."""
    source = APP.read_text("utf-8").split("st.set_page_config")[0]
    spec = importlib.util.spec_from_loader("clip_viewer_sounds", loader=None)
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, APP.name, "exec"), module.__dict__)
    return module.CLIPS


SWEEP = the_apps_clips()["sweep"]()


class Looking:
    """One visitor's tab with the viewer in it."""

    def __init__(self, tab):
        self.tab = tab
        self.root = tab.locator(".viewer")
        self.stage = tab.locator(".stage")
        self.canvas = tab.locator(".viewer canvas")
        self.audio = tab.locator(".viewer audio")

    def mark(self, name: str) -> str:
        return self.root.get_attribute(f"data-{name}") or ""

    def until(self, name: str, what: str) -> None:
        """Wait until a mark of the viewer satisfies a JavaScript condition on ``value``."""
        self.tab.wait_for_function(
            f"() => {{ {IN_VIEWER}.querySelector('.viewer');"
            f" const value = v.dataset.{name}; return {what}; }}"
        )

    @property
    def selection(self) -> tuple[int, int] | None:
        text = self.mark("selection")
        return (int(text.split()[0]), int(text.split()[1])) if text else None

    @property
    def view(self) -> tuple[float, float]:
        start, end = self.mark("view").split()
        return float(start), float(end)

    def sound(self, what: str):
        return self.audio.evaluate(f"a => a.{what}")

    def at(self, share: float, row: str = "wave") -> tuple[float, float]:
        """Return the place of a share of the time axis, in the tab's pixels."""
        box = self.canvas.bounding_box()
        left, right = (66, 68) if box["width"] >= 520 else (48, 46)
        x = box["x"] + left + share * (box["width"] - left - right)
        return x, box["y"] + {"wave": 60, "spectrogram": 230}[row]

    def drag(self, a: float, b: float, row: str = "wave") -> None:
        mouse = self.tab.mouse
        mouse.move(*self.at(a, row))
        mouse.down()
        mouse.move(*self.at((a + b) / 2, row))
        mouse.move(*self.at(b, row))
        mouse.up()
        self.until("selection", "value")

    def press(self, *keys: str) -> None:
        self.stage.focus()
        for key in keys:
            self.tab.keyboard.press(key)
        self.settled()

    def settled(self) -> None:
        """Let two animation frames pass: what was asked for is drawn then."""
        self.tab.evaluate(
            "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
        )

    def held(self) -> bytes:
        """Return the file that the media element was given."""
        return base64.b64decode(self.tab.evaluate(WAV))

    def choose(self, label: str, option: str) -> None:
        self.tab.get_by_role("combobox", name=label).click()
        self.tab.get_by_role("option", name=option, exact=True).click()

    def pixels(self) -> dict:
        self.settled()
        return self.tab.evaluate(PIXELS)


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    if REASON:
        pytest.skip(REASON)
    with serving_the_viewer(tmp_path_factory.mktemp("viewer")) as url:
        yield url


@pytest.fixture(scope="module")
def open_context(address) -> Iterator[Callable]:
    """Return a browser's context by its pixel ratio; one for all tests: Streamlit loads once."""
    contexts: dict[int, object] = {}

    with chromium_running() as browser:

        def opened(ratio: int):
            if ratio not in contexts:
                contexts[ratio] = browser.new_context(device_scale_factor=ratio)
            return contexts[ratio]

        yield opened
        for context in contexts.values():
            context.close()


@pytest.fixture
def look(open_context, address) -> Iterator[Callable[..., Looking]]:
    """Open the test page; nothing may go wrong there, and nothing may leave the machine."""
    wrong: list[str] = []
    abroad: list[str] = []
    tabs = []

    def opened(width: int = 1280, scheme: str = "light", ratio: int = 1) -> Looking:
        tab = open_context(ratio).new_page()
        tabs.append(tab)
        tab.set_viewport_size({"width": width, "height": 1000})
        tab.emulate_media(color_scheme=scheme)
        tab.set_default_timeout(120_000)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        tab.on("request", lambda r: abroad.append(r.url) if is_abroad(r.url, address) else None)
        tab.goto(address)
        tab.locator(".viewer[data-clip]").wait_for()
        looking = Looking(tab)
        looking.settled()
        return looking

    yield opened
    for tab in tabs:
        tab.close()
    assert wrong == []
    assert abroad == []


def is_abroad(url: str, address: str) -> bool:
    return not url.startswith((address, "blob:" + address, "data:"))


# ---- sight


def test_it_draws_a_waveform_and_a_spectrogram_in_many_colours(look):
    seen = look().pixels()
    assert seen["colours"] > 100
    assert seen["width"] > 1000


def test_a_screen_with_small_pixels_gets_as_many_as_it_has(look):
    seen = look(ratio=2)
    assert seen.pixels()["width"] == 2 * round(seen.canvas.bounding_box()["width"])


def test_another_clip_is_another_picture_and_shows_whole(look):
    seen = look()
    before, mark = seen.pixels(), seen.mark("clip")
    seen.press("+", "+")
    seen.choose("Clip", "clicks")
    seen.until("clip", f"value !== '{mark}'")
    assert seen.pixels()["sum"] != before["sum"]
    assert seen.view == (0, 6400)
    assert seen.selection is None


def test_another_picture_of_the_same_clip_keeps_the_zoom_and_the_selection(look):
    seen = look()
    seen.drag(0.4, 0.6)
    seen.press("+")
    before, view, selection = seen.pixels(), seen.view, seen.selection
    assert view != (0, 8000)
    seen.choose("Picture", "stft")
    seen.tab.wait_for_function(
        f"() => {{ {IN_VIEWER}.querySelector('canvas');"
        " return v.getAttribute('aria-label').includes('Frequency (Hz)'); }"
    )
    assert seen.pixels()["sum"] != before["sum"]
    assert (seen.view, seen.selection) == (view, selection)


def test_the_colours_of_the_first_experiment_are_others(look):
    seen = look()
    before = seen.pixels()
    seen.choose("Colours", "First experiment")
    seen.tab.wait_for_function(f"before => ({PIXELS})().sum !== before", arg=before["sum"])


def test_it_follows_the_theme(look):
    seen = look()
    assert seen.pixels()["corner"] == [255, 255, 255]
    seen.tab.emulate_media(color_scheme="dark")
    seen.tab.wait_for_function(f"() => Math.max(...({PIXELS})().corner) < 60")
    seen.tab.emulate_media(color_scheme="light")
    seen.tab.wait_for_function(f"() => Math.min(...({PIXELS})().corner) === 255")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_telephone(look, scheme):
    seen = look(width=390, scheme=scheme)
    assert seen.tab.evaluate(FITS)
    assert seen.canvas.bounding_box()["width"] <= 390
    tops = {round(b.bounding_box()["y"]) for b in seen.root.get_by_role("button").all()}
    assert len(tops) == 1  # all buttons in one row
    assert seen.pixels()["colours"] > 100


def test_it_grows_and_shrinks_with_the_window(look):
    seen = look()
    wide = seen.pixels()["width"]
    seen.tab.set_viewport_size({"width": 500, "height": 900})
    seen.tab.wait_for_function(f"wide => ({PIXELS})().width < wide / 2", arg=wide)
    assert seen.tab.evaluate(FITS)


def test_a_name_is_text_and_nothing_else(look):
    seen = look()
    mark = seen.mark("clip")
    seen.choose("Clip", NAME)
    seen.until("clip", f"value !== '{mark}'")
    assert seen.stage.get_attribute("aria-label") == f"Clip viewer: {NAME}"
    assert NAME in seen.canvas.get_attribute("aria-label")
    assert seen.root.locator("img").count() == 0


# ---- sound


def test_space_plays_and_the_playhead_runs(look):
    seen = look()
    seen.press("Space")
    seen.until("playing", "value === 'true'")
    seen.until("cursor", "Number(value) > 800")
    first = float(seen.mark("cursor"))
    seen.until("cursor", f"Number(value) > {first}")
    assert seen.sound("currentTime") > 0.1
    seen.press("Space")
    seen.until("playing", "value === 'false'")
    stopped = seen.mark("cursor")
    seen.settled()
    assert seen.mark("cursor") == stopped
    assert seen.root.get_by_role("button", name="Play").is_visible()


def test_a_whole_clip_is_played_from_its_own_samples(look):
    seen = look()
    seen.press("Space")
    seen.until("playing", "value === 'true'")
    assert seen.held() == write_wav(SWEEP)


def test_the_end_of_a_clip_brings_the_cursor_back(look):
    seen = look()
    seen.press("Space")
    seen.until("cursor", "Number(value) > 4000")
    seen.until("playing", "value === 'false'")
    assert float(seen.mark("cursor")) == 0


@pytest.mark.parametrize("row", ["wave", "spectrogram"])
def test_a_selection_is_heard_to_the_sample(look, row):
    seen = look()
    seen.drag(0.25, 0.5, row)
    start, end = seen.selection
    assert start == pytest.approx(2000, abs=12)
    assert end == pytest.approx(4000, abs=12)
    seen.press("Space")
    seen.until("playing", "value === 'true'")
    wav = seen.held()
    pcm, sr = soundfile.read(io.BytesIO(wav), dtype="int16")
    assert sr == 8000
    np.testing.assert_array_equal(pcm, np.round(SWEEP[start:end] * 2.0**15).astype(np.int16))
    assert wav == write_wav(SWEEP[start:end])
    assert seen.sound("dataset.wavSamples") == str(end - start)
    assert seen.sound("dataset.wavSha256") == hashlib.sha256(wav).hexdigest()
    assert seen.sound("duration") == pytest.approx((end - start) / 8000, abs=1e-4)


def test_python_learns_the_selection_once_it_is_done(look):
    seen = look()
    assert seen.tab.get_by_text("region: none").is_visible()
    seen.drag(0.25, 0.5)
    start, end = seen.selection
    seen.tab.get_by_text(f"region: {start} to {end}").wait_for()
    assert seen.tab.get_by_text("runs: 2", exact=True).is_visible()
    seen.press("Escape")
    seen.tab.get_by_text("region: none").wait_for()
    assert seen.selection is None


def test_playing_asks_nothing_of_the_server(look):
    seen = look()
    seen.press("Space")
    seen.until("cursor", "Number(value) > 2000")
    seen.until("playing", "value === 'false'")
    assert seen.tab.get_by_text("runs: 1", exact=True).is_visible()


def test_another_clip_has_no_selection_in_python_either(look):
    seen = look()
    seen.drag(0.25, 0.5)
    start, end = seen.selection
    seen.tab.get_by_text(f"region: {start} to {end}").wait_for()
    seen.choose("Clip", "clicks")
    seen.tab.get_by_text("region: none").wait_for()


def test_a_loop_begins_again(look):
    seen = look()
    seen.drag(0.3, 0.4)
    start, end = seen.selection
    seen.press("l", "Space")
    assert seen.root.get_by_role("button", name="Loop").get_attribute("aria-pressed") == "true"
    assert seen.sound("loop") is True
    seen.audio.evaluate(
        "a => { a.wraps = 0; let last = 0; setInterval(() => {"
        " if (a.currentTime < last) a.wraps++; last = a.currentTime; }, 5); }"
    )
    seen.tab.wait_for_function(
        f"() => {{ {IN_VIEWER}.querySelector('audio'); return v.wraps > 1 }}"
    )
    assert start <= float(seen.mark("cursor")) <= end
    seen.press("l")
    seen.until("playing", "value === 'false'")


def test_other_colours_do_not_interrupt_the_sound(look):
    seen = look()
    seen.press("l", "Space")
    seen.until("playing", "value === 'true'")
    url = seen.sound("src")
    before = seen.pixels()
    seen.choose("Colours", "First experiment")
    seen.tab.get_by_text("runs: 2", exact=True).wait_for()
    seen.tab.wait_for_function(f"before => ({PIXELS})().colours !== before", arg=before["colours"])
    assert seen.mark("playing") == "true"
    assert seen.sound("src") == url


@pytest.mark.parametrize(("label", "rate"), [("Half speed", 0.5), ("Quarter speed", 0.25)])
def test_slow_play_keeps_the_pitch_and_survives_another_selection(look, label, rate):
    seen = look()
    seen.root.get_by_role("button", name=label).click()
    for a, b in ((0.1, 0.3), (0.5, 0.8)):
        seen.drag(a, b)
        seen.press("Space")
        seen.until("playing", "value === 'true'")
        assert seen.sound("playbackRate") == rate
        assert seen.sound("preservesPitch") is True
        seen.press("Space")
    pressed = seen.root.get_by_role("button", name=label)
    assert pressed.get_attribute("aria-pressed") == "true"


# ---- hands


def test_arrows_move_the_cursor_and_with_shift_they_select(look):
    seen = look()
    seen.press("ArrowRight", "ArrowRight")
    assert float(seen.mark("cursor")) == 160
    seen.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    assert seen.selection == (160, 400)
    seen.press("Shift+ArrowLeft")
    assert seen.selection == (160, 320)
    seen.press("End", "Alt+ArrowLeft")
    assert float(seen.mark("cursor")) == 7999
    seen.press("Home")
    assert float(seen.mark("cursor")) == 0
    seen.press("Escape", "Shift+End")
    assert seen.selection == (0, 8000)


def test_a_click_moves_the_cursor_and_clears_the_selection(look):
    seen = look()
    seen.drag(0.25, 0.5)
    seen.tab.mouse.click(*seen.at(0.75))
    seen.until("selection", "value === ''")
    assert float(seen.mark("cursor")) == pytest.approx(6000, abs=12)


def test_an_edge_of_the_selection_can_be_moved_alone(look):
    seen = look()
    seen.drag(0.25, 0.5)
    start, _ = seen.selection
    seen.drag(0.5, 0.75)
    assert seen.selection == (start, pytest.approx(6000, abs=12))


def test_keys_zoom_both_pictures_and_zero_shows_all(look):
    seen = look()
    seen.press("ArrowRight", "+", "+")
    assert seen.view[1] - seen.view[0] == pytest.approx(2000)
    seen.press("-")
    assert seen.view[1] - seen.view[0] == pytest.approx(4000)
    seen.press("0")
    assert seen.view == (0, 8000)


def test_the_wheel_scrolls_the_page_until_the_viewer_is_chosen_and_zooms_then(look):
    seen = look()
    x, y = seen.at(0.5)
    seen.tab.mouse.move(x, y)
    seen.tab.mouse.wheel(0, -200)
    seen.settled()
    assert seen.view == (0, 8000)
    seen.stage.focus()
    seen.tab.mouse.wheel(0, -200)
    seen.until("view", "value !== '0.0 8000.0'")
    start, end = seen.view
    assert (start + end) / 2 == pytest.approx(4000, abs=30)  # the pointed-at sample stays


def test_with_shift_a_drag_moves_the_view(look):
    seen = look()
    seen.press("+", "+")  # 2,000 samples from the start on
    assert seen.view == (0, 2000)
    mouse = seen.tab.mouse
    seen.tab.keyboard.down("Shift")
    mouse.move(*seen.at(0.75))
    mouse.down()
    mouse.move(*seen.at(0.25))
    mouse.up()
    seen.tab.keyboard.up("Shift")
    seen.settled()
    assert seen.view[0] == pytest.approx(1000, abs=10)
    assert seen.view[1] - seen.view[0] == pytest.approx(2000)
    assert seen.selection is None


def test_every_button_has_a_name_and_the_stage_says_what_it_is(look):
    seen = look()
    names = [b.get_attribute("aria-label") for b in seen.root.get_by_role("button").all()]
    assert names == [
        *("Play", "Loop", "Normal speed", "Half speed", "Quarter speed"),
        *("Zoom out", "Zoom in", "Show the whole clip", "Save the picture as PNG"),
    ]
    assert seen.stage.get_attribute("tabindex") == "0"
    described = seen.canvas.get_attribute("aria-label")
    assert "1.000 s, 8000 samples at 8000 Hz" in described
    assert "40 rows" in described
    assert seen.root.get_by_role("status").inner_text() == "Nothing selected."
    seen.press("Shift+ArrowRight")
    assert seen.root.get_by_role("status").inner_text() == (
        "Selected 0.000 s to 0.010 s: 10.0 ms, 80 samples."
    )


def test_focus_is_visible(look):
    seen = look()
    seen.stage.focus()
    outline = "e => getComputedStyle(e).outlineStyle + ' ' + getComputedStyle(e).outlineWidth"
    assert seen.stage.evaluate(outline) == "solid 2px"


def test_the_picture_is_saved_as_png(look, tmp_path):
    seen = look()
    seen.choose("Clip", NAME)
    seen.tab.wait_for_function(
        f"() => {{ {IN_VIEWER}.querySelector('canvas');"
        " return v.getAttribute('aria-label').includes('<img'); }"
    )
    with seen.tab.expect_download() as waiting:
        seen.root.get_by_role("button", name="Save the picture as PNG").click()
    assert waiting.value.suggested_filename == "x_img_src_x_onerror_alert_1_z.png"
    path = tmp_path / "picture.png"
    waiting.value.save_as(path)
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width = int.from_bytes(content[16:20], "big")
    assert width == seen.pixels()["width"]
    assert len(content) > 10_000


def test_a_viewer_that_leaves_the_page_is_silent(look):
    seen = look()
    seen.drag(0.1, 0.9)
    seen.press("l", "Space")
    seen.until("playing", "value === 'true'")
    gone = seen.audio.element_handle()
    url = seen.sound("src")
    seen.choose("Clip", "none")
    seen.root.wait_for(state="detached")
    assert gone.evaluate("a => a.paused") is True
    assert seen.tab.evaluate("url => fetch(url).then(() => 'there', () => 'gone')", url) == "gone"
