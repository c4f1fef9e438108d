"""The rows of a comparison: each printed figure beside that of a study."""

import math
from fractions import Fraction
from typing import Any, Final

import attrs

from iph.evidence._claims import COUNTED, SUMMARIES, Claim, ClaimKind
from iph.evidence._ledger import Ledger, whole_of
from iph.evidence._percentages import fitting_counts
from iph.evidence._printed import ROUNDED, mean_sd_in, percentage_in, quartiles_in
from iph.evidence._verdict import Finding, Verdict
from iph.stats._description.describe import describe
from iph.stats._description.location import median_interval
from iph.stats._description.quartiles import quartiles
from iph.stats._groups.mean_difference import mean_difference
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.stats._tables.risk import risk_difference
from iph.study._claimed import Asked, Question, count_of, level_place, levels_text
from iph.study._compared import (
    ComparedClaim,
    ComparedFigure,
    Measure,
    UnansweredClaim,
)
from iph.study._study import Study

_LEAST: Final = 5  # values below which nothing is compared
_ORDER: Final[tuple[Measure, ...]] = ("mean", "median", "share")


class Rows:
    """The rows of a comparison, each claim put to the row of its figure."""

    def __init__(
        self,
        study: Study,
        ledger: Ledger,
        findings: tuple[Finding, ...],
        confidence_level: float,
    ) -> None:
        self.study, self.ledger, self.level = study, ledger, confidence_level
        self.asked = Asked(
            tuple(study.patients),
            study.protocol,
            ledger.variables,
            coagulation=study.rules.coagulation,
        )
        self.doubts = {
            f.claim.code: f
            for f in findings
            if f.verdict.is_problem or f.verdict is Verdict.IMPLAUSIBLE
        }
        self.found: dict[tuple[Any, ...], tuple[Question, ComparedClaim]] = {}
        self.row_of: dict[str, tuple[Any, ...]] = {}
        self.unanswered: list[UnansweredClaim] = []
        self.seen = {
            visit: whole_of(claim)
            for claim in ledger.claims
            if claim.kind is ClaimKind.SIZE and claim.visit is not None
            if (visit := self.asked.visit(claim.visit)) is not None
        }

    def rows(self) -> tuple[ComparedClaim, ...]:
        """Return all rows in the order of the fields and visits."""
        visits = list(self.study.protocol.visits)

        def place(pair: tuple[Question, ComparedClaim]) -> tuple[Any, ...]:
            question, row = pair
            visit = -1 if row.visit is None else visits.index(row.visit)
            within = level_place(row.claims[0], question) if row.level_label else ()
            return question.place, visit, _ORDER.index(row.measure), within

        return tuple(row for _, row in sorted(self.found.values(), key=place))

    def add(self, claim: Claim) -> None:
        """Put a claim to its row, make one for it, or say why there is none."""
        summary = claim.kind in SUMMARIES
        counted = claim.kind in COUNTED and bool(claim.levels)
        shared = claim.kind is ClaimKind.PERCENTAGE and not _is_share_of(claim)
        if not (summary or counted or shared):
            return
        question = self.asked.question(claim)
        if isinstance(question, str):
            self._leave(claim, question)
        elif not question.known:
            self._leave(claim, "no patient has a recorded value")
        elif question.presence_only and not summary:
            self._leave(claim, "only presence was recorded, so no share is known")
        elif summary:
            self._add_summary(claim, question)
        else:
            self._add_share(claim, question)

    def add_share_of(self, claim: Claim) -> None:
        """Put the percentage of a count to the row of the count."""
        if not _is_share_of(claim):
            return
        if claim.count in self.row_of:
            self._join(self.row_of[claim.count], claim)
        else:
            self._leave(claim, "their counts are not compared")

    def _leave(self, claim: Claim, reason: str) -> None:
        self.unanswered.append(UnansweredClaim(claim=claim, reason=reason))

    def _join(self, key: tuple[Any, ...], claim: Claim) -> None:
        question, row = self.found[key]
        doubt = self.doubts.get(claim.code)
        self.found[key] = (
            question,
            attrs.evolve(
                row,
                claims=(*row.claims, claim),
                doubtful=row.doubtful if doubt is None else (*row.doubtful, doubt),
            ),
        )
        self.row_of[claim.code] = key

    def _enter(
        self,
        claim: Claim,
        question: Question,
        *,
        measure: Measure,
        published: ComparedFigure,
        ours: ComparedFigure,
        difference: Estimate,
        remark: str = "",
    ) -> None:
        levels = frozenset(claim.levels) if measure == "share" else frozenset()
        key = (question.name, question.visit, measure, levels, repr(published))
        if ours.n < _LEAST:
            difference = attrs.evolve(
                difference,
                estimate=math.nan,
                low=math.nan,
                high=math.nan,
                method="none",
            )
            remark = f"not compared, with fewer than {_LEAST} patients"
        if key not in self.found:
            shared = measure == "share"
            self.found[key] = (
                question,
                ComparedClaim(
                    field=question.name,
                    label=question.label,
                    visit=question.visit,
                    level_label=levels_text(claim.levels, question) if shared else "",
                    unit=None if shared else question.unit,
                    measure=measure,
                    claims=(),
                    doubtful=(),
                    published=published,
                    ours=ours,
                    difference=difference,
                    remark=remark,
                ),
            )
        self._join(key, claim)

    def _size(self, claim: Claim, question: Question) -> int | None:
        """Return of how many patients a claim speaks: those seen, where printed."""
        size = self.ledger.number(claim.of)
        seen = None if question.visit is None else self.seen.get(question.visit)
        return seen if size is None or (seen is not None and seen < size) else size

    def _add_share(self, claim: Claim, question: Question) -> None:
        if not claim.levels:
            self._leave(claim, "it names no levels")
            return
        ours = count_of(claim, question)
        size = self._size(claim, question)
        if isinstance(ours, str):
            self._leave(claim, ours)
            return
        if not size:
            self._leave(claim, "it is printed of no number of patients")
            return
        counts = self._counts(claim, size)
        if not counts:
            self._leave(claim, f"no count of {size} patients is printed so")
            return
        near, n = _nearest(claim, counts, size), len(question.known)
        n_missing = len(question.values) - n
        self._enter(
            claim,
            question,
            measure="share",
            published=self._share(near, size),
            ours=self._share(ours, n, n_missing),
            difference=self._difference((ours, n, n_missing), counts, near, size),
            remark=(
                f"{counts[0]} to {counts[-1]} patients are printed so; the interval "
                "covers all of them"
                if len(counts) > 1
                else ""
            ),
        )

    def _share(self, count: int, n: int, n_missing: int = 0) -> ComparedFigure:
        found = proportion(
            count, n, confidence_level=self.level, method="clopper-pearson"
        )
        return ComparedFigure(
            value=found.estimate,
            low=found.low,
            high=found.high,
            count=count,
            n=n,
            n_missing=n_missing,
        )

    def _difference(
        self, ours: tuple[int, int, int], counts: list[int], near: int, size: int
    ) -> Estimate:
        """Return ours minus theirs; the interval covers all possible counts."""
        count, n, n_missing = ours
        found, *others = (
            risk_difference(
                [[count, n - count], [k, size - k]],
                confidence_level=self.level,
                n_missing=n_missing,
            )
            for k in (near, counts[0], counts[-1])
        )
        return attrs.evolve(
            found,
            low=min(other.low for other in others),
            high=max(other.high for other in others),
        )

    def _counts(self, claim: Claim, size: int) -> list[int]:
        """Return the counts that a claim can stand for, in rising order."""
        if claim.kind in COUNTED:
            count = whole_of(claim)
            return [count] if count <= size else []
        printed = percentage_in(claim.figure)
        if printed is None:  # pragma: no cover - the ledger holds what can be read
            return []
        fits = fitting_counts(printed, size)
        named = self.ledger.count_of(claim)
        if named in fits:
            return [named]
        rounded = [count for count, how in fits.items() if how == ROUNDED]
        return sorted(rounded or fits)

    def _add_summary(self, claim: Claim, question: Question) -> None:
        size = self._size(claim, question)
        if question.codes:
            self._leave(claim, f"{question.name} is no number")
        elif not size:
            self._leave(claim, "it is printed of no number of patients")
        elif claim.kind is ClaimKind.MEAN_SD:
            self._add_mean(claim, question, size)
        else:
            self._add_median(claim, question, size)

    def _add_mean(self, claim: Claim, question: Question, size: int) -> None:
        pair = mean_sd_in(claim.figure)
        if pair is None:  # pragma: no cover - a Claim is read when it is made
            raise ValueError(claim.figure)
        mean, sd = (float(number.value) for number in pair)
        own = describe(question.values, rule="mean")
        difference = mean_difference(
            own.mean,
            own.sd,
            own.n,
            mean,
            sd,
            size,
            confidence_level=self.level,
            n_missing=own.n_missing,
        )
        undefined = math.isnan(difference.low)
        self._enter(
            claim,
            question,
            measure="mean",
            published=ComparedFigure(value=mean, sd=sd, n=size),
            ours=ComparedFigure(
                value=own.mean, sd=own.sd, n=own.n, n_missing=own.n_missing
            ),
            difference=attrs.evolve(
                difference, method="none" if undefined else difference.method
            ),
            remark="too few values for an interval" if undefined else "",
        )

    def _add_median(self, claim: Claim, question: Question, size: int) -> None:
        printed = [float(number.value) for number in quartiles_in(claim.figure) or ()]
        q1, median, q3 = printed if len(printed) > 1 else (math.nan, *printed, math.nan)
        own = quartiles(question.values, method=self.study.rules.quartiles)
        interval = median_interval(question.values, confidence_level=self.level)
        self._enter(
            claim,
            question,
            measure="median",
            published=ComparedFigure(value=median, q1=q1, q3=q3, n=size),
            ours=ComparedFigure(
                value=own.median,
                low=interval.low,
                high=interval.high,
                q1=own.q1,
                q3=own.q3,
                n=own.n,
                n_missing=own.n_missing,
            ),
            difference=Estimate(
                estimate=own.median - median,
                low=math.nan,
                high=math.nan,
                confidence_level=self.level,
                method="none",
                n=own.n + size,
                n_missing=own.n_missing,
            ),
            remark="no interval without an assumption about the distribution",
        )


def _is_share_of(claim: Claim) -> bool:
    """Whether a percentage says no more than the count that it belongs to."""
    named = bool(claim.count) and not claim.count.isdigit()
    return claim.kind is ClaimKind.PERCENTAGE and named and not claim.levels


def _nearest(claim: Claim, counts: list[int], size: int) -> int:
    """Return the count that is closest to what is printed."""
    if len(counts) == 1:
        return counts[0]
    printed = percentage_in(claim.figure)
    target = Fraction(0) if printed is None else printed.value
    return min(counts, key=lambda count: abs(Fraction(100 * count, size) - target))
