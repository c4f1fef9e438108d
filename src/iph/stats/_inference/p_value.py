"""How every test comes to its p-value: counted, simulated, or from a limit law.

``"auto"`` means one thing in the whole package. The p-value is counted exactly if that
takes about a second at most. If not, it is asymptotic where the data are so many that
the limit law holds, and else simulated: with the generator given, or with the
documented seed, which the result then names. It never refuses a table for its size.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, Literal

import attrs
import numpy as np

from iph._checks import Ints, generator
from iph.errors import WorkError

Method = Literal["auto", "exact", "asymptotic", "monte-carlo"]

METHODS: Final = ("auto", "exact", "asymptotic", "monte-carlo")
SEED: Final = 2023
"""The documented seed: that of simulations for which no generator was given."""
LARGE: Final = 200
"""What every expected number must exceed before "auto" takes the limit law."""
MOST_DEALT: Final = 30_000
"""Cases beyond which "auto" simulates nothing: some seconds of work."""


@attrs.frozen(kw_only=True)
class PValue:
    """A p-value and how it was found.

    Attributes
    ----------
    p_value : float
        The p-value.
    method : str
        ``"exact"``, ``"monte-carlo"`` or ``"asymptotic"``, with what was added to it.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    seed : int or None
        The documented seed if it was used; None if a generator was given or nothing
        was simulated.
    """

    p_value: float
    method: str
    p_low: float | None = None
    p_high: float | None = None
    seed: int | None = None


@attrs.frozen(kw_only=True)
class Routes:
    """The ways to the p-value of one test.

    Attributes
    ----------
    exact : callable or None
        Returns the exact p-value; takes a limit of its work and raises `WorkError`
        above it. None if the test has no exact form.
    limits : tuple of float
        The limit of the work under ``"auto"``, and if asked for by name.
    drawn : callable or None
        Returns the simulated p-value; takes a generator. None if the test has no
        simulated form.
    asymptotic : callable
        Returns the asymptotic p-value.
    smallest : float
        The smallest number on which the limit law rests, to be compared with `LARGE`.
    cases : int
        How many cases a simulation deals, each time anew.
    asymptotic_name : str
        What the asymptotic p-value is called in the result.
    """

    exact: Callable[[float], float] | None
    limits: tuple[float, float] = (0.0, 0.0)
    drawn: Callable[["np.random.Generator"], PValue] | None = None
    asymptotic: Callable[[], float]
    smallest: float
    cases: int
    asymptotic_name: str = "asymptotic"


def documented_generator() -> "np.random.Generator":
    """Return the generator of the documented seed, at its start."""
    return np.random.Generator(np.random.PCG64(SEED))


def find_p_value(
    method: str,
    routes: Routes,
    rng: "np.random.Generator | int | None",
    *,
    defined: bool = True,
) -> PValue:
    """Carry out what ``method`` asks for.

    Parameters
    ----------
    method : {"auto", "exact", "asymptotic", "monte-carlo"}
        The method asked for.
    routes : Routes
        The ways of the test.
    rng : numpy.random.Generator or int or None
        The source of randomness; needed by ``"monte-carlo"``.
    defined : bool
        Whether there are data to be tested; if not, the p-value is NaN.
    """
    given = generator(rng) if rng is not None or method == "monte-carlo" else None
    if not defined:
        named = {"asymptotic": routes.asymptotic_name, "auto": _first(routes)}
        return PValue(p_value=math.nan, method=named.get(method, method))
    if routes.exact is not None and method in {"auto", "exact"}:
        automatic = method == "auto"
        try:
            counted = routes.exact(routes.limits[0 if automatic else 1])
            return PValue(p_value=counted, method="exact")
        except WorkError:
            if not automatic:
                raise
    beyond = (
        routes.drawn is None or routes.smallest > LARGE or routes.cases > MOST_DEALT
    )
    if method == "asymptotic" or (method == "auto" and beyond) or routes.drawn is None:
        return PValue(p_value=routes.asymptotic(), method=routes.asymptotic_name)
    if given is not None:
        return routes.drawn(given)
    return attrs.evolve(routes.drawn(documented_generator()), seed=SEED)


def _first(routes: Routes) -> str:
    return "exact" if routes.exact is not None else "monte-carlo"


def smallest_share(sizes: Sequence[int], ties: Ints) -> float:
    """Return how many of the smallest group are expected off the commonest value.

    Without ties this is (nearly) the smallest group. If most cases share one value,
    the limit law rests on the few others.
    """
    n = sum(sizes)
    return min(sizes) * (n - int(ties.max())) / n if n else 0.0
