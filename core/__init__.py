"""The program of Spoken Digit Lab; it knows no Streamlit, no WebRTC and no browser.

In: recordings, samples, settings. Out: pictures of sound, trained networks, words heard.
Keras chooses its backend when it is first imported; so the choice stands here, before all else.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
# TensorFlow and PyTorch are not installed; without this JAX looks for accelerators it cannot use
# and writes about it to the terminal.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
