// The clip viewer: what a person does with a clip, and what the page learns of it.
// In: Streamlit's data. Out: the state "region" at the end of a selection, nothing more often.
// clip_viewer.py joins this file to clip_viewer_*.js, first of all.

const SHORTEST_VIEW = 24; // samples; nearer there is nothing more to see
const viewers = new WeakMap(); // Streamlit's container -> its viewer
const remembered = new Map(); // the viewer's key -> where it stood, if Streamlit mounts it anew

class Viewer {
  constructor(parent) {
    Object.assign(this, partsOf());
    parent.append(this.root);
    this.sound = new Sound(this.audio, (event) => this.heard(event));
    this.gestures = new Gestures(this);
    this.frame = 0;
    this.speed = 1;
    this.loop = false;
    this.listen();
  }

  listen() {
    const { play, loop, out, whole, png } = this.buttons;
    play.addEventListener("click", () => this.toggle());
    loop.addEventListener("click", () => this.setLoop(!this.loop));
    out.addEventListener("click", () => this.zoom(2));
    this.buttons.in.addEventListener("click", () => this.zoom(0.5));
    whole.addEventListener("click", () => this.showWhole());
    png.addEventListener("click", () => this.savePng());
    this.speeds.forEach((b, i) => b.addEventListener("click", () => this.setSpeed(SPEEDS[i][0])));
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(this.root);
    this.again = () => this.redraw(); // another screen, another pixel ratio
    window.addEventListener("resize", this.again);
    document.fonts?.ready.then(this.again);
  }

  /** Take what Python sent; only another clip begins anew. */
  update(data, publish) {
    this.publish = publish;
    this.updates = (this.updates ?? 0) + 1;
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
    if (!this.sound.playing) {
      this.play();
      return;
    }
    this.sound.pause();
    this.cursor = Math.floor(this.sound.position);
    this.say(`Paused at ${this.seconds(this.cursor)}.`);
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
      if (!this.ticking) this.tick();
    } else if (event === "ended") {
      this.cursor = this.sound.range[0];
      this.say("Played to the end.");
    } else if (event === "pause" && this.status.textContent.startsWith("Playing")) {
      this.say(`Paused at ${this.seconds(this.cursor)}.`); // by a media key, or another viewer
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
    this.ticking = this.sound.playing && !this.gone;
    if (!this.ticking) return;
    this.cursor = this.sound.position;
    const { start, end } = this.view;
    if (this.gestures.pointers.size === 0 && (this.cursor < start || this.cursor > end)) {
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
        if (canvas.width !== size[0] || canvas.height !== size[1]) {
          [canvas.width, canvas.height] = size;
        }
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
    dataset.updates = this.updates; // how often data came whose picture now stands
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
