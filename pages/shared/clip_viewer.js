// The clip viewer: what a person does with a clip, and what the page learns of it.
// In: Streamlit's data. Out: the state "region" at the end of a selection, nothing more often.
// clip_viewer.py puts clip_viewer_sound.js and clip_viewer_picture.js before this file.

const SHORTEST_VIEW = 24; // samples; nearer there is nothing more to see
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

const viewers = new WeakMap(); // Streamlit's container -> its viewer
const remembered = new Map(); // the viewer's key -> where it stood, if Streamlit mounts it anew

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

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

class Viewer {
  constructor(parent) {
    this.build();
    parent.append(this.root);
    this.sound = new Sound(this.audio, (event) => this.heard(event));
    this.pointers = new Map();
    this.frame = 0;
    this.speed = 1;
    this.loop = false;
    this.listen();
  }

  build() {
    const button = (name, label, words = label) => {
      const made = make("button", { type: "button", "aria-label": label, title: label });
      made.append(icon(name), make("span", { class: "words" }, words));
      return made;
    };
    this.buttons = {
      play: button("play", "Play"),
      loop: button("loop", "Loop"),
      out: button("out", "Zoom out"),
      in: button("in", "Zoom in"),
      whole: button("whole", "Show the whole clip", "Whole clip"),
      png: button("png", "Save the picture as PNG", "Save PNG"),
    };
    const { play, loop, out, whole, png } = this.buttons;
    play.classList.add("main");
    for (const one of [out, this.buttons.in]) one.classList.add("bare");
    this.speeds = SPEEDS.map(([speed, words, label]) => {
      const made = make("button", { type: "button", "aria-label": label, title: label }, words);
      made.addEventListener("click", () => this.setSpeed(speed));
      return made;
    });
    this.canvas = make("canvas", { role: "img" });
    this.readout = make("div", { class: "readout", "aria-hidden": "true" });
    this.stage = make("div", { class: "stage", role: "application", tabindex: "0" },
      this.canvas);
    this.stage.setAttribute("aria-roledescription", "waveform and spectrogram");
    this.status = make("div", { class: "status", role: "status", "aria-live": "polite" });
    this.help = make("div", { class: "help", id: "help" }, KEYS);
    this.hint = make("div", { class: "hint", "aria-hidden": "true" },
      "Drag to select. Click, then wheel or pinch to zoom; Shift and drag to move. ",
      make("kbd", {}, "Space"), " plays, ", make("kbd", {}, "L"), " loops, ",
      make("kbd", {}, "Esc"), " clears.");
    this.stage.setAttribute("aria-describedby", "help");
    this.audio = make("audio", { preload: "auto" });
    const group = (label, ...inside) => make("div", { class: "group", role: "group",
      "aria-label": label }, ...inside);
    this.root = make("div", { class: "viewer" },
      make("div", { class: "bar" }, group("Sound", play, loop), group("Speed", ...this.speeds),
        make("span", { class: "gap" }), group("Zoom", out, this.buttons.in, whole), png),
      this.stage, make("div", { class: "foot" }, this.status, this.readout), this.hint, this.help,
      this.audio);
  }

  listen() {
    const { play, loop, out, whole, png } = this.buttons;
    play.addEventListener("click", () => this.toggle());
    loop.addEventListener("click", () => this.setLoop(!this.loop));
    out.addEventListener("click", () => this.zoom(2));
    this.buttons.in.addEventListener("click", () => this.zoom(0.5));
    whole.addEventListener("click", () => this.showWhole());
    png.addEventListener("click", () => this.savePng());
    this.root.addEventListener("keydown", (event) => this.key(event));
    const on = (name, method) => this.stage.addEventListener(name, (event) => this[method](event));
    on("pointerdown", "press");
    on("pointermove", "move");
    on("pointerup", "release");
    on("pointercancel", "release");
    this.stage.addEventListener("pointerleave", () => this.readout.replaceChildren());
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(this.root);
    this.again = () => this.redraw(); // another screen, another pixel ratio
    window.addEventListener("resize", this.again);
    document.fonts?.ready.then(this.again);
  }

  /** Take what Python sent; only another clip begins anew. */
  update(data, publish) {
    this.publish = publish;
    const another = this.clip?.clip !== data.clip;
    this.clip = new Clip(data);
    if (another) this.begin();
    this.stage.setAttribute("aria-label", `Clip viewer: ${data.name}`);
    this.canvas.setAttribute("aria-label", this.described());
    this.redraw();
    requestAnimationFrame(() => this.redraw()); // the theme's colours may arrive a frame later
  }

  begin() {
    const { clip } = this;
    this.sound.load(clip.samples, clip.sr);
    this.view = { start: 0, end: clip.n };
    this.selection = null;
    this.published = null;
    this.cursor = 0;
    clearTimeout(this.soon);
    const before = remembered.get(clip.key);
    if (before?.clip === clip.clip) {
      this.view = before.view;
      this.cursor = before.cursor;
      this.selection = before.selection;
      this.publishSoon();
    }
    this.setSpeed(this.speed, true);
    this.setLoop(this.loop, true);
    this.heard("pause");
    this.say(clip.note || "Nothing selected.");
  }

  described() {
    const { clip } = this;
    let loudest = 0;
    for (let i = 0; i < clip.n; i++) {
      if (Math.abs(clip.samples[i]) > Math.abs(clip.samples[loudest])) loudest = i;
    }
    return `Waveform above spectrogram of ${clip.name}: ${this.seconds(clip.n)}, ${clip.n} samples ` +
      `at ${clip.sr} Hz; largest amplitude ${clip.peak.toFixed(2)} at ${this.seconds(loudest)}. ` +
      `Spectrogram: ${clip.row_title}, ${clip.n_rows} rows, ${clip.n_frames} columns.`;
  }

  seconds(sample) {
    return `${(sample / this.clip.sr).toFixed(3)} s`;
  }

  say(words) {
    if (this.status.textContent !== words) this.status.textContent = words;
  }

  // ---- sound

  toggle() {
    if (this.sound.playing) this.sound.pause();
    else this.play();
  }

  play() {
    const { clip, selection } = this;
    const [start, end] = selection ? [selection.start, selection.end] : [0, clip.n];
    this.sound.hold(start, end);
    this.setSpeed(this.speed, true);
    if (this.cursor < start || this.cursor >= end) this.cursor = start;
    this.sound.play(this.cursor).catch((error) => {
      if (error.name !== "AbortError") this.say(`The browser did not play this: ${error.message}`);
    });
  }

  heard(event) {
    const { playing } = this.sound;
    const words = playing ? "Pause" : "Play";
    const { play } = this.buttons;
    if (play.getAttribute("aria-label") !== words) {
      play.setAttribute("aria-label", words);
      play.title = words;
      play.replaceChildren(icon(playing ? "pause" : "play"), make("span", { class: "words" }, words));
    }
    this.root.dataset.playing = playing;
    if (event === "play") {
      const [start, end] = this.sound.range;
      const how = SPEEDS.find(([speed]) => speed === this.speed)[2].toLowerCase();
      this.say(`Playing ${this.seconds(start)} to ${this.seconds(end)}` +
        (this.speed === 1 ? "" : ` at ${how}`) + (this.loop ? ", again and again." : "."));
      this.tick();
    } else if (event === "ended") {
      this.cursor = this.sound.range[0];
      this.say("Played to the end.");
    } else if (event === "pause" && this.sound.range && !this.audio.ended) {
      this.cursor = Math.floor(this.sound.position);
      this.say(`Paused at ${this.seconds(this.cursor)}.`);
    }
    this.redraw();
  }

  setLoop(on, quiet = false) {
    this.loop = this.audio.loop = on;
    this.buttons.loop.setAttribute("aria-pressed", on);
    if (!quiet) this.say(on ? "Loop on." : "Loop off.");
  }

  setSpeed(speed, quiet = false) {
    this.speed = this.sound.rate = speed;
    this.speeds.forEach((b, i) => b.setAttribute("aria-pressed", SPEEDS[i][0] === speed));
    if (!quiet) this.say(`${SPEEDS.find(([s]) => s === speed)[2]}, same pitch.`);
  }

  /** Follow the sound, one animation frame after another, until it stops. */
  tick() {
    if (!this.sound.playing || this.gone) return;
    this.cursor = this.sound.position;
    const { start, end } = this.view;
    if (this.pointers.size === 0 && (this.cursor < start || this.cursor > end)) {
      this.show(this.cursor - 0.05 * (end - start), end - start); // turn the page
    }
    this.draw();
    requestAnimationFrame(() => this.tick());
  }

  // ---- what is in view, what is selected

  show(start, length) {
    const n = this.clip.n;
    const span = clamp(length, Math.min(SHORTEST_VIEW, n), n);
    const from = clamp(start, 0, n - span);
    this.view = { start: from, end: from + span };
    this.redraw();
  }

  showWhole() {
    this.show(0, this.clip.n);
    this.say("The whole clip.");
  }

  zoom(factor, around = null) {
    const { start, end } = this.view;
    const middle = this.selection
      ? (this.selection.start + this.selection.end) / 2 : this.cursor;
    const at = around ?? clamp(middle, start, end);
    this.show(at - (at - start) * factor, (end - start) * factor);
    this.say(`Showing ${this.seconds(this.view.start)} to ${this.seconds(this.view.end)}.`);
  }

  /** Select [a, b) in either order; an empty range selects nothing. */
  select(a, b) {
    const n = this.clip.n;
    const [start, end] = [Math.min(a, b), Math.max(a, b)].map((s) => clamp(Math.round(s), 0, n));
    this.selection = end > start ? { start, end } : null;
    this.redraw();
  }

  /** Tell what is selected, and Python too, once it has come to rest. */
  settle() {
    const { selection } = this;
    if (selection) {
      const { start, end } = selection;
      this.say(`Selected ${this.seconds(start)} to ${this.seconds(end)}: ` +
        `${(((end - start) / this.clip.sr) * 1000).toFixed(1)} ms, ${end - start} samples.`);
    } else this.say("Nothing selected.");
    this.publishSoon();
  }

  publishSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      const { clip, selection } = this;
      const words = selection ? `${selection.start} ${selection.end}` : null;
      if (words === this.published) return;
      this.published = words;
      this.publish(selection ? { clip: clip.clip, ...selection } : null);
    }, 250);
  }

  /** Move the cursor, sound included; with `extend` the selection grows or shrinks with it. */
  go(to, extend = false) {
    const target = clamp(Math.round(to), 0, this.clip.n);
    if (this.sound.playing) this.sound.pause();
    if (extend) {
      const { selection } = this;
      const from = Math.round(this.cursor);
      // the end that the cursor does not stand on stays where it is
      const fixed = !selection || (from !== selection.start && from !== selection.end) ? from
        : from === selection.start ? selection.end : selection.start;
      this.select(fixed, target);
      this.settle();
    } else this.say(`Cursor at ${this.seconds(target)}.`);
    this.cursor = target;
    const { start, end } = this.view;
    if (target < start || target > end) this.show(target - (end - start) / 2, end - start);
    this.redraw();
  }

  clear() {
    this.select(0, 0);
    this.settle();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey) return;
    const onButton = event.composedPath()[0].tagName === "BUTTON";
    if (onButton && (event.key === " " || event.key === "Enter")) return;
    const { start, end } = this.view;
    const step = event.altKey ? 1 : Math.max(1, Math.round((end - start) / 100));
    const deeds = {
      " ": () => this.toggle(),
      l: () => this.setLoop(!this.loop),
      ArrowLeft: () => this.go(this.cursor - step, event.shiftKey),
      ArrowRight: () => this.go(this.cursor + step, event.shiftKey),
      Home: () => this.go(0, event.shiftKey),
      End: () => this.go(this.clip.n, event.shiftKey),
      Escape: () => this.clear(),
      "+": () => this.zoom(0.5),
      "=": () => this.zoom(0.5), // plus without Shift on many keyboards
      "-": () => this.zoom(2),
      0: () => this.showWhole(),
    };
    const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation(); // or Streamlit's own keys would answer as well
    deed();
  }

  // ---- pointer: drag selects, Shift or the strip below pans, two fingers zoom

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  sampleAt(x) {
    const { wave } = this.layout;
    const { start, end } = this.view;
    return clamp(start + ((x - wave.x) / wave.w) * (end - start), 0, this.clip.n);
  }

  /** Return which edge of the selection is within reach of x, if any. */
  edgeAt(x) {
    if (!this.selection) return null;
    const { wave } = this.layout;
    const pixels = (s) => wave.x + ((s - this.view.start) / (this.view.end - this.view.start)) * wave.w;
    const [a, b] = [pixels(this.selection.start), pixels(this.selection.end)].map((p) => Math.abs(p - x));
    if (Math.min(a, b) > 6) return null;
    return a < b ? "start" : "end";
  }

  press(event) {
    if (!this.layout || event.button > 1) return;
    const at = this.place(event);
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) {
      this.drag = { kind: "pinch", view: this.view, from: [...this.pointers.values()] };
      return;
    }
    const edge = this.edgeAt(at.x);
    if (at.y >= this.layout.overview.y - 4) this.drag = { kind: "strip" };
    else if (event.shiftKey || event.button === 1) this.drag = { kind: "pan", from: at, view: this.view };
    else if (edge) {
      this.drag = { kind: "select", moved: true,
        anchor: this.selection[edge === "start" ? "end" : "start"] };
    } else this.drag = { kind: "select", from: at, anchor: Math.round(this.sampleAt(at.x)) };
    this.move(event);
  }

  move(event) {
    if (!this.layout) return;
    const at = this.place(event);
    if (!this.pointers.has(event.pointerId)) {
      this.hover(at, event);
      return;
    }
    this.pointers.set(event.pointerId, at);
    const { drag, layout } = this;
    const perPixel = (this.view.end - this.view.start) / layout.wave.w;
    if (drag.kind === "pan") {
      this.show(drag.view.start - (at.x - drag.from.x) * perPixel, this.view.end - this.view.start);
    } else if (drag.kind === "strip") {
      const span = this.view.end - this.view.start;
      this.show(((at.x - layout.wave.x) / layout.wave.w) * this.clip.n - span / 2, span);
    } else if (drag.kind === "pinch") this.pinch();
    else {
      drag.moved ||= Math.abs(at.x - drag.from.x) > 3;
      if (!drag.moved) return;
      if (this.sound.playing) this.sound.pause();
      this.select(drag.anchor, this.sampleAt(at.x));
      if (this.selection) this.cursor = this.selection.start;
      this.hover(at, event);
    }
  }

  pinch() {
    const { wave } = this.layout;
    const { view, from } = this.drag;
    const now = [...this.pointers.values()];
    if (now.length < 2) return;
    const middle = (p) => (p[0].x + p[1].x) / 2 - wave.x;
    const apart = (p) => Math.max(24, Math.hypot(p[0].x - p[1].x, p[0].y - p[1].y));
    const span = ((view.end - view.start) * apart(from)) / apart(now);
    const held = view.start + (middle(from) / wave.w) * (view.end - view.start);
    this.show(held - (middle(now) / wave.w) * span, span);
  }

  release(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    const { drag } = this;
    if (drag?.kind !== "select" || event.type === "pointercancel") return;
    this.drag = null;
    if (!drag.moved) {
      const playing = this.sound.playing;
      if (playing) this.sound.pause();
      this.select(0, 0);
      this.cursor = drag.anchor;
      this.settle();
      this.say(`Cursor at ${this.seconds(this.cursor)}.`);
      if (playing) this.play(); // on from where was clicked
      this.redraw();
    } else this.settle();
  }

  hover(at, event) {
    const { wave, spec, overview } = this.layout;
    const inside = (box) => at.x >= box.x && at.x < box.x + box.w && at.y >= box.y &&
      at.y < box.y + box.h;
    this.stage.style.cursor = at.y >= overview.y - 4 || event.shiftKey ? "grab"
      : this.edgeAt(at.x) ? "ew-resize" : inside(wave) || inside(spec) ? "crosshair" : "default";
    if (!inside(wave) && !inside(spec)) {
      this.readout.replaceChildren();
      return;
    }
    const { clip } = this;
    const sample = clamp(Math.floor(this.sampleAt(at.x)), 0, clip.n - 1);
    const words = [this.seconds(sample)];
    if (inside(wave)) words.push(`amplitude ${(clip.samples[sample] / 32768).toFixed(3)}`);
    else {
      const { row, level } = clip.at(sample, 1 - (at.y - spec.y) / spec.h);
      words.push(`${Number(row.toFixed(row < 100 ? 1 : 0))} ${clip.row_unit}`.trim());
      words.push(`${level.toFixed(1)} ${clip.level_unit}`.trim());
    }
    this.readout.textContent = words.join("  \u00b7  ").replaceAll("-", "\u2212");
  }

  /** Wheel zooms and pans, once the viewer has the focus: before that the page scrolls past it. */
  wheel(event) {
    const pinch = event.ctrlKey; // how browsers tell two fingers on a touchpad
    if (!this.layout || (!pinch && !this.root.contains(this.root.getRootNode().activeElement))) return;
    const { start, end } = this.view;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const whole = end - start >= this.clip.n;
    if (whole && (sideways || event.deltaY > 0) && !pinch) return;
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? 30 : 1;
    if (sideways) {
      const delta = (event.deltaX || event.deltaY) * pixels;
      this.show(start + (delta * (end - start)) / this.layout.wave.w, end - start);
    } else {
      const factor = Math.exp(clamp(event.deltaY * pixels, -100, 100) * (pinch ? 0.01 : 0.002));
      this.zoom(factor, this.sampleAt(this.place(event).x));
    }
  }

  // ---- drawing

  /** Draw everything anew at the next animation frame, once however often this is called. */
  redraw() {
    this.stale = true;
    if (this.frame || this.gone) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const width = Math.floor(this.stage.clientWidth);
    if (!width || !this.clip || this.gone) return; // in a tab that is not open
    const dpr = window.devicePixelRatio || 1;
    if (this.stale || width !== this.layout?.width) {
      this.stale = false;
      this.layout = layoutOf(width);
      this.still = this.still ?? document.createElement("canvas");
      for (const canvas of [this.still, this.canvas]) {
        const size = [Math.round(width * dpr), Math.round(this.layout.height * dpr)];
        if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
      }
      this.canvas.style.height = `${this.layout.height}px`;
      this.picture = this.pictureOn(this.still, dpr);
      this.picture.all();
      this.marks();
    }
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.still, 0, 0); // what stands still is drawn once, not every frame
    const { playing } = this.sound;
    this.pictureOn(this.canvas, dpr, this.picture.theme).moving(this.selection, this.cursor, playing);
    this.root.dataset.cursor = this.cursor.toFixed(1);
  }

  pictureOn(canvas, dpr, theme = themeOf(this.root)) {
    const context = canvas.getContext("2d");
    context.setTransform(dpr, 0, 0, dpr, 0, 0);
    return new Picture(context, this.clip, this.layout, theme, this.view, dpr);
  }

  /** Say in data attributes what is drawn, and keep it in case Streamlit mounts the viewer anew. */
  marks() {
    const { clip, view, selection, cursor } = this;
    const { dataset } = this.root;
    dataset.clip = clip.clip;
    dataset.view = `${view.start.toFixed(1)} ${view.end.toFixed(1)}`;
    dataset.selection = selection ? `${selection.start} ${selection.end}` : "";
    this.buttons.whole.disabled = this.buttons.out.disabled = view.end - view.start >= clip.n;
    remembered.set(clip.key, { clip: clip.clip, view, selection, cursor });
  }

  savePng() {
    const { clip, canvas, layout } = this;
    const dpr = canvas.width / layout.width;
    const theme = themeOf(this.root);
    const sheet = document.createElement("canvas");
    const head = 34;
    sheet.width = canvas.width;
    sheet.height = Math.round((head + layout.overview.y) * dpr);
    const g = sheet.getContext("2d");
    g.fillStyle = theme.ground;
    g.fillRect(0, 0, sheet.width, sheet.height);
    const picture = this.pictureOn(document.createElement("canvas"), dpr);
    picture.g = g;
    g.setTransform(dpr, 0, 0, dpr, 0, head * dpr);
    picture.all();
    picture.moving(this.selection, null, false);
    g.fillStyle = theme.ground;
    g.fillRect(0, layout.overview.y - 1, layout.width, layout.height);
    g.fillStyle = theme.text;
    g.font = `600 14px ${theme.font}`;
    g.fillText(clip.name, layout.wave.x, -head + 24, layout.wave.w);
    sheet.toBlob((blob) => {
      const url = URL.createObjectURL(blob);
      const name = clip.name.replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "").slice(0, 80);
      make("a", { href: url, download: `${name || "clip"}.png` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
      this.say("The picture was saved as PNG.");
    }, "image/png");
  }

  remove() {
    this.gone = true;
    clearTimeout(this.soon);
    cancelAnimationFrame(this.frame);
    this.resized.disconnect();
    window.removeEventListener("resize", this.again);
    this.sound.forget();
    this.root.remove();
  }
}

/** Called by Streamlit at the start and at every change of data or theme, with one container. */
export default function ({ data, parentElement, setStateValue }) {
  let viewer = viewers.get(parentElement);
  if (!viewer) {
    viewer = new Viewer(parentElement);
    viewers.set(parentElement, viewer);
  }
  const call = (viewer.calls = (viewer.calls ?? 0) + 1);
  viewer.update(data, (region) => setStateValue("region", region));
  return () => {
    // Streamlit also ends a call that a later one has overtaken: only the last may clear away
    if (viewer.calls !== call) return;
    viewer.remove();
    viewers.delete(parentElement);
  };
}
