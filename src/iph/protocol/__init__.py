"""What a study is, as data: patients, visits, outcomes, endpoints, criteria, tables."""

from iph.protocol._derived import Derived
from iph.protocol._events import EventRule
from iph.protocol._file_reading import read_protocol
from iph.protocol._file_writing import write_protocol
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._outcomes import (
    CompetingRule,
    EndpointRule,
    OutcomeRule,
    PrimaryOutcome,
    StudyRules,
)
from iph.protocol._problems import ProtocolError, ProtocolErrors
from iph.protocol._protocol import Protocol
from iph.protocol._visit_places import PlacedVisits, VisitPlace, place_visits

__all__ = [
    "LI_2023_PROTOCOL",
    "CompetingRule",
    "Derived",
    "EndpointRule",
    "EventRule",
    "OutcomeRule",
    "PlacedVisits",
    "PrimaryOutcome",
    "Protocol",
    "ProtocolError",
    "ProtocolErrors",
    "StudyRules",
    "VisitPlace",
    "place_visits",
    "read_protocol",
    "write_protocol",
]
