// The clip that the viewer shows: what Python sent in, what drawing and hearing need out.

/** A clip as it was sent, with what drawing needs made once. */
class Clip {
  constructor(data) {
    Object.assign(this, data);
    const column = (table) => table.getChildAt(0).toArray();
    this.samples = column(data.audio);
    this.cells = column(data.picture);
    this.table = column(data.colours);
    this.n = this.samples.length;
    let peak = 1;
    for (const s of this.samples) peak = Math.max(peak, Math.abs(s));
    this.peak = peak / 32768;
    this.image = this.painted();
  }

  /** Return the spectrogram in its colours, one pixel a cell, the lowest row at the bottom. */
  painted() {
    const { n_rows: rows, n_frames: frames, cells, table } = this;
    const canvas = document.createElement("canvas");
    canvas.width = frames;
    canvas.height = rows;
    const context = canvas.getContext("2d");
    const image = context.createImageData(frames, rows);
    for (let row = 0; row < rows; row++) {
      for (let frame = 0; frame < frames; frame++) {
        const colour = 3 * cells[row * frames + frame];
        const at = 4 * ((rows - 1 - row) * frames + frame);
        image.data[at] = table[colour];
        image.data[at + 1] = table[colour + 1];
        image.data[at + 2] = table[colour + 2];
        image.data[at + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  /** Return the cell at a sample and a share of the height: what its row means, and its level. */
  at(sample, share) {
    const frame = Math.floor((sample - this.cell_start) / this.cell_samples);
    const row = Math.min(this.n_rows - 1, Math.floor(share * this.n_rows));
    const cell = this.cells[row * this.n_frames + Math.max(0, Math.min(this.n_frames - 1, frame))];
    const level = (this.low + (cell / 255) * (this.high - this.low)).toFixed(1);
    // the ends of the colours also stand for what lies beyond them; 0 dB is the loudest there is
    const beyond = cell === 0 ? "\u2264 " : cell === 255 && this.level_unit !== "dB" ? "\u2265 " : "";
    return { row: this.rows[row], level: beyond + level };
  }

  /** Return how far up (0 to 1) a value of the row axis stands; between two rows, in proportion. */
  shareOf(value) {
    const { rows } = this;
    let i = rows.findIndex((r) => r >= value);
    if (i < 0) return null;
    if (i === 0) return value === rows[0] ? 0.5 / rows.length : null;
    return (i - 1 + (value - rows[i - 1]) / (rows[i] - rows[i - 1]) + 0.5) / rows.length;
  }
}
