"""Values that are not recorded but follow from what is."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from iph._bound import Bound
from iph._display import Displayed
from iph._fields import KEY, Declaration, Kind
from iph._options import each, listener, one_number, wording
from iph.criteria._bound_columns import compared, has_sign
from iph.criteria._rule import Fields, Lookup, Rule, a_rule
from iph.errors import InputError


def _declared(value: Any) -> Declaration:
    """Return a declaration, also from what a function of `iph.fields` returned."""
    metadata = getattr(value, "metadata", None) or {}
    declared = metadata.get(KEY, value)
    if not isinstance(declared, Declaration):
        raise InputError("declaration", "what a function of iph.fields returns", value)
    return declared


def _cuts(values: Iterable[float]) -> tuple[float, ...]:
    given = each(values, "at", "cut points that rise")
    numbers = [one_number(one, f"at[{at}]", "a number") for at, one in enumerate(given)]
    # Whole numbers stay as they are written: the digest of a protocol tells them apart.
    pairs = zip(given, numbers, strict=True)
    return tuple(one if type(one) is int else number for one, number in pairs)


@attrs.frozen(kw_only=True)
class Derived(Displayed):
    """A value that follows from the fields of a patient, or of an assessment.

    Three forms: yes or no by a rule (`when`); the grade of a number by cut points
    (`cut`, `at`); or a function in Python (`function`), with which a protocol cannot
    be written to a file.

    Parameters
    ----------
    name : str
        Its name, used like that of a field.
    declaration : Declaration
        What it holds, by a function of `iph.fields`: `~iph.fields.yes_no` for a rule,
        `~iph.fields.grade` for cut points.
    when : Rule or None
        It is yes where the rule is met.
    unclear : Rule or None
        It is not known where this is met.
    cut : str or None
        The number that is cut.
    at : tuple of float
        The cut points, rising; a value on a cut point belongs to the grade above it.
    function : callable or None
        Takes a patient; returns the value, or None if it is not known.

    Raises
    ------
    InputError
        If it has none of the three forms, or two; if the cut points do not rise, or are
        not one fewer than the grades.
    """

    name: str
    declaration: Declaration = attrs.field(converter=_declared)
    when: Rule | None = None
    unclear: Rule | None = None
    cut: str | None = None
    at: tuple[float, ...] = attrs.field(default=(), converter=_cuts)
    function: Callable[[Any], Any] | None = None

    def __attrs_post_init__(self) -> None:
        wording(self.name, "name")
        for name in ("when", "unclear"):
            if getattr(self, name) is not None:
                a_rule(getattr(self, name), name)
        if self.cut is not None:
            wording(self.cut, "cut")
        listener(self.function, "function")
        forms = [
            form
            for form in ("when", "cut", "function")
            if getattr(self, form) is not None
        ]
        if len(forms) != 1:
            raise InputError("derived", "one of when, cut and function", forms)
        kind = {"when": Kind.YES_NO, "cut": Kind.GRADE}.get(forms[0])
        if kind is not None and self.declaration.kind is not kind:
            found = self.declaration.kind.value
            raise InputError("declaration", f"that of a {kind.value}", found)
        if self.cut is not None:
            self._check_cuts()

    def _check_cuts(self) -> None:
        n_grades = len(list(self.declaration.options or ()))
        if list(self.at) != sorted(set(self.at)):
            raise InputError("at", "cut points that rise", self.at)
        if len(self.at) != n_grades - 1:
            rule = f"{n_grades - 1} cut points for {n_grades} grades"
            raise InputError("at", rule, self.at)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it follows from; empty for a function."""
        if self.cut is not None:
            return (self.cut,)
        rules = [rule for rule in (self.when, self.unclear) if rule is not None]
        return tuple(dict.fromkeys(name for rule in rules for name in rule.fields))

    def of(self, lookup: Lookup, owner: object) -> Any:
        """Return the value as a cell: yes/no, the number of a grade, or None."""
        if self.function is not None:
            return self.function(owner)
        if self.when is not None:
            if self.unclear is not None and self.unclear.of(lookup) is not False:
                return None
            return self.when.of(lookup)
        value = lookup(str(self.cut))
        if value is None:
            return None
        options: Any = self.declaration.options
        grades = sorted(int(option.value) for option in options)
        above = [
            value.compare(">=", edge) if isinstance(value, Bound) else value >= edge
            for edge in self.at
        ]
        return None if None in above else grades[above.count(True)]

    def expr(self, fields: Fields) -> Any:
        """Return the value for the rows of a table, as a narwhals expression.

        Parameters
        ----------
        fields : mapping of str to Declaration
            What each column holds.

        Returns
        -------
        narwhals.Expr
            Yes/no or the number of a grade; null where it is not known.

        Raises
        ------
        InputError
            If the value is found by a function, which no table can be asked.
        """
        import narwhals.stable.v2 as nw

        if self.when is not None:
            answer = self.when.expr(fields)
            if self.unclear is None:
                return answer
            return nw.when(~self.unclear.expr(fields)).then(answer)
        if self.cut is None:
            hint = "a function is asked of patients, one by one: read them first"
            raise InputError(
                self.name, "found by a rule or by cut points", "a function", hint
            )
        options: Any = self.declaration.options
        grades = sorted(int(option.value) for option in options)
        if has_sign(self.cut, fields):
            return self._cut_of_bounds(self.cut, grades, fields)
        column, declared = nw.col(self.cut), fields[self.cut]
        number = (column - column) == 0  # false for NaN, and no statistics answer it
        edges = (declared.low, *self.at, declared.high)
        parts = []
        for place, grade in enumerate(grades):
            inside = number & (column >= edges[place])
            end = edges[place + 1]
            inside &= column < end if grade < grades[-1] else column <= end
            parts.append(nw.when(inside).then(nw.lit(grade, nw.Int64())))
        return nw.coalesce(*parts)

    def _cut_of_bounds(self, cut: str, grades: list[int], fields: Fields) -> Any:
        """Return the grade where the values within a bound all have one."""
        import narwhals.stable.v2 as nw

        above = [compared(cut, ">=", edge, fields) for edge in self.at]
        parts = []
        for grade, reached, passed in zip(
            grades, [None, *above], [*above, None], strict=True
        ):
            inside = ~passed if reached is None else reached
            if reached is not None and passed is not None:
                inside = reached & ~passed
            parts.append(nw.when(inside).then(nw.lit(grade, nw.Int64())))
        return nw.coalesce(*parts)
