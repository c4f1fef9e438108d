"""What a printed claim asks of patients, and what the patients of a study answer."""

from fractions import Fraction
from typing import Any, Final

import attrs

from iph._categories import ScheduledVisit, Visit
from iph._fields import DeclaredField, Kind
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS, Patient
from iph.evidence._claims import Claim
from iph.evidence._ledger import grid_of
from iph.scales._coagulation_findings import CoagulationStatus
from iph.scales._relief import is_responder
from iph.study._characteristics import ABSENT, known
from iph.study._coagulation import coagulation_of

_ONLY: Final = "only "
_BY_NAME: Final = {field.name: field for field in PATIENT_FIELDS}
_ASSESSED: Final = {field.name: field for field in ASSESSMENT_FIELDS}
_PLACES: Final = {name: place for place, name in enumerate((*_BY_NAME, *_ASSESSED))}
_NUMBERS: Final = frozenset({Kind.QUANTITY, Kind.DAYS})
_YES_NO: Final = {"yes": "yes", "no": "no"}

# What a claim may speak of without a field of its own: its label, and its levels.
_DERIVED: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "treated_conservatively": ("Treated without a procedure", _YES_NO),
    "coagulation_status": (
        "Coagulation",
        {"normal": "normal", "abnormal": "abnormal"},
    ),
    "pain_relief": (
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

    def __init__(self, patients: tuple[Patient, ...], *, coagulation: str) -> None:
        self.patients = patients
        self.coagulation = coagulation
        self.questions: dict[tuple[str, ScheduledVisit | None], Question] = {}

    def question(self, claim: Claim) -> Question | str:
        """Return what a claim asks, with all answers; in words why it cannot be."""
        name = claim.derived or claim.variable
        if not name:
            return "nothing recorded corresponds"
        if claim.derived and claim.derived not in _DERIVED:
            return f"no study derives {claim.derived}"
        repeated = name in _ASSESSED or name == "pain_relief"
        if repeated and claim.visit is None:
            return "it names no visit"
        visit = claim.visit if repeated else None
        if (name, visit) not in self.questions:
            self.questions[name, visit] = (
                self._derived(name, visit)
                if claim.derived
                else self._recorded(name, visit)
            )
        return self.questions[name, visit]

    def _recorded(self, name: str, visit: ScheduledVisit | None) -> Question:
        field = _ASSESSED[name] if visit is not None else _BY_NAME[name]
        declared = field.declaration
        codes: dict[str, str] = {}
        if declared.kind is Kind.YES_NO:
            codes = dict(_YES_NO)
        elif declared.options is not None:
            codes = {str(o.value): _option_name(o) for o in declared.options}
        return Question(
            name=name,
            label=declared.label,
            visit=visit,
            unit=declared.unit,
            place=_PLACES[name],
            codes=codes,
            values=tuple(
                self._value(field, visit, patient) for patient in self.patients
            ),
        )

    def _value(
        self, field: DeclaredField, visit: ScheduledVisit | None, patient: Patient
    ) -> Any:
        owner = patient if visit is None else patient.follow_up.at(visit)
        value = known(field.value_of(owner))
        if value is None or isinstance(value, frozenset):
            return value
        kind = field.declaration.kind
        if kind is Kind.YES_NO:
            return "yes" if value else "no"
        return Fraction(repr(value)) if kind in _NUMBERS else str(value)

    def _derived(self, name: str, visit: ScheduledVisit | None) -> Question:
        label, codes = _DERIVED[name]
        return Question(
            name=name,
            label=label,
            visit=visit,
            unit=None,
            place=len(_PLACES) + list(_DERIVED).index(name),
            codes=codes,
            values=tuple(self._answer(name, visit, p) for p in self.patients),
        )

    def _answer(self, name: str, visit: ScheduledVisit | None, patient: Patient) -> Any:
        if name == "treated_conservatively":
            conservative = patient.treated_conservatively
            return None if conservative is None else ("no", "yes")[conservative]
        if visit is None:
            status = coagulation_of(patient, rule=self.coagulation)
            if status is CoagulationStatus.NOT_ASSESSABLE:
                return None
            return status.name.lower()
        seen = (patient.follow_up.at(Visit.BASELINE), patient.follow_up.at(visit))
        before, now = (None if a is None else a.vas for a in seen)
        half = is_responder(before, now)
        if half is None:
            return None
        more = is_responder(before, now, strict=True)
        named = {"at-least-half": half, "more-than-half": more}
        return frozenset(level for level, reached in named.items() if reached)


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
