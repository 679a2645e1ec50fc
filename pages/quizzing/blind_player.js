// Plays a clip as soon as it comes. In: a WAV in base64, new at every listening. Out: sound, and the
// browser's own controls. The sound has no address that could name it, only one of this page's.

export default function ({ data, parentElement }) {
  let audio = parentElement.querySelector("audio");
  if (!audio) {
    audio = document.createElement("audio");
    audio.controls = true;
    audio.setAttribute("controlslist", "nodownload noplaybackrate");
    audio.setAttribute("aria-label", "The clip");
    audio.style.width = "100%";
    parentElement.append(audio);
  }
  if (audio.wav !== data.wav) {
    audio.wav = data.wav;
    const bytes = Uint8Array.from(atob(data.wav), (c) => c.charCodeAt(0));
    if (audio.src) URL.revokeObjectURL(audio.src);
    audio.src = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
    audio.play().catch(() => {}); // a browser that wants a press first shows its button
  }
  return () => setTimeout(() => {
    if (audio.isConnected) return; // only a later call has come
    audio.pause();
    URL.revokeObjectURL(audio.src);
  }, 0);
}
