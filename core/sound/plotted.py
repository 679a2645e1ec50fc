"""The plotted waveform as a picture: the first experiment's other picture.

In: windows of samples. Out: pictures of ink on paper, for ``core.sound.images``. A network must
find in it, from the outline alone, what a spectrogram shows at a glance.
"""

import numpy as np

from core.sound.spectrograms import Analysis, Pictures, Spectrogram, n_frames


def plotted(windows: Pictures, analysis: Analysis) -> Pictures:
    """Return waveforms as a plotting program draws them, each to its own peak.

    Parameters
    ----------
    windows : np.ndarray [shape=(n, n_samples)], float32
        Waveforms of equal length.
    analysis : Analysis
        ``n_mels`` is the height in cells, ``hop_length`` the samples a column covers; column t is
        centred on sample t * hop_length, as a spectrogram's.

    Returns
    -------
    pictures : np.ndarray [shape=(n, n_mels, n_frames)], float32, in [0, 1]
        Share of each cell that the line covers, one cell thick at least; row 0 the lowest. Silence
        is a line along the middle.
    """
    windows = np.asarray(windows, np.float32)
    hop, rows = analysis.hop_length, analysis.n_mels
    columns = n_frames(windows.shape[1], analysis)
    before = hop // 2
    padded = np.pad(windows, ((0, 0), (before, columns * hop + 1 - before)))
    # one sample more than a column covers: the line goes on into the next column
    spans = np.lib.stride_tricks.sliding_window_view(padded, hop + 1, axis=1)
    spans = spans[:, : columns * hop : hop]  # (n, columns, hop + 1)
    peak = np.maximum(np.abs(windows).max(axis=1, initial=0), np.float32(1e-6))[:, None]
    thick = np.float32(1 / rows)  # half a cell of the two units from -1 to 1
    low = spans.min(axis=2) / peak - thick  # (n, columns)
    high = spans.max(axis=2) / peak + thick
    edges = np.linspace(-1, 1, rows + 1, dtype=np.float32)
    bottom, top = edges[:-1, None], edges[1:, None]  # (rows, 1)
    covered = np.minimum(top, high[:, None]) - np.maximum(bottom, low[:, None])
    return np.asarray(np.clip(covered * (rows / 2), 0, 1), np.float32)


PLOTTED = Spectrogram(
    label="Plotted waveform",
    summary="The sound wave itself, drawn as a line: time across, pressure up and down.",
    source="the experiment that this app began with",
    builder=plotted,
    n_rows=lambda analysis: analysis.n_mels,
    row_unit="pressure",
)
