// Picture of the clip viewer: a clip, a stretch of time and a theme in, pixels out.
// Lengths are CSS pixels; times are samples of the clip, fractions allowed.

const WAVE_COLUMN = 1; // CSS pixels below which a waveform is drawn as lowest-to-highest strokes
const HZ_TICKS = [50, 100, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 12000,
  16000]; // on an axis that is not even

/** Return round numbers in [low, high], about `most` of them but at least two. */
function roundTicks(low, high, most) {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * (1 - 1e-9));
  const ticks = [];
  const first = Math.ceil(low / step - 1e-9);
  for (let i = first; i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return ticks.length < 2 && most < 50 ? roundTicks(low, high, most * 1.5) : { ticks, step };
}

function decimals(step) {
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

const minus = (text) => text.replace("-", "\u2212");

/** Where everything stands on a canvas of this width. */
function layoutOf(width) {
  const narrow = width < 520;
  const left = narrow ? 48 : 66;
  const right = narrow ? 46 : 68;
  const wave = { x: left, y: 12, w: width - left - right, h: narrow ? 92 : 132 };
  const spec = { ...wave, y: wave.y + wave.h + 14, h: narrow ? 196 : 276 };
  const overview = { ...wave, y: spec.y + spec.h + 42, h: 22 };
  const bar = { x: left + wave.w + (narrow ? 8 : 14), y: spec.y, w: narrow ? 8 : 12, h: spec.h };
  return { width, height: overview.y + overview.h + 4, narrow, wave, spec, overview, bar };
}

/** What the page's theme says, through Streamlit's custom properties. */
function themeOf(element) {
  const style = getComputedStyle(element);
  const value = (name, otherwise) => style.getPropertyValue(`--st-${name}`).trim() || otherwise;
  return {
    text: value("text-color", "#31333f"),
    ground: value("background-color", "#ffffff"),
    panel: value("secondary-background-color", "#f0f2f6"),
    primary: value("primary-color", "#2456c7"),
    font: value("font", "sans-serif"),
  };
}

/** Draws one clip on one canvas context. */
class Picture {
  constructor(context, clip, layout, theme, view, dpr) {
    Object.assign(this, { g: context, clip, layout, theme, view, dpr });
    const { wave } = layout;
    this.x = (sample) => wave.x + ((sample - view.start) / (view.end - view.start)) * wave.w;
    this.size = layout.narrow ? 11 : 12;
  }

  text(words, x, y, align = "center", baseline = "middle", alpha = 0.8) {
    const { g, theme } = this;
    g.save();
    g.globalAlpha = alpha;
    g.fillStyle = theme.text;
    g.font = `${this.size}px ${theme.font}`;
    g.textAlign = align;
    g.textBaseline = baseline;
    g.fillText(words, x, y);
    g.restore();
  }

  title(words, x, box) {
    const { g } = this;
    g.save();
    g.translate(x, box.y + box.h / 2);
    g.rotate(-Math.PI / 2);
    this.text(words, 0, 0);
    g.restore();
  }

  line(x1, y1, x2, y2, alpha) {
    const { g, theme, dpr } = this;
    const crisp = (v) => (Math.round(v * dpr) + 0.5) / dpr;
    g.save();
    g.globalAlpha = alpha;
    g.strokeStyle = theme.text;
    g.lineWidth = 1 / dpr;
    g.beginPath();
    g.moveTo(crisp(x1), crisp(y1));
    g.lineTo(crisp(x2), crisp(y2));
    g.stroke();
    g.restore();
  }

  inside(box, draw) {
    this.g.save();
    this.g.beginPath();
    this.g.rect(box.x, box.y, box.w, box.h);
    this.g.clip();
    draw();
    this.g.restore();
  }

  /** Draw what changes only with the clip, the view, the theme or the width. */
  all() {
    const { g, layout, theme } = this;
    g.fillStyle = theme.ground;
    g.fillRect(0, 0, layout.width, layout.height);
    this.waveform();
    this.spectrogram();
    this.times();
    this.colourBar();
    this.overview();
  }

  /** Stroke the lowest-to-highest of what lies under each device pixel of a box. */
  strokes(box, from, to, scale, middle) {
    const { g, clip, dpr } = this;
    const columns = Math.max(1, Math.round(box.w * dpr));
    const step = (to - from) / columns;
    g.beginPath();
    for (let c = 0; c < columns; c++) {
      const first = Math.max(0, Math.floor(from + c * step));
      const last = Math.min(clip.n, Math.ceil(from + (c + 1) * step) + 1);
      if (first >= last) continue;
      let low = 32767;
      let high = -32768;
      for (let i = first; i < last; i++) {
        if (clip.samples[i] < low) low = clip.samples[i];
        if (clip.samples[i] > high) high = clip.samples[i];
      }
      const top = middle - high * scale;
      const height = Math.max(1 / dpr, (high - low) * scale);
      g.rect(box.x + c / dpr, top, 1 / dpr, height);
    }
    g.fill();
  }

  waveform() {
    const { g, clip, layout, theme, view } = this;
    const box = layout.wave;
    const middle = box.y + box.h / 2;
    // scaled to the clip's own peak: a quiet clip fills the height too, and its axis says so
    const { ticks, step } = roundTicks(-clip.peak * 1.04, clip.peak * 1.04, box.h / 32);
    const scale = box.h / 2 / (clip.peak * 1.08);
    for (const tick of ticks) {
      const y = middle - tick * scale;
      this.line(box.x, y, box.x + box.w, y, tick === 0 ? 0.35 : 0.1);
      this.text(minus(tick.toFixed(decimals(step))), box.x - 7, y, "right");
    }
    this.title("Amplitude", layout.narrow ? 7 : 12, box);
    this.inside(box, () => {
      g.fillStyle = g.strokeStyle = theme.primary;
      const perSample = box.w / (view.end - view.start);
      if (perSample < WAVE_COLUMN) {
        this.strokes(box, view.start, view.end, scale / 32768, middle);
        return;
      }
      const first = Math.max(0, Math.floor(view.start) - 1);
      const last = Math.min(clip.n - 1, Math.ceil(view.end) + 1);
      g.lineWidth = 1.5;
      g.lineJoin = "round";
      g.beginPath();
      const y = (i) => middle - (clip.samples[i] / 32768) * scale;
      for (let i = first; i <= last; i++) g.lineTo(this.x(i), y(i));
      g.stroke();
      if (perSample < 6) return;
      for (let i = first; i <= last; i++) {
        g.beginPath();
        g.arc(this.x(i), y(i), 2.5, 0, 2 * Math.PI);
        g.fill();
      }
    });
  }

  spectrogram() {
    const { g, clip, layout, view } = this;
    const box = layout.spec;
    this.inside(box, () => {
      const left = this.x(clip.cell_start);
      const right = this.x(clip.cell_start + clip.n_frames * clip.cell_samples);
      const shown = (view.end - view.start) / clip.cell_samples;
      g.imageSmoothingEnabled = shown > box.w * this.dpr; // cells stay cells while they fit
      g.drawImage(clip.image, left, box.y, right - left, box.h);
      const rest = this.x(clip.n) - right; // after the last frame's half hop: its colours go on
      if (rest > 0) {
        const { n_frames: frames, n_rows: n } = clip;
        g.drawImage(clip.image, frames - 1, 0, 1, n, right, box.y, rest, box.h);
      }
    });
    for (const { value, y } of this.rowTicks(box)) {
      this.line(box.x - 4, y, box.x, y, 0.6);
      this.text(String(value), box.x - 7, y, "right");
    }
    this.title(clip.row_title, layout.narrow ? 7 : 12, box);
  }

  rowTicks(box) {
    const { rows } = this.clip;
    const last = rows.length - 1;
    const even = Math.abs(rows[last] - rows[0] - last * (rows[1] - rows[0])) < 1e-3 * rows[last];
    const values = even ? roundTicks(rows[0], rows[last], box.h / 44).ticks : HZ_TICKS;
    const ticks = [];
    for (const value of values) {
      const share = this.clip.shareOf(value);
      if (share === null) continue;
      const y = box.y + box.h * (1 - share);
      if (!ticks.length || ticks[ticks.length - 1].y - y >= 19) ticks.push({ value, y });
    }
    return ticks;
  }

  times() {
    const { clip, layout, view } = this;
    const { wave, spec } = layout;
    const span = (view.end - view.start) / clip.sr;
    const [unit, factor] = span < 0.3 ? ["ms", 1000] : ["s", 1];
    const from = (view.start / clip.sr) * factor;
    const to = (view.end / clip.sr) * factor;
    const { ticks, step } = roundTicks(from, to, wave.w / 64);
    for (const tick of ticks) {
      const x = this.x((tick / factor) * clip.sr);
      this.line(x, wave.y, x, wave.y + wave.h, 0.1);
      this.line(x, spec.y + spec.h, x, spec.y + spec.h + 4, 0.6);
      this.text(minus(tick.toFixed(decimals(step))), x, spec.y + spec.h + 13);
    }
    this.text(`Time (${unit})`, wave.x + wave.w / 2, spec.y + spec.h + 29);
  }

  colourBar() {
    const { g, clip, layout } = this;
    const { bar } = layout;
    const gradient = g.createLinearGradient(0, bar.y + bar.h, 0, bar.y);
    for (let i = 0; i < 256; i += 5) {
      gradient.addColorStop(i / 255, `rgb(${[...clip.table.slice(3 * i, 3 * i + 3)].join(" ")})`);
    }
    g.fillStyle = gradient;
    g.fillRect(bar.x, bar.y, bar.w, bar.h);
    const { ticks, step } = roundTicks(clip.low, clip.high, bar.h / 44);
    for (const tick of ticks) {
      const y = bar.y + bar.h * (1 - (tick - clip.low) / (clip.high - clip.low));
      this.line(bar.x + bar.w, y, bar.x + bar.w + 4, y, 0.6);
      this.text(minus(tick.toFixed(decimals(step))), bar.x + bar.w + 7, y, "left");
    }
    this.text(clip.level_unit || "value", bar.x, bar.y - 8, "left");
  }

  /** The whole clip in a strip, with the part in view marked: it also pans. */
  overview() {
    const { g, clip, layout, theme, view } = this;
    const box = layout.overview;
    g.save();
    g.fillStyle = theme.panel;
    g.beginPath();
    g.roundRect(box.x, box.y, box.w, box.h, 4);
    g.fill();
    g.clip();
    g.globalAlpha = 0.45;
    g.fillStyle = theme.text;
    this.strokes(box, 0, clip.n, (box.h / 2 - 2) / (clip.peak * 32768), box.y + box.h / 2);
    g.restore();
    const x = box.x + (view.start / clip.n) * box.w;
    const w = Math.max(6, ((view.end - view.start) / clip.n) * box.w);
    g.save();
    g.beginPath();
    g.roundRect(x, box.y, w, box.h, 4);
    g.globalAlpha = 0.16;
    g.fillStyle = theme.primary;
    g.fill();
    g.globalAlpha = 0.9;
    g.strokeStyle = theme.primary;
    g.lineWidth = 1.5;
    g.stroke();
    g.restore();
  }

  /** Draw what moves: what is selected, and the cursor that becomes the playhead. */
  moving(selection, cursor, playing) {
    const { g, layout, theme } = this;
    const { wave, spec, overview } = layout;
    const pixels = (sample) => Math.max(wave.x, Math.min(wave.x + wave.w, this.x(sample)));
    if (selection) {
      const [a, b] = [pixels(selection.start), pixels(selection.end)];
      for (const box of [wave, spec]) {
        g.save();
        g.globalAlpha = 0.62; // all else steps back; the selected cells keep their true colours
        g.fillStyle = theme.ground;
        g.fillRect(box.x, box.y, a - box.x, box.h);
        g.fillRect(b, box.y, box.x + box.w - b, box.h);
        g.globalAlpha = 0.1;
        g.fillStyle = theme.primary;
        if (box === wave) g.fillRect(a, box.y, b - a, box.h);
        g.restore();
      }
      for (const edge of [selection.start, selection.end]) {
        this.upright(edge, theme.primary, 2);
      }
      g.save();
      g.fillStyle = theme.primary;
      const strip = (sample) => overview.x + (sample / this.clip.n) * overview.w;
      const [c, d] = [strip(selection.start), strip(selection.end)];
      g.fillRect(c, overview.y + overview.h - 3, Math.max(2, d - c), 3);
      g.restore();
    }
    if (cursor !== null) this.playhead(cursor, playing);
  }

  upright(sample, colour, width) {
    const { g, layout, theme } = this;
    const x = this.x(sample);
    if (x < layout.wave.x - 0.5 || x > layout.wave.x + layout.wave.w + 0.5) return null;
    for (const box of [layout.wave, layout.spec]) {
      g.save();
      g.globalAlpha = 0.75;
      g.fillStyle = theme.ground; // a halo: seen on every colour of every map
      g.fillRect(x - width / 2 - 1, box.y, width + 2, box.h);
      g.globalAlpha = 1;
      g.fillStyle = colour;
      g.fillRect(x - width / 2, box.y, width, box.h);
      g.restore();
    }
    return x;
  }

  playhead(sample, playing) {
    const { g, layout, theme } = this;
    const x = this.upright(sample, theme.text, playing ? 2 : 1.25);
    if (x === null) return;
    g.save();
    g.fillStyle = theme.text;
    g.beginPath();
    g.moveTo(x - 5, layout.wave.y - 8);
    g.lineTo(x + 5, layout.wave.y - 8);
    g.lineTo(x, layout.wave.y);
    g.fill();
    g.restore();
  }
}
