"""Outcomes as they were stated in words."""

from iph.report._numbers import (
    counted,
    decimal,
    exact,
    level_text,
    listing,
    p_with_error,
    places_for,
    share,
    share_interval,
)
from iph.report._parts.part import Part, endpoints_heading, of_study
from iph.report._phrases import interval_way, with_interval
from iph.report._sheet import Sheet, SheetRow
from iph.stats._inference.result import Estimate
from iph.study._outcomes import StatedOutcomes
from iph.study._study import Study


def outcomes_sheet(found: StatedOutcomes, *, counts_only: bool = False) -> Sheet:
    """Print the stated outcomes, overall and by group."""
    columns = (found.overall, *found.groups)
    rows = [
        SheetRow((outcome.label, *(str(group.counts[place]) for group in columns)))
        for place, outcome in enumerate(found.outcomes)
    ]
    rows.append(SheetRow(("died", *(str(group.died) for group in columns))))
    if counts_only:
        told = (f"{g.complete} of {g.share.n}" for g in columns)
        rows.append(SheetRow(("complete, of those stated either way", *told)))
    else:
        shares = (share(g.complete, g.share.n) for g in columns)
        rows.append(SheetRow(("complete, of those stated either way", *shares)))
        limits = (share_interval(g.share) for g in columns)
        rows.append(SheetRow(("95 % CI", *limits), indent=True))
    notes = [
        (
            f"An outcome was stated for {counted(found.n, 'patient')}, and not for "
            f"{found.n_missing}. Improved, without saying whether completely, is "
            "neither complete nor not."
        )
    ]
    if found.overall.died:
        notes.append(
            "Patients known to have died, with or without a stated outcome, have a row "
            "of their own beside the outcomes."
        )
    if found.n_ungrouped and found.groups:
        who = counted(found.n_ungrouped, "patient, who counts", "patients, who count")
        notes.append(f"{found.group} was not known for {who} in the first column only.")
    if found.test is not None and found.difference is not None:
        p = p_with_error(found.test.p_value, found.test.p_low, found.test.p_high)
        notes.append(
            "Complete recovery compared between the groups: "
            f"{_difference(found, found.difference)}; Fisher's test, {p}. The interval "
            f"{interval_way([found.difference.method])}. Treatment was chosen by the "
            "state of the patient, so that a difference is no effect of treatment."
        )
    return Sheet(
        name="outcomes",
        title="Outcome as stated in words",
        header=("Outcome", *(_head(group.label) for group in columns)),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _head(label: str) -> str:
    return "All" if label == "all" else label[0].upper() + label[1:]


def stated_sentence(found: StatedOutcomes, study: Study) -> str:
    """Say for how many an outcome was stated, and how many recovered."""
    whole = found.overall
    if not whole.share.n:
        return (
            f"An outcome was stated in words for {counted(found.n, 'patient')}, "
            "without saying whether recovery was complete."
        )
    text = (
        f"An outcome was stated in words for {found.n} of "
        f"{counted(found.n + found.n_missing, 'patient')}"
    )
    vague = found.n - whole.share.n
    if vague:
        text += (
            f"; in {vague}, it was not stated whether recovery was complete. In the "
            f"{'others' if whole.share.n > 1 else 'other'}, it"
        )
    else:
        text += "; recovery"
    text += f" was complete in {_stated(whole.complete, whole.share, study)}."
    return text + _by_treatment(found, study)


def _by_treatment(found: StatedOutcomes, study: Study) -> str:
    """Say how many of each group recovered, and the difference; empty for one group."""
    groups = [group for group in found.groups if group.share.n]
    if len(groups) < 2:
        return ""
    told = [f"{_stated(g.complete, g.share, study)} treated {g.label}" for g in groups]
    text = f" It was complete in {listing(told)}"
    rest = found.overall.share.n - sum(group.share.n for group in groups)
    if rest:
        text += f"; {found.group.lower()} was not known for the other"
        text += f" {rest}" if rest > 1 else ""
    text += "."
    if found.test is not None and found.difference is not None:
        p = p_with_error(found.test.p_value, found.test.p_low, found.test.p_high)
        gap = _difference(found, found.difference)
        text += (
            f" The difference, {gap}; Fisher's test, {p}; treatment was not allocated "
            "at random."
        )
    return text


def _difference(found: StatedOutcomes, gap: Estimate) -> str:
    """Write the difference of two groups in percentage points."""
    groups = [group.label for group in found.groups if group.share.n]
    places = places_for(gap.n)
    middle, low, high = (
        decimal(exact(round(value, 12)) * 100, places)
        for value in (gap.estimate, gap.low, gap.high)
    )
    return (
        f"{' less '.join(groups)}, was {middle} percentage points "
        f"({level_text(gap.confidence_level)} CI, {low} to {high})"
    )


def _stated(complete: int, share: Estimate, study: Study) -> str:
    if study.convenience:
        return f"{complete} of {counted(share.n, 'patient')}"
    return with_interval(complete, share)


PART = Part(
    chapter="recovery",
    heading=endpoints_heading,
    results=of_study("outcomes"),
    blocks=lambda found, material: (
        outcomes_sheet(found, counts_only=material.study.convenience),
    ),
    sentences=lambda found, material: (stated_sentence(found, material.study),),
    answers=lambda found, _material: {
        "outcomes": "outcome as stated in words",
        **({"subgroups": ""} if len(found[0].groups) > 1 else {}),
    },
)
