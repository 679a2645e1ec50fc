"""A guided session: which digit to say next.

In: a seed and how many takes of each digit. Out: the digits in the order in which to ask for them.
"""

from collections.abc import Mapping, Sequence

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


def still_to_say(
    order: Sequence[int], taken: Mapping[int, int], last: int | None = None
) -> tuple[int, ...]:
    """Return what is left of a session, so that one broken off goes on where it stood.

    Parameters
    ----------
    order : sequence of int
        From ``session``.
    taken : mapping of int to int
        How many takes of each digit there are, whoever asked for them.
    last : int, optional
        The digit said or skipped just before: it waits while there is another.

    Returns
    -------
    digits : tuple of int
        The first is to be said next; empty once there are enough.
    """
    enough = dict(taken)
    left = []
    for digit in order:
        if enough.get(digit, 0) > 0:
            enough[digit] -= 1
        else:
            left.append(digit)
    if left and left[0] == last:
        other = next((i for i, digit in enumerate(left) if digit != last), 0)
        left.insert(0, left.pop(other))
    return tuple(left)
