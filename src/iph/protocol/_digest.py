"""One word for a whole protocol, so that results can say by which they were made."""

import enum
import hashlib
import json
from fractions import Fraction
from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._fields import Declaration, label_of
from iph._subject import Subject, patient_fields, seen_fields

_LOOKS = "figures"  # how pictures look is no part of what a study is
_LATER = ("events", "changes", "standard_deviation", "reliability", "competing")


def digest_of(protocol: Any) -> str:
    """Return the SHA-256 of the canonical text of a protocol."""
    text = json.dumps(_plain(protocol), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it: what is declared, never the names of classes."""
    found = value
    if isinstance(value, type):
        found = _class(value)
    elif isinstance(value, Declaration):
        found = _attributes(value, skipped={"part"})
    elif attrs.has(type(value)):
        found = {"kind": type(value).__name__, **_attributes(value)}
    elif isinstance(value, (tuple, list)):
        found = [_plain(one) for one in value]
    elif isinstance(value, enum.Enum):
        found = value.value
    elif isinstance(value, Fraction):
        found = str(value)
    elif isinstance(value, float) and value.is_integer():
        found = int(value)  # 10.0 and 10 are one limit
    elif callable(value):
        found = f"{value.__module__}.{value.__qualname__}"
    return found


def _attributes(value: Any, skipped: set[str] | None = None) -> dict[str, Any]:
    found = {
        attribute.name: _plain(getattr(value, attribute.name))
        for attribute in attrs.fields(type(value))
        if attribute.name not in {_LOOKS, *(skipped or ())}
    }
    # So that older digests of studies without any still hold.
    return {k: v for k, v in found.items() if k not in _LATER or v not in (None, [])}


def _class(cls: type[Any]) -> Any:
    if issubclass(cls, ScheduledVisit):
        return [[v.value, v.nominal_day, v.label, _plain(v.window)] for v in cls]
    if issubclass(cls, enum.Enum):
        return [[option.value, label_of(option)] for option in cls]
    if issubclass(cls, Subject):
        return [
            [[field.name, _plain(field.declaration)] for field in fields]
            for fields in (patient_fields(cls), seen_fields(cls))
        ]
    return cls.__name__
