"""Checklists of a plan: which topics it answers, and which its authors must.

The topics are named in our own words; the wording of each item stands in the guideline.
"""

from collections.abc import Mapping
from typing import Final

from iph.report._sheet import Sheet, SheetRow

_Item = tuple[str, str, str]

# Item, topic, and where it is answered: a chapter of the plan, or what authors say.
_ANALYSIS: Final[tuple[_Item, ...]] = (
    ("1a", "Title", "about"),
    ("1b", "Registration", "registration"),
    ("2", "Version of the plan", "about"),
    ("3", "Version of the protocol", "about"),
    ("4a-4c", "Changes of the plan, with reasons and dates", "versions"),
    ("5", "Who contributed, and how", "roles"),
    ("6a-6c", "Signatures", "signatures"),
    ("7", "Background", "background"),
    ("8", "Objectives", "objectives"),
    ("9", "Design", "study"),
    ("10", "Randomization", "allocation"),
    ("11", "Sample size", "size"),
    ("12", "Superiority, equivalence or non-inferiority", "principles"),
    ("13a-13c", "Interim analyses and stopping", "interim"),
    ("14", "When the final analysis is made", "principles"),
    ("15", "When outcomes are assessed", "study"),
    ("16", "Significance level", "principles"),
    ("17", "Many tests", "multiplicity"),
    ("18", "Confidence intervals", "principles"),
    ("19a-19d", "Adherence and deviations from the protocol", "adherence"),
    ("20", "Populations", "population"),
    ("21", "Screening", "population"),
    ("22", "Eligibility", "population"),
    ("23", "Flow of patients", "shells"),
    ("24a-24c", "Withdrawal and loss to follow-up", "missing"),
    ("25a, 25b", "Baseline characteristics and their description", "shells"),
    ("26a-26c", "Outcomes, their units, and how they are derived", "outcomes"),
    ("27a", "Methods of analysis and how results are shown", "analysis"),
    ("27b", "Adjustment for covariates", "covariates"),
    ("27c, 27d", "Assumptions, and what is done where they fail", "analysis"),
    ("27e", "Sensitivity analyses", "missing"),
    ("27f", "Subgroups", "subgroups"),
    ("28", "Missing data", "missing"),
    ("29", "Further analyses", "analysis"),
    ("30", "Harms", "harms"),
    ("31", "Software", "software"),
    ("32a", "References of methods", "software"),
    ("32b-32d", "Data management plan and other files", "data management"),
)
_PROTOCOL: Final[tuple[_Item, ...]] = (
    ("1", "Title", "about"),
    ("2a, 2b", "Registration", "registration"),
    ("3", "Version of the protocol", "about"),
    ("4, 5a-5d", "Funding, roles and responsibilities", "roles"),
    ("6a, 6b", "Background and comparators", "background"),
    ("7", "Objectives", "objectives"),
    ("8", "Design", "study"),
    ("9", "Setting", "setting"),
    ("10", "Eligibility", "population"),
    ("11a-11d", "Interventions", "interventions"),
    ("12", "Outcomes", "outcomes"),
    ("13", "Timeline of a participant", "study"),
    ("14", "Sample size", "size"),
    ("15", "Recruitment", "recruitment"),
    ("16a-16c", "Allocation", "allocation"),
    ("17a, 17b", "Blinding", "blinding"),
    ("18a", "Collection of data", "fields"),
    ("18b", "Retention", "missing"),
    ("19", "Data management", "data management"),
    ("20a", "Analysis of the outcomes", "analysis"),
    ("20b", "Further analyses", "subgroups"),
    ("20c", "Population of the analysis, missing data", "missing"),
    ("21a, 21b", "Monitoring and interim analyses", "interim"),
    ("22", "Harms", "harms"),
    ("23-33", "Auditing, ethics, consent, access, dissemination", "ethics"),
)


def plan_checklists(titles: Mapping[str, str], said: Mapping[str, str]) -> list[Sheet]:
    """Return the checklists of a plan.

    Parameters
    ----------
    titles : mapping of str to str
        The headings of its chapters, by name.
    said : mapping of str to str
        What its authors say, by topic.
    """
    lists = (
        (
            "checklist-analysis-plan",
            "Topics of a statistical analysis plan (Gamble et al. 2017)",
            _ANALYSIS,
            "doi:10.1001/jama.2017.18556",
        ),
        (
            "checklist-spirit",
            "Topics of a protocol (SPIRIT 2013)",
            _PROTOCOL,
            "doi:10.7326/0003-4819-158-3-201302050-00583",
        ),
    )
    return [
        Sheet(
            name=name,
            title=title,
            header=("Item", "Topic", "Where"),
            rows=tuple(
                SheetRow((item, topic, _answer(where, titles, said)))
                for item, topic, where in items
            ),
            notes=(f"The wording of the items stands in the guideline, {source}.",),
        )
        for name, title, items, source in lists
    ]


def _answer(where: str, titles: Mapping[str, str], said: Mapping[str, str]) -> str:
    if where in titles:
        return titles[where]
    return titles["authors"] if where in said else f"the authors must say: {where}"
