// Sound of the clip viewer: whole samples in, a media element that plays exactly those out.
// In: int16 samples and a range. Out: a WAV of that range, the element playing it, the position.

const HEADER_BYTES = 44;

/** Return a 16-bit mono WAV (ArrayBuffer) of samples [start, end), every one as it is. */
function wavOf(samples, start, end, sr) {
  const bytes = 2 * (end - start);
  const buffer = new ArrayBuffer(HEADER_BYTES + bytes);
  const view = new DataView(buffer);
  const text = (at, word) => [...word].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // length of the format chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, sr, true);
  view.setUint32(28, 2 * sr, true); // bytes a second
  view.setUint16(32, 2, true); // bytes a frame
  view.setUint16(34, 16, true); // bits a sample
  text(36, "data");
  view.setUint32(40, bytes, true);
  for (let i = start; i < end; i++) view.setInt16(HEADER_BYTES + 2 * (i - start), samples[i], true);
  return buffer;
}

let sounding = null; // the one viewer on the page that plays; another one starting pauses it

/** A media element that plays ranges of one clip. Positions are samples of the clip. */
class Sound {
  constructor(element, onChange) {
    this.element = element;
    this.range = null; // [start, end) of the WAV that the element holds
    this.url = null;
    for (const event of ["play", "pause", "ended", "error"]) {
      element.addEventListener(event, () => onChange(event));
    }
  }

  load(samples, sr) {
    this.forget();
    this.samples = samples;
    this.sr = sr;
  }

  /** Hand the element exactly [start, end); nothing happens if it holds that already. */
  hold(start, end) {
    if (this.range && this.range[0] === start && this.range[1] === end) return;
    this.forget();
    const wav = wavOf(this.samples, start, end, this.sr);
    this.range = [start, end];
    this.url = URL.createObjectURL(new Blob([wav], { type: "audio/wav" }));
    this.element.src = this.url;
    // what was handed over can be checked from outside: its place, its length and, where the
    // browser offers hashing (https and localhost), the SHA-256 of the whole file
    const marks = this.element.dataset;
    marks.start = start;
    marks.end = end;
    marks.wavSamples = end - start;
    delete marks.wavSha256;
    const url = this.url;
    globalThis.crypto?.subtle?.digest("SHA-256", wav).then((digest) => {
      const hex = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0"));
      if (this.url === url) marks.wavSha256 = hex.join("");
    });
  }

  /** Play the range that is held, from a sample in it. */
  play(from) {
    if (sounding && sounding !== this) sounding.pause();
    sounding = this;
    this.element.currentTime = (from - this.range[0]) / this.sr;
    return this.element.play();
  }

  pause() {
    this.element.pause();
  }

  /** Set the speed; the pitch stays, because the media element stretches time. */
  set rate(value) {
    this.element.preservesPitch = true;
    this.element.defaultPlaybackRate = value; // survives another WAV
    this.element.playbackRate = value;
  }

  get playing() {
    return this.range !== null && !this.element.paused && !this.element.ended;
  }

  get position() {
    const [start, end] = this.range;
    return Math.min(end, start + this.element.currentTime * this.sr);
  }

  forget() {
    if (sounding === this) sounding = null;
    this.element.pause();
    this.element.removeAttribute("src");
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = this.range = null;
  }
}
