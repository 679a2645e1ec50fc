"""The part of the exported script that makes pictures, as text.

In: nothing. Out: ``PICTURES`` for ``core.learning.script_text``: what ``core.sound.images`` and
``core.sound.spectrograms`` do, once more, plainly and with NumPy, SciPy and librosa alone.
"""

PICTURES = '''# Pictures.


def loudest(y, n):
    """Return the n samples in a row that hold the most energy."""
    if len(y) <= n:
        return y
    energy = np.concatenate([[0.0], np.cumsum(np.square(y, dtype=np.float64))])
    start = int(np.argmax(energy[n:] - energy[:-n]))
    return y[start : start + n]


def place(y, n):
    """Return n samples with the clip in the middle and silence around it."""
    window = np.zeros(n, np.float32)
    kept = loudest(y, n)
    start = round((n - len(kept)) / 2)
    window[start : start + len(kept)] = kept
    return window


def power(y, hop):
    """Return the power of the Fourier transform, frequencies by frames; frame t is at t * hop."""
    half = N_FFT // 2
    padded = np.pad(y, half)
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)
    starts = np.arange(1 + len(y) // hop) * hop
    frames = np.stack([padded[s : s + N_FFT] for s in starts]) * window
    return np.square(np.abs(np.fft.rfft(frames))).T.astype(np.float32)


def decibels(p):
    """Return power in dB below the loudest cell."""
    if p.max() <= 1e-10:
        return np.full(p.shape, -TOP_DB, np.float32)
    return np.maximum(10 * np.log10(np.maximum(p / p.max(), 10 ** (-TOP_DB / 10))), -TOP_DB)


def plotted(y, hop):
    """Return the waveform drawn as a line, N_MELS cells high."""
    columns, before = 1 + len(y) // hop, hop // 2
    padded = np.pad(y, (before, columns * hop + 1 - before))
    spans = np.stack([padded[t * hop : (t + 1) * hop + 1] for t in range(columns)])
    peak = max(float(np.abs(y).max(initial=0)), 1e-6)
    low, high = spans.min(axis=1) / peak - 1 / N_MELS, spans.max(axis=1) / peak + 1 / N_MELS
    edges = np.linspace(-1, 1, N_MELS + 1)
    covered = np.minimum(edges[1:, None], high) - np.maximum(edges[:-1, None], low)
    return np.clip(covered * (N_MELS / 2), 0, 1)


def picture(y, hop):
    """Return the picture of one window, row 0 the lowest."""
    if KIND == "plotted":
        return plotted(y, hop)
    p = power(y, hop)
    if KIND == "stft":
        return decibels(p)
    from librosa.filters import mel

    S_db = decibels(mel(sr=SR, n_fft=N_FFT, n_mels=N_MELS, fmin=FMIN, fmax=FMAX) @ p)
    if KIND == "log_mel":
        return S_db
    from scipy.fft import dct

    return dct(S_db, type=2, norm="ortho", axis=0)[:N_MFCC]


def columns(drawn, first, last):
    """Return the image's columns, read between a picture's columns first to last."""
    at = np.linspace(first, last, SHAPE[1])
    left = np.minimum(at.astype(int), drawn.shape[1] - 1)
    right = np.minimum(left + 1, drawn.shape[1] - 1)
    return drawn[:, left] * (1 - (at - left)) + drawn[:, right] * (at - left)


def stretched(y):
    """Return the picture of a whole clip, drawn to the image's width."""
    y = loudest(y, round(SECONDS * SR))
    drawn = picture(y, max(1, min(len(y) // SHAPE[1], 160)))
    return columns(drawn, 0, drawn.shape[1] - 1)


def word(y):
    """Return the picture of what is loud in a clip, drawn to the image's width."""
    y, hop = place(y, round(SECONDS * SR)), min(40, HOP_LENGTH)
    frames = np.pad(y, (0, -len(y) % 160)).reshape(-1, 160)  # 20 ms
    power = np.square(frames).mean(axis=1)
    loud = np.flatnonzero((power > power.max() * 10 ** (-WORD_DB / 10)) | (power.max() <= 0))
    last = min((loud[-1] + 1) * 160, len(y))
    return columns(picture(y, hop), loud[0] * 160 / hop, last / hop)


def image(y):
    """Return what the network sees of a clip: rows, frames, 1."""
    if FIT == "place":
        found = picture(place(y, round(SECONDS * SR)), HOP_LENGTH)
    else:
        found = word(y) if FIT == "word" else stretched(y)
    if SCALE == "unit":
        return (found / TOP_DB + 1)[..., None].astype(np.float32)
    mean = found.mean(axis=1, keepdims=True) if SCALE == "row_mean" else found.mean()
    centred = found - mean
    spread = max(float(np.sqrt(np.square(centred).mean())), 0.1)
    return (centred / spread)[..., None].astype(np.float32)


'''
