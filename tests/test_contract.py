"""What every function of `iph.stats` promises, over a table of all of them."""

import copy
import importlib
import inspect
import json
import math
import pickle
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pytest

from iph import stats
from iph._results import Result
from iph.errors import InputError

X = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
Y = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8]
TIME = [3, 5, 5, 8, 11, 14, 14, 20, 21, 30]
EVENT = [True, True, False, True, True, False, True, True, False, True]
GROUP = list("abababbaab")
STATUS = [1, 2, 0, 1, 2, 0, 1, 1, 0, 2]
LEFT = [0, 0, 7, 7, 30, 30, 30, 91, 91, 182]
RIGHT = [7, 30, 30, 91, 91, 91, 182, 182, math.inf, math.inf]
AGE = [34, 51, 47, 62, 29, 55, 71, 40, 66, 58]
BINARY = [[0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 1, 0], [0, 0, 1], [0, 1, 1]]
ROWS = [[8, 6, 3], [7, 5, 2], [9, 8, 5], [5, 3, 4], [6, 5, 2], [4, 4, 1]]
READ = [[1, 2, 1], [2, 2, 2], [3, 2, 3], [1, 1, 1], [2, 3, 3], [3, 3, 2]]
SAMPLES = ([8, 6, 3, 7, 5], [2, 9, 8, 5], [5, 3, 1, 0, 2, 2])
TWICE = ([1, 2, 3, 2, 1, 3, 2, 3], [2, 2, 3, 3, 1, 2, 3, 3])
YES_NO = ([1, 0, 1, 1, 0, 0, 1, 1], [0, 0, 1, 0, 0, 1, 1, 0])
TABLE = [[7, 2], [3, 8]]


@attrs.frozen(kw_only=True)
class Call:
    """A function of the table and arguments that it takes.

    Attributes
    ----------
    function : callable
        The function.
    given : tuple
        Columns of one length, samples, a table of rows, or what else it takes.
    form : str
        ``"columns"``, ``"samples"``, ``"rows"`` or ``"counts"``.
    options : dict
        Keyword arguments that it needs.
    """

    function: Callable[..., Any]
    given: tuple[Any, ...]
    form: str = "columns"
    options: dict[str, Any] = attrs.field(factory=dict)

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.function.__name__

    @property
    def takes_weights(self) -> bool:
        """Whether case counts can be given."""
        return "weights" in inspect.signature(self.function).parameters

    def run(self, given: Sequence[Any] | None = None, **more: Any) -> Any:
        """Call it."""
        arguments = self.given if given is None else given
        return self.function(*arguments, **{**self.options, **more})


CALLS = (
    Call(function=stats.agreement, given=(READ,), form="rows"),
    Call(function=stats.anova_type_statistic, given=(ROWS,), form="rows"),
    Call(function=stats.assumed_days, given=(LEFT, RIGHT)),
    Call(function=stats.barnard, given=(TABLE,), form="counts"),
    Call(function=stats.boschloo, given=(TABLE,), form="counts"),
    Call(function=stats.bounded_median_interval, given=(X,)),
    Call(function=stats.bounded_quartiles, given=(X,)),
    Call(function=stats.bowker, given=TWICE),
    Call(function=stats.cliffs_delta, given=SAMPLES[:2], form="samples"),
    Call(
        function=stats.clustered_mann_whitney,
        given=(X, list("aabbaabbab"), [1, 1, 2, 2, 3, 3, 4, 4, 5, 6]),
    ),
    Call(
        function=stats.cochran_mantel_haenszel, given=([TABLE, TABLE],), form="counts"
    ),
    Call(function=stats.cochran_q, given=(BINARY,), form="rows"),
    Call(
        function=stats.cox_regression,
        given=(TIME, EVENT, {"age": AGE}),
        form="covariates",
    ),
    Call(
        function=stats.cumulative_incidence, given=(TIME, STATUS), options={"cause": 1}
    ),
    Call(function=stats.describe, given=(X,)),
    Call(function=stats.dunn, given=SAMPLES, form="samples"),
    Call(function=stats.epsilon_squared, given=SAMPLES, form="samples"),
    Call(
        function=stats.exact_logistic,
        given=(EVENT, {"age": AGE}),
        form="covariates",
    ),
    Call(function=stats.fisher_exact, given=(TABLE,), form="counts"),
    Call(function=stats.friedman, given=(ROWS,), form="rows"),
    Call(function=stats.friedman_pairs, given=(ROWS,), form="rows"),
    Call(function=stats.gray_test, given=(TIME, STATUS, GROUP), options={"cause": 1}),
    Call(function=stats.group_by_visit, given=(ROWS, list("ababab")), form="rows"),
    Call(function=stats.hazard_ratio, given=(TIME, EVENT, GROUP)),
    Call(function=stats.hodges_lehmann, given=SAMPLES[:2], form="samples"),
    Call(function=stats.icc, given=(ROWS,), form="rows"),
    Call(function=stats.interval_logrank, given=(LEFT, RIGHT, GROUP)),
    Call(function=stats.interval_sensitivity, given=(LEFT, RIGHT)),
    Call(function=stats.jonckheere_terpstra, given=SAMPLES, form="samples"),
    Call(function=stats.kaplan_meier, given=(TIME, EVENT)),
    Call(
        function=stats.kaplan_meier_difference,
        given=(TIME, EVENT, GROUP),
        options={"day": 3},
    ),
    Call(function=stats.kendall, given=(X, Y)),
    Call(function=stats.kendalls_w, given=(ROWS,), form="rows"),
    Call(function=stats.kruskal_wallis, given=SAMPLES, form="samples"),
    Call(
        function=stats.logistic_regression,
        given=(EVENT, {"age": AGE}),
        form="covariates",
        options={"min_events_per_covariate": 3},
    ),
    Call(function=stats.limits_of_agreement, given=(X, Y)),
    Call(function=stats.logrank, given=(TIME, EVENT, GROUP)),
    Call(function=stats.logrank_trend, given=(TIME, EVENT, GROUP)),
    Call(function=stats.mann_whitney, given=SAMPLES[:2], form="samples"),
    Call(function=stats.mcnemar, given=YES_NO),
    Call(
        function=stats.mean_difference,
        given=(110.5, 26.0, 28, 121.0, 19.0, 20),
        form="counts",
    ),
    Call(function=stats.median_follow_up, given=(TIME, EVENT)),
    Call(function=stats.median_interval, given=(X,)),
    Call(function=stats.missing_bounds, given=(TABLE, (0, 0)), form="counts"),
    Call(function=stats.odds_ratio, given=(TABLE,), form="counts"),
    Call(function=stats.odds_ratio_homogeneity, given=([TABLE, TABLE],), form="counts"),
    Call(
        function=stats.negative_binomial_rates,
        given=(X, TIME, {"age": AGE}),
        form="covariates",
    ),
    Call(
        function=stats.odds_of_higher_grades,
        given=SAMPLES[:2],
        form="samples",
        options={"levels": range(10)},
    ),
    Call(
        function=stats.odds_within_margins,
        given=SAMPLES[:2],
        form="samples",
        options={"levels": range(10), "lower": 0.5},
    ),
    Call(
        function=stats.one_sample_logrank,
        given=(TIME, EVENT),
        options={"curve_days": [15, 30], "curve_survival": [0.5, 0.3]},
    ),
    Call(function=stats.page_trend, given=(ROWS,), form="rows"),
    Call(function=stats.poisson_rate, given=(7, 28.5), form="counts"),
    Call(function=stats.probability_of_superiority, given=SAMPLES[:2], form="samples"),
    Call(function=stats.proportion, given=(7, 28), form="counts"),
    Call(
        function=stats.proportional_hazards,
        given=(TIME, EVENT, {"age": AGE}),
        form="covariates",
    ),
    Call(
        function=stats.proportional_odds,
        given=(X, GROUP, {"age": AGE}),
        form="covariates",
    ),
    Call(function=stats.quantile, given=(X,), options={"p": 0.25}),
    Call(function=stats.quartiles, given=(X,)),
    Call(
        function=stats.rank_covariance,
        given=(X, GROUP, {"age": AGE}),
        form="covariates",
    ),
    Call(function=stats.rate_ratio, given=(7, 28.5, 3, 20.0), form="counts"),
    Call(
        function=stats.recovered_by_visit,
        given=(LEFT, RIGHT),
        options={"visits": (30, 91)},
    ),
    Call(function=stats.responder_table, given=(EVENT,)),
    Call(function=stats.restricted_mean_difference, given=(TIME, EVENT, GROUP)),
    Call(function=stats.reverse_kaplan_meier, given=(TIME, EVENT)),
    Call(function=stats.risk_difference, given=(TABLE,), form="counts"),
    Call(function=stats.risk_ratio, given=(TABLE,), form="counts"),
    Call(
        function=stats.scores_within_margins,
        given=SAMPLES[:2],
        form="samples",
        options={"lower": -4.0},
    ),
    Call(function=stats.share_bounds, given=(7, 28, 0), form="counts"),
    Call(
        function=stats.shares_within_margins,
        given=(TABLE,),
        form="counts",
        options={"lower": -0.2},
    ),
    Call(function=stats.sign_test, given=(X, Y)),
    Call(function=stats.skillings_mack, given=(ROWS,), form="rows"),
    Call(function=stats.smallest_attainable_p, given=(TIME, EVENT, GROUP)),
    Call(function=stats.spearman, given=(X, Y)),
    Call(
        function=stats.standardized_mean_difference, given=SAMPLES[:2], form="samples"
    ),
    Call(
        function=stats.standardized_share_difference,
        given=([3, 5, 2], [4, 4, 4]),
        form="counts",
    ),
    Call(function=stats.stuart_maxwell, given=TWICE),
    Call(function=stats.turnbull, given=(LEFT, RIGHT)),
    Call(
        function=stats.turnbull_bootstrap,
        given=(LEFT, RIGHT),
        options={"rng": 2023, "n_resamples": 50},
    ),
    Call(function=stats.van_elteren, given=(X, GROUP, list("ssttssttst"))),
    Call(function=stats.weighted_kappa, given=TWICE),
    Call(function=stats.wilcoxon_signed_rank, given=(X, Y)),
    Call(
        function=stats.win_statistics,
        given=(GROUP, {"strength": X, "pain": Y}),
        form="covariates",
    ),
)
WEIGHTED = [call for call in CALLS if call.takes_weights]
NOT_A_STATISTIC_OF_CASES = {"adjust_p_values"}  # takes p-values, gives p-values


def named(call: Call) -> str:
    """Name a case by its function."""
    return call.name


def results(found: Any) -> list[Any]:
    """Return the results of a call, one or several."""
    return list(found) if isinstance(found, tuple) else [found]


def agree(first: Any, second: Any, path: str = "") -> None:
    """Check that two results are the same, but for the last digits of floats."""
    if attrs.has(type(first)):
        assert type(first) is type(second)
        for field in attrs.fields(type(first)):
            name = f"{path}.{field.name}"
            agree(getattr(first, field.name), getattr(second, field.name), name)
    elif isinstance(first, (tuple, list)):
        assert len(first) == len(second), path
        for place, (a, b) in enumerate(zip(first, second, strict=True)):
            agree(a, b, f"{path}[{place}]")
    elif isinstance(first, (float, np.ndarray, Fraction)):
        np.testing.assert_allclose(
            np.asarray(first, dtype=float),
            np.asarray(second, dtype=float),
            rtol=1e-9,
            atol=1e-12,
            err_msg=path,
        )
    else:
        assert first == second, path


def pickled(result: Any) -> Any:
    """Return a result as another process would read it."""
    return pickle.loads(pickle.dumps(result))  # noqa: S301 - its own bytes


def arrays(result: Any) -> list[Any]:
    """Return the arrays of a result."""
    values = attrs.asdict(result, recurse=False).values()
    return [value for value in values if isinstance(value, np.ndarray)]


def repeated(values: Iterable[Any], counts: Iterable[int]) -> list[Any]:
    """Repeat each value as often as its count says."""
    return [v for v, k in zip(values, counts, strict=True) for _ in range(k)]


def counts_for(n: int) -> list[int]:
    """Return case counts that differ."""
    return [1 + place % 3 for place in range(n)]


def weighted_and_repeated(call: Call) -> tuple[Any, Any]:
    """Call it once with case counts and once with as many rows."""
    given = call.given
    if call.form == "samples":
        counts = [counts_for(len(sample)) for sample in given]
        rows = [repeated(s, c) for s, c in zip(given, counts, strict=True)]
        return call.run(weights=counts), call.run(rows)
    if call.form == "rows":
        several = counts_for(len(given[0]))
        tables = tuple(repeated(table, several) for table in given)
        return call.run(weights=several), call.run(tables)
    several = counts_for(len(given[0]))
    columns: list[Any] = [
        {k: repeated(v, several) for k, v in column.items()}
        if isinstance(column, dict)
        else repeated(column, several)
        for column in given
    ]
    return call.run(weights=several), call.run(columns)


def with_one_missing(call: Call) -> list[Any]:
    """Return the arguments with one more case, of which a value is missing."""
    given = list(call.given)
    if call.form == "samples":
        return [[*given[0], None], *given[1:]]
    if call.form == "rows":
        never_seen = [None] * len(given[0][0])
        return [[*given[0], never_seen], *([*more, more[0]] for more in given[1:])]
    last = [
        {k: [*v, v[0]] for k, v in column.items()}
        if isinstance(column, dict)
        else [*column, column[0]]
        for column in given
    ]
    last[0] = [*given[0], None]
    return last


def takes(call: Call, option: str, method: str = "") -> bool:
    """Whether a function has an option, and a method of that name."""
    parameters = inspect.signature(call.function).parameters
    known = str(parameters["method"].annotation) if "method" in parameters else ""
    return option in parameters and method in known


DEFAULTS = {
    "confidence_level": 0.95,
    "n_resamples": 10_000,
    "n_missing": 0,
    "rho": 0.0,
    "gamma": 0.0,
    "censored": 0,
    "alpha": 0.05,
}
# A bootstrap of a curve takes longer than one of a number.
EXCEPTIONS: dict[str, dict[str, object]] = {
    "turnbull_bootstrap": {"n_resamples": 2_000}
}
RESULTS = [
    found
    for name in stats.__all__
    if isinstance(found := getattr(stats, name), type) and attrs.has(found)
]


def test_table_is_complete() -> None:
    """The table below has every public function, so that none escapes it."""
    public = {n for n in stats.__all__ if inspect.isfunction(getattr(stats, n))}
    assert {call.name for call in CALLS} == public - NOT_A_STATISTIC_OF_CASES


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_result_is_frozen(call: Call) -> None:
    """A result cannot be changed after the fact."""
    for result in results(call.run()):
        first = attrs.fields(type(result))[0].name
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(result, first, 0)


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_arrays_of_a_result_are_read_only(call: Call) -> None:
    """A frozen result does not let its arrays be written into either."""
    for result in results(call.run()):
        assert not any(array.flags.writeable for array in arrays(result))


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_result_counts_its_cases(call: Call) -> None:
    """A result carries n, n_missing and the name of its method or rule."""
    for result in results(call.run()):
        assert isinstance(result.n, int)
        assert result.n > 0
        assert result.n_missing == 0
        assert any(hasattr(result, name) for name in ("method", "rule"))


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_everything_after_the_data_is_named(call: Call) -> None:
    """Options are keyword-only, so that no call can be misread."""
    parameters = inspect.signature(call.function).parameters.values()
    positional = [
        p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    taken = len(call.given) + len({"p", "visits", "rule", "y"} & {*positional})
    assert len(positional) <= max(taken, 1 if call.form == "rows" else 0)


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_the_same_option_has_the_same_default(call: Call) -> None:
    """Level, number of resamples and the rest are one habit, not one a function."""
    found = {
        p.name: p.default
        for p in inspect.signature(call.function).parameters.values()
        if p.name in DEFAULTS and p.default is not p.empty
    }
    habits = {**DEFAULTS, **EXCEPTIONS.get(call.name, {})}
    assert found == {name: habits[name] for name in found}


@pytest.mark.parametrize("cls", RESULTS, ids=lambda cls: cls.__name__)
def test_results_are_made_by_name(cls: type) -> None:
    """No field of a result has a place, so that a new one breaks nobody."""
    assert all(field.kw_only for field in attrs.fields(cls))


@pytest.mark.parametrize("cls", RESULTS, ids=lambda cls: cls.__name__)
def test_results_share_one_base(cls: type) -> None:
    """What compares, prints and passes on a result is written once."""
    assert issubclass(cls, Result)
    assert cls.__eq__ is Result.__eq__
    assert cls.__hash__ is Result.__hash__


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_results_are_equal_by_value(call: Call) -> None:
    """Two calls with the same data give equal results; another figure, others."""
    for one, other in zip(results(call.run()), results(call.run()), strict=True):
        assert one == other
        assert hash(one) == hash(other)
        assert attrs.evolve(one, n=one.n + 1) != one


@pytest.mark.parametrize("call", CALLS, ids=named)
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_is_equal_and_as_frozen(call: Call, way: Callable[[Any], Any]) -> None:
    """A copy, and a result from another process, are as good as the first."""
    for result in results(call.run()):
        again = way(result)
        assert again == result
        assert not any(array.flags.writeable for array in arrays(again))


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_result_is_plain_data(call: Call) -> None:
    """Its dictionary has every public figure, and its JSON reads back as that."""
    for result in results(call.run()):
        names = [f.name for f in attrs.fields(type(result)) if f.name[0] != "_"]
        told = result.to_dict()
        assert list(told) == names
        agree(told["n"], result.n)
        again = json.loads(result.to_json())
        assert list(again) == names
        assert json.loads(result.to_json(indent=1)) == again


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_result_is_a_dataframe(call: Call) -> None:
    """A row for each of what the result lists first, and every single figure in all."""
    for result in results(call.run()):
        frame = result.to_frame("polars")
        figures = attrs.asdict(result, recurse=False)
        lengths = [
            len(v) for v in figures.values() if isinstance(v, (np.ndarray, tuple))
        ]
        assert len(frame) == next((length for length in lengths if length), 1)
        for name, value in figures.items():
            if isinstance(value, (int, float)):
                column = "overall_" + name if "overall_" + name in frame else name
                agree(frame[column].to_list(), [value] * len(frame))


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_a_dataframe_of_every_library_is_the_same(backend: Any) -> None:
    """Groups of different kinds are text; whole numbers stay whole."""
    result = stats.logrank(TIME, EVENT, GROUP, method="exact")
    frame = nw.from_native(result.to_frame(backend), eager_only=True)
    assert frame["groups"].to_list() == ["a", "b"]
    assert frame["group_sizes"].to_list() == [5, 5]
    assert frame["n"].to_list() == [10, 10]
    whole = stats.interval_sensitivity(LEFT, RIGHT)
    columns = nw.from_native(whole.to_frame(backend), eager_only=True).columns
    assert {"rule", "median_value", "overall_median_low", "curve_method"} <= {*columns}


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_notebook_shows_a_table(call: Call) -> None:
    """What a notebook prints of a result is one or two tables, and short."""
    for result in results(call.run()):
        shown = result._repr_html_()
        assert shown.count("<table>") == shown.count("</table>") in {1, 2}
        assert len(shown) < 8_000


def test_results_of_two_kinds_are_not_equal() -> None:
    """Equality asks for one class and one shape, and compares nothing else."""
    share, curve = stats.proportion(7, 28), stats.kaplan_meier(TIME, EVENT)
    assert share != stats.quartiles(X)
    assert share != (share.estimate, share.low, share.high)
    assert curve != stats.kaplan_meier(TIME[:-1], EVENT[:-1])
    assert curve != stats.kaplan_meier(TIME, EVENT, confidence_level=0.9)


def test_labels_of_several_kinds_become_text() -> None:
    """A dataframe has one type a column; whole and broken numbers are numbers."""
    test = stats.logrank(TIME, EVENT, ["a", 1] * 5, method="asymptotic")
    assert test.to_frame("polars")["groups"].to_list() == ["1", "a"]
    assert test.to_dict()["groups"] == [1, "a"]
    assert "Fraction" not in stats.describe([1, 2])._repr_html_()


def test_a_library_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The message says how to install it."""
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(InputError, match="pip install polars"):
        stats.proportion(7, 28).to_frame("polars")


def test_a_dataframe_of_another_library_is_refused() -> None:
    """The message says which libraries there are."""
    result = stats.proportion(7, 28)
    with pytest.raises(InputError, match="pandas, polars, pyarrow"):
        result.to_frame("tibble")  # type: ignore[arg-type] # what is refused


@pytest.mark.parametrize("call", WEIGHTED, ids=named)
def test_case_counts_are_repetition(call: Call) -> None:
    """A case count of k gives what k rows give."""
    agree(*weighted_and_repeated(call))


@pytest.mark.parametrize("call", [c for c in CALLS if c.form != "counts"], ids=named)
def test_missing_is_counted_and_nothing_else(call: Call) -> None:
    """One more case with a missing value raises n_missing by one, and no more."""
    whole = results(call.run())
    for before, after in zip(
        whole, results(call.run(with_one_missing(call))), strict=True
    ):
        assert after.n_missing == 1
        assert after.n == before.n


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_wrong_words_are_refused_with_the_right_ones(call: Call) -> None:
    """An option that is none of its words raises InputError and lists them."""
    for parameter in inspect.signature(call.function).parameters.values():
        if isinstance(parameter.default, str):
            with pytest.raises(InputError, match=f"{parameter.name} must be"):
                call.run(**{parameter.name: "no such word"})


@pytest.mark.parametrize(
    "call",
    [
        c
        for c in CALLS
        if "confidence_level" in inspect.signature(c.function).parameters
    ],
    ids=named,
)
@pytest.mark.parametrize("level", [0, 1, 95, math.nan, "0.95"])
def test_impossible_levels_are_refused(call: Call, level: object) -> None:
    """A confidence level lies between 0 and 1, both excluded."""
    with pytest.raises(InputError, match="confidence_level must be"):
        call.run(confidence_level=level)


@pytest.mark.parametrize("call", [c for c in CALLS if takes(c, "rng")], ids=named)
def test_one_resample_is_the_least(call: Call) -> None:
    """One resample is little, but a number of them; none is not."""
    for wrong in (0, -1, 2.5, True, "many"):
        with pytest.raises(InputError, match="n_resamples must be a whole number"):
            call.run(n_resamples=wrong)
    assert results(call.run(n_resamples=1))


# A fourfold table is counted, whatever method was asked for.
SIMULATED = [
    c for c in CALLS if takes(c, "rng", "monte-carlo") and c.name != "fisher_exact"
]


@pytest.mark.parametrize("call", SIMULATED, ids=named)
def test_simulated_p_value_counts_every_resample(call: Call) -> None:
    """With 99 resamples and the data themselves a p-value is so many hundredths."""
    for seed in range(3):
        for found in results(call.run(method="monte-carlo", rng=seed, n_resamples=99)):
            assert found.method == "monte-carlo"
            assert 100 * found.p_value == pytest.approx(round(100 * found.p_value))


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (stats.fisher_exact, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.clustered_mann_whitney, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.cochran_mantel_haenszel, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.odds_ratio_homogeneity, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.bowker, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.interval_logrank, ("AUTO_LIMIT",)),
        (stats.friedman, ("_repeated.within_rows.AUTO_STEPS",)),
        (stats.jonckheere_terpstra, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.kruskal_wallis, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.mann_whitney, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.page_trend, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.proportional_odds, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.rank_covariance, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.van_elteren, ("AUTO_LIMIT", "EXACT_LIMIT")),
        (stats.wilcoxon_signed_rank, ("AUTO_LIMIT", "EXACT_LIMIT")),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_limits_of_work_are_those_documented(
    function: Callable[..., Any], names: tuple[str, ...]
) -> None:
    """The steps after which an exact p-value is not counted stand in the docstring."""
    told = set(
        re.findall(r"([\d,]+)\s+(?:steps|states)", inspect.getdoc(function) or "")
    )
    limits = set()
    for name in names:
        module, _, constant = name.rpartition(".")
        home = f"iph.stats.{module}"
        own = (
            vars(importlib.import_module(home))
            if module
            else inspect.unwrap(function).__globals__
        )
        limits.add(f"{own[constant]:,}")
    assert told == limits


@pytest.mark.parametrize("call", WEIGHTED, ids=named)
def test_sampling_weights_are_refused(call: Call) -> None:
    """A weight that is no whole number is no case count."""
    halves: Any = [0.5] * len(call.given[0])
    if call.form == "samples":
        halves = [[0.5] * len(sample) for sample in call.given]
    with pytest.raises(InputError, match="whole number of cases"):
        call.run(weights=halves)
