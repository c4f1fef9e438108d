"""The plan of an analysis as a document, before it is Markdown, HTML or Word."""

from importlib.metadata import version
from typing import Final

from iph.design import Plan, PlanItem
from iph.design._analysis_plan import AUTHORS_WORDS
from iph.report._document import Block, Bullets, Document, Paragraph, Section
from iph.report._plan_checklists import plan_checklists
from iph.report._sheet import Sheet, SheetRow

_TITLES: Final = {
    "about": "This plan",
    "authors": "What the authors say",
    "study": "The study and its visits",
    "size": "How many patients",
    "population": "Who is analyzed",
    "outcomes": "Outcomes and endpoints",
    "principles": "Level, intervals and P values",
    "analysis": "Analyses",
    "missing": "Missing data and loss to follow-up",
    "fields": "What is recorded",
    "shells": "Tables to be filled",
    "software": "Software and references",
    "checklists": "Checklists",
}
_ONE_EACH: Final = {"group", "primary visit"}
_POPULATIONS: Final = {
    "included": "patients known to meet all criteria",
    "not-excluded": "patients not known to fail a criterion",
    "all": "all patients with a record",
}
_MISSING: Final = (
    "A value that was not recorded stays missing: none is imputed, and counted.",
    "Tests over visits use every value seen; groups are compared in those seen.",
    (
        "Recovery lies between two visits and is analyzed so. By each visit it is "
        "counted twice, as if none and as if all of those not seen had recovered; both "
        "shares are printed."
    ),
    "Death before recovery competes with it: who died is counted as dead, not missing.",
    "Those who were lost are compared at baseline with those who were seen.",
)
_PRINCIPLES: Final = (
    (
        "P values are exact where all outcomes can be counted in about a second, "
        "otherwise simulated with a fixed seed and printed with their error, and "
        "asymptotic in large groups only; each states which."
    ),
    (
        "Shares have exact (Clopper-Pearson) intervals. Where a P value stands beside "
        "an interval, both are central: twice the smaller tail."
    ),
    (
        "Sign tests of a number at several visits are adjusted after Holm; the text "
        "gives that of the primary visit unadjusted."
    ),
    "The analysis is made once, after the last visit of the last patient.",
)


def plan_document(plan: Plan) -> Document:
    """Return a plan as chapters of text and tables."""
    said = dict(plan.words)
    open_topics = [topic for topic in AUTHORS_WORDS if topic not in said]
    chapters: dict[str, tuple[Block, ...]] = {
        "about": _about(plan, open_topics),
        "authors": tuple(
            Paragraph(f"{topic.capitalize()}: {text}") for topic, text in plan.words
        ),
        "study": (
            *_of(plan, "The groups and the primary visit", "group", "primary visit"),
            *_of(plan, "The visits", "visit"),
        ),
        "size": _size(plan),
        "population": (
            *_of(plan, "The population", "population"),
            *_of(plan, "The criteria of eligibility", "inclusion", "exclusion"),
        ),
        "outcomes": (
            *_of(plan, "The primary outcome", "primary outcome"),
            *_of(plan, "The outcomes", "outcome"),
            *_of(plan, "The endpoints", "endpoint"),
        ),
        "principles": (
            *_of(plan, "The significance level", "level"),
            *_of(plan, "How numbers are described", "rule"),
            Bullets(_PRINCIPLES),
        ),
        "analysis": _of(plan, "The tests", "test"),
        "missing": (Bullets(_MISSING),),
        "fields": (
            *_of(plan, "The fields", "field"),
            *_of(plan, "Values derived from them", "derived value"),
        ),
        "shells": tuple(
            Sheet(
                name=f"shell-{shell.name}",
                title=shell.title,
                header=shell.header,
                rows=tuple(
                    SheetRow((row[0].removeprefix("- "), *row[1:]), row[0][:2] == "- ")
                    for row in shell.rows
                ),
                notes=("A line of underscores is a figure to come.",),
            )
            for shell in plan.shells
        ),
        "software": (
            Paragraph(f"Analyses are made with iph {version('iph')} (Python)."),
            Paragraph(
                "The methods and their references are those of the documentation of "
                "iph.stats; the report prints the versions of all software."
            ),
        ),
    }
    filled = {name: _TITLES[name] for name, blocks in chapters.items() if blocks}
    chapters["checklists"] = tuple(plan_checklists(filled, said))
    return Document(
        title=f"{plan.title}: statistical analysis plan",
        subtitle=f"Patients with {plan.condition}; version {plan.version}",
        banner="Written before the data. Tables are empty on purpose.",
        sections=tuple(
            Section(name=name, title=title, blocks=chapters[name])
            for name, title in _TITLES.items()
            if chapters[name]
        ),
    )


def _about(plan: Plan, open_topics: list[str]) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Paragraph(
            f"This plan was made from the protocol with the fingerprint "
            f"{plan.protocol_digest}. Another protocol has another fingerprint, so "
            "that a change after this plan can be seen."
        )
    ]
    if open_topics:
        blocks += [
            Paragraph("The protocol does not hold these topics; the authors must add:"),
            Bullets(tuple(open_topics)),
        ]
    return tuple(blocks)


def _size(plan: Plan) -> tuple[Block, ...]:
    if not plan.sample_size:
        return (
            Paragraph(
                "No number of patients was planned: there is none to hold the study "
                "against."
            ),
        )
    return tuple(Paragraph(text) for text in plan.sample_size)


def _of(plan: Plan, title: str, *topics: str) -> tuple[Sheet, ...]:
    """Return the items of some topics as a table; nothing if there is none."""
    items = [item for item in plan.items if item.topic in topics]
    if not items:
        return ()
    return (
        Sheet(
            name=f"plan-{topics[0].replace(' ', '-')}",
            title=title,
            header=("Name", "Planned"),
            rows=tuple(
                SheetRow((_named(item, topics), _worded(item, plan))) for item in items
            ),
        ),
    )


def _worded(item: PlanItem, plan: Plan) -> str:
    """Return what is laid down as a reader says it, the code behind it."""
    if item.topic == "population":
        return f"{_POPULATIONS[item.text]} ({item.text})"
    if item.topic == "primary visit":
        return _labeled("visit", item.text, plan)
    if item.topic == "primary outcome":
        outcome, _, visit = item.text.partition(" at ")
        return (
            f"{_labeled('outcome', outcome, plan)} at {_labeled('visit', visit, plan)}"
        )
    return item.text


def _labeled(topic: str, code: str, plan: Plan) -> str:
    """Return the label of a visit or an outcome, the code behind it."""
    for item in plan.items:
        if (item.topic, item.name) == (topic, code):
            return f"{item.text.partition(': ')[0]} ({code})"
    return code


def _named(item: PlanItem, topics: tuple[str, ...]) -> str:
    if len(topics) == 1:
        return item.name
    return item.topic if item.topic in _ONE_EACH else f"{item.topic} {item.name}"
