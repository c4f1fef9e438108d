"""Who responded, with intervals, by group and with those who are missing."""

from collections.abc import Hashable, Iterable

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints, level, numbers, one_of, same_length, unmasked
from iph._labels import coded
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import METHODS, ProportionMethod, proportion


@attrs.frozen(kw_only=True, eq=False)
class ResponderRow(Result):
    """How many of a group responded.

    Attributes
    ----------
    group : object or None
        The label of the group; None where there is no group, or none is known.
    responders : int
        Those who responded.
    estimate, low, high : float
        Their share among those whose response is known, with its interval.
    missing_failed : Estimate
        Their share among all, if nobody with an unknown response responded.
    confidence_level : float
        The level of the intervals.
    method : str
        The name of the rule that made the intervals.
    n : int
        Those whose response is known.
    n_missing : int
        Those whose response is not known.
    """

    group: Hashable | None
    responders: int
    estimate: float
    low: float
    high: float
    missing_failed: Estimate
    confidence_level: float
    method: str
    n: int
    n_missing: int


def responder_table(
    answers: npt.ArrayLike | Iterable[object],
    *,
    group: npt.ArrayLike | Iterable[Hashable] | None = None,
    confidence_level: float = 0.95,
    method: ProportionMethod = "clopper-pearson",
) -> tuple[ResponderRow, ...]:
    """Count those who responded, with an interval, for each group.

    How many improved by as much as counts, and how sure is that?

    Parameters
    ----------
    answers : sequence of bool and None
        For each patient whether the response was reached: True or 1, False or 0. None,
        NaN or masked where it is not known, or could not be.
    group : sequence of labels, optional
        The group of each patient.
    confidence_level : float, default: 0.95
        Level of each interval, between 0 and 1.
    method : {"clopper-pearson", "blaker", "mid-p", "wilson", "agresti-coull", \
"jeffreys"}, default: "clopper-pearson"
        The interval, as for `proportion`.

    Returns
    -------
    tuple of ResponderRow
        One for each group, in order, and a last one with group None for patients whose
        group is not known; without groups, one. Each has attributes ``group``,
        ``responders``, ``estimate``, ``low``, ``high``, ``missing_failed``,
        ``confidence_level``, ``method``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        An answer is neither yes nor no, the lengths differ, or the level is not between
        0 and 1.

    See Also
    --------
    proportion : The share of a count.
    risk_difference, barnard : The difference between two groups.

    Notes
    -----
    The denominator of ``estimate`` is those who could be evaluated. Those who were lost
    may have done worse, so ``missing_failed`` counts them as failures: print both where
    they differ.

    What counts as a response is for the question to say: at least 30 or 50 percent less
    pain [1]_, or a minimal important change of a score. Choose it before you look.

    Each interval holds its level for its group alone; whether two groups differ is
    another question, and overlapping intervals do not answer it.

    References
    ----------
    .. [1] Dworkin RH, et al. Interpreting the clinical importance of treatment outcomes
       in chronic pain clinical trials: IMMPACT recommendations. J Pain 2008;9:105-121.
       :doi:`10.1016/j.jpain.2007.09.005`

    Examples
    --------
    >>> from iph.stats import responder_table
    >>> improved = [True, True, False, None, True, False, False, None]
    >>> arm = ["drained"] * 4 + ["conservative"] * 4
    >>> for row in responder_table(improved, group=arm):
    ...     share = f"{row.estimate:.0%} ({row.low:.0%} to {row.high:.0%})"
    ...     print(f"{row.group}: {row.responders} of {row.n}, {share}")
    conservative: 1 of 3, 33% (1% to 91%)
    drained: 2 of 3, 67% (9% to 99%)
    """
    asked = level(confidence_level)
    one_of(method, "method", METHODS)
    found = _answers(answers)
    if group is None:
        codes, known = np.zeros(found.size, dtype=np.int64), (None,)
    else:
        codes, names = coded(group, "group")
        same_length(found.size, codes.size, "answers", "group")
        known = (*names, None) if (codes < 0).any() else names
        codes = np.where(codes < 0, len(names), codes)
    rows = []
    for place, label in enumerate(known):
        of = found[codes == place]
        responders, n = int((of == 1).sum()), int((of >= 0).sum())
        share = proportion(responders, n, confidence_level=asked, method=method)
        rows.append(
            ResponderRow(
                group=label,
                responders=responders,
                estimate=share.estimate,
                low=share.low,
                high=share.high,
                missing_failed=proportion(
                    responders, of.size, confidence_level=asked, method=method
                ),
                confidence_level=asked,
                method=method,
                n=n,
                n_missing=of.size - n,
            )
        )
    return tuple(rows)


def _answers(answers: npt.ArrayLike | Iterable[object]) -> Ints:
    """Return 1 for yes, 0 for no and -1 where it is not known."""
    raw = unmasked(answers)
    if not (isinstance(raw, np.ndarray) and raw.dtype.kind in "fiu"):
        if isinstance(raw, np.ndarray) and raw.dtype.kind == "b":
            return raw.astype(np.int64)
        if isinstance(raw, (str, bytes)) or not isinstance(raw, Iterable):
            raise InputError("answers", "a sequence of True, False and None", raw)
        raw = [int(v) if isinstance(v, (bool, np.bool_)) else v for v in raw]
    array = numbers(raw, "answers")
    wrong = ~np.isnan(array) & (array != 0.0) & (array != 1.0)
    if wrong.any():
        first = int(np.argmax(wrong))
        hint = "for grades of change, ask first: grades == ChangeGrade.IMPROVED"
        value = float(array[first])
        raise InputError(f"answers[{first}]", "True/1, False/0 or None", value, hint)
    return np.where(np.isnan(array), -1.0, array).astype(np.int64)
