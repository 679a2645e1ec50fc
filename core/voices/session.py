"""A guided session: which digit to say next.

In: a seed and how many takes of each digit. Out: the digits in the order in which to ask for them.
"""

import numpy as np

MOST_TAKES = 50
"""Takes of each digit in one session; FSDD's speakers recorded as many."""


def session(seed: int, takes_per_digit: int) -> tuple[int, ...]:
    """Return the digits to say, one after the other.

    They come in rounds of all ten in random order, so that a session broken off early is balanced
    too; no digit comes twice in a row, since the second take of a pair is said like the first.

    Parameters
    ----------
    seed : int
        The same seed gives the same order.
    takes_per_digit : int
        1 to 50.

    Returns
    -------
    digits : tuple of int [length=10 * takes_per_digit]
    """
    if not 1 <= takes_per_digit <= MOST_TAKES:
        raise ValueError(f"takes_per_digit={takes_per_digit}: expected 1 to {MOST_TAKES}.")
    rng = np.random.default_rng(seed)
    digits: list[int] = []
    for _ in range(takes_per_digit):
        order = rng.permutation(10).tolist()
        if digits and order[0] == digits[-1]:
            order = order[1:] + order[:1]
        digits += order
    return tuple(digits)
