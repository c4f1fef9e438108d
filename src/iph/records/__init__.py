"""Patients in and out of files: every error at once, nothing lost on the way.

Out of scope: guessing what a column means, and mending values.
"""

from iph._event import Event
from iph.records._check import check
from iph.records._event_reading import read_events
from iph.records._events import write_events
from iph.records._fhir import fhir_bundle
from iph.records._frames import from_frames
from iph.records._json import json_schema
from iph.records._mapping import ColumnMapping
from iph.records._marking import mark
from iph.records._reading import read
from iph.records._redcap_dictionary import RedcapDictionary, redcap_dictionary
from iph.records._redcap_project import read_redcap
from iph.records._report import (
    Interpretation,
    RecordError,
    RecordErrors,
    RecordReport,
    errors_text,
)
from iph.records._shared_tables import SharedTable
from iph.records._sharing import share
from iph.records._sharing_result import SharedChange, Sharing
from iph.records._suggested_protocol import suggest_protocol
from iph.records._suggesting import suggest_mapping
from iph.records._suppression import CountedTogether
from iph.records._template import template
from iph.records._writing import write

__all__ = [
    "ColumnMapping",
    "CountedTogether",
    "Event",
    "Interpretation",
    "RecordError",
    "RecordErrors",
    "RecordReport",
    "RedcapDictionary",
    "SharedChange",
    "SharedTable",
    "Sharing",
    "check",
    "errors_text",
    "fhir_bundle",
    "from_frames",
    "json_schema",
    "mark",
    "read",
    "read_events",
    "read_redcap",
    "redcap_dictionary",
    "share",
    "suggest_mapping",
    "suggest_protocol",
    "template",
    "write",
    "write_events",
]
