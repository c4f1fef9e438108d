"""Time to recovery, as its tables print it."""

import math

from iph.report._competing import (
    came,
    causes_that_came,
    either,
    no_median,
    not_dated,
    those_gone,
    why_no_test,
)
from iph.report._numbers import (
    counted,
    days,
    decimal,
    exact,
    listing,
    p_with_error,
    places_for,
)
from iph.report._phrases import (
    analysis_title,
    band_text,
    capital,
    cause_text,
    difference_text,
    group_head,
    interval_way,
    limits_text,
    listed_groups,
    method_words,
    middle_text,
    share_of_all,
    share_text,
    shown_groups,
    window_text,
)
from iph.report._sheet import Sheet, SheetRow
from iph.study._by_visit import RecoveredBy
from iph.study._recovery_results import (
    RecoveryAnalysis,
    RecoveryGroup,
    RecoverySensitivity,
)
from iph.study._recovery_words import wording_of

_CHOICES = {
    "main": "Main analysis",
    "lasting": "Reached and kept to the last assessment",
    "lost-included": "Records excluded only for loss to follow-up taken in",
    "unknown-at-risk": "Unknown baseline taken as not reached",
    "unknown-best": "Unknown baseline taken as not reached if it was reached later",
    "unknown-worst": "Unknown baseline taken as not reached if it was never reached",
}


def recovery_sheet(analysis: RecoveryAnalysis, unit: str = "days") -> Sheet:
    """Print who was at risk, recovered, relapsed, or could no more, by group."""
    head, wording = group_head(analysis), wording_of(analysis.label)
    by_visits = analysis.lead != "cumulative-incidence"
    header = [
        head,
        "At risk",
        f"Seen to {wording.verb}",
        "Lost it again",
        f"Died before {wording.noun}",
        *(f"{capital(e.label)} before {wording.noun}" for e in analysis.competing),
    ]
    if by_visits and not analysis.n_gone:
        header.append("Median (interval-censored)")
    rows = []
    for group in listed_groups(analysis):
        cells = [
            group.label,
            str(group.n),
            str(group.n_recovered),
            str(group.n_relapsed),
            str(group.n_died),
            *(str(event.n) for event in group.competing),
        ]
        if by_visits and not analysis.n_gone:
            cells.append(window_text(group, unit))
        rows.append(SheetRow(tuple(cells)))
    return Sheet(
        name=f"recovery_{analysis.endpoint}",
        title=analysis_title(analysis),
        header=tuple(header),
        rows=tuple(rows),
        notes=tuple(_risk_notes(analysis)),
    )


def _risk_notes(analysis: RecoveryAnalysis) -> list[str]:
    wording = wording_of(analysis.label)
    notes = [
        (
            f"At risk: {counted(analysis.n, 'patient')} known not to have the outcome "
            f"at baseline. Not at risk: {analysis.n_at_start} with the outcome at "
            f"baseline, and {analysis.n_unknown_baseline} whose baseline was not "
            "recorded."
        )
    ]
    if analysis.lead == "cumulative-incidence":
        notes[0] = f"{counted(analysis.n, 'patient')} with {wording.dated}"
        if analysis.n_unknown_baseline:
            notes[0] += f"; {not_dated(analysis)}"
        notes[0] += "."
    if analysis.n_unseen:
        count = "counts" if analysis.n_unseen == 1 else "count"
        notes.append(
            f"{counted(analysis.n_unseen, 'patient')} at risk without an assessment "
            f"after baseline {count} as undetermined."
        )
    if analysis.n_gone:
        notes.append(no_median(analysis, wording.noun))
    elif analysis.lead != "cumulative-incidence":
        notes.append("Median: where half were reached first, between two visits.")
    if analysis.n_ungrouped and len(analysis.groups) > 1:
        who = counted(
            analysis.n_ungrouped,
            "patient at risk, who counts",
            "patients at risk, who count",
        )
        notes.append(
            f"{analysis.group} was not known for {who} in the row of all patients only."
        )
    return notes


def by_visit_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print recovery by each visit: what is known, and what could be at most."""
    estimated = analysis.lead == "interval-censored"
    wording = wording_of(analysis.label)
    head, others = wording.head, analysis.competing
    header = [
        group_head(analysis),
        "By",
        head,
        f"Not {head.lower()}",
        "Died before",
        *([f"{capital(either(others))} before"] if others else []),
        "Undetermined",
        f"Share {head.lower()}",
        "Exact 95 % limits",
    ]
    if estimated:
        header.append("Interval-censored estimate")
    curved = not analysis.n_gone  # with deaths its complement is no share
    if curved:
        header.append("Kaplan-Meier (95 % CI)")
    rows = []
    for group in listed_groups(analysis):
        for at in group.by_visit:
            cells = [
                group.label,
                at.visit.label,
                str(at.recovered),
                str(at.not_recovered),
                str(at.died),
                *([str(at.competing)] if others else []),
                str(at.undetermined),
                share_text(at),
                limits_text(at),
            ]
            if estimated:
                cells.append(_estimated(group, at))
            if curved:
                cells.append(_by_curve(group, at))
            rows.append(SheetRow(tuple(cells)))
    notes = [
        (
            f"Share {head.lower()}: from the share if none of those undetermined had "
            f"{wording.done} to the share if all had. Limits: the lower "
            "Clopper-Pearson limit of the former and the upper one of the latter."
        )
    ]
    if analysis.n_gone:
        before = "" if came(others) else f" before {wording.noun}"
        gone = capital(those_gone([analysis]))
        notes.append(f"{gone}{before} count as not {head.lower()}.")
    return Sheet(
        name=f"recovery_{analysis.endpoint}_visits",
        title=analysis_title(analysis, " by visit"),
        header=tuple(header),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _estimated(group: RecoveryGroup, at: RecoveredBy) -> str:
    """Write the maximum likelihood estimate on the nominal day of a visit."""
    day = at.visit.nominal_day
    if day is None:  # pragma: no cover - the visits listed have a day
        return ""
    bounds = group.visits.survival_bounds(day)
    places = places_for(at.n)
    low, high = (
        decimal(exact(round(1 - s, 12)) * 100, places)
        for s in (bounds.high, bounds.low)
    )
    return f"{low} %" if low == high else f"{low} to {high} %"


def _by_curve(group: RecoveryGroup, at: RecoveredBy) -> str:
    """Write the Kaplan-Meier estimate on the nominal day of a visit."""
    day = at.visit.nominal_day
    if day is None:  # pragma: no cover - the visits listed have a day
        return ""
    found = group.curve.at([day])
    share, low, high = (
        1 - float(part[0]) for part in (found.survival, found.high, found.low)
    )
    if math.isnan(share):
        return "not followed so long"
    return f"{share_of_all(share, group.n)} ({band_text(low, high, group.n)})"


def group_tests_sheet(analysis: RecoveryAnalysis, unit: str = "days") -> Sheet | None:
    """Print how the groups differ, and who attended; None with fewer than two."""
    if len(analysis.groups) <= 1:
        return None
    wording, rows = wording_of(analysis.label), []
    if analysis.difference is not None:
        gap = analysis.difference
        rows.append(
            (
                f"{wording.head} by {gap.visit.label}: {gap.first} less {gap.second}",
                difference_text(gap),
                f"{gap.n} at risk, {gap.n_missing} undetermined",
            )
        )
    if analysis.interval is not None:
        test = analysis.interval
        rows.append(
            (
                f"Interval-censored log-rank test, {method_words(test.method)}",
                p_with_error(test.p_value, test.p_low, test.p_high),
                (
                    f"assumes that visits do not depend on {wording.noun}, and similar "
                    "visit schedules of the groups"
                ),
            )
        )
    if analysis.gray is not None:
        rows.append(
            (
                "Gray's test of the cumulative incidence",
                p_with_error(analysis.gray.p_value, None, None),
                "large-sample approximation",
            )
        )
    others = either(analysis.competing)
    without = f" and without {others}" if others else ""
    by_visits = analysis.lead != "cumulative-incidence"
    for place, visit in enumerate(analysis.visits if by_visits else ()):
        seen = "; ".join(
            f"{g.label} {g.attended[place]} of {g.alive[place]}"
            for g in analysis.groups
        )
        rows.append((f"Assessed at {visit.label}", seen, f"of those alive{without}"))
    last = "Last assessed" if by_visits else "Known until"
    followed = "; ".join(
        f"{g.label} {middle_text(g.followed)}" for g in analysis.groups
    )
    rows.append(
        (
            f"{last}, median {unit.removesuffix('s')} (Q1, Q3)",
            followed,
            f"{wording.head.lower()} or not",
        )
    )
    notes = []
    if analysis.difference is not None:
        notes.append(
            "The interval of the difference holds for every pair of true shares: it "
            f"{interval_way([analysis.difference.method])}."
        )
    if any(group.n == 1 for group in analysis.groups) and not by_visits:
        notes.append("With one patient in a group, no test compares the groups.")
    if analysis.lead == "incidence-at-visit":
        why = capital(why_no_test([analysis]))
        notes.append(f"{why}, so that no single test compares the groups.")
    return Sheet(
        name=f"recovery_{analysis.endpoint}_groups",
        title=f"Groups compared by {analysis.group.lower()}: {analysis.label}",
        header=("Comparison", "Result", "Remark"),
        rows=tuple(SheetRow(row) for row in rows),
        notes=tuple(notes),
    )


def sensitivity_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print recovery by the primary visit under other choices."""
    head = wording_of(analysis.label).head
    return Sheet(
        name=f"recovery_{analysis.endpoint}_sensitivity",
        title=(
            f"Sensitivity of {analysis.label} by {analysis.primary.label} to the "
            "choices made"
        ),
        header=("Analysis", "At risk", head, "Share", "Exact 95 % limits"),
        rows=tuple(
            SheetRow(
                (
                    _choice(one, head),
                    str(one.result.n),
                    str(one.result.recovered),
                    share_text(one.result),
                    limits_text(one.result),
                )
            )
            for one in analysis.sensitivity
        ),
        notes=(
            (
                "A share with two values runs from none to all of those undetermined; "
                f"its lower value counts every missing state as not {head.lower()}."
            ),
        ),
    )


def _choice(one: RecoverySensitivity, head: str) -> str:
    """Name a choice, in the words of the endpoint."""
    if head == "Recovered":
        return one.label
    return _CHOICES[one.name]


def interval_sheet(analysis: RecoveryAnalysis, unit: str = "days") -> Sheet:
    """Print the stretches between visits and the share that recovered in each."""
    rows = []
    for group in shown_groups(analysis):
        visits = group.visits
        for left, right, mass in zip(
            visits.left, visits.right, visits.mass, strict=True
        ):
            end = "later" if math.isinf(right) else days(right)
            rows.append(
                SheetRow((group.label, days(left), end, share_of_all(mass, group.n)))
            )
    one = unit.removesuffix("s")
    noun = "Recovery" if wording_of(analysis.label).noun == "recovery" else "Reached"
    return Sheet(
        name=f"recovery_{analysis.endpoint}_intervals",
        title=f"{noun} between visits: {analysis.label}",
        header=(group_head(analysis), f"After {one}", f"By {one}", "Share"),
        rows=tuple(rows),
        notes=("Nonparametric maximum likelihood (Turnbull) estimate.",),
    )


def incidence_sheet(analysis: RecoveryAnalysis, unit: str = "days") -> Sheet:
    """Print the cumulative incidence of recovery and of what came before it."""
    rows = []
    for group in shown_groups(analysis):
        for curve in group.incidence:
            for k, day in enumerate(curve.time):
                rows.append(
                    SheetRow(
                        (
                            group.label,
                            cause_text(curve, wording_of(analysis.label)),
                            days(day),
                            str(int(curve.at_risk[k])),
                            str(int(curve.events[k])),
                            share_of_all(curve.incidence[k], group.n),
                            band_text(curve.low[k], curve.high[k], group.n),
                        )
                    )
                )
    causes = listing(causes_that_came([analysis]))
    before = f", and {causes} before it" if causes else ""
    return Sheet(
        name=f"recovery_{analysis.endpoint}_incidence",
        title=f"Cumulative incidence: {analysis.label}{before}",
        header=(
            group_head(analysis),
            "Event",
            capital(unit.removesuffix("s")),
            "At risk just before",
            "Events",
            "Incidence",
            "95 % CI",
        ),
        rows=tuple(rows),
    )
