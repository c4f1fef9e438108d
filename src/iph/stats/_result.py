"""Result types that several statistics share."""

import attrs


@attrs.frozen(kw_only=True)
class Estimate:
    """An estimate with its confidence interval.

    Attributes
    ----------
    estimate : float
        The point estimate; NaN where it is undefined.
    low, high : float
        The bounds of the confidence interval; NaN where undefined.
    confidence_level : float
        The level of the interval.
    method : str
        The name of the rule that made the interval.
    n : int
        The number of cases used.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    estimate: float
    low: float
    high: float
    confidence_level: float
    method: str
    n: int
    n_missing: int
