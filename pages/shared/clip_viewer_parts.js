// Parts of the clip viewer: its buttons, its stage and its words, without what they do.
// In: nothing. Out: elements. Names of clips come later, and only ever as text.

const SPEEDS = [[1, "1\u00d7", "Normal speed"], [0.5, "\u00bd\u00d7", "Half speed"],
  [0.25, "\u00bc\u00d7", "Quarter speed"]];
const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  loop: "M4 5h6.5a2.5 2.5 0 0 1 0 5H9v-1.8L5.8 10.8 9 13.4v-1.8h1.5a4.1 4.1 0 0 0 0-8.2H4z",
  out: "M3 7.2h10v1.6H3z",
  in: "M7.2 3h1.6v4.2H13v1.6H8.8V13H7.2V8.8H3V7.2h4.2z",
  whole: "M1.5 3H3v10H1.5zM13 3h1.5v10H13zM4 8l3-2.6v1.8h2V5.4L12 8l-3 2.6V8.8H7v1.8z",
  png: "M7.2 2h1.6v6l2.1-2.1L12 7l-4 4-4-4 1.1-1.1L7.2 8zM3 12.4h10V14H3z",
};
const KEYS =
  "Space plays and pauses. Left and right arrow move the cursor, with Shift they select, with Alt " +
  "by one sample. Home and End go to either end. L loops. Plus and minus zoom, 0 shows the whole " +
  "clip. Escape clears the selection.";

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Return the elements of one viewer, not yet wired to anything. */
function partsOf() {
  const button = (name, label, words = label) => {
    const made = make("button", { type: "button", "aria-label": label, title: label });
    made.append(icon(name), make("span", { class: "words" }, words));
    return made;
  };
  const buttons = {
    play: button("play", "Play"),
    loop: button("loop", "Loop"),
    out: button("out", "Zoom out"),
    in: button("in", "Zoom in"),
    whole: button("whole", "Show the whole clip", "Whole clip"),
    png: button("png", "Save the picture as PNG", "Save PNG"),
  };
  const { play, loop, out, whole, png } = buttons;
  play.classList.add("main");
  for (const one of [out, buttons.in]) one.classList.add("bare");
  const speeds = SPEEDS.map(([, words, label]) =>
    make("button", { type: "button", "aria-label": label, title: label }, words));
  const canvas = make("canvas", { role: "img" });
  const readout = make("div", { class: "readout", "aria-hidden": "true" });
  const stage = make("div", { class: "stage", role: "application", tabindex: "0" },
    canvas);
  stage.setAttribute("aria-roledescription", "waveform and spectrogram");
  const status = make("div", { class: "status", role: "status", "aria-live": "polite" });
  const help = make("div", { class: "help", id: "help" }, KEYS);
  const hint = make("div", { class: "hint", "aria-hidden": "true" },
    "Drag to select. Click, then wheel or pinch to zoom; Shift and drag to move. ",
    make("kbd", {}, "Space"), " plays, ", make("kbd", {}, "L"), " loops, ",
    make("kbd", {}, "Esc"), " clears.");
  stage.setAttribute("aria-describedby", "help");
  const audio = make("audio", { preload: "auto" });
  const group = (label, ...inside) => make("div", { class: "group", role: "group",
    "aria-label": label }, ...inside);
  const root = make("div", { class: "viewer" },
    make("div", { class: "bar" }, group("Sound", play, loop), group("Speed", ...speeds),
      make("span", { class: "gap" }), group("Zoom", out, buttons.in, whole), png),
    stage, make("div", { class: "foot" }, status, readout), hint, help,
    audio);
  return { buttons, speeds, canvas, readout, stage, status, audio, root };
}
