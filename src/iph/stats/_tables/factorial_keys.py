"""Products of factorials of cells, kept as sums of small whole numbers.

A table is the less probable, the larger the product of the factorials of its cells.
Such products have hundreds of digits. But they have few prime factors, so each is given
by how often each prime divides it, and multiplying products is adding those numbers.
Two keys are kept of them, both sums over the cells, so that their order never matters:

the order, the sum of exponent times ``round(2**40 log(prime))``. It is the logarithm of
    the product but for an error with a known bound, `Keys.unsure`. Equal products have
    equal orders.
the words, the exponents themselves, packed as digits of a number of mixed base. The
    base of a prime exceeds all exponents that the margins allow, so equal words are
    equal products, and unequal ones can be unpacked and compared as whole numbers.
"""

import math
from collections.abc import Iterator, Sequence

import attrs
import numpy as np

from iph._checks import Ints

UNIT = 2.0**40  # of the order, a logarithm
_WORD = 2**62


@attrs.frozen(kw_only=True, eq=False)
class Keys:
    """What each cell adds to the keys of a table with given margins.

    Attributes
    ----------
    order : Ints
        For each count of a cell, from 0 on.
    words : Ints
        The same, a row for each word.
    unsure : int
        Orders further apart than this are ordered as the products are.
    digits : tuple of tuple of (int, int)
        For each word, its primes with their bases, the last digit first.
    """

    order: Ints
    words: Ints
    unsure: int
    digits: tuple[tuple[tuple[int, int], ...], ...]

    @classmethod
    def of(cls, rows: Sequence[int], columns: Sequence[int]) -> "Keys":
        """Return the keys of all tables with these margins."""
        most = min(max(rows), max(columns))  # in one cell
        order = np.zeros(most + 1, dtype=np.int64)
        words: list[Ints] = []
        digits: list[list[tuple[int, int]]] = []
        room = total = 0
        for prime in _primes(most):
            counts = _exponents(prime, most)
            order += counts * round(UNIT * math.log(prime))
            # p**(a + b) divides (m + n)! if p**a divides m! and p**b divides n!
            largest = min(
                sum(_exponent(prime, m) for m in side) for side in (rows, columns)
            )
            total += largest
            if room * (largest + 1) < 1 or room * (largest + 1) > _WORD:
                words.append(np.zeros(most + 1, dtype=np.int64))
                digits.append([])
                room = 1
            words[-1] += counts * room
            digits[-1].append((prime, largest + 1))
            room *= largest + 1
        return cls(
            order=order,
            words=np.array(words, dtype=np.int64).reshape(len(words), most + 1),
            # Half a unit for each factor of two products, and for rounding as much.
            unsure=2 * total + 2,
            digits=tuple(map(tuple, digits)),
        )

    def product(self, words: Sequence[int]) -> int:
        """Return the product of factorials that these words stand for."""
        found = 1
        for word, places in zip(words, self.digits, strict=True):
            left = word
            for prime, base in places:
                left, exponent = divmod(left, base)
                found *= prime**exponent
        return found


def _primes(most: int) -> Iterator[int]:
    """Yield the primes up to a number."""
    sieve = np.ones(most + 1, dtype=bool)
    for number in range(2, most + 1):
        if sieve[number]:
            sieve[number * number :: number] = False
            yield number


def _exponent(prime: int, number: int) -> int:
    """Return how often a prime divides the factorial of a number (Legendre)."""
    found = 0
    while number:
        number //= prime
        found += number
    return found


def _exponents(prime: int, most: int) -> Ints:
    """Return how often a prime divides the factorial of each number from 0 on."""
    numbers = np.arange(most + 1, dtype=np.int64)
    found = np.zeros_like(numbers)
    while numbers[-1]:
        numbers = numbers // prime
        found += numbers
    return found
