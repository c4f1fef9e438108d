"""Any patient of any study: a pseudonym and a course; and the fields of a class.

A study declares what it knows of a patient on a subclass of `Subject`; `Patient` is the
first. Everything that reads or writes patients asks the class which fields it has.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, get_args, get_origin

import attrs

from iph import _fields
from iph._carried import CARRIED
from iph._course import Course, Seen_co, SeenAt
from iph._display import Displayed
from iph._fields import DeclaredField, declared_fields
from iph.errors import InputError, RuleError


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Subject(Generic[Seen_co], Displayed):
    """One patient of any study, by pseudonym: the base of every class of patients.

    Attributes
    ----------
    patient_id : str
        A pseudonym, unique in its cohort.
    follow_up : Course
        The course; empty if nothing was seen.

    Raises
    ------
    FieldError
        If a value is not one that its field can hold.
    RuleError
        ``assessments-of-the-study``: an assessment is not of the class that this class
        of patients has at its visits.

    See Also
    --------
    Patient : A patient with an iliopsoas hematoma.

    Examples
    --------
    >>> import attrs
    >>> import iph
    >>> @attrs.frozen(kw_only=True)
    ... class Hand(iph.SeenAt):
    ...     grip_kg: float | None = iph.fields.quantity(
    ...         "Grip strength", unit="kg", low=0, high=120, step="0.1", best="high"
    ...     )
    >>> @attrs.frozen(kw_only=True)
    ... class HandPatient(iph.Subject[Hand]):
    ...     age_years: int | None = iph.fields.quantity(
    ...         "Age", unit="years", low=0, high=120
    ...     )
    >>> before = Hand(day=0, grip_kg=18.5)
    >>> course = iph.Course(assessments=[before])
    >>> HandPatient(patient_id="P1", follow_up=course).follow_up.at("week_6") is None
    True
    """

    _seen: ClassVar[type[SeenAt]] = SeenAt

    patient_id: str = attrs.field(
        converter=_fields.pseudonym,
        metadata=_fields.identifier(
            "Patient", note="a pseudonym: no name, no hospital number"
        ),
    )
    follow_up: Course[Seen_co] = attrs.field(
        factory=Course, metadata=_fields.part("Follow-up", Course, required=True)
    )

    def __attrs_post_init__(self) -> None:
        seen = assessment_class(type(self))
        for assessment in self.follow_up.assessments:
            if not isinstance(assessment, seen):
                raise RuleError(
                    "assessments-of-the-study",
                    f"a {type(self).__name__} has a {seen.__name__} at each visit, got "
                    f"a {type(assessment).__name__}",
                    ("follow_up",),
                )


def _kept(cls: type[Any], name: str, make: Callable[[type[Any]], Any]) -> Any:
    """Return what is derived from a class, kept on it: it goes when the class goes."""
    if name not in cls.__dict__:
        setattr(cls, name, make(cls))
    return cls.__dict__[name]


def assessment_class(cls: type[Subject[Any]]) -> type[SeenAt]:
    """Return what a class of patients has at each visit: its type argument."""
    found: type[SeenAt] = _kept(cls, "_iph_seen", _stated_seen)
    return found


def _stated_seen(cls: type[Subject[Any]]) -> type[SeenAt]:
    for base in cls.__mro__:
        for generic in base.__dict__.get("__orig_bases__", ()):
            origin, arguments = get_origin(generic), get_args(generic)
            if isinstance(origin, type) and issubclass(origin, Subject):
                for argument in arguments:
                    if isinstance(argument, type) and issubclass(argument, SeenAt):
                        return argument
        if "_seen" in base.__dict__:
            return base.__dict__["_seen"]  # type: ignore[no-any-return] # of a subject
    return SeenAt  # pragma: no cover - `Subject` itself has one


def course_class(cls: type[Subject[Any]]) -> type[Course[Any]]:
    """Return the class of the course of a class of patients."""
    declared = attrs.fields_dict(cls)["follow_up"].metadata[_fields.KEY]
    return declared.part  # type: ignore[no-any-return] # metadata is of any type


def patient_fields(cls: type[Subject[Any]]) -> tuple[DeclaredField, ...]:
    """Return the fields of the patients table of a class, in the order of columns."""
    found: tuple[DeclaredField, ...] = _kept(cls, "_iph_fields", _declared)
    return found


def fields_by_name(cls: type[Subject[Any]]) -> dict[str, DeclaredField]:
    """Return the fields of the patients table by name."""
    found: dict[str, DeclaredField] = _kept(cls, "_iph_by_name", _by_name)
    return found


def _by_name(cls: type[Subject[Any]]) -> dict[str, DeclaredField]:
    return {declared.name: declared for declared in patient_fields(cls)}


def seen_fields(cls: type[Subject[Any]]) -> tuple[DeclaredField, ...]:
    """Return the fields of the assessments table of a class of patients."""
    seen = assessment_class(cls)
    found: tuple[DeclaredField, ...] = _kept(seen, "_iph_fields", _declared)
    return found


def _declared(cls: type[Any]) -> tuple[DeclaredField, ...]:
    return declared_fields(made_by_attrs(cls))


def made_by_attrs(cls: type[Any]) -> type[Any]:
    """Return a class; refuse one whose own fields attrs has never seen."""
    for base in cls.__mro__:
        if issubclass(base, (Subject, SeenAt, Course)) and (
            "__attrs_attrs__" not in base.__dict__
        ):
            raise InputError(
                "class",
                "made by attrs, with each of its bases",
                base.__name__,
                f"write @attrs.frozen(kw_only=True) above class {base.__name__}",
            )
    return cls


def sound_class(cls: type[Subject[Any]]) -> type[Subject[Any]]:
    """Return a class of patients if every field of it is in a table; or refuse it."""
    fields = (*patient_fields(cls), *seen_fields(cls))
    taken = [field.name for field in fields if field.name in CARRIED]
    if taken:
        rule = "without fields whose names tables have for what a cohort carries"
        raise InputError("class", rule, ", ".join(taken), "rename them")
    made_by_attrs(course_class(cls))
    return cls
