// Watches the microphone's start from the browser's side, where alone it can be seen: whether the
// page is secure, how many microphones there are, whether the user is being asked, why it was
// refused, and how the connection stands. In: whether sound is streaming. Out: the state in words,
// at once; what was found, for the doctor.

const WORDS = {
  idle: ["○", "Idle. Press “Start listening”."],
  asking: ["?", "Asking for permission: answer your browser, beside the address bar."],
  connecting: ["…", "Connecting to your microphone ..."],
  NotAllowedError: ["✕", "Your browser refused the microphone. Allow it beside the address bar and press again."],
  NotFoundError: ["✕", "No microphone was found. Plug one in and press again."],
  NotReadableError: ["✕", "The microphone is used by another program. Close it there and press again."],
  insecure: ["✕", "Browsers give no microphone to this address. Use HTTPS, or open the app on its own computer."],
  failed: ["✕", "Browser and server do not reach each other. The doctor below says what to do."],
};

export default function ({ data, parentElement, setStateValue }) {
  let line = parentElement.querySelector("[data-testid=live-state]");
  if (!line) {
    line = document.createElement("div");
    line.dataset.testid = "live-state";
    line.setAttribute("role", "status");
    line.style.cssText = "font-weight:600;padding:.25rem 0;min-height:1.5rem";
    parentElement.append(line);
    line.found = { secure: window.isSecureContext, media: !!navigator.mediaDevices, microphones: null,
      permission: "unknown", asking: false, error: "", ice: "" };
  }
  const found = line.found;
  let timer, told = line.told || "";

  function draw() {
    let state = "idle";
    if (!found.secure || !found.media) state = "insecure";
    else if (found.asking) state = "asking";
    else if (found.error) state = WORDS[found.error] ? found.error : "NotReadableError";
    else if (found.ice === "failed") state = "failed";
    else if (found.ice === "checking" || found.ice === "new") state = "connecting";
    line.dataset.state = line.streaming ? "streaming" : state;
    line.hidden = line.streaming;
    line.textContent = WORDS[state].join(" ");
  }
  function tell() {
    draw();
    const now = JSON.stringify(found);
    if (now === told) return;
    told = line.told = now;
    setStateValue("found", { ...found });
  }
  function look() {
    const devices = navigator.mediaDevices;
    if (devices) {
      devices.enumerateDevices().then((all) => {
        found.microphones = all.filter((d) => d.kind === "audioinput").length;
        tell();
      }).catch(() => {});
    }
    if (!line.permission && navigator.permissions) {
      navigator.permissions.query({ name: "microphone" }).then((status) => {
        line.permission = status;
        const changed = () => { found.permission = status.state; tell(); };
        status.onchange = changed;
        changed();
      }).catch(() => {}); // Firefox before 2023 knows no such name
    }
  }
  // The button lives in a frame of its own, of this page's origin: its calls pass through here.
  function follow(win) {
    try {
      if (!win || win.followed || !win.navigator.mediaDevices) return;
      win.followed = true;
      const devices = win.navigator.mediaDevices;
      const ask = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (wanted) => {
        Object.assign(found, { asking: found.permission !== "granted", error: "", ice: "" });
        draw();
        try {
          const stream = await ask(wanted);
          Object.assign(found, { asking: false, ice: "new" });
          tell();
          return stream;
        } catch (error) {
          Object.assign(found, { asking: false, error: String(error.name), ice: "" });
          tell();
          throw error;
        }
      };
      const Real = win.RTCPeerConnection;
      win.RTCPeerConnection = class extends Real {
        constructor(...settings) {
          super(...settings);
          const changed = () => {
            found.ice = this.connectionState === "closed" ? "" : this.iceConnectionState;
            tell();
          };
          this.addEventListener("iceconnectionstatechange", changed);
          this.addEventListener("connectionstatechange", changed);
        }
        close() {
          super.close();
          if (found.ice !== "failed") found.ice = "";
          tell();
        }
      };
    } catch { /* a browser that keeps frames apart: the server's own states remain */ }
  }

  line.streaming = data.streaming;
  draw();
  look();
  timer = setInterval(() => {
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.title.includes("webrtc")) follow(frame.contentWindow);
    }
  }, 200);
  return () => clearInterval(timer);
}
