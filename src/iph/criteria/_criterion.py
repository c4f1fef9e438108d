"""Criteria as data: a code, a statement as printed, and a rule."""

from collections.abc import Iterable
from typing import Any

import attrs

from iph._bound import Bound
from iph._display import Displayed
from iph._fields import DeclaredField, cell, sequence_of
from iph._options import wording
from iph._subject import Subject, fields_by_name
from iph.criteria._rule import FIELDS, Fields, Lookup, Rule, a_rule
from iph.errors import InputError


def lookup_of(patient: Subject[Any]) -> Lookup:
    """Return the function that finds a patient's cell by its column name."""
    by_name = fields_by_name(type(patient))

    def lookup(name: str) -> Any:
        return cell_of(by_name[name], patient)

    return lookup


def cell_of(declared: DeclaredField, owner: object) -> Any:
    """Return a value as a rule sees it: the cell of a table, or a bound."""
    value = declared.value_of(owner)
    return value if isinstance(value, Bound) else cell(declared, value)


@attrs.frozen
class Criterion(Displayed):
    """One criterion of eligibility.

    Parameters
    ----------
    code : str
        A short name, such as ``"I1"``.
    statement : str
        The criterion in words, as published.
    rule : Rule
        How it is answered.
    reading : str
        How the words are read, where they leave room.

    Examples
    --------
    >>> from iph import Patient
    >>> from iph.criteria import Compare, Criterion
    >>> adult = Criterion("I1", "age >= 18 years", Compare("age_years", ">=", 18))
    >>> adult.answer(Patient(patient_id="P01", age_years=48))
    True
    >>> print(adult.answer(Patient(patient_id="P02")))
    None
    """

    code: str
    statement: str
    rule: Rule
    reading: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        for name in ("code", "statement", "reading"):
            wording(getattr(self, name), name)
        a_rule(self.rule, "rule")

    def answer(self, patient: Subject[Any]) -> bool | None:
        """Say whether a patient meets it: True, False, or None for unknown."""
        return self.rule.of(lookup_of(patient))


def _include(values: Iterable[Criterion]) -> tuple[Criterion, ...]:
    return sequence_of(values, Criterion, "include")


def _exclude(values: Iterable[Criterion]) -> tuple[Criterion, ...]:
    return sequence_of(values, Criterion, "exclude")


@attrs.frozen(kw_only=True)
class Criteria(Displayed):
    """A named set of criteria of one study.

    Parameters
    ----------
    name : str
        What the set is called.
    include : iterable of Criterion
        A patient must meet all of these.
    exclude : iterable of Criterion
        A patient must meet none of these.
    reference : str
        Where the set was published, with its DOI.

    Raises
    ------
    InputError
        If two criteria have one code, or there is none at all.
    """

    name: str
    include: tuple[Criterion, ...] = attrs.field(default=(), converter=_include)
    exclude: tuple[Criterion, ...] = attrs.field(default=(), converter=_exclude)
    reference: str = ""

    def __attrs_post_init__(self) -> None:
        for name in ("name", "reference"):
            wording(getattr(self, name), name)
        codes = [criterion.code for criterion in self.all]
        if not codes or len(set(codes)) != len(codes):
            raise InputError("criteria", "at least one, with different codes", codes)

    @property
    def all(self) -> tuple[Criterion, ...]:
        """All criteria in the order in which they are applied."""
        return self.include + self.exclude

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that any of them looks at."""
        names = (name for criterion in self.all for name in criterion.rule.fields)
        return tuple(dict.fromkeys(names))

    def check(self, fields: Fields = FIELDS) -> tuple[InputError, ...]:
        """Say what keeps the criteria from being asked of a study with these fields.

        Parameters
        ----------
        fields : mapping of str to Declaration
            The fields of the study by name; those of `Patient` if not given.

        Returns
        -------
        tuple of InputError
            Every error of every rule; empty if there is none.
        """
        return tuple(e for one in self.all for e in one.rule.check(fields))
