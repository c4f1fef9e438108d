"""Twin cohorts: patients that could stand behind what a paper prints."""

import math
import time
from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import numpy as np

from iph._checks import generator, one_of, whole
from iph._cohort import Cohort
from iph._display import Displayed
from iph._options import one_number
from iph.errors import DataError, InputError
from iph.evidence._audit import audit
from iph.evidence._block_samples import (
    is_excluded,
    sample_block,
    settle_block,
    smallest_conflict,
)
from iph.evidence._block_solver import UndecidedError
from iph.evidence._blocks import (
    MARGINALS,
    RESPONSE,
    Block,
    blocks_of,
    cohort_size,
    is_numeric,
    seen_at,
    values_of,
)
from iph.evidence._claims import SUMMARIES, Claim
from iph.evidence._ledger import Ledger
from iph.evidence._quartile_granularity import RULES
from iph.evidence._twin_courses import Courses, courses_of, filled
from iph.evidence._twin_mending import mend, reliefs_of
from iph.evidence._twin_patients import patients_of
from iph.evidence._twin_subjects import Columns
from iph.evidence._variables import variables_of
from iph.evidence._verdict import Finding
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import P_co, Protocol

__all__ = ["Infeasible", "twin"]

_ATTEMPTS = 3


@attrs.frozen(kw_only=True)
class Infeasible(Displayed):
    """No patients can stand behind some claims, each of which is possible alone.

    Attributes
    ----------
    claims : tuple of Claim
        A smallest set of claims that cannot hold together.
    reason : str
        The same in one sentence.
    """

    claims: tuple[Claim, ...]
    reason: str


def twin(
    claims: Iterable[Claim],
    *,
    rng: np.random.Generator | int,
    protocol: Protocol[P_co] | None = None,
    n: int | None = None,
    quantile_rule: str = "weibull",
    time_limit: float = 60.0,
) -> Cohort[P_co] | Infeasible:
    """Make patients that could stand behind all claims that can be true.

    What could the data behind this paper look like? The twin has the printed number of
    patients at each level and visit, the printed medians and quartiles, and the printed
    means and SDs, so that an analysis can be tried on it. It is made up: nothing can be
    learned from it that is not printed.

    Parameters
    ----------
    claims : iterable of Claim
        The claims of one paper. Claims that `audit` finds impossible or contradicting
        are left out.
    rng : numpy.random.Generator or int
        Different seeds give different twins.
    protocol : Protocol, optional
        The study, whose fields and visits the claims name; LI_2023_PROTOCOL if not
        given.
    n : int, optional
        Number of patients, 1 to 500. By default the group that most claims count in.
    quantile_rule : str, default: "weibull"
        The rule of the printed quartiles, by its name in `iph.stats.quartiles`.
    time_limit : float, default: 60.0
        Seconds for the proof that some claims cannot hold together, where no patients
        were found for them at once.

    Returns
    -------
    Cohort or Infeasible
        The patients, with ``synthetic`` set and a note on their origin; or a smallest
        set of claims (``claims``, with a ``reason``) that provably cannot hold
        together.

    Raises
    ------
    iph.errors.InputError
        If an argument is not what it must be.
    iph.errors.DataError
        If no claim names a variable, or too few say of how many patients they speak;
        or if the time was not enough to find patients or to prove that there are none.

    See Also
    --------
    audit : The checks that claims must pass first.
    plausible_range : The range of a figure over many twins.

    Notes
    -----
    The values of each variable at each visit are found by a search of small steps that
    uses no solver, so that a seed gives the same twin everywhere; only if it finds none
    does an integer program [1]_, whose unknowns are the numbers of patients per value,
    prove that there are none, or give the first sample that there is. Visits are then
    tied together patient by patient. A search of small steps lets as many patients have
    the relief of pain, or the response of the protocol, as are printed, and lets nobody
    get worse where the printed figures allow it. Visits between two printed ones are
    filled in between. The notes of the cohort list the printed figures that it does not
    have; categories that are recorded at visits are always among them. Variables that
    the claims do not mention stay unrecorded, so that criteria that ask for them cannot
    be answered.

    A patient with a hematoma has what every published patient has by definition (a
    complete record, imaging that shows the hematoma), and reference ranges of clotting
    tests are made up so that the printed number of patients is abnormal.

    Dependence between variables is not printed, so it is guessed or random: never
    take a correlation from a twin.

    References
    ----------
    .. [1] Huangfu Q, Hall JAJ. Parallelizing the dual revised simplex method. Math
       Program Comput 2018;10:119-142. :doi:`10.1007/s12532-017-0130-5`

    Examples
    --------
    >>> from iph import Cohort
    >>> from iph.evidence import li2023_claims, twin
    >>> from iph.stats import quartiles
    >>> cohort = twin(li2023_claims(), rng=2023)
    >>> assert isinstance(cohort, Cohort)  # else it is Infeasible, with the claims
    >>> len(cohort), cohort.synthetic
    (28, True)
    >>> age = quartiles([patient.age_years for patient in cohort])
    >>> age.median, age.q1, age.q3
    (48.0, 20.25, 63.0)
    """
    random = generator(rng)
    one_of(quantile_rule, "quantile_rule", RULES)
    study: Protocol[Any] = LI_2023_PROTOCOL if protocol is None else protocol
    findings = audit(claims, protocol=study)
    variables = variables_of(study)
    ledger = Ledger((finding.claim for finding in findings), variables)
    size = cohort_size(ledger) if n is None else whole(n, "n", low=1, high=500)
    seconds = _seconds(time_limit)
    kept = [f.claim for f in findings if not f.verdict.is_problem]
    solved: Columns = {}
    blocks = blocks_of(ledger, kept, size)
    for block in blocks:
        values = _solved(block, quantile_rule, random, seconds)
        if values is None:
            return _infeasible(block, quantile_rule, seconds)
        solved[block.variable, block.visit] = values
    courses: Courses = courses_of(
        solved, seen_at(ledger, size), size, variables, random
    )
    reliefs = reliefs_of(kept, study)
    missed = mend(
        courses,
        {(block.variable, block.visit): block for block in blocks},
        reliefs,
        quantile_rule,
        random.spawn(1)[0],
        variables=variables,
    )
    given = [claim for block in blocks for claim in block.claims]
    given += [relief.claim for relief in reliefs if relief.claim not in missed]
    return Cohort(
        patients_of(
            solved, filled(courses, size, variables, random), size, study, random
        ),
        patient_class=study.patient,
        label="twin of printed claims",
        synthetic=True,
        notes=(_MADE_UP, *_not_honored(findings, kept, given)),
    )


_MADE_UP = (
    "synthetic: these patients were made up so that they agree with printed figures; "
    "they are nobody's data, and dependence between variables is a guess"
)


def _not_honored(
    findings: Iterable[Finding], kept: Iterable[Claim], given: Iterable[Claim]
) -> Iterator[str]:
    """Say which printed figures of patients the twin does not have, and why."""
    problems = [
        f.claim for f in findings if f.verdict.is_problem and _is_figure(f.claim)
    ]
    if problems:
        yield (
            "left out, since they are impossible or contradict another printed figure: "
            f"{_printed(problems)}"
        )
    solved = {claim.code for claim in given}
    open_ = [c for c in kept if _says_what_counts(c) and c.code not in solved]
    if open_:
        yield f"not used in making these patients: {_printed(open_)}"


def _is_figure(claim: Claim) -> bool:
    """Whether a claim is a figure of the patients that a twin could have."""
    return claim.kind in MARGINALS and bool(claim.variable or claim.derived)


def _says_what_counts(claim: Claim) -> bool:
    """Whether a figure of patients says which values or changes it is of."""
    tells = bool(claim.levels) or claim.kind in SUMMARIES or claim.derived == RESPONSE
    return tells and _is_figure(claim)


def _seconds(value: float) -> float:
    rule = "a number of seconds, at least 0"
    seconds = one_number(value, "time_limit", rule)
    if not 0.0 <= seconds < math.inf:
        raise InputError("time_limit", rule, value)
    return seconds


def _solved(
    block: Block, rule: str, rng: np.random.Generator, seconds: float
) -> list[object] | None:
    """Return a value for each patient; None if there provably are none."""
    if is_excluded(block, rule=rule):
        return None
    end = time.monotonic() + seconds
    for _ in range(_ATTEMPTS):
        values = sample_block(block, rule=rule, rng=rng)
        if values is not None:
            return list(values)
        if time.monotonic() > end:
            break
    try:
        settled = settle_block(block, rule=rule, seconds=seconds)
    except UndecidedError:
        raise DataError(
            f"no {_values(block)} were found that have all of "
            f"{_printed(block.claims)}, and {seconds:g} s were not enough to prove "
            "that there are none; allow more with time_limit=, or leave out claims"
        ) from None
    return None if settled is None else list(settled)


def _infeasible(block: Block, rule: str, seconds: float) -> Infeasible:
    claims = smallest_conflict(block, rule=rule, seconds=seconds)
    by_rule = f" by the quantile rule {rule}" if block.orders else ""
    return Infeasible(
        claims=claims,
        reason=f"no {_values(block)} have all of {_printed(claims)}{by_rule}.",
    )


def _values(block: Block) -> str:
    """Name what the patients of a block would have, with its bounds."""
    when = "" if block.visit is None else f" at visit {block.visit.value}"
    within = ""
    if is_numeric(block):
        every = values_of(block)
        within = f" from {float(every[0]):g} to {float(every[-1]):g}"
    return f"{block.n} values of {block.variable}{when}{within}"


def _printed(claims: Iterable[Claim]) -> str:
    return ", ".join(f'"{claim.printed}" ({claim.where})' for claim in claims)
