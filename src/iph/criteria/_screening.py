"""Screening: which records a set of criteria keeps, with a trace of every decision."""

import enum
from collections import Counter
from typing import Any

import attrs

from iph._display import Displayed
from iph._model import Patient
from iph._options import each
from iph._subject import Subject
from iph.criteria._criterion import Criteria
from iph.criteria._frames import count_states
from iph.criteria._known import (
    StudyProtocol,
    chosen,
    fields_of,
    known_to,
    lookups,
    sound,
)
from iph.criteria._rule import Lookup
from iph.errors import InputError


class Eligibility(enum.Enum):
    """What screening decides of a record."""

    INCLUDED = "included"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Decision(Displayed):
    """The decision on one record, with its reasons.

    Attributes
    ----------
    patient_id : str
        The record.
    eligibility : Eligibility
        Excluded if any criterion surely fails; else unknown if any cannot be answered;
        else included.
    first_failed : str or None
        The code of the first criterion that fails.
    failed : tuple of str
        The codes of all criteria that fail, in the order of the set.
    unknown : tuple of str
        The codes of all criteria that cannot be answered.
    """

    patient_id: str
    eligibility: Eligibility
    first_failed: str | None
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


@attrs.frozen(kw_only=True)
class FlowStep(Displayed):
    """One step of the flow diagram.

    What enters a step is what the step before did not remove. It is divided without
    rest: ``n_removed + n_unknown + n_remaining`` is the number that entered.

    Attributes
    ----------
    code, statement : str
        The criterion.
    n_removed : int
        Records that this criterion is the first to remove.
    n_unknown : int
        Records not removed so far for which this or an earlier criterion cannot be
        answered. A later criterion may still remove them.
    n_remaining : int
        Records that pass this and every earlier criterion.
    """

    code: str
    statement: str
    n_removed: int
    n_unknown: int
    n_remaining: int


@attrs.frozen(kw_only=True)
class Screening(Displayed):
    """The result of screening.

    Attributes
    ----------
    criteria : Criteria
        The set that was applied.
    n_assessed, n_included, n_excluded, n_unknown : int
        Records in all, and by decision; the last three add up to the first.
    flow : tuple of FlowStep
        One step a criterion, in the order of the set.
    decisions : tuple of Decision or None
        One a record, for patients and cohorts. None for a dataframe, from which only
        counts were fetched; `decide` adds the decisions as columns there. They name
        patients, so that a notebook does not show them of itself.
    """

    criteria: Criteria
    n_assessed: int
    n_included: int
    n_excluded: int
    n_unknown: int
    flow: tuple[FlowStep, ...]
    # Out of what a notebook shows: its cells are pasted, and name patients.
    decisions: tuple[Decision, ...] | None = attrs.field(repr=False)

    def __repr__(self) -> str:
        """Say how many; the decisions would fill hundreds of lines."""
        return (
            f"<Screening by {self.criteria.name!r}: {self.n_assessed} assessed, "
            f"{self.n_included} included, {self.n_excluded} excluded, "
            f"{self.n_unknown} unknown>"
        )

    def decision_of(self, patient_id: str) -> Decision:
        """Return the decision on one patient, with the criteria that it rests on.

        Parameters
        ----------
        patient_id : str
            The pseudonym.

        Returns
        -------
        Decision
            With ``eligibility``, ``first_failed``, ``failed`` and ``unknown``.

        Raises
        ------
        InputError
            If no patient of that pseudonym was screened, or a dataframe was, from which
            only counts were fetched.
        """
        for decision in self.decisions or ():
            if decision.patient_id == patient_id:
                return decision
        hint = "use iph.criteria.decide for a dataframe"
        raise InputError(
            "patient_id",
            "that of a screened patient",
            patient_id,
            hint if self.decisions is None else "",
        )


def screen(
    records: Any,
    criteria: Criteria | None = None,
    *,
    protocol: StudyProtocol | None = None,
) -> Screening:
    """Decide which records meet a set of criteria, and count the flow.

    Which of these patients belong to the study, why not the others, and of how many can
    that not be told?

    Parameters
    ----------
    records : Cohort, iterable of Patient, or dataframe
        A dataframe is anything that narwhals takes (pandas, Polars, PyArrow, DuckDB,
        Dask, PySpark, ...), eager or lazy, with the columns of
        `Cohort.patients_frame`. It is counted where it lies, in one pass.
    criteria : Criteria, optional
        The set to apply, such as `LI_2023`; that of the protocol if not given.
    protocol : Protocol, optional
        The study, which says what fields there are and what follows from them. Without
        one, patients are asked for the fields of their class, and a dataframe for those
        of `Patient`.

    Returns
    -------
    Screening
        With ``criteria``, ``n_assessed``, ``n_included``, ``n_excluded``,
        ``n_unknown``, ``flow`` (``code``, ``statement``, ``n_removed``, ``n_unknown``,
        ``n_remaining``) and ``decisions``.

    Raises
    ------
    InputError
        If `records` is nothing of the kind, or a dataframe lacks a column; if a
        criterion asks for a field that the study does not have; if cells of a dataframe
        are neither codes nor labels, with their number.

    Notes
    -----
    Three values throughout: a criterion that cannot be answered from the record leaves
    it *unknown*, not included and not excluded, unless another criterion surely fails.

    A dataframe may hold the label of a code, or the code in another case, such as
    ``Female`` for ``female``: where it does, it is passed over twice. Other words are
    refused, since a column of them would leave every record unknown;
    `iph.records.from_frames` reads words of several languages.

    A bound such as ">8" (in a dataframe, 8 in ``inr`` and ">" in ``inr_bound``) answers
    where all values within it do. Numbers are held against the limits of the criteria,
    not against the reference ranges of a laboratory.

    Examples
    --------
    >>> from iph import Patient
    >>> from iph.criteria import LI_2023, screen
    >>> boy = Patient(patient_id="P01", age_years=12)
    >>> man = Patient(patient_id="P02", age_years=48)
    >>> result = screen([boy, man], LI_2023)
    >>> result.n_excluded, result.n_unknown
    (1, 1)
    >>> result.decision_of("P01").first_failed
    'I1'
    """
    criteria = chosen(criteria, protocol)
    patients = _as_patients(records)
    if patients is None:
        counted = count_states(records, criteria, known_to(protocol))
        return screening_of(criteria, counted, decisions=None)
    for cls in dict.fromkeys(map(type, patients)) or {Patient: None}:
        of_class = fields_of(cls) if protocol is None else protocol.patient_declarations
        sound(criteria, of_class)
    find = lookups(protocol)
    decisions = tuple(decided(patient, criteria, find(patient)) for patient in patients)
    return of_decisions(criteria, decisions)


def of_decisions(criteria: Criteria, decisions: tuple[Decision, ...]) -> Screening:
    """Derive the flow from the decision on every record."""
    places = {c.code: place for place, c in enumerate(criteria.all)}
    never = len(places)
    counted = Counter(
        (
            places[d.failed[0]] if d.failed else never,
            places[d.unknown[0]] if d.unknown else never,
        )
        for d in decisions
    )
    return screening_of(criteria, counted, decisions=decisions)


def _as_patients(records: Any) -> list[Subject[Any]] | None:
    """Return a list of patients; None if it looks like a dataframe."""
    if isinstance(records, (Subject, str, bytes)):
        raise InputError("records", "patients or a dataframe", records)
    kind = type(records)  # asking a lazy frame itself may cost a pass over the data
    if hasattr(kind, "columns") or hasattr(kind, "column_names"):
        return None
    listed = each(records, "records", "patients or a dataframe")
    for place, record in enumerate(listed):
        if not isinstance(record, Subject):
            raise InputError(f"records[{place}]", "a Patient", record)
    return listed


def decided(patient: Subject[Any], criteria: Criteria, lookup: Lookup) -> Decision:
    """Decide on one patient, with the trace."""
    failed: list[str] = []
    unknown: list[str] = []
    answers = [(c.code, c.rule.of(lookup), True) for c in criteria.include]
    answers += [(c.code, c.rule.of(lookup), False) for c in criteria.exclude]
    for code, answer, wanted in answers:
        if answer is None:
            unknown.append(code)
        elif answer is not wanted:
            failed.append(code)
    if failed:
        eligibility = Eligibility.EXCLUDED
    elif unknown:
        eligibility = Eligibility.UNKNOWN
    else:
        eligibility = Eligibility.INCLUDED
    return Decision(
        patient_id=patient.patient_id,
        eligibility=eligibility,
        first_failed=failed[0] if failed else None,
        failed=tuple(failed),
        unknown=tuple(unknown),
    )


def screening_of(
    criteria: Criteria,
    counted: dict[tuple[int, int], int],
    *,
    decisions: tuple[Decision, ...] | None,
) -> Screening:
    """Derive all counts from how many records fail first, and are unknown first, where.

    The keys are the places in the set; one past its end stands for "never".
    """
    never = len(criteria.all)
    flow = []
    for place, criterion in enumerate(criteria.all):
        alive = {key: n for key, n in counted.items() if key[0] > place}
        flow.append(
            FlowStep(
                code=criterion.code,
                statement=criterion.statement,
                n_removed=sum(n for key, n in counted.items() if key[0] == place),
                n_unknown=sum(n for key, n in alive.items() if key[1] <= place),
                n_remaining=sum(n for key, n in alive.items() if key[1] > place),
            )
        )
    n_assessed = sum(counted.values())
    n_included = counted.get((never, never), 0)
    n_excluded = sum(n for key, n in counted.items() if key[0] < never)
    return Screening(
        criteria=criteria,
        n_assessed=n_assessed,
        n_included=n_included,
        n_excluded=n_excluded,
        n_unknown=n_assessed - n_included - n_excluded,
        flow=tuple(flow),
        decisions=decisions,
    )
