"""Who improved by as much as counts, at each visit and in each group."""

from collections import Counter
from typing import Any, Final

import numpy as np

from iph._categories import ScheduledVisit
from iph._checks import level
from iph._fields import Declaration, Kind
from iph.errors import DataError, InputError
from iph.protocol._changes import other_scale
from iph.protocol._protocol import Protocol
from iph.scales._change_rules import CHANGE_RULES, ChangeRule
from iph.study._columns import DIED, Coded, Columns, crossed
from iph.study._grouping import grouping
from iph.study._responder_tables import ResponderTable, made
from iph.study._study import Study
from iph.study._visit_counts import Pairs


def responders(
    study: Study,
    field: str,
    *,
    rule: str | ChangeRule,
    by: str | None = None,
    confidence_level: float = 0.95,
) -> ResponderTable:
    """Count who improved by a minimal important or reliable change.

    How many patients improved by as much as counts, at which visit, and in which group?

    Parameters
    ----------
    study : Study
        The study; its analyzed patients are counted.
    field : str
        A number that is followed over the visits, such as ``"vas"``.
    rule : str or ChangeRule
        How much counts: one of `iph.scales.CHANGE_RULES`, or a rule of your own; see
        `iph.scales.reliable_change`. Its bounds and its better end must be those of the
        field: they tell the versions of an instrument apart.
    by : str, optional
        What the table is grouped by; the same names as for `analyze`.
    confidence_level : float, default 0.95
        Level of each Clopper-Pearson interval, between 0 and 1.

    Returns
    -------
    ResponderTable
        With ``field``, ``label``, ``rule``, ``baseline``, ``by``, ``rows``,
        ``difference``, ``confidence_level``, ``n`` and ``n_missing``. A visit stands in
        it if anybody was scored there.

    Raises
    ------
    InputError
        If the study follows no such number, the rule is one of another scale or not
        known, or it cannot be grouped so.
    DataError
        If the cohort is a convenience sample, of which no rate is computed.

    See Also
    --------
    iph.scales.score_change : The same of two scores.
    iph.stats.responder_table : The same of answers that you have.

    Notes
    -----
    The rule is chosen before the data are seen, and named in the methods.
    A minimal important change is one for a single patient [1]_: the mean change of a
    group is to be compared with another, smaller number.
    A score that is known only as a bound counts as missing.

    References
    ----------
    .. [1] Beard DJ, et al. Meaningful changes for the Oxford hip and knee scores after
       joint replacement surgery. J Clin Epidemiol 2015;68:73-79.
       doi:10.1016/j.jclinepi.2014.08.009

    Examples
    --------
    Pain of the cohort that has the figures of Li et al. 2023:

    >>> from iph.evidence import li2023_claims, twin
    >>> from iph.study import analyze, responders
    >>> study = analyze(twin(li2023_claims(), rng=2023))
    >>> table = responders(study, "vas", rule="pain-farrar2001")
    >>> row = table.at("month_6")
    >>> assert row is not None
    >>> row.improved, row.not_changed, row.worse, row.n
    (27, 1, 0, 28)
    """
    if not isinstance(study, Study):
        raise InputError("study", "a Study, as analyze() returns it", study)
    asked = level(confidence_level)
    protocol = study.protocol
    if not isinstance(rule, ChangeRule):
        if str(rule) not in CHANGE_RULES:  # an array would compare with each name
            known = ", ".join(CHANGE_RULES)
            raise InputError("rule", f"a ChangeRule, or one of {known}", rule)
        rule = CHANGE_RULES[str(rule)]
    declared = _followed(protocol, field)
    _same_scale(rule, field, declared)
    start = protocol.baseline
    if start is None:
        raise InputError("study", "of a protocol with a visit at day 0", protocol.title)
    if study.convenience:
        raise DataError(
            "the cohort is a convenience sample, from which no rate of improvement can "
            "be estimated"
        )
    columns = Columns(tuple(study.patients), protocol)
    group = Coded(np.zeros(columns.n, dtype=np.int64), [None])
    chosen = None
    if by is not None:
        rule_of_coagulation = study.rules.coagulation or _ANY
        chosen = grouping(by, "by", protocol, coagulation_rule=rule_of_coagulation)
        group = chosen.column(columns)
    before = columns.states(field, start)
    pairs: dict[ScheduledVisit, dict[Any, Pairs]] = {}
    for visit in protocol.visits:
        now = columns.states(field, visit)
        if visit == start or set(now.listed()) <= {None, DIED}:
            continue
        groups = pairs.setdefault(visit, {})
        for (first, second, code), n in crossed([before, now, group]).items():
            groups.setdefault(code, Pairs(Counter())).cells[first, second] += n
    return made(
        pairs,
        rule=rule,
        field=(field, declared.label),
        baseline=(start, Counter(before.listed())),
        by=chosen,
        primary=study.rules.primary_visit,
        confidence_level=asked,
    )


_ANY: Final = "laboratory-or-history"  # asked only where a study has coagulation


def _followed(protocol: Protocol[Any], field: str) -> Declaration:
    """Return the declaration of a number that is followed over the visits."""
    numbers = {
        name: declared
        for name, declared in protocol.assessment_declarations.items()
        if declared.kind is Kind.QUANTITY
    }
    if str(field) not in numbers:  # an array would compare with each name
        allowed = f"one of: {', '.join(numbers)}"
        raise InputError("field", allowed, field, "a number seen at visits")
    return numbers[str(field)]


def _same_scale(rule: ChangeRule, field: str, declared: Declaration) -> None:
    """Refuse a rule of another scale, or of another version of it."""
    differs = other_scale(rule, declared)
    if differs is not None:
        here, given = differs
        raise InputError("rule", f"one of the scale of {field} ({here})", given)
    if rule.whole and not declared.whole:
        hint = "declare the field with step=1"
        raise InputError(
            "rule", "one that takes the decimals of the field", rule.name, hint
        )
