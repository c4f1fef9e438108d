"""Checks of options: what is taken, and what is refused before any work."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iph._options import each, listener, one_number, pathname, resamples, switch
from iph.errors import FileError, InputError
from iph.evidence import audit, findings_html, findings_markdown, read_claims
from iph.records import (
    check,
    errors_text,
    fhir_bundle,
    read,
    redcap_dictionary,
    suggest_protocol,
    template,
)
from iph.stats import (
    agreement,
    cumulative_incidence,
    dunn,
    fisher_exact,
    friedman_pairs,
    gray_test,
    kaplan_meier,
    kruskal_wallis,
    logrank,
    mann_whitney,
    mean_difference,
    page_trend,
    poisson_rate,
    quartiles,
    rate_ratio,
    shares_within_margins,
    standardized_share_difference,
    wilcoxon_signed_rank,
)


def test_what_is_taken() -> None:
    """Each check returns the one form that its callers use."""
    assert switch(np.True_, "x") is True
    assert switch(value=False, name="x") is False
    assert each((1, 2), "x", "numbers") == [1, 2]
    assert each(np.array([1, 2]), "x", "numbers") == [1, 2]
    assert listener(None) is None
    assert listener(print) is print
    assert resamples(7) == 7
    assert pathname("a.csv") == pathname(Path("a.csv")) == Path("a.csv")


def later(function: Any, *args: Any, **options: Any) -> Any:
    """Return a call to be made, of which no type checker says that it is wrong."""
    return lambda: function(*args, **options)


REFUSED: list[tuple[Any, str]] = [
    (later(switch, 1, "exact"), "exact must be True or False"),
    (later(switch, np.array([True, False]), "exact"), "exact must be True"),
    (later(each, "abc", "names", "texts"), "names must be texts"),
    (later(each, {1: 2}, "names", "texts"), "names must be texts"),
    (later(each, {1}, "names", "texts"), "names must be texts"),
    (later(each, np.ma.masked, "names", "texts"), "names must be texts"),
    (later(each, 7, "names", "texts"), "names must be texts"),
    (later(one_number, np.array(3.0), "x", "a number"), "x must be a number"),
    (later(one_number, Decimal("sNaN"), "x", "a number"), "x must be a number"),
    (later(one_number, 10**400, "x", "a number"), "x must be a number"),
    (later(listener, 7), "progress must be a function"),
    (later(resamples, 10**12), "n_resamples must be a whole number from 1"),
    (later(pathname, 7), "path must be the path of a file"),
    (later(pathname, b"x"), "path must be the path of a file"),
    (later(pathname, ""), "path must be the path of a file"),
    (later(pathname, "a\0b"), "path must be the path of a file"),
]


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_what_is_refused(place: int) -> None:
    """What is no option is named with what it must be."""
    ask, said = REFUSED[place]
    with pytest.raises(InputError, match=said):
        ask()


ROWS = [[1, 2, 3], [2, 3, 1], [3, 1, 2], [1, 3, 2]]
HOSTILE_CALLS: list[Any] = [
    later(quartiles, Counter([7, 7, 7, 3])),
    later(quartiles, {1: 7, 2: 3, 3: 9}),
    later(quartiles, [1.0, np.array([1, 2])]),
    later(mann_whitney, [1, 2], [3, 4], continuity=np.array([1, 2])),
    later(mann_whitney, [1, 2], [3, 4], n_resamples=2**64 - 1),
    later(wilcoxon_signed_rank, [1, 2], [3, 5], continuity="no"),
    later(fisher_exact, [np.ma.masked, [1, 2]]),
    later(fisher_exact, [[1, 2], {3: 1, 4: 2}]),
    later(kaplan_meier, [1, 2], [1, 1], confidence_level=10**400),
    later(dunn, [1, 2], [3, 4], control=np.array([1, 2])),
    later(friedman_pairs, ROWS, labels=7),
    later(logrank, [1, 2], [1, 1], [1, 2], equal_follow_up=np.array([1, 0])),
    later(logrank, [1, 2], [1, 1], [{}, 2]),
    later(cumulative_incidence, [1, 2], [1, 0], cause=np.array([1, 2]), censored=0),
    later(agreement, ROWS, levels=7),
    later(page_trend, ROWS, scores=7),
    later(page_trend, ROWS, scores=len),
    later(friedman_pairs, ROWS, tie_correction=np.array([1, 2])),
    later(rate_ratio, 3, 10**400, 4, 20),
    later(rate_ratio, 3, 10, 10**400, 20),
    later(poisson_rate, 10**400, 3),
    later(mean_difference, 1, 2, 10**400, 3, 4, 5),
    later(standardized_share_difference, [1, 10**400], [2, 3]),
    later(standardized_share_difference, np.ma.masked, [2, 3]),
    later(gray_test, [1, 2], [1, 0], [1, 2], cause=Decimal("sNaN"), censored=0),
    later(shares_within_margins, [[5, 6], [7, 8]], lower=Decimal("sNaN"), upper=0.1),
    later(read, 7),
    later(read, "a.csv", decimal=np.array([1, 2])),
    later(check, "a.csv", missing=7),
    later(template, []),
    later(template, "a.xlsx", protocol=7),
    later(suggest_protocol, 7, "a.toml"),
    later(suggest_protocol, "a.csv", 7),
    later(redcap_dictionary, protocol="li2023"),
    later(errors_text, "a"),
    later(fhir_bundle, "a"),
    later(read_claims, 7),
    later(audit, 7),
    later(findings_html, [7]),
    later(findings_markdown, "text"),
]


@pytest.mark.parametrize("place", range(len(HOSTILE_CALLS)))
def test_hostile_calls_end_in_words(place: int) -> None:
    """No argument, however odd, ends in an error of Python."""
    with pytest.raises(InputError):
        HOSTILE_CALLS[place]()


@pytest.mark.parametrize("kind", [np.int8, np.int64, np.float64])
def test_masked_values_are_missing(kind: Any) -> None:
    """A value under a mask is missing, also where arrays are taken as they are."""
    masked = np.ma.array(
        np.array([1, 2, 3, 99], dtype=kind), mask=[False, False, False, True]
    )
    listed = [1, 2, 3, None]
    for test in (
        lambda x: mann_whitney(x, [3, 4, 5]),
        lambda x: kruskal_wallis(x, [3, 4, 5], [1, 1]),
        lambda x: dunn(x, [3, 4, 5], [1, 1]),
        quartiles,
    ):
        assert test(masked) == test(listed)


def test_a_signaling_nan_is_missing() -> None:
    """Decimal's NaN that raises when touched says no more than a quiet one."""
    assert quartiles([1, 2, Decimal("sNaN")]) == quartiles([1, 2, None])


def test_a_name_that_is_too_long() -> None:
    """What the disk refuses as a name is said in words before any work."""
    with pytest.raises(FileError, match="cannot be written"):
        template("x" * 40_000 + ".xlsx")
