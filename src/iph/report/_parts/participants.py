"""Who was assessed, included and seen: the flow of records and of visits."""

import math
from collections import Counter
from collections.abc import Iterator
from functools import partial

from iph.criteria._screening import Screening
from iph.evidence._claims import Claim, ClaimKind
from iph.report._document import Block, Picture
from iph.report._figures.flow import flow_figure
from iph.report._numbers import (
    counted,
    days,
    decimal,
    exact,
    none_or,
    of_patients,
)
from iph.report._parts.part import Material, Part, headed
from iph.report._phrases import capital, lowered, middle_text
from iph.report._sheet import Sheet, SheetRow
from iph.stats._description.quartiles import Quartiles
from iph.stats._tables.proportion import proportion
from iph.study._attendance import Attendance, VisitAttendance
from iph.study._study import Study

POPULATION = {
    "included": "only records that met all criteria",
    "not-excluded": (
        "records that met all criteria and those whose eligibility could not be "
        "determined"
    ),
    "all": "all records, whether they meet the criteria or not",
}

_FIRST = "Records failing several criteria are counted under the first."
_UNTOLD = "not counted"  # of records that are known as counts alone


def flow_sheet(screening: Screening) -> Sheet:
    """Print what every criterion removes, and what it cannot answer."""
    decisions = screening.decisions
    unknown = Counter(code for one in decisions or () for code in one.unknown)
    failed = Counter(code for one in decisions or () for code in one.failed)
    rows = [
        SheetRow(
            (
                f"{step.code}: {step.statement}",
                str(step.n_removed),
                _UNTOLD if decisions is None else str(failed[step.code]),
                _UNTOLD if decisions is None else str(unknown[step.code]),
                str(step.n_remaining),
            )
        )
        for step in screening.flow
    ]
    total = str(screening.n_assessed)
    return Sheet(
        name="flow",
        title=f"Records by criterion ({screening.criteria.name})",
        header=(
            "Criterion",
            "Excluded here",
            "Fail this criterion (total)",
            "Cannot be answered",
            "Remaining",
        ),
        rows=(SheetRow(("Records assessed", "", "", "", total)), *rows),
        notes=(
            _FIRST,
            f"{flow_text(screening)}.",
            "I, criterion of inclusion; E, criterion of exclusion.",
        ),
    )


def flow_text(screening: Screening) -> str:
    """Say how many records were assessed, included and excluded."""
    text = (
        f"Of {counted(screening.n_assessed, 'record')} assessed, "
        f"{none_or(screening.n_included)} met the criteria"
    )
    if screening.n_excluded:
        text += f" and {screening.n_excluded} did not"
    if screening.n_unknown:
        text += f"; the eligibility of {screening.n_unknown} could not be determined"
    return text


def attendance_sheet(found: Attendance, unit: str = "days") -> Sheet:
    """Print who was due, seen, missed and dead at each visit, on which days."""
    one = unit.removesuffix("s")
    notes = [follow_up_text(found, unit)]
    gaps = {at.visit: at.seen - at.n_days for at in found.visits}
    undated = sum(n for visit, n in gaps.items() if visit.nominal_day is not None)
    if undated:
        visits = counted(undated, "visit, which counts", "visits, which count")
        notes.append(f"The {one} was not recorded of {visits} at the nominal {one}.")
    notes += [
        f"{capital(visit.label)} has no nominal {one}; its {one} was not recorded for "
        f"{counted(n, 'patient')}."
        for visit, n in gaps.items()
        if n and visit.nominal_day is None
    ]
    if found.n_died_undated:
        lost = found.n_died_undated
        who = counted(lost, "patient, who counts", "patients, who count")
        notes.append(
            f"The {one} of death was not recorded for {who} as missed after the last "
            "assessment."
        )
    return Sheet(
        name="attendance",
        title="Attendance by visit",
        header=("Visit", "Due", "Seen", "Missed", "Died", f"Median {one} (range)"),
        rows=tuple(
            SheetRow(
                (
                    at.visit.label,
                    str(at.due),
                    str(at.seen),
                    str(at.missed),
                    str(at.died),
                    _day_text(at),
                )
            )
            for at in found.visits
        ),
        notes=tuple(notes),
    )


def _day_text(at: VisitAttendance) -> str:
    if not at.seen:
        return "nobody seen"
    if at.day is None:
        nominal = at.visit.nominal_day
        return "not recorded" if nominal is None else f"{nominal} (nominal)"
    return f"{days(at.day)} ({at.first_day} to {at.last_day})"


def follow_up_text(found: Attendance, unit: str = "days") -> str:
    """Write median and range of follow-up."""
    if found.first_day is None:
        return f"No {unit.removesuffix('s')} of follow-up is recorded."
    middle = (
        "Median follow-up was not reached"
        if math.isnan(found.follow_up)
        else f"Median follow-up was {days(found.follow_up)} {unit}"
    )
    return (
        f"{middle} (n = {found.n}; reverse Kaplan-Meier; range, {found.first_day} to "
        f"{found.last_day} {unit})."
    )


def missed_sheet(found: Attendance) -> Sheet | None:
    """Print those missed at the primary visit beside those seen; None if nobody was."""
    if not found.compared:
        return None
    return Sheet(
        name="missed",
        title=f"Patients seen and missed at {found.primary.label}",
        header=("At baseline, median (Q1, Q3)", "Seen", "Missed"),
        rows=tuple(
            SheetRow((row.label, _cell(row.seen), _cell(row.missed)))
            for row in found.compared
        ),
        notes=("Patients who had died by then are not among those missed.",),
    )


def _cell(found: Quartiles) -> str:
    return f"{middle_text(found)}; n = {found.n}"


def flow_picture(study: Study) -> Picture:
    """Return the flow diagram."""
    found = study.screening
    return Picture(
        name="flow",
        title="Flow of records",
        alt=(
            f"Flow diagram: {found.n_assessed} records assessed, {found.n_excluded} "
            f"excluded, {found.n_unknown} of unknown eligibility, {found.n_included} "
            f"included, {len(study.patients)} analyzed."
        ),
        caption=_FIRST,
        data=flow_sheet(found),
        draw=partial(flow_figure, study),
    )


def _blocks(study: Study, material: Material) -> Iterator[Block]:
    yield flow_picture(study)
    if study.convenience:  # cases that were put together had no visits to attend
        return
    if study.patients:
        yield attendance_sheet(study.attendance, material.unit)
    missed = missed_sheet(study.attendance)
    if missed is not None:
        yield missed


def _sentences(study: Study, material: Material) -> Iterator[str]:
    yield _flow(study)
    if study.patients:
        yield _attendance(study, material.unit)


def _flow(study: Study) -> str:
    screened = f"{flow_text(study.screening)} ({study.screening.criteria.name})."
    return (
        f"{screened} The analysis includes {counted(len(study.patients), 'patient')}."
    )


def _attendance(study: Study, unit: str) -> str:
    found = study.attendance
    at = next(v for v in found.visits if v.visit == found.primary)
    text = ""
    if not study.convenience:
        seen = of_patients(at.seen, at.due, "patients due")
        died = f"; {at.died} had died" if at.died else ""
        text = f"At {at.visit.label}, {seen} were seen{died}. "
    text += follow_up_text(found, unit)
    if found.n_died:
        died = counted(found.n_died, "patient is", "patients are")
        text += f" {died} known to have died."
    name, label = _compared_outcome(study)
    row = next((r for r in found.compared if name and r.label.startswith(name)), None)
    if row is not None and row.missed.n and row.seen.n:
        text += (
            f" {label} at baseline was {_among(row.missed, 'not seen')} and "
            f"{_among(row.seen, 'seen')}."
        )
    return text


def _among(found: Quartiles, what: str) -> str:
    """Write the median of those seen, or not seen, and in how many it is known."""
    who = f"{counted(found.n + found.n_missing, 'patient')} {what}"
    if found.n_missing:
        who = f"the {found.n} of {who} with a known value"
    return f"{middle_text(found)} in {who}"


def _compared_outcome(study: Study) -> tuple[str, str]:
    """Return the outcome by which those missed are described, and within a sentence."""
    primary = study.protocol.primary
    if primary is None:
        return "", ""
    label = study.protocol.assessment_declarations[primary.outcome].label
    if "pain" in study.protocol.parts:
        return label, "Median pain"
    return label, f"The median of {lowered(label)}"


def _summary(_found: object, material: Material) -> Iterator[str]:
    study = material.study
    made_up = " (made-up patients: nothing here is a finding)"
    flow, analyzed = study.screening, counted(len(study.patients), "patient")
    yield (study.cohort.label or "Cohort") + (made_up if study.cohort.synthetic else "")
    yield from (f"Note: {note}" for note in study.cohort.notes[:1])
    yield (
        f"Records: {flow.n_assessed}; {flow.n_included} included, "
        f"{flow.n_excluded} excluded, {flow.n_unknown} undecided "
        f"({flow.criteria.name}); {analyzed} analyzed"
    )


def _design(study: Study) -> str:
    rules, criteria = study.rules, study.screening.criteria
    text = (
        "This is a descriptive analysis of an uncontrolled series; no sample size was "
        "calculated, and analyses of subgroups are exploratory."
        if study.protocol.group is None
        else "This is a comparison of groups; how patients came into their groups, and "
        "whether a sample size was calculated, is not in the data."
    )
    if study.convenience:
        text = (
            "This is a description of a convenience sample; no rate was estimated for "
            "any population."
        )
    if (n := len(study.patients)) and not study.convenience:
        half = proportion(n // 2, n, method="clopper-pearson")
        width = decimal(exact((half.high - half.low) / 2) * 100, 0)
        text += (
            f" With {counted(n, 'patient')} the exact 95 % CI of a share of about one "
            f"half reaches {width} percentage points to either side."
        )
    if not criteria.all:
        return (
            f"{text} No criteria of eligibility are stated; all records were analyzed. "
            f"The primary visit was {rules.primary_visit.label}."
        )
    return (
        f"{text} Eligibility was decided by "
        f"{counted(len(criteria.all), 'criterion', 'criteria')} ({criteria.name}), "
        "each answered as met, not met or unknown; the analysis includes "
        f"{POPULATION[rules.population]}. The primary visit was "
        f"{rules.primary_visit.label}."
    )


def _claims(study: Study) -> Iterator[Claim]:
    screening, where = study.screening, "Flow"
    parts = {
        "included": screening.n_included,
        "excluded": screening.n_excluded,
        "undecided": screening.n_unknown,
    }
    yield Claim(
        code="assessed",
        where=where,
        printed=str(screening.n_assessed),
        kind=ClaimKind.SIZE,
        parts=tuple(parts),
    )
    for name, count in parts.items():
        yield Claim(
            code=name,
            where=where,
            printed=str(count),
            kind=ClaimKind.COUNT,
            of="assessed",
        )


def _warnings(_found: object, material: Material) -> Iterator[str]:
    study = material.study
    if study.cohort.synthetic:
        yield "the patients are made up: nothing here is a finding"
    yield from study.cohort.notes
    yield from (f"not read: {said}" for said in study.cohort.not_read)
    if study.screening.n_unknown:
        records = counted(study.screening.n_assessed, "record")
        open_of = f"{study.screening.n_unknown} of {records}"
        handled = (
            "they were not analyzed"
            if study.rules.population == "included"
            else "they were analyzed"
        )
        yield f"eligibility could not be determined for {open_of}; {handled}"
    if study.rules.population == "all" and study.screening.n_excluded:
        yield "records that do not meet the criteria are analyzed as well"
    yield from _of_deaths(study)
    late = study.n_late_losses
    if late:
        yield (
            f"{counted(late, 'record was', 'records were')} excluded for loss to "
            "follow-up alone: selection on what came later, which can overstate how "
            "well patients fared"
        )


def _of_deaths(study: Study) -> list[str]:
    """Say who died, and that death competes with recovery."""
    found = study.attendance
    if not found.n_died:
        return []
    died, dated = found.n_died, found.n_died - found.n_died_undated
    lines = [f"{counted(died, 'patient')} died"]
    if dated:
        who = "" if dated == died else f" the {dated} whose day is known"
        lines[0] += (
            f", and at visits after death{who} {'is' if dated == 1 else 'are'} neither "
            "assessed nor missing; death is counted in each table"
        )
    if found.n_died_undated:
        count = "counts" if found.n_died_undated == 1 else "count"
        lines.append(
            f"the time of death is not recorded for {found.n_died_undated} of "
            f"{found.n_died} who died, who {count} as missed after the last assessment"
        )
    return lines


def _answers(found: tuple[Study, ...], _material: Material) -> dict[str, str]:
    where = "" if found[0].convenience else "attendance by visit"
    seen = {"follow-up": where} if found[0].attendance.n else {}
    return {"eligibility": "", "flow": "", **seen}


PART = Part(
    chapter="participants",
    heading=headed("Participants"),
    results=lambda material: (material.study,),
    blocks=_blocks,
    sentences=_sentences,
    claims=lambda study, _material: _claims(study),
    summary=_summary,
    methods=lambda _found, material: (_design(material.study),),
    warnings=_warnings,
    answers=_answers,
)
