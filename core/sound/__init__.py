"""Sound: recordings, waveforms and the pictures made of them."""
