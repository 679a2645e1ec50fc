// Gestures of the clip viewer: keys, pointer and wheel in, the viewer's own verbs out.
// A drag selects; with Shift, or in the strip below, it pans; two fingers zoom.

const EDGE = 6; // CSS pixels within which a drag takes hold of a selection's edge
const STILL = 3; // CSS pixels that a click may move and still be one

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

class Gestures {
  constructor(viewer) {
    this.viewer = viewer;
    this.pointers = new Map(); // id -> place, of every finger or button that is down
    this.drag = null; // what the pointers are doing
    const { stage, root, readout } = viewer;
    const on = (name, method) => stage.addEventListener(name, (event) => this[method](event));
    on("pointerdown", "press");
    on("pointermove", "move");
    on("pointerup", "release");
    on("pointercancel", "release");
    stage.addEventListener("pointerleave", () => readout.replaceChildren());
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    root.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const v = this.viewer;
    if (event.ctrlKey || event.metaKey) return;
    const onButton = event.composedPath()[0].tagName === "BUTTON";
    if (onButton && (event.key === " " || event.key === "Enter")) return;
    const { start, end } = v.view;
    const step = event.altKey ? 1 : Math.max(1, Math.round((end - start) / 100));
    const deeds = {
      " ": () => v.toggle(),
      l: () => v.setLoop(!v.loop),
      ArrowLeft: () => v.go(v.cursor - step, event.shiftKey),
      ArrowRight: () => v.go(v.cursor + step, event.shiftKey),
      Home: () => v.go(0, event.shiftKey),
      End: () => v.go(v.clip.n, event.shiftKey),
      Escape: () => v.clear(),
      "+": () => v.zoom(0.5),
      "=": () => v.zoom(0.5), // plus without Shift on many keyboards
      "-": () => v.zoom(2),
      0: () => v.showWhole(),
    };
    const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation(); // or Streamlit's own keys would answer as well
    deed();
  }

  place(event) {
    const v = this.viewer;
    const box = v.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  sampleAt(x) {
    const v = this.viewer;
    const { wave } = v.layout;
    const { start, end } = v.view;
    return clamp(start + ((x - wave.x) / wave.w) * (end - start), 0, v.clip.n);
  }

  /** Return which edge of the selection is within reach of x, if any. */
  edgeAt(x) {
    const v = this.viewer;
    if (!v.selection) return null;
    const { wave } = v.layout;
    const { start, end } = v.view;
    const away = (s) => Math.abs(wave.x + ((s - start) / (end - start)) * wave.w - x);
    const [a, b] = [away(v.selection.start), away(v.selection.end)];
    if (Math.min(a, b) > EDGE) return null;
    return a < b ? "start" : "end";
  }

  press(event) {
    const v = this.viewer;
    if (!v.layout || event.button > 1) return;
    const at = this.place(event);
    v.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) {
      this.drag = { kind: "pinch", view: v.view, from: [...this.pointers.values()] };
      return;
    }
    const edge = this.edgeAt(at.x);
    if (at.y >= v.layout.overview.y - 4) this.drag = { kind: "strip" };
    else if (event.shiftKey || event.button === 1) {
      this.drag = { kind: "pan", from: at, view: v.view };
    } else if (edge) {
      this.drag = { kind: "select", moved: true,
        anchor: v.selection[edge === "start" ? "end" : "start"] };
    } else this.drag = { kind: "select", from: at, anchor: Math.round(this.sampleAt(at.x)) };
    this.move(event);
  }

  move(event) {
    const v = this.viewer;
    if (!v.layout) return;
    const at = this.place(event);
    if (!this.pointers.has(event.pointerId)) {
      this.hover(at, event);
      return;
    }
    this.pointers.set(event.pointerId, at);
    const { drag } = this;
    const { layout } = v;
    const perPixel = (v.view.end - v.view.start) / layout.wave.w;
    if (drag.kind === "pan") {
      v.show(drag.view.start - (at.x - drag.from.x) * perPixel, v.view.end - v.view.start);
    } else if (drag.kind === "strip") {
      const span = v.view.end - v.view.start;
      v.show(((at.x - layout.wave.x) / layout.wave.w) * v.clip.n - span / 2, span);
    } else if (drag.kind === "pinch") this.pinch();
    else {
      drag.moved ||= Math.abs(at.x - drag.from.x) > STILL;
      if (!drag.moved) return;
      if (v.sound.playing) v.sound.pause();
      v.select(drag.anchor, this.sampleAt(at.x));
      if (v.selection) v.cursor = v.selection.start;
      this.hover(at, event);
    }
  }

  pinch() {
    const v = this.viewer;
    const { wave } = v.layout;
    const { view, from } = this.drag;
    const now = [...this.pointers.values()];
    if (now.length < 2) return;
    const middle = (p) => (p[0].x + p[1].x) / 2 - wave.x;
    const apart = (p) => Math.max(24, Math.hypot(p[0].x - p[1].x, p[0].y - p[1].y));
    const span = ((view.end - view.start) * apart(from)) / apart(now);
    const held = view.start + (middle(from) / wave.w) * (view.end - view.start);
    v.show(held - (middle(now) / wave.w) * span, span);
  }

  release(event) {
    const v = this.viewer;
    if (!this.pointers.delete(event.pointerId)) return;
    const { drag } = this;
    if (drag?.kind !== "select" || event.type === "pointercancel") return;
    this.drag = null;
    if (!drag.moved) {
      const playing = v.sound.playing;
      if (playing) v.sound.pause();
      v.select(0, 0);
      v.cursor = drag.anchor;
      v.settle();
      v.say(`Cursor at ${v.seconds(v.cursor)}.`);
      if (playing) v.play(); // on from where was clicked
      v.redraw();
    } else v.settle();
  }

  hover(at, event) {
    const v = this.viewer;
    const { wave, spec, overview } = v.layout;
    const inside = (box) => at.x >= box.x && at.x < box.x + box.w && at.y >= box.y &&
      at.y < box.y + box.h;
    v.stage.style.cursor = at.y >= overview.y - 4 || event.shiftKey ? "grab"
      : this.edgeAt(at.x) ? "ew-resize" : inside(wave) || inside(spec) ? "crosshair" : "default";
    if (!inside(wave) && !inside(spec)) {
      v.readout.replaceChildren();
      return;
    }
    const { clip } = v;
    const sample = clamp(Math.floor(this.sampleAt(at.x)), 0, clip.n - 1);
    const words = [v.seconds(sample)];
    if (inside(wave)) words.push(`amplitude ${(clip.samples[sample] / 32768).toFixed(3)}`);
    else {
      const { row, level } = clip.at(sample, 1 - (at.y - spec.y) / spec.h);
      words.push(`${Number(row.toFixed(row < 100 ? 1 : 0))} ${clip.row_unit}`.trim());
      words.push(`${level} ${clip.level_unit}`.trim());
    }
    v.readout.textContent = words.join("  \u00b7  ").replaceAll("-", "\u2212");
  }

  /** Wheel zooms and pans, once the viewer has the focus: before that the page scrolls past it. */
  wheel(event) {
    const v = this.viewer;
    const pinch = event.ctrlKey; // how browsers tell two fingers on a touchpad
    if (!v.layout || (!pinch && !v.root.contains(v.root.getRootNode().activeElement))) return;
    const { start, end } = v.view;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const whole = end - start >= v.clip.n;
    if (whole && (sideways || event.deltaY > 0) && !pinch) return;
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? 30 : 1;
    if (sideways) {
      const delta = (event.deltaX || event.deltaY) * pixels;
      v.show(start + (delta * (end - start)) / v.layout.wave.w, end - start);
    } else {
      const factor = Math.exp(clamp(event.deltaY * pixels, -100, 100) * (pinch ? 0.01 : 0.002));
      v.zoom(factor, this.sampleAt(this.place(event).x));
    }
  }
}
