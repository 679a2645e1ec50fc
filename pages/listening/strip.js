// Draws the last seconds of a stream: waveform above spectrogram, each word marked with its answer.
// In: the lowest and highest sample of each column, the picture's cells, the words. Out: a canvas.
// It is drawn anew at most twice a second; nothing is animated between.

const HEIGHT = 220, WAVE = 80, WORDS = 22;

function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export default function ({ data, parentElement }) {
  let canvas = parentElement.querySelector("canvas");
  if (!canvas) {
    canvas = document.createElement("canvas");
    canvas.dataset.testid = "live-strip";
    canvas.setAttribute("role", "img");
    canvas.style.cssText = "width:100%;height:" + HEIGHT + "px;display:block";
    parentElement.append(canvas);
  }
  canvas.setAttribute("aria-label", data.label);
  canvas.dataset.words = data.words.length;
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth || 600;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const ink = getComputedStyle(canvas).color;
  const x = (seconds) => ((seconds - data.start) / data.seconds) * width;

  // the spectrogram, one pixel a cell, drawn to the canvas's width; row 0 is the lowest
  if (data.cols) {
    const cells = bytes(data.image), colours = bytes(data.colours);
    const small = new OffscreenCanvas(data.cols, data.rows);
    const picture = new ImageData(data.cols, data.rows);
    for (let row = 0; row < data.rows; row++) {
      for (let col = 0; col < data.cols; col++) {
        const cell = 3 * cells[row * data.cols + col];
        const at = 4 * ((data.rows - 1 - row) * data.cols + col);
        picture.data.set([colours[cell], colours[cell + 1], colours[cell + 2], 255], at);
      }
    }
    small.getContext("2d").putImageData(picture, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, 0, WORDS + WAVE, width, HEIGHT - WORDS - WAVE);
  }

  pen.fillStyle = "#2a9d8f";
  pen.globalAlpha = 0.25;
  for (const word of data.words) {
    pen.fillRect(x(word.start), WORDS, Math.max(2, x(word.end) - x(word.start)), HEIGHT - WORDS);
  }
  pen.globalAlpha = 1;

  const wave = new Int8Array(bytes(data.wave).buffer); // lowest, highest, lowest, highest ...
  const columns = wave.length / 2;
  pen.fillStyle = "#3b7dd8";
  for (let i = 0; i < columns; i++) {
    const low = wave[2 * i] / 127, high = wave[2 * i + 1] / 127;
    const top = WORDS + (WAVE / 2) * (1 - high);
    pen.fillRect((i / columns) * width, top, Math.max(1, width / columns),
      Math.max(1, (WAVE / 2) * (high - low)));
  }

  pen.fillStyle = ink;
  pen.font = "bold 16px sans-serif";
  pen.textAlign = "center";
  for (const word of data.words) {
    pen.fillText(word.text, Math.min(Math.max(x((word.start + word.end) / 2), 8), width - 8), 16);
  }
  return () => {};
}
