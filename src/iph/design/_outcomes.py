"""What a plan assumes: how likely each outcome of a patient is, arm by arm."""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints, numbers, whole
from iph._options import each
from iph.errors import InputError

MOST_PATIENTS = 1_000_000  # of an arm
_SUM = 1e-9  # by which rounded probabilities may miss 1


def distributions(arms: npt.ArrayLike | Sequence[object]) -> Floats:
    """Return the probabilities of the outcomes, one row an arm; each row sums to 1.

    A plain number is the share of patients with the outcome, of those without it first.
    """
    rule = "one list of probabilities for each arm"
    rows = []
    for place, arm in enumerate(each(arms, "arms", rule)):
        name = f"arms[{place}]"
        if isinstance(arm, (int, float, np.number)) and not isinstance(arm, bool):
            share = float(numbers([arm], name, low=0.0, high=1.0)[0])
            rows.append([1.0 - share, share])
        else:
            rows.append(numbers(cast(Any, arm), name, low=0.0, high=1.0).tolist())
    if not rows:
        raise InputError("arms", "at least one arm", arms)
    levels = {len(row) for row in rows}
    if len(levels) > 1 or levels <= {0, 1}:
        rule = "as many probabilities in each arm, at least two"
        raise InputError("arms", rule, arms)
    found = np.array(rows)
    for place, row in enumerate(found):
        total = float(row.sum())
        if not abs(total - 1.0) < _SUM:  # NaN too: nothing is known to be missing
            hint = "give a probability for every outcome, the last one included"
            raise InputError(
                f"arms[{place}]", "probabilities that sum to 1", total, hint
            )
    shares: Floats = found / found.sum(axis=1, keepdims=True)
    return shares


def arm_sizes(n: int | Sequence[int], arms: int) -> tuple[int, ...]:
    """Return the number of patients of each arm; one number is that of every arm."""
    if isinstance(n, (Sequence, np.ndarray)) and not isinstance(n, (str, bytes)):
        listed = each(n, "n", f"one number, or {arms}, one for each arm")
        sizes = tuple(
            whole(one, f"n[{i}]", low=1, high=MOST_PATIENTS)
            for i, one in enumerate(listed)
        )
        if len(sizes) != arms:
            raise InputError("n", f"one number, or {arms}, one for each arm", n)
        return sizes
    return (whole(n, "n", low=1, high=MOST_PATIENTS),) * arms


def written(level: float) -> Fraction:
    """Return a level as the decimal number that was written, not as its float."""
    return Fraction(repr(float(level)))


def compositions(n: int, levels: int) -> Ints:
    """Return all ways to place patients on levels, one row each."""
    # Bars between stars: the gaps between the bars are the numbers on the levels.
    places = itertools.combinations(range(n + levels - 1), levels - 1)
    bars = np.array(list(places), dtype=np.int64).reshape(
        n_compositions(n, levels), levels - 1
    )
    edges = np.pad(bars, ((0, 0), (1, 1)), constant_values=(-1, n + levels - 1))
    return np.diff(edges, axis=1) - 1


def n_compositions(n: int, levels: int) -> int:
    """Return how many ways there are to place patients on levels."""
    return math.comb(n + levels - 1, levels - 1)


def log_factorials(n: int) -> Floats:
    """Return the logarithms of 0! to n!."""
    return np.array([math.lgamma(k + 1) for k in range(n + 1)])


def multinomial(tables: Ints, probabilities: Floats) -> Floats:
    """Return how likely each table is, given the probability of each level."""
    factorials = log_factorials(int(tables[0].sum()))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(tables > 0, tables * np.log(probabilities), 0.0)
    own = factorials[-1] - factorials[tables].sum(axis=1)
    chances: Floats = np.exp(own + logs.sum(axis=1))
    return chances


def proportional_odds(
    control: npt.ArrayLike | Sequence[float], odds_ratio: float
) -> tuple[float, ...]:
    """Shift a distribution of ordered grades by a common odds ratio.

    What would the grades be if the treatment multiplied the odds of a higher grade by
    so much, at whichever grade one draws the line?

    Parameters
    ----------
    control : array-like of shape (k,)
        The probability of each grade without the treatment, in ascending order.
    odds_ratio : float
        The factor of the odds of a grade above each line; above 1 for higher grades.

    Returns
    -------
    tuple of float
        The probability of each grade with the treatment.

    Raises
    ------
    iph.errors.InputError
        If the probabilities do not sum to 1, or the odds ratio is not positive.

    References
    ----------
    .. [1] McCullagh P. Regression models for ordinal data. J R Stat Soc B
       1980;42:109-142. :doi:`10.1111/j.2517-6161.1980.tb01109.x`

    Examples
    --------
    Grades of strength at 6 months in 4, 6, 8 and 10 of 28 patients, with odds of a
    better grade twice as high:

    >>> from iph.design import proportional_odds
    >>> better = proportional_odds([4 / 28, 6 / 28, 8 / 28, 10 / 28], 2)
    >>> print(" ".join(f"{share:.2f}" for share in better))
    0.08 0.14 0.26 0.53
    """
    before = distributions([control])[0]
    factor = float(numbers([odds_ratio], "odds_ratio", low=0.0)[0])
    if not factor > 0.0:
        raise InputError("odds_ratio", "a number above 0", odds_ratio)
    above = 1.0 - np.cumsum(before)[:-1]
    shifted = factor * above / (1.0 - above + factor * above)
    edges = np.concatenate([[1.0], np.clip(shifted, 0.0, 1.0), [0.0]])
    return tuple((edges[:-1] - edges[1:]).tolist())
