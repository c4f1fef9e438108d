"""The generalized interval of the intraclass correlation of agreement.

Under normal readings a sum of squares over its expected mean square is a chi-square.
Turned around, each observed sum of squares gives a distribution of what its expectation
may be, and the three together one of the coefficient

    rho = (R - E) / (R + (k - 1) E + k (C - E) / n).

It is at most x where ``(1 - x) R <= E (1 + x (k - 1 - k / n)) + x k C / n``, so that,
given C and E, its distribution function is a tail of the chi-square of the patients.
What is left are two integrals over the other two chi-squares. Each is written as the
chi-square at the same probability as a standard normal, over which the trapezoid rule
converges fast, since the integrand is smooth and dies out: no random draws.
"""

import numpy as np

from iph._checks import Floats

_NODES = 41
_REACH = 6.0  # standard deviations of the normal variable
_STEPS = 34  # halvings: to ten digits


def generalized_bounds(
    squares: tuple[float, float, float], n: int, k: int, confidence_level: float
) -> tuple[float, float]:
    """Return the bounds of the correlation of single readings.

    The squares are the sums of squares of patients, readers and rest, in this order.
    """
    patients, readers, rest = squares
    reader, at_reader = _expected(readers, k - 1)
    other, at_rest = _expected(rest, (n - 1) * (k - 1))
    mass = np.multiply.outer(at_rest, at_reader)

    def below(x: Floats) -> Floats:
        """Return the probability that the coefficient is at most each x."""
        from scipy.special import gammaincc

        x = x[:, None, None]
        least = other[:, None] * (1.0 + x * (k - 1 - k / n)) + x * k / n * reader
        with np.errstate(divide="ignore", invalid="ignore"):
            tail = gammaincc((n - 1) / 2.0, (1.0 - x) * patients / least / 2.0)
        found: Floats = (np.where(least > 0.0, tail, 0.0) * mass).sum(axis=(1, 2))
        return found

    # A correlation of k readings is at least -1 / (k - 1).
    wanted = np.array([1.0 - confidence_level, 1.0 + confidence_level]) / 2.0
    lower, upper = np.full(2, -1.0 / (k - 1)), np.ones(2)
    for _ in range(_STEPS):
        middle = (lower + upper) / 2.0
        short = below(middle) < wanted
        lower, upper = np.where(short, middle, lower), np.where(short, upper, middle)
    return float(lower[0]), float(upper[1])


def _expected(squares: float, df: int) -> tuple[Floats, Floats]:
    """Return what an expected mean square may be, and the probability of each value."""
    from scipy.special import gammainccinv, gammaincinv, ndtr

    points: Floats = np.linspace(-_REACH, _REACH, _NODES)
    tail = ndtr(-np.abs(points))
    chi_squares = 2.0 * np.where(
        points < 0.0, gammaincinv(df / 2.0, tail), gammainccinv(df / 2.0, tail)
    )
    density: Floats = np.exp(-(points**2) / 2.0)
    return squares / chi_squares, density / density.sum()
