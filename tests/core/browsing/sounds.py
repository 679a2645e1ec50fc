"""Sounds whose analyses are known beforehand."""

import numpy as np


def tone(frequency, seconds=0.4, level=0.3, sr=8000):
    t = np.arange(round(seconds * sr)) / sr
    return (level * np.sin(2 * np.pi * frequency * t)).astype(np.float32)


def noise(seconds=0.4, level=0.1, seed=0):
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal(round(seconds * 8000))).astype(np.float32)
