"""Reporting checklists, filled in as far as the data answer them.

The topics are named in our own words; the wording of each item stands in the guideline.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from iph.report._sheet import Sheet, SheetRow
from iph.study._anatomy import Zones
from iph.study._event_table import EventTable
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import NotAsked
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._scores import ScoreCourse
from iph.study._study import Study

AUTHOR: Final = "not in the data: the authors must say"
ABSENT: Final = "no subgroups were compared"
PARTLY: Final = "in part; the authors must add what is not in the data"

_Item = tuple[str, str, str]

# Item, topic, and the key of where it is answered.
_STROBE: Final[tuple[_Item, ...]] = (
    ("1", "Design in title; balanced abstract", "author"),
    ("2", "Background and rationale", "author"),
    ("3", "Objectives", "author"),
    ("4", "Study design", "methods-partly"),
    ("5", "Setting, places, dates", "author"),
    ("6", "Eligibility, sources, follow-up", "eligibility"),
    ("7", "Definition of each variable", "rules-partly"),
    ("8", "Source and measurement of each variable", "author"),
    ("9", "Sources of bias", "warnings"),
    ("10", "How the size came about", "author"),
    ("11", "Groupings of quantitative variables", "rules"),
    ("12a", "Statistical methods", "methods"),
    ("12b", "Subgroups", "subgroups"),
    ("12c", "Missing data", "methods"),
    ("12d", "Loss to follow-up", "loss"),
    ("12e", "Sensitivity analyses", "sensitivity"),
    ("13a", "Numbers at each stage", "flow"),
    ("13b", "Reasons of non-participation", "flow"),
    ("13c", "Flow diagram", "flow"),
    ("14a", "Characteristics of participants", "baseline"),
    ("14b", "Missing values of each variable", "baseline"),
    ("14c", "Follow-up time", "follow-up"),
    ("15", "Outcomes over time", "outcomes"),
    ("16a", "Estimates with their precision", "estimates"),
    ("16b", "Boundaries of categories", "rules"),
    ("16c", "Absolute risks", "recovery"),
    ("17", "Other analyses", "anatomy"),
    ("18", "Key results", "author"),
    ("19", "Limitations", "warnings"),
    ("20", "Interpretation", "author"),
    ("21", "Generalizability", "author"),
    ("22", "Funding", "author"),
)
_RECORD: Final[tuple[_Item, ...]] = (
    ("1.1", "Type of data and name of the database", "author"),
    ("1.2", "Region and time", "author"),
    ("1.3", "Linkage named in title or abstract", "author"),
    ("6.1", "Codes or algorithm of selection", "criteria"),
    ("6.2", "Validation of the codes", "author"),
    ("6.3", "Linkage, with a diagram", "author"),
    ("7.1", "Codes of exposures, outcomes, confounders", "partly"),
    ("12.1", "Access to the database", "author"),
    ("12.2", "Cleaning of the data", "author"),
    ("12.3", "Level and methods of linkage", "author"),
    ("13.1", "Selection of persons, with a diagram", "flow"),
    ("19.1", "Limits of data not made for the question", "warnings"),
    ("22.1", "Access to protocol, data and code", "author"),
)
_PROCESS: Final[tuple[_Item, ...]] = (
    ("1", "Title says case series", "author"),
    ("2", "Keywords", "author"),
    ("3", "Abstract", "author"),
    ("4", "Highlights", "author"),
    ("5", "Introduction", "author"),
    ("6a", "Registration", "author"),
    ("", "Ethics", "author"),
    ("", "Retrospective or prospective, centers, consecutive or not", "author"),
    ("", "Setting and dates", "author"),
    ("", "Participants and eligibility", "eligibility"),
    ("", "Interventions", "treatments"),
    ("", "Who treated, and quality of care", "author"),
    ("", "Follow-up", "follow-up"),
    ("", "Patients and their characteristics", "baseline"),
    ("", "Outcomes", "outcomes"),
    ("", "Complications", "events"),
    ("", "Strengths and limits", "warnings"),
    ("", "Conclusions", "author"),
    ("", "Consent, conflicts, funding", "author"),
)
_CARE: Final[tuple[_Item, ...]] = (
    ("1", "Title says case report", "author"),
    ("2", "Keywords", "author"),
    ("3", "Abstract", "author"),
    ("4", "Why the case is worth telling", "author"),
    ("5a", "The patient, without identity", "baseline-partly"),
    ("5b", "Main complaints", "baseline-partly"),
    ("5c", "History: medical, family, psychosocial", "baseline-partly"),
    ("5d", "Earlier treatment and its outcome", "author"),
    ("6", "Findings of the examination", "outcomes-partly"),
    ("7", "Timeline", "timeline"),
    ("8a", "Diagnostic methods", "baseline-partly"),
    ("8b", "Difficulties of diagnosis", "author"),
    ("8c", "Other diagnoses considered", "author"),
    ("8d", "Prognosis", "author"),
    ("9a", "Kinds of treatment", "baseline-partly"),
    ("9b", "Dose, strength, duration", "author"),
    ("9c", "Changes of treatment, and why", "author"),
    ("10a", "Outcomes by clinician and patient", "outcomes-partly"),
    ("10b", "Tests at follow-up", "author"),
    ("10c", "Adherence and tolerability", "author"),
    ("10d", "Adverse events", "events-partly"),
    ("11a", "Strengths and limits", "warnings"),
    ("11b", "Literature", "author"),
    ("11c", "Reasons for the conclusions", "author"),
    ("11d", "What to take away", "author"),
    ("12", "The patient's own view", "author"),
    ("13", "Informed consent", "author"),
)
_ROBINS_I: Final[tuple[_Item, ...]] = (
    ("1", "Confounding", "confounding"),
    ("2", "Selection of participants", "eligibility"),
    ("3", "Classification of interventions", "baseline-partly"),
    ("4", "Deviations from intended interventions", "author"),
    ("5", "Missing data", "missing"),
    ("6", "Measurement of outcomes", "rules-partly"),
    ("7", "Selection of the reported result", "rules-partly"),
)
_IMMPACT: Final[tuple[_Item, ...]] = (
    ("1", "Pain", "pain"),
    ("2", "Physical functioning, by the patient", "author"),
    ("3", "Emotional functioning", "author"),
    ("4", "Improvement and satisfaction, rated by the patient", "author"),
    ("5", "Symptoms and adverse events", "events-partly"),
    ("6", "Disposition: who left, when and why", "flow"),
)


@attrs.frozen(kw_only=True)
class _Checklist:
    name: str
    title: str
    items: tuple[_Item, ...]
    reference: str


_CHECKLISTS: Final = (
    _Checklist(
        name="strobe",
        title="STROBE, observational studies",
        items=_STROBE,
        reference="von Elm E, et al. PLoS Med 2007;4:e296. "
        "doi:10.1371/journal.pmed.0040296",
    ),
    _Checklist(
        name="record",
        title="RECORD, routinely collected data (extends STROBE)",
        items=_RECORD,
        reference="Benchimol EI, et al. PLoS Med 2015;12:e1001885. "
        "doi:10.1371/journal.pmed.1001885",
    ),
    _Checklist(
        name="process",
        title="PROCESS 2023, surgical case series (topics)",
        items=_PROCESS,
        reference="Mathew G, et al. Int J Surg 2023;109:3760-3769. "
        "doi:10.1097/JS9.0000000000000940",
    ),
    _Checklist(
        name="care",
        title="CARE 2013, case reports (topics, for each case of a series)",
        items=_CARE,
        reference="Gagnier JJ, et al. J Med Case Rep 2013;7:223. "
        "doi:10.1186/1752-1947-7-223",
    ),
    _Checklist(
        name="robins_i",
        title="ROBINS-I 2016, domains of bias (where to look; nothing is judged here)",
        items=_ROBINS_I,
        reference="Sterne JA, et al. BMJ 2016;355:i4919. doi:10.1136/bmj.i4919",
    ),
    _Checklist(
        name="immpact",
        title="IMMPACT, core domains of trials of chronic pain",
        items=_IMMPACT,
        reference="Turk DC, et al. Pain 2003;106:337-345. "
        "doi:10.1016/j.pain.2003.08.001",
    ),
)


def checklist_sheets(study: Study, headings: Mapping[str, str]) -> tuple[Sheet, ...]:
    """Return the checklists, each item with where the report answers it.

    `headings` are those of the chapters, by the name of the chapter.
    """
    places = _places(study, headings)
    asked = [c for c in _CHECKLISTS if c.name != "immpact" or study.rules.pain]
    return tuple(
        Sheet(
            name=f"checklist_{checklist.name}",
            title=checklist.title,
            header=("Topic", "Item", "Where"),
            rows=tuple(
                SheetRow((topic, item, places[key]))
                for item, topic, key in checklist.items
            ),
            notes=(checklist.reference,),
        )
        for checklist in asked
    )


def _places(study: Study, headings: Mapping[str, str]) -> dict[str, str]:
    """Return where each kind of item is answered in this report."""
    ended = headings.get("recovery", "")
    outcomes = [
        name
        for name, found in (
            ("Pain", isinstance(study.pain, PainCourse)),
            ("Scores by visit", any(isinstance(c, ScoreCourse) for c in study.scores)),
            ("Grades by visit", any(isinstance(c, GradeCourse) for c in study.grades)),
            (ended, any(isinstance(a, RecoveryAnalysis) for a in study.recovery)),
        )
        if found
    ]
    recovery = ended in outcomes
    grouped = bool(study.table_one.group) or any(
        isinstance(a, RecoveryAnalysis) and len(a.groups) > 1 for a in study.recovery
    )
    followed = study.attendance.n > 0
    described = bool(study.table_one.rows) and any(study.table_one.sizes)
    shown = [name for name in outcomes if name != ended]
    estimates = [
        *(["Results in sentences"] if outcomes else []),
        *([ended] if recovery else []),
    ]
    baseline = f"Baseline characteristics; {PARTLY}"
    events = isinstance(study.events, EventTable)
    harms = headings["events"] if events else AUTHOR
    return {
        "author": AUTHOR,
        "partly": PARTLY,
        "eligibility": f"Participants, Rules used; {PARTLY}",
        "criteria": f"Rules used ({study.screening.criteria.name}); {PARTLY}",
        "rules": "Rules used",
        "rules-partly": f"Rules used; {PARTLY}",
        "warnings": f"Warnings; {PARTLY}",
        "flow": f"Participants; {PARTLY}",
        "methods": "Methods in sentences",
        "methods-partly": f"Methods in sentences; {PARTLY}",
        "subgroups": "Methods in sentences" if grouped else ABSENT,
        "loss": (
            f"Participants (attendance by visit); {PARTLY}" if followed else AUTHOR
        ),
        "follow-up": "Participants (attendance by visit)" if followed else AUTHOR,
        "sensitivity": f"{ended} (sensitivity tables)" if recovery else AUTHOR,
        "recovery": ended if recovery else AUTHOR,
        "baseline": "Baseline characteristics",
        "baseline-partly": baseline if described else AUTHOR,
        "treatments": baseline,
        "events": harms,
        "events-partly": f"{harms}; {PARTLY}" if events else harms,
        "confounding": baseline if grouped else ABSENT,
        "missing": f"Missing data, {baseline}" if described else AUTHOR,
        "timeline": (
            f"Participants (attendance by visit); {PARTLY}" if followed else AUTHOR
        ),
        "pain": f"Pain; {PARTLY}" if "Pain" in outcomes else AUTHOR,
        "outcomes-partly": f"{', '.join(outcomes)}; {PARTLY}" if outcomes else AUTHOR,
        "outcomes": ", ".join(outcomes) if outcomes else AUTHOR,
        "estimates": (
            f"{', '.join([*estimates, *shown])}; {PARTLY}" if estimates else AUTHOR
        ),
        "anatomy": (
            "Zones and nerves"
            if isinstance(study.zones, Zones)
            else headings.get("visits", AUTHOR)
            if isinstance(study.zones, NotAsked)
            else "What the data cannot carry"
        ),
    }
