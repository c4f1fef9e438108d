"""What programs print of one share, with its interval."""

import math

from iph.evidence._inverted_intervals import Ends
from iph.stats._inference.tails import two_sided_quantile
from iph.stats._tables.proportion import METHODS, proportion, wilson


def shares(count: int, n: int) -> dict[str, float]:
    """Return the shares that programs print."""
    return {
        "divided": count / n,
        "two added": (count + 2) / (n + 4),
        "one added": (count + 1) / (n + 2),
        "a half added": (count + 0.5) / (n + 1),
    }


def share_intervals(count: int, n: int, level: float) -> dict[str, Ends]:
    """Return the intervals of a share."""
    z = two_sided_quantile(level)
    p = count / n
    found: dict[str, Ends] = {
        method: (found.low, found.high)
        for method in METHODS
        for found in [proportion(count, n, confidence_level=level, method=method)]
    }
    errors = {
        "Wald": math.sqrt(p * (1.0 - p) / n),
        "Wald, corrected": math.sqrt(p * (1.0 - p) / n) + 0.5 / n / z,
        "Wald, n - 1": math.sqrt(p * (1.0 - p) / max(n - 1, 1)),
    }
    found |= {name: (p - z * e, p + z * e) for name, e in errors.items()}
    below, above = max(count - 0.5, 0.0), min(count + 0.5, float(n))
    found["Wilson, corrected"] = (wilson(below, n, z)[0], wilson(above, n, z)[1])
    yes, no = count + 0.5, n - count + 0.5
    for name, x, y in (("logit", count, n - count), ("logit, a half added", yes, no)):
        if x and y:
            middle, reach = math.log(x / y), z * math.sqrt(1.0 / x + 1.0 / y)
            found[name] = (_expit(middle - reach), _expit(middle + reach))
    angle, reach = math.asin(math.sqrt(p)), z / (2.0 * math.sqrt(n))
    found["arcsine"] = (
        math.sin(max(angle - reach, 0.0)) ** 2,
        math.sin(min(angle + reach, math.pi / 2.0)) ** 2,
    )
    return found


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))
