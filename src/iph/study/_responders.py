"""Who improved by as much as counts, at each visit and in each group."""

from collections import Counter
from typing import Any, Final

import attrs
import numpy as np

from iph._categories import ScheduledVisit
from iph._checks import level
from iph._fields import Declaration, Kind
from iph.errors import DataError, InputError
from iph.protocol._protocol import Protocol
from iph.scales._change import score_change
from iph.scales._change_rules import CHANGE_RULES, ChangeGrade, ChangeRule
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._columns import DIED, Coded, Columns, crossed
from iph.study._grouping import grouping
from iph.study._study import Study
from iph.study._visit_counts import Pairs


@attrs.frozen(kw_only=True)
class Responders:
    """Patients of one group at one visit, by a rule of change.

    Attributes
    ----------
    visit : ScheduledVisit
        The later visit; each patient is compared with baseline.
    group : str or None
        The group in words; None where there are no groups, or a patient's is not known.
    improved, not_changed, worse : int
        Patients who changed by as much as counts, or not; they add up to n.
    share : Estimate
        The share of those who improved among those scored at both visits.
    missing_failed : Estimate
        Their share among all of the group, if nobody else improved: whoever was not
        scored, and whoever had died.
    no_room : int
        Patients of n who started so near the best score that they could not improve by
        as much as counts.
    died : int
        Patients who had died by the visit: neither in n nor missing.
    n : int
        Patients scored at both visits.
    n_missing : int
        The others who had not died.
    """

    visit: ScheduledVisit
    group: str | None
    improved: int
    not_changed: int
    worse: int
    share: Estimate
    missing_failed: Estimate
    no_room: int
    died: int
    n: int
    n_missing: int


@attrs.frozen(kw_only=True)
class ResponderTable:
    """Who improved by as much as counts, at each visit and in each group.

    Attributes
    ----------
    field, label : str
        The score, by its name and in words.
    rule : ChangeRule
        How much counts, with its reference.
    baseline : ScheduledVisit
        The visit that each later one is compared with.
    by : str
        What the groups are; empty without groups.
    rows : tuple of Responders
        By visit in order of time, and within it by group; a last one for patients whose
        group is not known, if there are any.
    confidence_level : float
        The level of the intervals.
    n : int
        Patients of the study with a score at baseline.
    n_missing : int
        Patients of the study without one.
    """

    field: str
    label: str
    rule: ChangeRule
    baseline: ScheduledVisit
    by: str
    rows: tuple[Responders, ...]
    confidence_level: float
    n: int
    n_missing: int

    def at(
        self, visit: ScheduledVisit | str, group: str | None = None
    ) -> Responders | None:
        """Return the row of a visit and group.

        Parameters
        ----------
        visit : ScheduledVisit or str
            The visit, or its code.
        group : str, optional
            The group in words.

        Returns
        -------
        Responders or None
            None if there is no such row.
        """
        code = visit.value if isinstance(visit, ScheduledVisit) else visit
        found = (r for r in self.rows if (r.visit.value, r.group) == (code, group))
        return next(found, None)


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
        ``confidence_level``, ``n`` and ``n_missing``. A visit stands in it if anybody
        was scored there.

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
    names: dict[Any, str | None] = {}
    if by is not None:
        rule_of_coagulation = study.rules.coagulation or _ANY
        chosen = grouping(by, "by", protocol, coagulation_rule=rule_of_coagulation)
        group = chosen.column(columns)
        names |= zip(chosen.levels, chosen.level_labels, strict=True)
    names[None] = None
    before = columns.states(field, start)
    scored = Counter(before.listed())
    rows = []
    for visit in protocol.visits:
        now = columns.states(field, visit)
        if visit == start or set(now.listed()) <= {None, DIED}:
            continue
        pairs: dict[Any, Counter[Any]] = {code: Counter() for code in names}
        for (first, second, code), n in crossed([before, now, group]).items():
            pairs[code][first, second] += n
        rows += [
            _row(visit, name, Pairs(pairs[code]), rule, asked)
            for code, name in names.items()
            if pairs[code] or name is not None
        ]
    n_missing = scored[None] + scored[DIED]
    return ResponderTable(
        field=field,
        label=declared.label,
        rule=rule,
        baseline=start,
        by=by or "",
        rows=tuple(rows),
        confidence_level=asked,
        n=columns.n - n_missing,
        n_missing=n_missing,
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
    better = {"low": "lower", "high": "higher", None: rule.better}[declared.best]
    here = (declared.low, declared.high, better)
    if here != (rule.low, rule.high, rule.better):
        scale = f"{declared.low:g} to {declared.high:g}, {better} is better"
        given = f"{rule.name} ({rule.low:g} to {rule.high:g}, {rule.better} is better)"
        raise InputError("rule", f"one of the scale of {field} ({scale})", given)
    if rule.whole and not declared.whole:
        hint = "declare the field with step=1"
        raise InputError(
            "rule", "one that takes the decimals of the field", rule.name, hint
        )


def _row(
    visit: ScheduledVisit,
    group: str | None,
    pairs: Pairs,
    rule: ChangeRule,
    confidence_level: float,
) -> Responders:
    best = rule.high if rule.better == "higher" else rule.low
    changes: Counter[ChangeGrade | None] = Counter()
    no_room = 0
    for (before, now), count in pairs.both.items():
        changes[score_change(before, now, rule=rule)] += count
        if score_change(before, best, rule=rule) is not ChangeGrade.IMPROVED:
            no_room += count
    improved, n = changes[ChangeGrade.IMPROVED], changes.total()
    missing = pairs.n - n - pairs.n_died

    def share(of: int, n_missing: int) -> Estimate:
        return proportion(
            improved,
            of,
            n_missing=n_missing,
            confidence_level=confidence_level,
            method="clopper-pearson",
        )

    return Responders(
        visit=visit,
        group=group,
        improved=improved,
        not_changed=changes[ChangeGrade.NOT_CHANGED],
        worse=changes[ChangeGrade.WORSE],
        share=share(n, missing),
        missing_failed=share(pairs.n, 0),
        no_room=no_room,
        died=pairs.n_died,
        n=n,
        n_missing=missing,
    )
