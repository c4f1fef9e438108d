"""Sums of columns when every row is permuted by itself.

Under the null hypothesis of a repeated-measures test each patient's grades could have
come in any order, independently of the other patients. A statistic that treats all
visits alike depends only on the *sorted* column sums, so the exact distribution is
counted over sorted sums, one patient after another: equal states are merged, and their
numbers of arrangements are kept as residues modulo several primes, from which the
final count is rebuilt as one exact integer.
"""

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from iph._checks import Ints
from iph._wide import bincount, repeat
from iph.errors import WorkError
from iph.stats._inference.dealing import below, permutation
from iph.stats._inference.p_value import MOST_DEALT

Patterns = Mapping[tuple[int, ...], int]

# Steps (state times arrangement) an exact test may take: `auto` stays near a second,
# a test asked for by name may take some minutes.
AUTO_STEPS = 10_000_000
MOST_STEPS = 500_000_000

_MOST_ORDERS = 50_000
_FEW_ORDERS = 1_000  # listed faster than a patient's words are sorted
_CHUNK = 2_000_000
_DENSE = 8  # cells a state up to which a grid is counted faster than keys are sorted
_MOST_KEYS = 2**62
# Residues stay below 2**31, so that bincount adds 2**22 of them exactly as floats.
_SUMMANDS = 2**22


def n_orders(pattern: tuple[int, ...]) -> int:
    """Return the number of distinct orders of one row."""
    found = math.factorial(len(pattern))
    for value in set(pattern):
        found //= math.factorial(pattern.count(value))
    return found


def orders(pattern: tuple[int, ...]) -> Ints:
    """Return the distinct orders of one row, one an output row."""
    partial: list[tuple[tuple[int, ...], dict[int, int]]] = [
        ((), {value: pattern.count(value) for value in sorted(set(pattern))})
    ]
    for _ in pattern:
        partial = [
            ((*head, value), {**left, value: left[value] - 1})
            for head, left in partial
            for value in left
            if left[value]
        ]
    return np.array([head for head, _ in partial], dtype=np.int64)


def n_arrangements(patterns: Patterns) -> int:
    """Return the number of equally likely arrangements of the whole table."""
    return math.prod(n_orders(p) ** count for p, count in patterns.items())


def steps(patterns: Patterns) -> float:
    """Estimate the work of `squares_tail`, before it starts."""
    moving = {p: count for p, count in patterns.items() if len(set(p)) > 1}
    if not moving:
        return 1.0
    if max(map(n_orders, moving)) > _MOST_ORDERS:
        return math.inf
    k = len(next(iter(moving)))
    lattice, found, reached, done = 0, 0.0, 1.0, 0
    for pattern, count in sorted(moving.items(), key=_dear_first):
        number = n_orders(pattern)
        lattice = math.gcd(lattice, *(v - pattern[0] for v in pattern))
        # Sums of t orders fill t times the permutohedron, whose volume is k**(k - 2) in
        # units of one rank (2 signed ranks); sorting divides by k!.
        density = k ** (k - 2) * (2 / lattice) ** (k - 1) / math.factorial(k)
        for _ in range(count):
            found += reached * number
            done += 1
            reached = min(reached * number, density * (done + 1) ** (k - 1) + 1)
            if found > MOST_STEPS:
                return math.inf
    return found


def _dear_first(item: tuple[tuple[int, ...], int]) -> tuple[int, tuple[int, ...]]:
    """Order patterns so that rows of many orders meet few states."""
    return -n_orders(item[0]), item[0]


def squares_tail(
    patterns: Patterns, observed: int, limit: float = MOST_STEPS
) -> Fraction:
    """Return the probability that the sum of squared column sums reaches ``observed``.

    Parameters
    ----------
    patterns : mapping
        Sorted row of whole numbers, which add up to zero, to how many patients have it.
    observed : int
        The sum of squares to be reached.
    limit : float
        The most steps that may be taken.

    Returns
    -------
    Fraction
        An exact ratio of numbers of arrangements.
    """
    if steps(patterns) > limit:
        n = sum(patterns.values())
        raise WorkError(
            f"the exact distribution for {n} patients needs more than {limit:.0f} "
            "steps; use method='auto', which then turns to another method, or "
            "method='monte-carlo' with rng="
        )
    queue = [
        orders(pattern)
        for pattern, count in sorted(patterns.items(), key=_dear_first)
        for _ in range(count)
    ]
    if not queue:
        return Fraction(1)
    total = math.prod(len(choice) for choice in queue)
    primes = _primes(total)
    # The first patient may stay as he is: only the sorted sums matter.
    last = queue.pop()
    states = np.zeros((1, last.shape[1]), dtype=np.int64)
    residues = np.ones((len(primes), 1), dtype=np.int64)
    for choice in queue:
        states, residues = _step(states, residues, choice, primes)
    counted = [0] * len(primes)
    for start in range(0, len(states), max(1, _CHUNK // len(last))):
        part = slice(start, start + max(1, _CHUNK // len(last)))
        sums = states[part, None, :] + last
        reached = ((sums * sums).sum(axis=2) >= observed).sum(axis=1)
        for index, prime in enumerate(primes):
            found = (residues[index, part] * reached % prime).sum()
            counted[index] = (counted[index] + int(found)) % prime
    return Fraction(_rebuilt(counted, primes), total)


def _step(
    states: Ints, residues: Ints, choice: Ints, primes: list[int]
) -> tuple[Ints, Ints]:
    """Add one patient: every state meets every order of his row; equal ones merge."""
    width = max(1, min(_CHUNK, _SUMMANDS) // len(choice))
    parts = []
    for start in range(0, len(states), width):
        part = slice(start, start + width)
        sums = (states[part, None, :] + choice).reshape(-1, states.shape[1])
        sums.sort(axis=1)
        repeated = repeat(residues[:, part], len(choice), axis=1)
        parts.append(_merged(sums, repeated, primes))
    # Merging in pairs keeps every bincount within its exact range.
    while len(parts) > 1:
        (one, first), (two, second) = parts.pop(), parts.pop()
        both = np.concatenate([first, second], axis=1)
        parts.insert(0, _merged(np.concatenate([one, two]), both, primes))
    (merged,) = parts
    return merged


def _merged(sums: Ints, residues: Ints, primes: list[int]) -> tuple[Ints, Ints]:
    """Merge equal rows of sums and add their residues."""
    # The sums of a row add up to zero, so the last column need not be part of the key.
    lows = sums[:, :-1].min(axis=0)
    widths = sums[:, :-1].max(axis=0) - lows + 1
    cells = math.prod(widths.tolist())
    if cells > _MOST_KEYS:
        states, which = np.unique(sums, axis=0, return_inverse=True)
        return states, _added(which.reshape(-1), residues, primes, len(states))
    keys = np.zeros(len(sums), dtype=np.int64)
    for column, (low, width) in enumerate(zip(lows, widths, strict=True)):
        keys = keys * width + (sums[:, column] - low)
    if cells <= _DENSE * len(sums):  # counting in place of sorting
        found = np.flatnonzero(bincount(keys, minlength=cells))
        out = _added(keys, residues, primes, cells)[:, found]
    else:
        found, which = np.unique(keys, return_inverse=True)
        out = _added(which, residues, primes, found.size)
    states = np.empty((found.size, sums.shape[1]), dtype=np.int64)
    rest = found.astype(np.int64, copy=False)
    for column in reversed(range(lows.size)):
        rest, inside = np.divmod(rest, widths[column])
        states[:, column] = inside + lows[column]
    states[:, -1] = -states[:, :-1].sum(axis=1)
    return states, out


def _added(keys: Ints, residues: Ints, primes: list[int], size: int) -> Ints:
    out = np.empty((len(primes), size), dtype=np.int64)
    for index, prime in enumerate(primes):
        added = bincount(keys, weights=residues[index], minlength=size)
        out[index] = added.astype(np.int64) % prime
    return out


def _primes(total: int) -> list[int]:
    """Return primes below 2**31 whose product exceeds the total."""
    found: list[int] = []
    candidate, product = 2**31 - 1, 1
    while product <= total:
        if all(candidate % d for d in range(3, math.isqrt(candidate) + 1, 2)):
            found.append(candidate)
            product *= candidate
        candidate -= 2
    return found


def _rebuilt(residues: list[int], primes: list[int]) -> int:
    """Return the one number below the product of the primes with these residues."""
    product = math.prod(primes)
    found = 0
    for residue, prime in zip(residues, primes, strict=True):
        other = product // prime
        found += residue * other * pow(other, -1, prime)
    return found % product


def random_sums(
    patterns: Patterns, n_resamples: int, rng: "np.random.Generator"
) -> Ints:
    """Draw column sums of tables whose rows are permuted at random.

    Each patient draws one of the orders of his pattern; if these are many, random words
    whose order is his. Where patients are too many to be drawn one by one, how many of
    them take each order is multinomial.
    """
    k = len(next(iter(patterns)))
    sums = np.zeros((n_resamples, k), dtype=np.int64)
    for pattern, count in sorted(patterns.items()):
        if len(set(pattern)) == 1:
            continue
        number = n_orders(pattern)
        together = count > MOST_DEALT and number <= _MOST_ORDERS
        listed = together or number <= _FEW_ORDERS
        choice = orders(pattern) if listed else np.array(pattern)
        width = max(1, _CHUNK // (number if together else count * k))
        for start in range(0, n_resamples, width):
            part = sums[start : start + width]
            if together:
                even = np.full(number, 1 / number)
                part += rng.multinomial(count, even, size=len(part)) @ choice
            elif listed:
                taken = below(number, rng, (len(part), count))
                for column in range(k):
                    part[:, column] += choice[:, column][taken].sum(axis=1)
            else:
                order = permutation(k, len(part) * count, rng)
                part += choice[order].reshape(len(part), count, k).sum(axis=1)
    return sums
