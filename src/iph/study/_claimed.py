"""What a printed claim asks of patients, and what the patients of a study answer."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import attrs

from iph._categories import ScheduledVisit
from iph._fields import Declaration, Kind
from iph.evidence._claims import Claim
from iph.evidence._ledger import grid_of
from iph.evidence._variables import Variables
from iph.protocol._protocol import Protocol
from iph.scales._coagulation_findings import CoagulationStatus
from iph.scales._relief import is_responder
from iph.study._characteristics import ABSENT, known
from iph.study._coagulation import coagulation_of

_ONLY: Final = "only "
_NUMBERS: Final = frozenset({Kind.QUANTITY, Kind.DAYS})
_YES_NO: Final = {"yes": "yes", "no": "no"}
_RELIEF: Final = "pain_relief"

# What the parts of a study find of a patient, by the part that a protocol asks for:
# the name by which a claim speaks of it, its label, and its levels.
_OF_PARTS: Final[dict[str, tuple[str, str, dict[str, str]]]] = {
    "coagulation": (
        "coagulation_status",
        "Coagulation",
        {"normal": "normal", "abnormal": "abnormal"},
    ),
    "pain": (
        _RELIEF,
        "Pain relief since baseline",
        {"at-least-half": "by 50 % or more", "more-than-half": "by more than 50 %"},
    ),
}


@attrs.frozen(kw_only=True)
class Question:
    """What a claim asks of every patient.

    Attributes
    ----------
    name, label : str
        The field, or what is derived from several, and its name in print.
    visit : ScheduledVisit or None
        The visit that is asked of; None for what is known once.
    unit : str or None
        The unit of a number.
    place : int
        Where it stands among all fields.
    codes : dict
        The codes of a category with their names; empty for a number.
    values : tuple
        The answer of each patient: a number, a code, or a set of codes; None if it is
        not known.
    """

    name: str
    label: str
    visit: ScheduledVisit | None
    unit: str | None
    place: int
    codes: dict[str, str]
    values: tuple[Any, ...]

    @property
    def known(self) -> tuple[Any, ...]:
        """The answers that are known."""
        return tuple(value for value in self.values if value is not None)

    @property
    def presence_only(self) -> bool:
        """Whether nobody is recorded without it while some are not recorded."""
        absent = ABSENT.get(self.name, ())
        listed = self.known
        return (
            bool(absent)
            and len(listed) < len(self.values)
            and not any(value in absent for value in listed)
        )


class Asked:
    """The patients of a study, ready to be asked what claims speak of."""

    def __init__(
        self,
        patients: tuple[Any, ...],
        protocol: Protocol[Any],
        variables: Variables,
        *,
        coagulation: str,
    ) -> None:
        self.patients = patients
        self.protocol = protocol
        self._theirs = variables.declarations
        self.coagulation = coagulation
        self.questions: dict[tuple[str, ScheduledVisit | None], Question] = {}
        self._own = {field.name: field for field in protocol.patient_fields}
        self._seen = {field.name: field for field in protocol.assessment_fields}
        self._parts = {
            name: (label, codes)
            for part, (name, label, codes) in _OF_PARTS.items()
            if part in protocol.parts
        }
        derived = (one.name for one in protocol.derived)
        names = dict.fromkeys([*self._own, *self._seen, *derived, *self._parts])
        self._places = {name: place for place, name in enumerate(names)}

    def question(self, claim: Claim) -> Question | str:
        """Return what a claim asks, with all answers; in words why it cannot be."""
        name = claim.derived or claim.variable
        if not name:
            return "nothing recorded corresponds"
        if name not in self._places:
            return f"no study derives {name}" if claim.derived else f"no field {name}"
        repeated = name == _RELIEF or (
            name not in self._own and name in self.protocol.assessment_declarations
        )
        if repeated and claim.visit is None:
            return "it names no visit"
        if self._differs(name, seen=repeated):
            return f"{name} is recorded otherwise"
        visit = None if claim.visit is None or not repeated else self.visit(claim.visit)
        if repeated and visit is None:
            return "no visit of this study is on its day"
        if (name, visit) not in self.questions:
            self.questions[name, visit] = (
                self._of_part(name, visit)
                if name in self._parts
                else self._declared(name, visit)
            )
        return self.questions[name, visit]

    def _differs(self, name: str, *, seen: bool) -> bool:
        """Whether the study of the claims has another field of that name."""
        own = (self._seen if seen else self._own).get(name)
        theirs = self._theirs.get(name)
        if theirs is None or own is None:
            return False
        return theirs != own.declaration

    def visit(self, theirs: ScheduledVisit) -> ScheduledVisit | None:
        """Return the visit of the same name and day, whatever study it is of."""
        for own in self.protocol.visits:
            if (own.value, own.nominal_day) == (theirs.value, theirs.nominal_day):
                return own
        return None

    def _declared(self, name: str, visit: ScheduledVisit | None) -> Question:
        """Ask for a field, or for a value that the protocol derives."""
        protocol = self.protocol
        declared = (
            protocol.patient_declarations
            if visit is None
            else protocol.assessment_declarations
        )[name]
        codes: dict[str, str] = {}
        if declared.kind is Kind.YES_NO:
            codes = dict(_YES_NO)
        elif declared.options is not None:
            codes = {str(o.value): _option_name(o) for o in declared.options}
        read = self._reader(name, visit, declared)
        owners = (
            patient if visit is None else patient.follow_up.at(visit)
            for patient in self.patients
        )
        return Question(
            name=name,
            label=declared.label,
            visit=visit,
            unit=declared.unit,
            place=self._places[name],
            codes=codes,
            values=tuple(None if one is None else read(one) for one in owners),
        )

    def _reader(
        self, name: str, visit: ScheduledVisit | None, declared: Declaration
    ) -> Callable[[Any], Any]:
        """Return what reads the answer of a patient, or of an assessment."""
        field = (self._own if visit is None else self._seen).get(name)
        if field is not None:
            return lambda owner: _answer(known(field.value_of(owner)), declared)
        protocol = self.protocol
        look = protocol.lookup_of if visit is None else protocol.lookup_at
        return lambda owner: _answer(look(owner)(name), declared)

    def _of_part(self, name: str, visit: ScheduledVisit | None) -> Question:
        label, codes = self._parts[name]
        return Question(
            name=name,
            label=label,
            visit=visit,
            unit=None,
            place=self._places[name],
            codes=codes,
            values=tuple(self._found(visit, patient) for patient in self.patients),
        )

    def _found(self, visit: ScheduledVisit | None, patient: Any) -> Any:
        """Return whether blood clots; or, at a visit, by how much pain was relieved."""
        if visit is None:
            status = coagulation_of(patient, rule=self.coagulation)
            if status is CoagulationStatus.NOT_ASSESSABLE:
                return None
            return status.name.lower()
        start = self.protocol.baseline
        seen = [None if v is None else patient.follow_up.at(v) for v in (start, visit)]
        before, now = (None if a is None else a.vas for a in seen)
        half = is_responder(before, now)
        if half is None:
            return None
        more = is_responder(before, now, strict=True)
        named = {"at-least-half": half, "more-than-half": more}
        return frozenset(level for level, reached in named.items() if reached)


def _answer(value: Any, declared: Declaration) -> Any:
    """Return a number, a code or a set of codes as claims name it."""
    if value is None or isinstance(value, frozenset):
        return value
    if declared.kind is Kind.YES_NO:
        return "yes" if value else "no"
    if declared.kind in _NUMBERS:
        return Fraction(repr(value))
    return str(int(value) if declared.kind is Kind.GRADE else value)


def count_of(claim: Claim, question: Question) -> int | str:
    """Count who is in one of the levels of a claim; in words why it cannot be."""
    wrong = [level for level in claim.levels if not _is_level(level, question)]
    if wrong:
        return f"{question.name} has no level {wrong[0]!r}"
    step = None if question.codes else grid_of(claim).step
    return sum(
        any(_holds(value, level, step) for level in claim.levels)
        for value in question.known
    )


def levels_text(levels: tuple[str, ...], question: Question) -> str:
    """Name the levels of a claim as a table does."""
    named = [_level_text(level, question) for level in levels]
    head, last = named[:-1], named[-1]
    return f"{', '.join(head)} or {last}" if head else last


def level_place(claim: Claim, question: Question) -> tuple[Fraction, ...]:
    """Return where the levels of a claim stand: by the first, wider ones after."""
    places: list[Fraction] = []
    codes = list(question.codes)
    for level in claim.levels:
        ends = _ends(level)
        named = [codes.index(code) for code in _named(level) if code in codes]
        places += [Fraction(min(named))] if named else list(ends or ())
    return (min(places), max(places), Fraction(len(claim.levels)))


def _option_name(option: Any) -> str:
    numeral = getattr(option, "numeral", None)
    return str(option.label) if numeral is None else f"{numeral}, {option.label}"


def _named(level: str) -> set[str]:
    """Return the codes that a level names, as in ``"only mid+lower"``."""
    return set(level.removeprefix(_ONLY).split("+"))


def _ends(level: str) -> tuple[Fraction, Fraction] | None:
    """Return the ends of a level of numbers or grades: ``"2"`` or ``"45-89"``."""
    low, dash, high = level.partition("-")
    try:
        return Fraction(low), Fraction(high if dash else low)
    except ValueError:
        return None


def _is_level(level: str, question: Question) -> bool:
    graded = all(code.isdigit() for code in question.codes)  # and so for numbers
    return _named(level) <= set(question.codes) or (graded and _ends(level) is not None)


def _holds(value: Any, level: str, step: Fraction | None) -> bool:
    """Whether a patient is in a level; a stretch ends before the step after it."""
    if isinstance(value, frozenset):
        named = _named(level)
        return value == named if level.startswith(_ONLY) else named <= value
    ends = _ends(level)
    if ends is None or value == level:
        return bool(value == level)
    low, high = ends
    exact = Fraction(value)
    if low == high or step is None:
        return low <= exact <= high
    return low <= exact < high + step


def _level_text(level: str, question: Question) -> str:
    named = _named(level)
    if named <= set(question.codes):
        *head, last = (label for code, label in question.codes.items() if code in named)
        words = f"{', '.join(head)} and {last}" if head else last
        return f"{words} only" if level.startswith(_ONLY) else words
    unit = "" if question.unit is None else f" {question.unit}"
    return level.replace("-", " to ") + unit
