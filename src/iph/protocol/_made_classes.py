"""Classes made from declarations while a program runs: one class for equal ones.

A study file has no class statements, so its classes are made here, by the same bases
and declarations as those written by hand. Equal declarations give one class, as long as
anybody holds it; otherwise patients of a file read twice would never be equal. A made
class is pickled by what it was made of, so that its patients travel to other processes.
"""

import copyreg
import enum
import re
import weakref
from collections.abc import Callable
from typing import Any, Final, Self, cast

import attrs

from iph import _fields
from iph._categories import Category, ScheduledVisit
from iph._course import Course, SeenAt
from iph._fields import KEY, Declaration, Kind
from iph._follow_up import Assessment
from iph._model import Patient
from iph._subject import Subject
from iph.scales._grade import Grade

Spec = tuple[Any, ...]

_MADE: "weakref.WeakValueDictionary[Spec, type]" = weakref.WeakValueDictionary()


class MadeType(type):
    """The type of made classes, which says how they are pickled."""

    made_of: Spec


class MadeEnumeration(enum.EnumMeta):
    """The type of made enumerations, which says how they are pickled."""

    made_of: Spec


def remake(*spec: Any) -> type:
    """Return the class that was made of this; pickles name this function."""
    return _once(*spec)


def _reduced(cls: Any) -> tuple[Any, ...]:
    return remake, cls.made_of


copyreg.pickle(cast("Any", MadeType), _reduced)
copyreg.pickle(cast("Any", MadeEnumeration), _reduced)


class MadeCategory(Category, metaclass=MadeEnumeration):
    """The base of choices that a file declares."""

    _words: str

    def __new__(cls, code: str, words: str = "") -> Self:
        """Keep the label beside the code."""
        option = object.__new__(cls)
        option._value_ = code
        option._words = words
        return option

    @property
    def label(self) -> str:
        """The category in words."""
        return self._words or super().label


class MadeGrade(Grade, metaclass=MadeEnumeration):
    """The base of grades that a file declares."""


class MadeVisit(ScheduledVisit, metaclass=MadeEnumeration):
    """The base of schedules that a file declares."""


@attrs.frozen(kw_only=True)
class MadeSubject(Subject, metaclass=MadeType):
    """The base of patients that a file declares."""


@attrs.frozen(kw_only=True)
class MadeSeen(SeenAt, metaclass=MadeType):
    """The base of assessments that a file declares."""


@attrs.frozen(kw_only=True)
class MadeCourse(Course, metaclass=MadeType):
    """The base of courses whose times are no days."""


@attrs.frozen(kw_only=True)
class MadePatient(Patient, metaclass=MadeType):
    """The base of patients of a file that adds to the protocol of Li et al. 2023."""


@attrs.frozen(kw_only=True)
class MadeAssessment(Assessment, metaclass=MadeType):
    """The base of assessments of such a file."""


_ROLES: Final[dict[str, type]] = {
    "patient": MadeSubject,
    "seen": MadeSeen,
    "course": MadeCourse,
    "li_2023 patient": MadePatient,
    "li_2023 seen": MadeAssessment,
}
_OPTIONS: Final[dict[str, type[enum.Enum]]] = {
    "choice": MadeCategory,
    "grade": MadeGrade,
    "visit": MadeVisit,
}


def _once(maker: str, *rest: Any) -> type:
    """Return the class made of this; make it if nobody holds one."""
    spec = (maker, *rest)
    found = _MADE.get(spec)
    if found is None:
        made = _MAKERS[maker](*rest)
        made.made_of = spec  # type: ignore[attr-defined] # of its metaclass
        found = _MADE.setdefault(spec, made)
    return found


def made_options(
    kind: str, name: str, members: tuple[tuple[Any, ...], ...]
) -> type[enum.Enum]:
    """Return the enumeration of a choice, a grade or the visits.

    The members are the arguments of the base: code and label; number, numeral, label
    and meaning; code, day, label and window.
    """
    return cast("type[enum.Enum]", _once("options", kind, name, members))


def made_record(
    role: str,
    name: str,
    fields: tuple[tuple[str, Declaration], ...],
    seen: type[SeenAt] | None = None,
) -> type[Any]:
    """Return the class of a patient, an assessment or a course, with these fields.

    A patient of no other base is told by `seen` what it has at a visit.
    """
    return _once("record", role, name, fields, seen)


def _make_options(
    kind: str, name: str, members: tuple[tuple[Any, ...], ...]
) -> type[enum.Enum]:
    named = {f"CODE_{place}": one for place, one in enumerate(members, 1)}
    base: Any = _OPTIONS[kind]
    return cast("type[enum.Enum]", base(class_name(name), named, module="iph.protocol"))


def _make_record(
    role: str,
    name: str,
    fields: tuple[tuple[str, Declaration], ...],
    seen: type[SeenAt] | None,
) -> type[Any]:
    made: Any = attrs.make_class(
        name,
        {field: _attribute(declared) for field, declared in fields},
        bases=(_ROLES[role],),
        frozen=True,
        slots=True,
        kw_only=True,
    )
    made.__module__ = "iph.protocol"
    made.__doc__ = f"{name}, as declared in a study file."
    made.__annotations__ = {field: _holds(declared) for field, declared in fields}
    if seen is not None:
        made._seen = seen  # noqa: SLF001 - a subclass may say so
    return made  # type: ignore[no-any-return] # a class


def _attribute(declared: Declaration) -> Any:
    default: Any = attrs.Factory(declared.part) if declared.part else None
    return attrs.field(
        default=default,
        converter=_fields.converter_of(declared),
        metadata={KEY: declared},
    )


def _holds(declared: Declaration) -> Any:
    """Return the type of a field's values."""
    number = int if declared.whole else float
    own: Any = declared.part or declared.options or number
    if declared.kind is Kind.YES_NO:
        own = bool
    if declared.kind is Kind.CHOICES:
        own = frozenset[own]
    return own if declared.required else own | None


def class_name(words: str) -> str:
    """Return a name for a class: its words with capitals, without what is between."""
    found = "".join(w[:1].upper() + w[1:] for w in re.findall(r"[^\W_]+", words))
    return found if found[:1].isalpha() else f"Study{found}"


_MAKERS: Final[dict[str, Callable[..., type]]] = {
    "options": _make_options,
    "record": _make_record,
}
