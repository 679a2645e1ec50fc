"""Beginning where another training ended: a kept model's weights for a fresh network.

In: a network and the key of a kept model. Out: the network, no longer fresh.
"""

from typing import Any

from core.errors import ModelError
from core.learning.saved_models import find_model, load_network


def begin_with(model: Any, key: str) -> None:
    """Give a network the weights of a kept model.

    Parameters
    ----------
    model : keras.Model
        Freshly built.
    key : str
        The kept model's folder name.

    Raises
    ------
    ModelError
        If there is no such model, or its network is another one.
    """
    kept = {v.path: v.value for v in load_network(find_model(key)).variables}
    wanted = [v for v in model.variables if "seed_generator" not in v.path]
    for variable in wanted:
        value = kept.get(variable.path)
        if value is None or tuple(value.shape) != tuple(variable.shape):
            raise ModelError(
                f"The run cannot begin with the model {key!r}: its network has no "
                f"{variable.path} of shape {tuple(variable.shape)}. Begin with a model of the same "
                "network, image and number of answers, or with fresh weights."
            )
        variable.assign(value)
