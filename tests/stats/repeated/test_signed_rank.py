"""Wilcoxon's signed-rank test."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import wilcoxon_signed_rank
from iph.stats._repeated import signed_rank as _signed_rank
from iph.stats._repeated.signed_rank import sized_differences
from iph.testing import scores


@given(
    pairs=st.lists(
        st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000)), max_size=20
    ),
    decimals=st.integers(0, 9),
)
def test_decimals_tie_as_written(pairs: list[tuple[int, int]], decimals: int) -> None:
    """Sizes are those of exact decimal arithmetic, whatever floats make of them."""
    scale = 10**decimals
    found = sized_differences(
        [x / scale for x, _ in pairs], [y / scale for _, y in pairs], None
    )
    exact = [Fraction(x - y, scale) for x, y in pairs]
    sizes = sorted({abs(d) for d in exact if d})
    assert found.positive.tolist() == [sum(d == s for d in exact) for s in sizes]
    assert found.negative.tolist() == [sum(d == -s for d in exact) for s in sizes]
    assert found.n_zero == sum(d == 0 for d in exact)
    assert (found.n, found.n_missing) == (len(pairs), 0)


@pytest.mark.parametrize("most", [1, 99, 10**6])
def test_decimals_tie_at_any_size(most: int) -> None:
    """One more tenth is one more tenth, however large the values are."""
    x = [0.1, 0.7, 1.1, 2.3, most + 0.3, most + 0.9]
    y = [0.0, 0.6, 1.0, 2.2, most + 0.2, most + 0.8]
    assert sized_differences(x, y, None).positive.tolist() == [6]
    assert sized_differences(y, x, None).negative.tolist() == [6]


@pytest.mark.parametrize("decimals", [1, 8, 9, 10, 11])
def test_differences_of_decimals_tie(decimals: int) -> None:
    """Equal differences of values with up to twelve digits in all are one size."""
    unit = 10**decimals
    x = [(whole * unit + 3) / unit for whole in range(10)]
    y = [(whole * unit + 2) / unit for whole in range(10)]
    assert sized_differences(x, y, None).positive.tolist() == [10]
    computed = [a - b for a, b in zip(x, y, strict=True)]
    shifted = [*computed, 9.0]  # the largest value of the call sets the grid
    assert sized_differences(shifted, None, None).positive.tolist() == [10, 1]


def test_differences_beyond_the_twelfth_digit() -> None:
    """A difference below the twelfth digit of the largest value is none."""
    y = [16703049314.23078, 15111673049.84966]
    x = [value + 2.0**-15 for value in y]
    assert {Fraction(a) - Fraction(b) for a, b in zip(x, y, strict=True)} == {
        Fraction(1, 2**15)
    }
    assert sized_differences(x, y, None).n_zero == 2
    clear = [value + 2.0 for value in y]
    assert sized_differences(clear, y, None).positive.tolist() == [2]


def test_floats_that_are_no_short_decimals() -> None:
    """Values with many digits are subtracted as floats."""
    found = sized_differences([math.pi, 2.0**20, 1e5], [math.e, 0.5, 0.1], None)
    assert found.positive.tolist() == [1, 1, 1]
    assert sized_differences([math.pi, math.e], [0.5, 1.5], None).n_zero == 0


def test_missing_and_weights() -> None:
    """A pair with a missing value is counted with its cases, and left out."""
    found = sized_differences([1, None, 3, 4], [1, 2, math.nan, 2], [2, 3, 4, 5])
    assert (found.n, found.n_zero, found.n_missing) == (7, 2, 7)
    assert found.positive.tolist() == [5]


def test_one_column_holds_differences() -> None:
    """Without a second column the values are the differences."""
    found = sized_differences([-2, 1, 2, 0, 1], None, None)
    assert found.positive.tolist() == [2, 1]
    assert found.negative.tolist() == [0, 1]
    assert found.n_zero == 1


def test_unequal_columns_are_refused() -> None:
    """Pairs need columns of equal length."""
    with pytest.raises(InputError, match=r"y must be as long as x \(2\), got 1"):
        sized_differences([1, 2], [1], None)


Reference = Callable[[str], list[dict[str, Any]]]
Pairs = list[tuple[int, int]]

SIDES = ("two-sided", "less", "greater")

pairs_of_grades = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9
)


def cases(reference: Reference) -> list[dict[str, Any]]:
    """Return the signed-rank cases of the reference file."""
    return [c for c in reference("paired_samples.json") if c["kind"] == "signed-rank"]


def close(actual: float, expected: float | None, tolerance: float) -> bool:
    """Whether two numbers agree; a missing reference number says nothing."""
    return expected is None or abs(actual - expected) <= tolerance


def naive(d: list[int], zeros: str) -> tuple[float, dict[str, float]]:
    """List all signs: W+ and the exact p-values, with ranks by counting."""
    pool = d if zeros == "pratt" else [v for v in d if v]
    ranks = {
        abs(v): sum(abs(w) < abs(v) for w in pool)
        + (sum(abs(w) == abs(v) for w in pool) + 1) / 2
        for v in pool
    }
    moved = [v for v in d if v]
    observed = sum(ranks[v] for v in moved if v > 0)
    mean = sum(ranks[abs(v)] for v in moved) / 2
    found = [
        sum(ranks[abs(v)] for v, sign in zip(moved, signs, strict=True) if sign)
        for signs in itertools.product((False, True), repeat=len(moved))
    ]
    n = len(found)
    return observed, {
        "less": sum(w <= observed for w in found) / n,
        "greater": sum(w >= observed for w in found) / n,
        "two-sided": sum(abs(w - mean) >= abs(observed - mean) for w in found) / n,
    }


def test_exact_agrees_with_coin(reference: Reference) -> None:
    """Exact p-values with ties and zeros, dropped or as Pratt's, are those of coin."""
    checked = 0
    for case in cases(reference):
        for zeros, key in (("wilcox", "wilcoxon"), ("pratt", "pratt")):
            for side, expected in zip(SIDES, case[key]["exact"], strict=True):
                found = wilcoxon_signed_rank(
                    case["x"],
                    case["y"],
                    zeros=zeros,  # type: ignore[arg-type] # one of the two
                    alternative=side,  # type: ignore[arg-type] # one of the three
                    method="exact",
                )
                assert close(found.p_value, expected, 1e-12), case["name"]
                checked += expected is not None
    assert checked > 1200


def test_asymptotic_agrees_with_r(reference: Reference) -> None:
    """Z and p without correction are those of coin, with correction of wilcox.test."""
    checked = 0
    for case in cases(reference):
        for zeros, key in (("wilcox", "wilcoxon"), ("pratt", "pratt")):
            for i, side in enumerate(SIDES):
                options: dict[str, Any] = {"zeros": zeros, "alternative": side}
                found = wilcoxon_signed_rank(
                    case["x"],
                    case["y"],
                    method="asymptotic",
                    continuity=False,
                    **options,
                )
                assert close(found.z, case[key]["z"], 1e-9), case["name"]
                assert close(found.p_value, case[key]["asymptotic"][i], 1e-9)
                if zeros == "wilcox":
                    corrected = wilcoxon_signed_rank(
                        case["x"], case["y"], method="asymptotic", **options
                    )
                    assert corrected.statistic == case["v"]
                    # At the mean itself R adds the correction to a difference of zero.
                    if corrected.z != 0.0 or side != "two-sided":
                        assert close(corrected.p_value, case["corrected"][i], 1e-9)
                        checked += 1
    assert checked > 600


def test_exact_without_ties_agrees_with_r(reference: Reference) -> None:
    """Where no size is tied, p-values are those of wilcox.test."""
    distinct = [case for case in cases(reference) if case["distinct"]]
    assert len(distinct) > 50
    for case in distinct:
        for side, expected in zip(SIDES, case["exact"], strict=True):
            found = wilcoxon_signed_rank(case["x"], case["y"], alternative=side)  # type: ignore[arg-type] # one of the three
            assert found.method == "exact"
            assert close(found.p_value, expected, 1e-12)


@given(
    d=scores(min_size=1, max_size=9, low=-5, high=5),
    zeros=st.sampled_from(["wilcox", "pratt"]),
    two_sided=st.sampled_from(["abs", "central"]),
)
def test_exact_is_the_list_of_all_signs(
    d: list[int], zeros: Any, two_sided: Any
) -> None:
    """W+ and the p-values are those of listing every assignment of signs."""
    observed, expected = naive(d, zeros)
    for side in SIDES:
        found = wilcoxon_signed_rank(
            d,
            zeros=zeros,
            method="exact",
            alternative=side,  # type: ignore[arg-type] # one of the three
            two_sided=two_sided,
        )
        assert found.statistic == observed
        assert found.p_value == pytest.approx(expected[side], abs=1e-15)
        moved = found.n - found.n_zero
        assert (found.p_value * 2**moved).is_integer()


@given(pairs=pairs_of_grades, method=st.sampled_from(["exact", "asymptotic"]))
def test_swapping_flips_the_sign(pairs: Pairs, method: Any) -> None:
    """Columns swapped: opposite z and effect, mirrored one-sided p-values."""
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    for side, other in (("greater", "less"), ("two-sided", "two-sided")):
        one = wilcoxon_signed_rank(x, y, method=method, alternative=side)  # type: ignore[arg-type] # one of the three
        two = wilcoxon_signed_rank(y, x, method=method, alternative=other)  # type: ignore[arg-type] # one of the three
        assert repr(one.p_value) == repr(two.p_value)
        if not math.isnan(one.z):
            assert one.z == -two.z
            assert one.rank_biserial == -two.rank_biserial


@given(
    pairs=pairs_of_grades, data=st.data(), zeros=st.sampled_from(["wilcox", "pratt"])
)
def test_weights_are_repeated_rows_in_any_order(
    pairs: Pairs, data: st.DataObject, zeros: Any
) -> None:
    """Case counts give what the repeated pairs give, in whatever order."""
    n = len(pairs)
    weights = data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    repeated = [p for p, w in zip(pairs, weights, strict=True) for _ in range(w)]
    repeated = data.draw(st.permutations(repeated))
    found = wilcoxon_signed_rank(
        [a for a, _ in pairs], [b for _, b in pairs], weights=weights, zeros=zeros
    )
    other = wilcoxon_signed_rank(
        [a for a, _ in repeated], [b for _, b in repeated], zeros=zeros
    )
    assert repr(found) == repr(other)


def test_decimals_tie() -> None:
    """1.3 - 1.2 and 2.3 - 2.2 tie: three equal differences have three equal ranks."""
    found = wilcoxon_signed_rank([1.3, 2.3, 0.2], [1.2, 2.2, 0.1])
    assert found.p_value == 0.25
    assert found.z == pytest.approx(math.sqrt(3))


@pytest.mark.parametrize("two_sided", ["abs", "central"])
@pytest.mark.parametrize("alternative", SIDES)
def test_simulation_surrounds_the_exact_p(alternative: Any, two_sided: Any) -> None:
    """The 99 % interval of a simulated p-value holds the exact one; seeds repeat it."""
    d = [3, -1, 2, 2, 0, -4, 5, 1, 6, -2]
    options: dict[str, Any] = {"alternative": alternative, "two_sided": two_sided}
    exact = wilcoxon_signed_rank(d, method="exact", **options)
    found = wilcoxon_signed_rank(d, method="monte-carlo", rng=11, **options)
    assert found.p_low is not None
    assert found.p_high is not None
    assert found.p_low < exact.p_value < found.p_high
    assert found.method == "monte-carlo"
    assert found == wilcoxon_signed_rank(d, method="monte-carlo", rng=11, **options)


def test_auto_falls_back() -> None:
    """Auto counts few pairs, and approximates for thousands, also if it may draw."""
    rng = np.random.default_rng(1)
    few, many = rng.normal(size=60), rng.normal(size=3000)
    assert wilcoxon_signed_rank(few).method == "exact"
    assert wilcoxon_signed_rank(many).method == "asymptotic, continuity-corrected"
    simulated = wilcoxon_signed_rank(many, rng=1, n_resamples=99, method="monte-carlo")
    assert (simulated.method, simulated.seed) == ("monte-carlo", None)
    with pytest.raises(WorkError, match="exact signed-rank test"):
        wilcoxon_signed_rank(many, method="exact")


def test_limits_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Auto counts as far as its limit, and a count asked for by name has one too.

    Nine pairs that moved, with twice the ranks from 0 to 90: a table of 91 counts of
    ten bits each, of which 14 whole words are moved for each of the nine.
    """
    d = [3, -1, 2, 2, 0, -4, 5, 1, 6, -2]
    for limit, auto in ((14 * 9, "exact"), (14 * 9 - 1, "monte-carlo")):
        monkeypatch.setattr(_signed_rank, "AUTO_LIMIT", limit)
        assert wilcoxon_signed_rank(d).method == auto
    monkeypatch.setattr(_signed_rank, "EXACT_LIMIT", 14 * 9 - 1)
    with pytest.raises(WorkError, match="exact signed-rank test"):
        wilcoxon_signed_rank(d, method="exact")


def test_work_without_ties(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twenty pairs 210 counts of 21 bits, 68 whole words, are moved twenty times."""
    d = [size * (-1) ** size for size in range(1, 21)]
    for limit, auto in ((68 * 20, "exact"), (68 * 20 - 1, "monte-carlo")):
        monkeypatch.setattr(_signed_rank, "AUTO_LIMIT", limit)
        assert wilcoxon_signed_rank(d).method == auto


@pytest.mark.parametrize("cells", [1, 6, 40])
def test_simulation_in_parts(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However little is drawn at once, the p-value is the same, of all resamples."""
    d = [3, -1, 2, 2, 0, -4, 5, 1, 6, -2]
    whole = wilcoxon_signed_rank(d, method="monte-carlo", rng=3, n_resamples=99)
    assert (100 * whole.p_value) == pytest.approx(round(100 * whole.p_value))
    monkeypatch.setattr(_signed_rank, "_CELLS_AT_ONCE", cells)
    parts = wilcoxon_signed_rank(d, method="monte-carlo", rng=3, n_resamples=99)
    assert parts == whole


def test_all_differences_zero() -> None:
    """Nothing moved: W+ is 0, the exact p-value 1, the asymptotic one NaN."""
    for zeros in ("wilcox", "pratt"):
        exact = wilcoxon_signed_rank([1, 2], [1, 2], zeros=zeros)
        assert (exact.statistic, exact.p_value, exact.n_zero) == (0.0, 1.0, 2)
        assert math.isnan(exact.z)
        assert math.isnan(exact.rank_biserial)
    assert math.isnan(wilcoxon_signed_rank([0, 0], method="asymptotic").p_value)
    simulated = wilcoxon_signed_rank([0, 0], method="monte-carlo", rng=1)
    assert simulated.p_value == 1.0


@pytest.mark.parametrize("method", ["exact", "asymptotic", "monte-carlo", "auto"])
def test_no_pair(method: Any) -> None:
    """Without a pair all numbers are NaN, and the missing pairs are counted."""
    found = wilcoxon_signed_rank([None, 1], [2, None], method=method, rng=1)
    assert (found.n, found.n_zero, found.n_missing) == (0, 0, 2)
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)


def test_refusals() -> None:
    """Unknown options are refused by name."""
    for option, value in (
        ("zeros", "zsplit"),
        ("method", "approx"),
        ("alternative", "two.sided"),
        ("two_sided", "minlike"),
    ):
        options: dict[str, Any] = {option: value}
        with pytest.raises(InputError, match=f"{option} must be one of"):
            wilcoxon_signed_rank([1, 2], [2, 1], **options)
    with pytest.raises(InputError, match="rng must be"):
        wilcoxon_signed_rank([1, 2], [2, 1], method="monte-carlo")
