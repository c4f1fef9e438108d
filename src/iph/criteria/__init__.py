"""Eligibility criteria as data, and screening with a trace of every decision."""

from iph.criteria._change import Change
from iph.criteria._criterion import Criteria, Criterion
from iph.criteria._frames import decide
from iph.criteria._li2023 import LI_2023, LI_2023_AS_PRINTED, li_2023
from iph.criteria._rule import Rule
from iph.criteria._rules import (
    AllOf,
    Answered,
    AnyOf,
    Compare,
    HasAny,
    Not,
    OneOf,
)
from iph.criteria._screening import Decision, Eligibility, FlowStep, Screening, screen
from iph.criteria._tables import open_table
from iph.criteria._terms import LI_2023_SEARCH, DiagnosisTerm

__all__ = [
    "LI_2023",
    "LI_2023_AS_PRINTED",
    "LI_2023_SEARCH",
    "AllOf",
    "Answered",
    "AnyOf",
    "Change",
    "Compare",
    "Criteria",
    "Criterion",
    "Decision",
    "DiagnosisTerm",
    "Eligibility",
    "FlowStep",
    "HasAny",
    "Not",
    "OneOf",
    "Rule",
    "Screening",
    "decide",
    "li_2023",
    "open_table",
    "screen",
]
