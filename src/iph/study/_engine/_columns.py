"""What characteristics and groups ask of columns, answered on an engine."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from iph._bound import Bound
from iph._fields import Kind
from iph.study._engine._coding import EngineColumn, answered, constant, of_numbers
from iph.study._engine._rows import Rows


class Asking:
    """Takes note of the fields that characteristics and groups are made of."""

    def __init__(self) -> None:
        self.of_patient: dict[str, None] = {}
        self.of_baseline: dict[str, None] = {}

    def of_patients(self, name: str) -> EngineColumn:
        """Note a recorded field of the patients."""
        self.of_patient[name] = None
        return constant()

    def derived(self, name: str) -> EngineColumn:
        """Note a value that follows from the fields of a patient."""
        return self.of_patients(name)

    def at_baseline(self, name: str) -> EngineColumn:
        """Note a field of the assessment at baseline."""
        self.of_baseline[name] = None
        return constant()

    def kept(self, name: str, make: Callable[[], EngineColumn]) -> EngineColumn:  # noqa: ARG002 - as `Columns` has it
        """Pass over what is made of several fields: its part asks for them."""
        return constant()

    def found(self, name: str, find: Callable[[Any], Hashable]) -> EngineColumn:  # noqa: ARG002 - as `Columns` has it
        """Pass over what a part of the study finds of each patient."""
        return constant()


class EngineColumns:
    """The columns of the patients, as `Columns` has them."""

    def __init__(
        self,
        rows: Rows,
        special: Mapping[str, EngineColumn] | None = None,
        recorded: Mapping[str, EngineColumn] | None = None,
    ) -> None:
        self.rows = rows
        self.special = special or {}
        self.recorded = recorded or {}

    def of_patients(self, name: str) -> EngineColumn:
        """Return a recorded field of the patients."""
        if name in self.recorded:
            return self.recorded[name]
        read = self.rows.read.get(name)
        if read is None:
            return constant()
        column = read.coded()
        signs = self.rows.read.get(f"{name}_bound")
        return column if signs is None else _with_signs(column, signs.coded())

    def derived(self, name: str) -> EngineColumn:
        """Return a value that follows from the fields of a patient."""
        import narwhals.stable.v2 as nw

        declaration = self.rows.protocol.patient_declarations[name]
        if declaration.kind is Kind.YES_NO:
            return answered(nw.col(name))
        numbers = [int(option.value) for option in declaration.options or ()]
        return of_numbers(name, nw.col(name), numbers)

    def at_baseline(self, name: str) -> EngineColumn:
        """Return a field of the assessment at baseline, or a grade from one."""
        start = self.rows.protocol.baseline
        if start is None:
            return constant()
        return self.rows.value(name, self.rows.protocol.visits.index(start))

    def kept(self, name: str, make: Callable[[], EngineColumn]) -> EngineColumn:
        """Return a column that is made of several fields, or else make it."""
        return self.special[name] if name in self.special else make()

    def found(self, name: str, find: Callable[[Any], Hashable]) -> EngineColumn:  # noqa: ARG002 - as `Columns` has it
        """Return what a part of the study finds of each patient."""
        return self.special[name]


def _with_signs(number: EngineColumn, sign: EngineColumn) -> EngineColumn:
    """Return the column of a number that may be known by a bound alone."""
    values: dict[int, Any] = {}
    for code, limit in number.values.items():
        for place, said in sign.values.items():
            found = limit if None in {limit, said} else Bound(said, limit)
            values[code * sign.size + place] = found
    expr = number.expr * sign.size + sign.expr
    return EngineColumn(expr, number.size * sign.size, values)
