"""The peer of ``benchmarks.step``: the seed's network in stock Keras, on the backend of its place.

It imports nothing of the app, so that it runs in an environment that has only Keras and a backend.
Reads commands from its standard input, one a line, and answers each with one JSON value:

    build F1 F2            a new network with these filters, compiled by one step
    steps N                train N steps of 64 examples; answers seconds a step
    until SHARE EPOCHS F   train on F.npz until the validation accuracy is reached; answers seconds
                           of training, without compiling, and the accuracy
"""

import json
import sys
import time

import keras
import numpy as np

BATCH = 64
SHAPE = (40, 48, 1)
N_ANSWERS = 10


def network(filters: tuple[int, int], shape: tuple[int, ...] = SHAPE) -> keras.Model:
    """Return the first experiment's network, compiled for Adam."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(filters[0], 3, activation="relu"),
            layers.Conv2D(filters[1], 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(N_ANSWERS),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    return model


def examples(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random images and answers: a step takes as long on them as on speech."""
    rng = np.random.default_rng(0)
    images = rng.standard_normal((n, *SHAPE)).astype(np.float32)
    return images, rng.integers(0, N_ANSWERS, n).astype(np.int32)


def seconds_a_step(model: keras.Model, n: int) -> float:
    """Return the seconds of one step, over n of them."""
    images, answers = examples(n * BATCH)
    began = time.perf_counter()
    model.fit(images, answers, batch_size=BATCH, epochs=1, verbose=0)
    return (time.perf_counter() - began) / n


def until(share: float, epochs: int, path: str) -> dict[str, float]:
    """Train until a validation accuracy; return the seconds of training and what was reached."""
    with np.load(path) as data:
        images, answers = data["images"], data["answers"]
        val_images, val_answers = data["val_images"], data["val_answers"]
    model = network((16, 32), images.shape[1:])
    fresh = model.get_weights()
    model.fit(images[:BATCH], answers[:BATCH], batch_size=BATCH, verbose=0)  # compiles
    model.evaluate(val_images, val_answers, batch_size=256, verbose=0)
    model.set_weights(fresh)
    began, best, epoch = time.perf_counter(), 0.0, 0
    while best < share and epoch < epochs:
        epoch += 1
        model.fit(images, answers, batch_size=BATCH, verbose=0)
        best = max(best, model.evaluate(val_images, val_answers, batch_size=256, verbose=0)[1])
    return {"seconds": time.perf_counter() - began, "accuracy": best, "epochs": epoch}


def main() -> None:
    """Answer commands until there are no more."""
    model = None
    for line in sys.stdin:
        command, *values = line.split()
        answer: object = "ready"
        if command == "build":
            model = network((int(values[0]), int(values[1])))
            seconds_a_step(model, 2)
        elif command == "steps" and model is not None:
            answer = seconds_a_step(model, int(values[0]))
        elif command == "until":
            answer = until(float(values[0]), int(values[1]), values[2])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
