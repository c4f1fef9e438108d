"""The claims of one paper, and how each finds the others that it speaks of."""

import functools
from collections.abc import Iterable
from fractions import Fraction

import attrs

from iph._fields import Kind
from iph._options import each
from iph.errors import InputError
from iph.evidence._claims import COUNTED, Claim, ClaimKind
from iph.evidence._printed import numbers_in
from iph.evidence._variables import LI_2023_VARIABLES, Variables


@attrs.frozen(kw_only=True)
class Grid:
    """The values that a variable can take, as far as it is known.

    Attributes
    ----------
    step : Fraction or None
        The measurement step; None if none is declared.
    low, high : Fraction or None
        Hard bounds, which no value passes.
    plausible_low, plausible_high : Fraction or None
        Bounds that no value passes in practice.
    """

    step: Fraction | None
    low: Fraction | None
    high: Fraction | None
    plausible_low: Fraction | None
    plausible_high: Fraction | None


def grid_of(claim: Claim, variables: Variables = LI_2023_VARIABLES) -> Grid:
    """Return the grid of a claim's variable, its own figures before the declared."""
    step: Fraction | None = None
    low = high = plausible_low = plausible_high = None
    declared = variables.declarations.get(claim.variable)
    if claim.variable and declared is None:
        raise InputError(
            f"variable of claim {claim.code}",
            "the name of a declared field (or empty, with a step of its own)",
            claim.variable,
            _known_elsewhere(claim.variable, variables),
        )
    if declared is not None and declared.kind is Kind.GRADE and declared.options:
        levels = [Fraction(option.value) for option in declared.options]
        step, low, high = Fraction(1), min(levels), max(levels)
    elif declared is not None and declared.low is not None:
        step = declared.step
        plausible_low = Fraction(declared.low)
        plausible_high = Fraction(declared.high or 0)
        # Declared bounds are what is plausible; what is measured cannot be negative.
        low = Fraction(0) if plausible_low >= 0 else None
        high = plausible_high if declared.closed else None
    return Grid(
        step=claim.step if claim.step is not None else step,
        low=claim.low if claim.low is not None else low,
        high=claim.high if claim.high is not None else high,
        plausible_low=plausible_low,
        plausible_high=plausible_high,
    )


def _known_elsewhere(variable: str, variables: Variables) -> str:
    """Say that a field is one of iliopsoas hematoma, if the study is another."""
    if variables is LI_2023_VARIABLES or variable not in LI_2023_VARIABLES.declarations:
        return "for a study of another condition give protocol="
    return "it is a field of iliopsoas hematoma, and another protocol is given"


class Ledger:
    """The claims of one paper, by code: all of them, and those that can be read."""

    def __init__(
        self, claims: Iterable[Claim], variables: Variables = LI_2023_VARIABLES
    ) -> None:
        self.variables = variables
        self.every = tuple(each(claims, "claims", "a sequence of Claim"))
        self.by_code: dict[str, Claim] = {}
        for place, claim in enumerate(self.every):
            if not isinstance(claim, Claim):
                raise InputError(f"claims[{place}]", "a Claim", claim)
            if claim.code in self.by_code:
                raise InputError(f"claims[{place}].code", "used once", claim.code)
            self.by_code[claim.code] = claim
        self.claims = tuple(claim for claim in self.every if claim.readable)
        for claim in self.every:
            self.grid_of(claim)
            self._check_visit(claim)
            for name in ("count", "of", "at_most"):
                self._check_reference(claim, name, getattr(claim, name))
            for reference in claim.parts:
                self._check_reference(claim, "parts", reference)
            for reference in claim.conflicts:
                self._check_reference(claim, "conflicts", reference, counted=False)

    def _check_reference(
        self, claim: Claim, name: str, reference: str, *, counted: bool = True
    ) -> None:
        if not reference or reference.isdigit():
            return
        found = self.by_code.get(reference)
        if found is None or (counted and found.kind not in COUNTED):
            rule = "a whole number or the code of a count"
            raise InputError(
                f"{name} of claim {claim.code}",
                rule if counted else "codes of claims",
                reference,
            )

    def _check_visit(self, claim: Claim) -> None:
        if claim.visit is not None and claim.visit not in self.variables.visits:
            codes = ", ".join(visit.value for visit in self.variables.visits)
            name = f"visit of claim {claim.code}"
            raise InputError(name, f"one of {codes}", claim.visit.value)

    def grid_of(self, claim: Claim) -> Grid:
        """Return the values that the variable of a claim can take."""
        return grid_of(claim, self.variables)

    def number(self, reference: str) -> int | None:
        """Return the whole number that a reference stands for."""
        if not reference:
            return None
        if reference.isdigit():
            return int(reference)
        named = self.by_code[reference]
        return whole_of(named) if named.readable else None

    def codes(self, *references: str) -> tuple[str, ...]:
        """Return the references that are codes of claims, each once."""
        return tuple(dict.fromkeys(r for r in references if r and not r.isdigit()))

    def count_of(self, claim: Claim) -> int | None:
        """Return the count behind a share: the one it names, or that of its parts."""
        if claim.count:
            return self.number(claim.count)
        if claim.parts:
            return self.sum_of(claim.parts)
        return None

    def sum_of(self, parts: Iterable[str]) -> int | None:
        """Return what parts add up to; None if one of them cannot be read."""
        counts = [self.number(part) for part in parts]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    @functools.cached_property
    def sizes(self) -> dict[int, str]:
        """Group sizes that are printed, with the code of the first claim."""
        found: dict[int, str] = {}
        for claim in self.claims:
            if claim.kind is ClaimKind.SIZE:
                found.setdefault(whole_of(claim), claim.code)
        return found


def whole_of(claim: Claim) -> int:
    """Return the whole number that a count prints."""
    return int(numbers_in(claim.figure)[0].value)
