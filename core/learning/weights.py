"""A network's numbers as bytes that hold no code, and back into a network.

In: a Keras network, or bytes in the safetensors format. Out: the other; on the way in every number
must be there, fit and be finite.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError


def _weights_of(model: Any) -> dict[str, NDArray[np.float32]]:
    """Return a network's numbers by the path of their variable ("conv_1/kernel")."""
    return {
        v.path: np.asarray(v.value, np.float32)
        for v in model.variables
        if "seed_generator" not in v.path  # dropout's random state is no part of a trained model
    }


def weights_bytes(model: Any) -> bytes:
    """Return a network's numbers in the safetensors format."""
    from safetensors.numpy import save

    data: bytes = save(_weights_of(model))
    return data


def put_weights(model: Any, data: bytes, name: str) -> None:
    """Write safetensors bytes into a network; every number must be there, fit and be finite."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found = load(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise ModelError(f"The weights of {name} are damaged ({error}).") from error
    expected = {v.path: v for v in model.variables if "seed_generator" not in v.path}
    if set(found) != set(expected):
        odd = sorted(set(found) ^ set(expected))[:3]
        raise ModelError(
            f"The weights of {name} do not fit its network: {', '.join(odd)} is missing or extra."
        )
    for path, variable in expected.items():
        value = found[path]
        if value.shape != tuple(variable.shape):
            raise ModelError(
                f"The weights of {name} do not fit its network: {path} has shape {value.shape}, "
                f"expected {tuple(variable.shape)}."
            )
        if value.dtype != np.float32:
            raise ModelError(
                f"The weights of {name} do not fit its network: {path} is {value.dtype}, "
                "expected float32."
            )
        if not np.isfinite(value).all():
            raise ModelError(f"The weights of {name} hold numbers that are not finite ({path}).")
        variable.assign(value)
