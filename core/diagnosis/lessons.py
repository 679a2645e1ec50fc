"""The lessons, in the order in which the page shows them.

In: nothing. Out: an entry a lesson; a page starts its two runs and lays them over each other. To
add one, write its entry here and its picture in ``core.charts.lessons``; the tests and
``benchmarks/lessons.py`` cover it because it is listed.
"""

from core.diagnosis.lesson import Lesson, deep, for_strangers, small, with_dropout
from core.learning.network_config import Convolution, GlobalPooling, NetworkConfig
from core.sound.images import LOG_MEL, SEED, WAVEFORM

LESSONS = {
    "vanishing_gradients": Lesson(
        "Vanishing gradients",
        "Eight hidden layers, each with a sigmoid, the activation of the first decades. The error "
        "is known at the last layer only; back propagation carries it to the first, multiplying "
        "by one derivative a layer.",
        "Each layer's derivative is at most a quarter. What is left of the error after eight?",
        "vanishing_gradients",
        "A quarter to the eighth power is 0.000015: the first layers hear next to nothing. A "
        "ReLU's derivative is 1 wherever it is open, and the same depth learns.",
        {"network": deep("sigmoid")},
        {"network": deep("relu")},
        "Replace every sigmoid by ReLU",
        "Hochreiter 1991; Glorot & Bengio 2010; Nair & Hinton 2010",
        {"epochs": 8},
    ),
    "dead_relus": Lesson(
        "Dead ReLUs",
        "A few steps that are far too long throw units to where they are negative for every clip. "
        "A ReLU that is negative gives zero, whatever it is shown.",
        "A unit that is always zero has which gradient? Can it come back?",
        "dead_relus",
        "What is always zero gets no gradient, so it stays there. Shorter steps never kill it.",
        {"learning_rate": 0.1},
        {"learning_rate": 0.002},
        "Take shorter steps",
        "Maas et al. 2013",
        {"network": small()},
    ),
    "rate_too_high": Lesson(
        "A learning rate a hundred times too high",
        "Plain gradient steps, a hundred times as long as they should be.",
        "The gradient shows downhill. Why does the loss rise?",
        "rate_too_high",
        "The slope is only known where you stand: a step of that length ends on the other side "
        "of the valley, higher up.",
        {"learning_rate": 5.0},
        {"learning_rate": 0.05},
        "Divide the rate by 100",
        "LeCun et al. 1998, Efficient BackProp",
        {"network": small(), "optimizer": "sgd", "batch_size": 16, "epochs": 8},
    ),
    "rate_too_low": Lesson(
        "A learning rate a thousand times too low",
        "Adam with steps a thousand times shorter than usual.",
        "Every step goes the right way. How long would the journey take?",
        "rate_too_low",
        "Nothing is wrong but the pace: the curve is a healthy one, stretched a thousandfold.",
        {"learning_rate": 2e-6},
        {"learning_rate": 2e-3},
        "Multiply the rate by 1,000",
        "Karpathy 2019",
        {"network": small()},
    ),
    "zeros": Lesson(
        "All weights begin at zero",
        "Zero seems a modest place to begin: no opinion at all.",
        "If all units of a layer are equal, what can make them different?",
        "identical_units",
        "Equal units get equal gradients, and through zeros no gradient passes at all. Random "
        "first weights are what lets units become different.",
        {"network": small("zeros")},
        {"network": small()},
        "Begin at random (Glorot)",
        "Goodfellow, Bengio & Courville 2016, section 8.4",
    ),
    "huge_start": Lesson(
        "First weights far too wide",
        "The first weights are ten times as wide as they should be.",
        "What does an untrained network answer, and how sure is it?",
        "untrained_start",
        "It begins absurdly sure, and wrong. A loss far above ln 10 = 2.30 before the first step "
        "tells it at once.",
        {"network": small("huge")},
        {"network": small()},
        "Begin with Glorot's width",
        "Glorot & Bengio 2010; Karpathy 2019",
    ),
    "underfitting": Lesson(
        "Underfitting: a network that is too small",
        "One filter, one number: the whole picture is averaged away.",
        "How many of ten digits can one number tell apart?",
        "underfitting",
        "It cannot even learn the clips it is shown: no data and no patience help, only room.",
        {"network": NetworkConfig((Convolution(1, stride=2), GlobalPooling())), "epochs": 12},
        {"network": small(), "epochs": 7},
        "Give it two layers of filters and a dense layer",
        "Goodfellow, Bengio & Courville 2016, chapter 5",
    ),
    "overfitting": Lesson(
        "Overfitting: few clips, a big network",
        "A network with a hundred thousand weights sees about sixty clips, again and again.",
        "It will answer every one of them right. What has it learned?",
        "overfitting",
        "It knows its clips by heart. More clips are the only complete cure.",
        {"train_share": 0.025, "epochs": 40},
        {"train_share": 1.0, "epochs": 6},
        "Give it forty times the clips",
        "Zhang et al. 2017, on learning by heart",
        {"network": small()},
    ),
    "dropout": Lesson(
        "What dropout does",
        "A big network on a tenth of the clips learns them by heart. This is the layer that the "
        "first experiment wondered about.",
        "What if, at every step, units were switched off by chance, half of them?",
        "overfitting",
        "No unit can rely on a single other one, so what is learned is spread out. The training "
        "curve gets worse, the validation curve keeps or gains: that is the bargain.",
        {"network": small()},
        {"network": with_dropout(0.5)},
        "Switch on dropout",
        "Srivastava et al. 2014",
        {"epochs": 30, "train_share": 0.12, "batch_size": 16},
        eases=("accuracy", "val_accuracy"),
    ),
    "augmentation": Lesson(
        "What augmentation does",
        "A few clips each, and the network sees exactly these again and again.",
        "A “seven” of which a cough hides a part is still a seven. Who tells the network?",
        "overfitting",
        "Each epoch brings other copies, so there is nothing to learn by heart but what they have "
        "in common. The training curve falls behind, and the gap between the two closes.",
        {"epochs": 16},
        {"augment": True, "augmentations": ("masks",)},
        "Hide bands and moments of every clip, anew each epoch",
        "Park et al. 2019 (SpecAugment)",
        {"network": small(), "train_share": 0.12, "batch_size": 16, "image": LOG_MEL},
        needs_people=True,
    ),
    "early_stopping": Lesson(
        "What early stopping does",
        "Few clips, a third of them with another clip's label, as careless people label them. The "
        "training loss falls to the end.",
        "Does the validation loss fall as long? When would you have stopped?",
        "past_its_best",
        "At first the network learns what most clips agree on, later each wrong label by heart. "
        "Whoever watches the validation loss stops between the two.",
        {},
        {"patience": 4},
        "Stop after 4 epochs without a better validation loss",
        "Prechelt 1998; Arpit et al. 2017 (simple patterns come first)",
        {"network": small(), "train_share": 0.15, "batch_size": 16, "epochs": 24,
         "shuffled_labels": 0.33},
    ),
    "full_batch": Lesson(
        "Slow: one step for all examples",
        "Gradient descent as in the textbook: look at all clips, then take one step.",
        "The direction is exact. What does exactness cost?",
        "slow",
        "One step an epoch. Mini-batches take dozens, each a little wrong, and are far ahead.",
        {"optimizer": "gradient_descent"},
        {"optimizer": "sgd"},
        "Take a step every 16 clips",
        "Bottou 2010",
        {"network": small(), "learning_rate": 0.05, "epochs": 8, "batch_size": 16},
    ),
    "waveform": Lesson(
        "A picture of the waveform",
        "The first experiment's other picture: amplitude over time, as it is plotted.",
        "Two sevens sound alike. Do their waveforms look alike?",
        "overfitting",
        "The plotted wave changes with phase, pitch and loudness, the spectrogram hardly does: "
        "the picture decides more than the optimizer.",
        {"image": WAVEFORM},
        {"image": SEED},
        "Show it the spectrogram",
        "the experiment that this app began with",
        {"network": small(), "epochs": 15, "train_share": 0.7},
    ),
    "shuffled_labels": Lesson(
        "Shuffled labels",
        "Somebody sorted the list of answers differently from the files: every training clip keeps "
        "a label, but another clip's.",
        "Nothing in the sounds explains these answers. Can a network learn them?",
        "shuffled_labels",
        "It learns them by heart, and is no better than a guess on everything else. A falling "
        "training loss alone proves nothing.",
        {"shuffled_labels": 1.0},
        {"shuffled_labels": 0.0},
        "Give every clip its own answer",
        "Zhang et al. 2017",
        {"network": small(), "epochs": 35, "train_share": 0.06, "batch_size": 16},
    ),
    "leaked_split": Lesson(
        "A leaked split",
        "The test clips were copied into the training folder. The score is splendid.",
        "Hundred per cent: what would you check before you tell anybody?",
        "leaked_split",
        "It had seen the exam. Kept apart, the same network shows what it really knows of clips "
        "that are new to it, and that is less.",
        {"leaked_share": 1.0},
        {"leaked_share": 0.0},
        "Keep the test clips out of training",
        "Kaufman et al. 2012, Leakage in data mining",
        {"network": small(), "epochs": 25, "train_share": 0.06, "batch_size": 16},
    ),
    "speaker_overfitting": Lesson(
        "“98 %, so why does it not hear me?”",
        "Two speakers teach the network, and their new takes are answered well. Then somebody else "
        "speaks.",
        "Is a new take of a known voice a fair test for a stranger?",
        "speaker_overfitting",
        "A score holds for the kind of clip it was measured on. More voices, and changed copies "
        "that stand in for voices that are not there, are what helps a stranger.",
        {},
        {"augment": True, "augmentations": ("speed", "shift"), "network": for_strangers(),
         "epochs": 20, "schedule": "cosine", "learning_rate": 0.003, "train_share": 0.5},
        "Let it hear everybody else too, at changed speeds",
        "Ko et al. 2015 (speed perturbation); the README's leave-one-speaker-out figures",
        {"network": small(), "epochs": 14, "train_share": 1.0, "image": LOG_MEL},
        eases=("val_accuracy", "unseen_accuracy"),
        voices=2,
    ),
}  # fmt: skip
"""Every lesson, in the order in which the page shows them."""
