"""What REDCap does not take of a study: long names, and codes with other signs."""

import re
from collections.abc import Iterator
from typing import Any, Final

from iph._fields import DeclaredField, Kind
from iph.protocol._protocol import Protocol
from iph.records._redcap_dictionary import box_name, redcap_code

_LONGEST_NAME: Final = 26
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_CODE: Final = re.compile(r"[A-Za-z0-9_]+")
_SHOWN: Final = 3


def redcap_limits(protocol: Protocol[Any]) -> tuple[str, ...]:
    """Say which names and codes of a study a REDCap project would refuse or change."""
    return tuple(
        said
        for field in (*protocol.patient_fields, *protocol.assessment_fields)
        if field.name != "visit"
        for said in _of_field(field)
    )


def _of_field(field: DeclaredField) -> Iterator[str]:
    name = field.name
    if len(name) > _LONGEST_NAME:
        yield f"{name} has {len(name)} signs; a name of REDCap has {_LONGEST_NAME}"
    if not _NAME.fullmatch(name):
        yield f"{name} is no name of REDCap: small letters, digits and _ alone"
    codes = [redcap_code(option) for option in field.declaration.options or ()]
    wrong = [code for code in codes if not _CODE.fullmatch(code)]
    if wrong:
        more = ", ..." if len(wrong) > _SHOWN else ""
        shown = ", ".join(map(repr, wrong[:_SHOWN]))
        signs = "other signs than letters, digits and _"
        yield f"{name} has codes with {signs}: {shown}{more}"
    if field.declaration.kind is Kind.CHOICES:
        boxes: dict[str, str] = {}
        for code in codes:
            other = boxes.setdefault(box_name(name, code), code)
            if other != code:
                yield f"{name} has the codes {other!r} and {code!r}, one box in REDCap"
