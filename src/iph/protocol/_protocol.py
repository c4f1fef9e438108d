"""What a study is, as one frozen object."""

import functools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic, Literal

import attrs

from iph._categories import ScheduledVisit
from iph._course import Course, SeenAt
from iph._display import Displayed
from iph._drawing.options import HOUSE_OPTIONS, FigureOptions
from iph._fields import Declaration, DeclaredField, Kind, sequence_of
from iph._model import Patient
from iph._options import instance, texts
from iph._subject import (
    Subject,
    assessment_class,
    course_class,
    patient_fields,
    seen_fields,
)
from iph.criteria._change import AT_BASELINE, asks_change
from iph.criteria._criterion import Criteria, cell_of
from iph.criteria._rule import Lookup
from iph.errors import InputError
from iph.protocol._checking import check_protocol
from iph.protocol._derived import Derived
from iph.protocol._digest import digest_of
from iph.protocol._events import EventRule
from iph.protocol._outcomes import (
    EndpointRule,
    OutcomeRule,
    PrimaryOutcome,
    StudyRules,
)

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # with a default, which Python 3.13 brings

    P_co = TypeVar("P_co", bound=Subject[Any], covariant=True, default=Patient)
else:
    from typing import TypeVar

    P_co = TypeVar("P_co", bound=Subject, covariant=True)

TimeUnit = Literal["days", "hours", "minutes"]


def _outcomes(values: Iterable[OutcomeRule]) -> tuple[OutcomeRule, ...]:
    return sequence_of(values, OutcomeRule, "outcomes")


def _endpoints(values: Iterable[EndpointRule]) -> tuple[EndpointRule, ...]:
    return sequence_of(values, EndpointRule, "endpoints")


def _events(values: Iterable[EventRule]) -> tuple[EventRule, ...]:
    return sequence_of(values, EventRule, "events")


def _derived(values: Iterable[Derived]) -> tuple[Derived, ...]:
    return sequence_of(values, Derived, "derived")


def _table(values: Iterable[str]) -> tuple[str, ...]:
    return texts(values, "table", "names of rows")


def _attrition(values: Iterable[str]) -> tuple[str, ...]:
    return texts(values, "attrition", "names of fields")


def _parts(values: Iterable[str]) -> tuple[str, ...]:
    return texts(values, "parts", "names of parts")


_PARTS: Final[Mapping[str, tuple[type | tuple[type, ...], str]]] = {
    "figures": (FigureOptions, "FigureOptions, which stand in iph.report"),
    "rules": (StudyRules, "StudyRules"),
    "criteria": ((Criteria, type(None)), "Criteria, or None"),
    "primary": ((PrimaryOutcome, type(None)), "a PrimaryOutcome, or None"),
    "group": ((str, type(None)), "the name of a field, or None"),
    "group_reference": ((str, type(None)), "a code of the group, or None"),
    "compare_with": ((str, type(None)), "the name of a published study, or None"),
    "reference": (str, "a text"),
}


@attrs.frozen(kw_only=True)
class Protocol(Generic[P_co], Displayed):
    """What a study is: its patients, visits, outcomes, endpoints, criteria and tables.

    The fields of the study, with their labels, units, bounds and codes, are those of
    the class of its patients and of what that class has at each visit. Everything else
    is said by name.

    Parameters
    ----------
    title : str
        What the study is called.
    condition : str
        What its patients have, as it follows the words "patients with".
    patient : type
        The class of the patients: `Patient` or a subclass, or one of `Subject`.
    day_zero : str
        What happens on day zero, in words.
    time_unit : {"days", "hours", "minutes"}
        What times are counted in, always whole.
    outcomes : tuple of OutcomeRule
        What is followed over the visits, in the order of print.
    endpoints : tuple of EndpointRule
        What patients reach, in the order of print.
    events : tuple of EventRule
        Complications and adverse events that every patient is asked for; they stand in
        a table of their own, one row an event.
    derived : tuple of Derived
        Values that follow from the fields; each may use those before it.
    criteria : Criteria or None
        Who belongs to the study; None if everybody does.
    table : tuple of str
        The rows of the table of characteristics: fields of the patient, values derived,
        and fields of an assessment, which are described at baseline. Every field of the
        patient, if empty.
    group : str or None
        The field, or the value derived, that patients are compared by; its first
        category is the comparison.
    group_reference : str or None
        The code of the comparison, where it is not the first.
    primary : PrimaryOutcome or None
        What the study is decided by.
    attrition : tuple of str
        What those who missed the primary visit are compared by with those who were
        seen: numbers of the patient, and outcomes at baseline. The outcomes, if empty.
    rules : StudyRules
        How numbers are described.
    parts : tuple of str
        Parts of study and report that only some conditions have, such as ``"zones"``.
    compare_with : str or None
        The published study that the report compares with, by name.
    reference : str
        Where the protocol is published.
    figures : FigureOptions
        How the figures of the report look. It is no part of the digest.

    Raises
    ------
    ProtocolErrors
        If anything contradicts anything; `errors` holds all that is wrong.

    Examples
    --------
    >>> from iph.protocol import LI_2023_PROTOCOL
    >>> [outcome.field for outcome in LI_2023_PROTOCOL.outcomes]
    ['vas', 'numbness', 'strength', 'hip_flexion']
    >>> LI_2023_PROTOCOL.baseline
    <Visit.BASELINE: 'baseline'>
    """

    title: str
    condition: str
    patient: type[P_co]
    day_zero: str = "start of treatment"
    time_unit: TimeUnit = "days"
    outcomes: tuple[OutcomeRule, ...] = attrs.field(default=(), converter=_outcomes)
    endpoints: tuple[EndpointRule, ...] = attrs.field(default=(), converter=_endpoints)
    events: tuple[EventRule, ...] = attrs.field(default=(), converter=_events)
    derived: tuple[Derived, ...] = attrs.field(default=(), converter=_derived)
    criteria: Criteria | None = None
    table: tuple[str, ...] = attrs.field(default=(), converter=_table)
    group: str | None = None
    group_reference: str | None = None
    primary: PrimaryOutcome | None = None
    attrition: tuple[str, ...] = attrs.field(default=(), converter=_attrition)
    rules: StudyRules = attrs.field(factory=StudyRules)
    parts: tuple[str, ...] = attrs.field(default=(), converter=_parts)
    compare_with: str | None = None
    reference: str = ""
    figures: FigureOptions = HOUSE_OPTIONS

    def __attrs_post_init__(self) -> None:
        for name, (kind, rule) in _PARTS.items():
            instance(getattr(self, name), name, kind, rule)
        check_protocol(self)

    def __repr__(self) -> str:
        """Say which study it is; its fields would fill pages."""
        return f"<Protocol {self.title!r}: {self.digest[:12]}>"

    @property
    def assessment(self) -> type[SeenAt]:
        """The class of what is seen at each visit."""
        return assessment_class(self.patient)

    @property
    def course(self) -> type[Course[Any]]:
        """The class of the course of a patient."""
        return course_class(self.patient)

    @property
    def visits(self) -> tuple[ScheduledVisit, ...]:
        """The scheduled visits, in order."""
        return tuple(self.assessment_declarations["visit"].options or ())

    @property
    def baseline(self) -> ScheduledVisit | None:
        """The visit of day zero; None for a study without visits."""
        return next((visit for visit in self.visits if visit.is_baseline), None)

    @property
    def patient_fields(self) -> tuple[DeclaredField, ...]:
        """The recorded fields of a patient, in the order of columns."""
        return patient_fields(self.patient)

    @property
    def assessment_fields(self) -> tuple[DeclaredField, ...]:
        """The recorded fields of an assessment, in the order of columns."""
        return seen_fields(self.patient)

    @functools.cached_property
    def patient_declarations(self) -> Mapping[str, Declaration]:
        """What each field of a patient holds, by name, with the values derived."""
        own = {field.name: field.declaration for field in self.patient_fields}
        return MappingProxyType(own | self._derived_from(own))

    @functools.cached_property
    def assessment_declarations(self) -> Mapping[str, Declaration]:
        """What each field of an assessment holds, by name, with the values derived."""
        own = {field.name: field.declaration for field in self.assessment_fields}
        return MappingProxyType(own | self._derived_from(own, functions=False))

    def _derived_from(
        self, own: Mapping[str, Declaration], *, functions: bool = True
    ) -> dict[str, Declaration]:
        """Return what can be derived from some fields alone, in order."""
        found: dict[str, Declaration] = {}
        for one in self.derived:
            names = one.fields
            if all(n in own or n in found for n in names) if names else functions:
                found[one.name] = one.declaration
        return found

    def lookup_of(self, patient: Subject[Any]) -> Lookup:
        """Return what finds a patient's cell by the name of a field or derived value.

        Parameters
        ----------
        patient : Subject
            A patient of the study.

        Returns
        -------
        callable
            Takes a name; returns a number, text, yes/no, `Bound` or None.
        """
        return self._lookup(patient, self._patient_by_name)

    def lookup_at(self, assessment: SeenAt) -> Lookup:
        """Return what finds the cell of an assessment, as `lookup_of` for a patient.

        Parameters
        ----------
        assessment : SeenAt
            An assessment of the study.

        Returns
        -------
        callable
            Takes a name; returns a number, text, yes/no, `Bound` or None.
        """
        return self._lookup(assessment, self._assessment_by_name)

    def _lookup_since(self, assessment: SeenAt, baseline: SeenAt | None) -> Lookup:
        """Return what finds the cell of an assessment, and that at baseline."""
        now = self.lookup_at(assessment)
        before = None if baseline is None else self.lookup_at(baseline)

        def lookup(name: str) -> Any:
            if not name.startswith(AT_BASELINE):
                return now(name)
            return None if before is None else before(name.removeprefix(AT_BASELINE))

        return lookup

    def _lookup(self, owner: object, by_name: Mapping[str, DeclaredField]) -> Lookup:
        derived = self._derived_by_name

        def lookup(name: str) -> Any:
            if name in by_name:
                return cell_of(by_name[name], owner)
            return derived[name].of(lookup, owner)

        return lookup

    @functools.cached_property
    def _patient_by_name(self) -> Mapping[str, DeclaredField]:
        return {field.name: field for field in self.patient_fields}

    @functools.cached_property
    def _assessment_by_name(self) -> Mapping[str, DeclaredField]:
        return {field.name: field for field in self.assessment_fields}

    @functools.cached_property
    def _derived_by_name(self) -> Mapping[str, Derived]:
        return {one.name: one for one in self.derived}

    def reached(
        self, endpoint: EndpointRule, *, patient: Subject[Any] | None = None
    ) -> Callable[[Any], bool | None]:
        """Return what says whether an endpoint is reached: yes, no or not known.

        Parameters
        ----------
        endpoint : EndpointRule
            One of the endpoints.
        patient : Subject, optional
            The patient whose assessments are asked: an endpoint that asks for a change
            needs the baseline.

        Returns
        -------
        callable
            Takes an assessment if the endpoint is seen at visits, else a patient.

        Raises
        ------
        InputError
            If the endpoint asks for a change, and no patient is given.
        """
        lookup_of: Callable[[Any], Lookup] = (
            self.lookup_at if endpoint.of_visits else self.lookup_of
        )
        if self.asks_change(endpoint):
            if patient is None:
                told = "given: the endpoint asks for a change since baseline"
                raise InputError("patient", told, None)
            first = self.baseline
            before = None if first is None else patient.follow_up.at(first)
            lookup_of = functools.partial(self._lookup_since, baseline=before)
        rule, unclear = endpoint.when or endpoint.reached, endpoint.unclear

        def reached(owner: Any) -> bool | None:
            lookup = lookup_of(owner)
            if unclear is not None and unclear.of(lookup) is not False:
                return None
            return None if rule is None else rule.of(lookup)

        return reached

    @staticmethod
    def asks_change(endpoint: EndpointRule) -> bool:
        """Return whether an endpoint asks for a change since baseline.

        Parameters
        ----------
        endpoint : EndpointRule
            One of the endpoints.

        Returns
        -------
        bool
            As its rules say.
        """
        return asks_change(endpoint.when) or asks_change(endpoint.unclear)

    def lower_is_better(self, field: str) -> bool:
        """Return whether the lower end of an outcome is the better one.

        Parameters
        ----------
        field : str
            The field of an outcome.

        Returns
        -------
        bool
            As the field is declared.
        """
        return self.assessment_declarations[field].best == "low"

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the table of characteristics, by name."""
        if self.table:
            return self.table
        # What came later describes nobody at the start.
        later = {event.at for rule in self.endpoints for event in rule.competing}
        return tuple(
            field.name
            for field in self.patient_fields
            if field.path[0] != "follow_up"
            and field.declaration.kind is not Kind.IDENTIFIER
            and field.name not in later
        )

    @functools.cached_property
    def digest(self) -> str:
        """A hash of everything the protocol says: equal protocols have equal ones."""
        return digest_of(self)
