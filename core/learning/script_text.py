"""The text of the exported script, with marks where a run's own settings go.

In: its part that makes pictures. Out: ``SCRIPT`` for ``core.learning.export_script``. It is a
program of its own: it imports nothing of this app, and every step that the app takes stands in it
once more, plainly.
"""

from core.learning.script_pictures import PICTURES

_LOADING = '''"""@NAME@ of Spoken Digit Lab as a plain Keras script.

    KERAS_BACKEND=jax python THIS_FILE.py FOLDER

FOLDER (or a zip) holds recordings named as in the Free Spoken Digit Dataset: digit_speaker_take.wav
@REMARK@
Needs: numpy, scipy, soundfile, keras with a backend; librosa for mel pictures.
"""

import io
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import soundfile
from keras import layers

@SETTINGS@


def files(source):
    """Yield the name and the bytes of every file in a folder or a zip."""
    if source.is_file():
        with zipfile.ZipFile(source) as archive:
            for name in sorted(archive.namelist()):
                yield Path(name), archive.read(name)
        return
    for path in sorted(source.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def load(source):
    """Return (digit, speaker, take, samples at SR) of every recording."""
    found = []
    for path, data in files(source):
        digit, _, rest = path.stem.partition("_")
        speaker, _, take = rest.rpartition("_")
        if path.suffix.lower() not in (".wav", ".flac") or digit not in list("0123456789"):
            continue
        if not take.isdigit():
            continue
        y, sr = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
        y = y.mean(axis=1)
        if sr != SR:
            from scipy.signal import resample_poly

            y = resample_poly(y, SR, sr).astype(np.float32)
        found.append((int(digit), speaker, int(take), y))
    return found


'''

_TRAINING = '''# Who trains, who chooses the epoch, who is scored.


def split(clips):
    """Return indices: train, validation, known speakers' test takes, unseen speakers."""
    rng = np.random.default_rng(SEED)
    groups = {}
    for i in sorted(range(len(clips)), key=lambda i: clips[i][2]):
        groups.setdefault((clips[i][1], clips[i][0]), []).append(i)
    train, validation, known, unseen = [], [], [], []
    for (speaker, _), takes in sorted(groups.items()):
        if speaker in LEFT_OUT:
            unseen += takes
            continue
        if TRAIN_SPEAKERS and speaker not in TRAIN_SPEAKERS:
            continue
        n_test = 0 if SPLIT == "all" else max(1, round(len(takes) / 10))
        if SPLIT == "random":
            takes = [takes[i] for i in rng.permutation(len(takes))]
        known += takes[:n_test]
        rest = [takes[n_test:][i] for i in rng.permutation(len(takes) - n_test)]
        n = round(len(rest) * VALIDATION_SHARE)
        validation += rest[:n]
        train += rest[n:][: max(1, round((len(rest) - n) * TRAIN_SHARE))]
    return train, validation, known, unseen


# The network.


def network():
    """Return the network, from the image to one number an answer."""
    return keras.Sequential([
        keras.Input(SHAPE),
@LAYERS@
    ])


def schedule(n_steps):
    """Return the learning rate by step."""
    if SCHEDULE == "step":
        return keras.optimizers.schedules.PiecewiseConstantDecay(
            [(n_steps - 1) // 2, (3 * n_steps - 1) // 4],
            [LEARNING_RATE, LEARNING_RATE / 10, LEARNING_RATE / 100],
        )
    if SCHEDULE == "cosine":
        warm_up = max(1, round(n_steps * 0.05))
        return keras.optimizers.schedules.CosineDecay(
            LEARNING_RATE / warm_up, n_steps - warm_up,
            warmup_target=LEARNING_RATE, warmup_steps=max(1, warm_up - 1),
        )
    return LEARNING_RATE


def name_them(arguments):
    """Call those whom this script does not name as its arguments, NUMBER=SPEAKER, say."""
    global LEFT_OUT, TRAIN_SPEAKERS
    called = dict(argument.partition("=")[::2] for argument in arguments)
    for number in UNNAMED:
        if not called.get(number):
            sys.exit(f'Nobody is named as {number} here: add "{number}=SPEAKER", as in the files.')
    LEFT_OUT = tuple(called.get(name, name) for name in LEFT_OUT)
    TRAIN_SPEAKERS = tuple(called.get(name, name) for name in TRAIN_SPEAKERS)


def main(source):
    """Train and score."""
    keras.utils.set_random_seed(SEED)
    clips = load(Path(source))
    for name in sorted({*LEFT_OUT, *TRAIN_SPEAKERS} - {speaker for _, speaker, *_ in clips}):
        print(f"nobody is called {name} in {source}")
    train, validation, known, unseen = split(clips)
    if not train or not validation:
        sys.exit(f"{source}: too few recordings named digit_speaker_take.wav to train on.")
    images = np.stack([image(y) for *_, y in clips])
    answers = np.array([digit for digit, *_ in clips])
    one_hot = np.eye(N_ANSWERS, dtype=np.float32)[answers]
    batch_size = BATCH_SIZE or len(train)
    learning_rate = schedule(EPOCHS * -(-len(train) // batch_size))
    optimizer = @OPTIMIZER@
    if WEIGHT_DECAY:
        optimizer.weight_decay = WEIGHT_DECAY
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model = network()
    model.compile(
        optimizer,
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=LABEL_SMOOTHING),
        metrics=["accuracy", keras.metrics.CategoricalCrossentropy(from_logits=True, name="ce")],
    )
    model.summary()
    model.fit(
        images[train], one_hot[train],
        validation_data=(images[validation], one_hot[validation]),
        batch_size=batch_size, epochs=EPOCHS, verbose=2,
        callbacks=[keras.callbacks.EarlyStopping(
            "val_ce", mode="min", patience=PATIENCE,
            restore_best_weights=True, start_from_epoch=0,
        )],
    )
    for name, indices in (("known", known), ("unseen", unseen)):
        if not indices:
            print(f"{name} speakers: not measured")
            continue
        guesses = model.predict(images[indices], verbose=0).argmax(axis=1)
        right = int((guesses == answers[indices]).sum())
        print(f"{name} speakers: {right / len(indices):.1%} ({right} of {len(indices)})")


if __name__ == "__main__":
    if len(sys.argv) < 2 or len(sys.argv) > 2 + len(UNNAMED):
        sys.exit(__doc__)
    name_them(sys.argv[2:])
    main(sys.argv[1])
'''

SCRIPT = _LOADING + PICTURES + _TRAINING
"""Marks: @NAME@, @REMARK@, @SETTINGS@, @LAYERS@, @OPTIMIZER@."""
