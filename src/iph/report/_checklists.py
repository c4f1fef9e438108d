"""Reporting checklists, filled in as far as the data answer them.

The topics are named in our own words; the wording of each item stands in the guideline.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from iph.report._sheet import Sheet, SheetRow
from iph.study._study import Study

AUTHOR: Final = "not in the data: the authors must say"
ABSENT: Final = "no subgroups were compared"
PARTLY: Final = "in part; the authors must add what is not in the data"

# What stands in every report, whatever its parts.
_ALWAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "eligibility": ("Rules used",),
    "methods": ("Methods in sentences",),
    "rules": ("Rules used",),
    "warnings": ("Warnings",),
}
_IN_METHODS: Final = {"subgroups"}  # answered by the methods, where a part has groups
_OF_GROUPS: Final = {"subgroups", "confounding"}
_PARTLY: Final = "-partly"

_Item = tuple[str, str, str]

# Item, what it is on, and its topic, by which the parts of a report answer it; with
# "-partly" where the authors must add to what the data tell.
_STROBE: Final[tuple[_Item, ...]] = (
    ("1", "Design in title; balanced abstract", "author"),
    ("2", "Background and rationale", "author"),
    ("3", "Objectives", "author"),
    ("4", "Study design", "methods-partly"),
    ("5", "Setting, places, dates", "author"),
    ("6", "Eligibility, sources, follow-up", "eligibility-partly"),
    ("7", "Definition of each variable", "rules-partly"),
    ("8", "Source and measurement of each variable", "author"),
    ("9", "Sources of bias", "warnings-partly"),
    ("10", "How the size came about", "author"),
    ("11", "Groupings of quantitative variables", "rules"),
    ("12a", "Statistical methods", "methods"),
    ("12b", "Subgroups", "subgroups"),
    ("12c", "Missing data", "methods"),
    ("12d", "Loss to follow-up", "follow-up-partly"),
    ("12e", "Sensitivity analyses", "sensitivity"),
    ("13a", "Numbers at each stage", "flow-partly"),
    ("13b", "Reasons of non-participation", "flow-partly"),
    ("13c", "Flow diagram", "flow-partly"),
    ("14a", "Characteristics of participants", "baseline"),
    ("14b", "Missing values of each variable", "missing"),
    ("14c", "Follow-up time", "follow-up"),
    ("15", "Outcomes over time", "outcomes"),
    ("16a", "Estimates with their precision", "estimates-partly"),
    ("16b", "Boundaries of categories", "rules"),
    ("16c", "Absolute risks", "risks"),
    ("17", "Other analyses", "others"),
    ("18", "Key results", "author"),
    ("19", "Limitations", "warnings-partly"),
    ("20", "Interpretation", "author"),
    ("21", "Generalizability", "author"),
    ("22", "Funding", "author"),
)
_RECORD: Final[tuple[_Item, ...]] = (
    ("1.1", "Type of data and name of the database", "author"),
    ("1.2", "Region and time", "author"),
    ("1.3", "Linkage named in title or abstract", "author"),
    ("6.1", "Codes or algorithm of selection", "eligibility-partly"),
    ("6.2", "Validation of the codes", "author"),
    ("6.3", "Linkage, with a diagram", "author"),
    ("7.1", "Codes of exposures, outcomes, confounders", "rules-partly"),
    ("12.1", "Access to the database", "author"),
    ("12.2", "Cleaning of the data", "author"),
    ("12.3", "Level and methods of linkage", "author"),
    ("13.1", "Selection of persons, with a diagram", "flow-partly"),
    ("19.1", "Limits of data not made for the question", "warnings-partly"),
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
    ("", "Participants and eligibility", "eligibility-partly"),
    ("", "Interventions", "treatments-partly"),
    ("", "Who treated, and quality of care", "author"),
    ("", "Follow-up", "follow-up"),
    ("", "Patients and their characteristics", "baseline"),
    ("", "Outcomes", "outcomes"),
    ("", "Complications", "events"),
    ("", "Strengths and limits", "warnings-partly"),
    ("", "Conclusions", "author"),
    ("", "Consent, conflicts, funding", "author"),
)
_CARE: Final[tuple[_Item, ...]] = (
    ("1", "Title says case report", "author"),
    ("2", "Keywords", "author"),
    ("3", "Abstract", "author"),
    ("4", "Why the case is worth telling", "author"),
    ("5a", "The patient, without identity", "baseline-partly"),
    ("5b", "Main complaints", "complaints-partly"),
    ("5c", "History: medical, family, psychosocial", "history-partly"),
    ("5d", "Earlier treatment and its outcome", "author"),
    ("6", "Findings of the examination", "examination-partly"),
    ("7", "Timeline", "follow-up-partly"),
    ("8a", "Diagnostic methods", "tests-partly"),
    ("8b", "Difficulties of diagnosis", "author"),
    ("8c", "Other diagnoses considered", "author"),
    ("8d", "Prognosis", "author"),
    ("9a", "Kinds of treatment", "treatments-partly"),
    ("9b", "Dose, strength, duration", "author"),
    ("9c", "Changes of treatment, and why", "author"),
    ("10a", "Outcomes by clinician and patient", "outcomes-partly"),
    ("10b", "Tests at follow-up", "author"),
    ("10c", "Adherence and tolerability", "author"),
    ("10d", "Adverse events", "events-partly"),
    ("11a", "Strengths and limits", "warnings-partly"),
    ("11b", "Literature", "author"),
    ("11c", "Reasons for the conclusions", "author"),
    ("11d", "What to take away", "author"),
    ("12", "The patient's own view", "author"),
    ("13", "Informed consent", "author"),
)
_ROBINS_I: Final[tuple[_Item, ...]] = (
    ("1", "Confounding", "confounding-partly"),
    ("2", "Selection of participants", "eligibility-partly"),
    ("3", "Classification of interventions", "treatments-partly"),
    ("4", "Deviations from intended interventions", "author"),
    ("5", "Missing data", "missing-partly"),
    ("6", "Measurement of outcomes", "rules-partly"),
    ("7", "Selection of the reported result", "rules-partly"),
)
_IMMPACT: Final[tuple[_Item, ...]] = (
    ("1", "Pain", "pain-partly"),
    ("2", "Physical functioning, by the patient", "author"),
    ("3", "Emotional functioning", "author"),
    ("4", "Improvement and satisfaction, rated by the patient", "author"),
    ("5", "Symptoms and adverse events", "events-partly"),
    ("6", "Disposition: who left, when and why", "flow-partly"),
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


def checklist_sheets(
    study: Study, answered: Mapping[str, Sequence[str]]
) -> tuple[Sheet, ...]:
    """Return the checklists, each item with where the report answers it.

    `answered` are the places that answer each topic, as the parts of the report say.
    """
    asked = [c for c in _CHECKLISTS if c.name != "immpact" or study.rules.pain]
    return tuple(
        Sheet(
            name=f"checklist_{checklist.name}",
            title=checklist.title,
            header=("Topic", "Item", "Where"),
            rows=tuple(
                SheetRow((words, item, _where(topic, answered)))
                for item, words, topic in checklist.items
            ),
            notes=(checklist.reference,),
        )
        for checklist in asked
    )


def _where(topic: str, answered: Mapping[str, Sequence[str]]) -> str:
    """Say where a topic is answered, and whether the authors must add to it."""
    name = topic.removesuffix(_PARTLY)
    places = [*answered.get(name, ()), *_ALWAYS.get(name, ())]
    if name in _IN_METHODS and places:
        places = ["Methods in sentences"]
    if not places:
        absent = name in _OF_GROUPS and not answered.get("subgroups")
        return ABSENT if absent else AUTHOR
    where = ", ".join(dict.fromkeys(places))
    return f"{where}; {PARTLY}" if topic.endswith(_PARTLY) else where


def topics() -> frozenset[str]:
    """Return the topics that a part can answer."""
    asked = {topic for listed in _CHECKLISTS for _, _, topic in listed.items}
    return frozenset(
        name
        for topic in asked
        for name in [topic.removesuffix(_PARTLY)]
        if name not in {"author", "methods", "rules", "warnings"}
    )
