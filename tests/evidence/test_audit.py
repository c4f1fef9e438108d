"""Each check of the audit, by itself."""

import statistics
from typing import Any

import attrs
import pytest

from iph.evidence import Claim, Finding, Verdict, _granularity, audit


def claim(printed: str, kind: str = "count", **parts: Any) -> Claim:
    """Make a claim; its code is made of its print unless it is given."""
    parts = {"code": f"c {printed}", "where": "Table 1"} | parts
    return Claim(printed=printed, kind=kind, **parts)


def first(*claims: Claim) -> Finding:
    """Return the finding on the first claim."""
    return audit(claims)[0]


# --- percentages ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "count", "of", "verdict"),
    [
        ("46.15%", 24, 28, Verdict.IMPOSSIBLE),
        ("46.15%", 12, 26, Verdict.CONSISTENT),
        ("64.28%", 18, 28, Verdict.TRUNCATED),
        ("64.29%", 18, 28, Verdict.CONSISTENT),
        ("12.5%", 1, 8, Verdict.CONSISTENT),
        ("12%", 1, 8, Verdict.CONSISTENT),
        ("13%", 1, 8, Verdict.CONSISTENT),
        ("0%", 0, 8, Verdict.CONSISTENT),
        ("112.5%", 9, 8, Verdict.IMPOSSIBLE),
        ("50%", 0, 0, Verdict.IMPOSSIBLE),
        ("21%", "", 28, Verdict.CONSISTENT),
        ("22%", "", 28, Verdict.IMPOSSIBLE),
        ("64.28%", "", 28, Verdict.TRUNCATED),
        ("50%", "", 5000, Verdict.CONSISTENT),
        ("50%", 3, "", Verdict.NOT_CHECKABLE),
    ],
)
def test_percentage(printed: str, count: Any, of: Any, verdict: Verdict) -> None:
    """A share is held against its count and group."""
    share = claim(printed, "percentage", count=count, of=of)
    assert first(share).verdict is verdict


def test_percentage_of_another_group() -> None:
    """A share may speak of the patients seen, not of all."""
    seen = claim("22", "size")
    found = first(claim("4.54%", "percentage", count=1, of=28), seen)
    assert found.verdict is Verdict.OTHER_DENOMINATOR
    assert found.related == (seen,)
    assert "1 of 22" in found.reason
    found = first(claim("95.45%", "percentage", count="22", of=28), seen)
    assert found.verdict is Verdict.OTHER_DENOMINATOR
    assert "21 of 22" in found.reason


def test_percentage_of_another_count() -> None:
    """The reason says which count would fit."""
    found = first(claim("64.28%", "percentage", count=17, of=28))
    assert found.verdict is Verdict.IMPOSSIBLE
    assert "64.28 % of 28 is 18" in found.reason


def test_count_above_its_group() -> None:
    """More than all is impossible."""
    assert first(claim("29", of=28)).verdict is Verdict.IMPOSSIBLE
    assert first(claim("28", of=28)).verdict is Verdict.NOT_CHECKABLE


# --- sums -----------------------------------------------------------------------------


def test_parts_of_a_percentage() -> None:
    """A share of a sum is held against the sum."""
    parts = [claim("11"), claim("10")]
    found = first(claim("75%", "percentage", parts="11; 10", of=28), *parts)
    assert found.verdict is Verdict.CONSISTENT
    assert "21 of 28" in found.reason


def test_sum_speaks_for_its_parts() -> None:
    """A sum that holds is a check of its parts; one that fails blames none of them."""
    good = audit([claim("3", parts="c 1; c 2"), claim("1"), claim("2")])
    assert [f.verdict for f in good] == [Verdict.CONSISTENT] * 3
    bad = audit([claim("4", parts="a; b"), claim("1", code="a"), claim("2", code="b")])
    assert bad[0].verdict is Verdict.CONTRADICTS
    assert [f.verdict for f in bad[1:]] == [Verdict.NOT_CHECKABLE] * 2


def test_at_most() -> None:
    """Patients who got better cannot outnumber those who were ill."""
    ill = claim("15", code="ill")
    assert first(claim("25", at_most="ill"), ill).verdict is Verdict.CONTRADICTS
    assert first(claim("12", at_most="ill"), ill).verdict is Verdict.CONSISTENT


def test_partition_of_counts() -> None:
    """Groups without overlap add up to all, or to another group that is printed."""

    def groups(*counts: str, extra: tuple[Claim, ...] = ()) -> list[Verdict]:
        made = [
            claim(c, code=f"g{i}", partition="p", of=28) for i, c in enumerate(counts)
        ]
        return [f.verdict for f in audit([*made, *extra])][: len(counts)]

    assert groups("10", "18") == [Verdict.CONSISTENT] * 2
    assert groups("10", "17") == [Verdict.CONTRADICTS] * 2
    seen = (claim("22", "size"),)
    assert groups("1", "21", extra=seen) == [Verdict.OTHER_DENOMINATOR] * 2
    assert groups("10") == [Verdict.NOT_CHECKABLE]


def test_partition_of_shares() -> None:
    """Shares add up if whole numbers of patients can."""

    def shares(*printed: str, extra: tuple[Claim, ...] = ()) -> set[Verdict]:
        made = [
            claim(s, "percentage", code=f"s{i}", partition="p", of=28)
            for i, s in enumerate(printed)
        ]
        return {f.verdict for f in audit([*made, *extra])[: len(printed)]}

    assert shares("21%", "29%", "29%", "21%") == {Verdict.CONSISTENT}
    assert shares("25%", "50%") == {Verdict.CONTRADICTS}
    # 22 % is impossible by itself: the others are not to blame.
    assert shares("22%", "50%") == {Verdict.IMPOSSIBLE, Verdict.CONSISTENT}


# --- one quantity in several places ---------------------------------------------------


def test_odd_one_out() -> None:
    """The value in most places stands; the other contradicts it."""
    found = audit(
        [
            claim("16", code="a", quantity="q", where="Abstract"),
            claim("18", code="b", quantity="q"),
            claim("18", code="c", quantity="q", where="Discussion"),
        ]
    )
    assert [f.verdict for f in found] == [
        Verdict.CONTRADICTS,
        Verdict.CONSISTENT,
        Verdict.CONSISTENT,
    ]
    assert 'but "16" (Abstract)' in found[1].reason


def test_one_against_one() -> None:
    """With no majority both are reported."""
    found = audit(
        [claim("17", code="a", quantity="q"), claim("18", code="b", quantity="q")]
    )
    assert [f.verdict for f in found] == [Verdict.CONTRADICTS] * 2


@pytest.mark.parametrize(
    ("kind", "one", "other", "alike"),
    [
        ("percentage", "64.3%", "64.28%", True),
        ("percentage", "64%", "60.71%", False),
        ("mean-sd", "110.57 ± 26.17", "110.6 ± 26.2", True),
        ("mean-sd", "110.57 ± 26.17", "110.6 ± 27.2", False),
        ("median", "7 (6, 8)", "7", True),
        ("median", "6.9", "7 (6, 8)", True),
        ("median", "5", "7 (6, 8)", False),
        ("identifier", "KY2021148", "KY2021184", False),
        ("identifier", "KY2021148", "KY2021148", True),
    ],
)
def test_prints_of_different_precision(
    kind: str,
    one: str,
    other: str,
    alike: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    """Prints agree if one exact figure can stand behind both."""
    found = audit(
        [
            claim(one, kind, code="a", quantity="q"),
            claim(other, kind, code="b", quantity="q"),
        ]
    )
    contradicts = {f.verdict is Verdict.CONTRADICTS for f in found}
    assert contradicts == {not alike}


def test_ranges() -> None:
    """A range runs upward and shares no value with the next grade."""
    low = claim("0-45", "range", low=0, high=45, partition="g")
    high = claim("45-90", "range", low=45, high=90, partition="g")
    far = claim("91-110", "range", low=91, high=110, partition="g")
    over = claim("40-60", "range", low=40, high=60, partition="g")
    assert "45 belongs to" in first(low, high).reason
    assert "40 to 45 belongs to" in first(low, over).reason
    assert first(low, far).verdict is Verdict.CONSISTENT
    assert first(claim("9-3", "range", low=9, high=3)).verdict is Verdict.IMPOSSIBLE
    assert first(claim("9-?", "range")).verdict is Verdict.NOT_CHECKABLE


# --- means, medians -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "parts", "verdict"),
    [
        ("3.45 ± 1.19", {"of": 20, "step": 1}, Verdict.CONSISTENT),
        ("3.45 ± 1.20", {"of": 20, "step": 1}, Verdict.IMPOSSIBLE),
        ("3.47 ± 1.20", {"of": 20, "step": 1}, Verdict.IMPOSSIBLE),
        ("5.00 ± 6.00", {"of": 9, "variable": "vas", "step": 1}, Verdict.IMPOSSIBLE),
        ("11.0 ± 1.0", {"of": 9, "variable": "vas", "step": 1}, Verdict.IMPOSSIBLE),
        ("5.00 ± -1.00", {"of": 9, "step": 1}, Verdict.IMPOSSIBLE),
        ("5.00 ± 0.00", {"of": 9, "step": 1}, Verdict.CONSISTENT),
        ("5.00 ± 1.00", {"of": 1, "step": 1}, Verdict.IMPOSSIBLE),
        ("5.00 ± 1.00", {"step": 1}, Verdict.NOT_CHECKABLE),
        ("5.00 ± 1.00", {"of": 9}, Verdict.NOT_CHECKABLE),
        ("-3.33 ± 1.53", {"of": 3, "step": 1}, Verdict.CONSISTENT),
        ("-3.66 ± 1.53", {"of": 3, "step": 1}, Verdict.TRUNCATED),
        ("1.92 ± 1.59", {"of": 28, "variable": "inr"}, Verdict.IMPLAUSIBLE),
        ("16.31 ± 1.45", {"of": 28, "variable": "tt_s"}, Verdict.CONSISTENT),
        ("13.0 ± 1.5", {"of": 28, "variable": "hemoglobin_g_l"}, Verdict.IMPLAUSIBLE),
        ("1300 ± 15", {"of": 28, "variable": "hemoglobin_g_l"}, Verdict.IMPLAUSIBLE),
        ("70 ± 12", {"of": 3000, "variable": "age_years"}, Verdict.CONSISTENT),
        ("70.1 ± 12.3", {"of": 300, "step": "0.1", "low": 0}, Verdict.CONSISTENT),
        ("3 ± 40", {"of": 6, "step": 1, "low": 0}, Verdict.IMPOSSIBLE),
    ],
)
def test_mean_and_sd(printed: str, parts: dict[str, Any], verdict: Verdict) -> None:
    """A mean and SD must come from whole steps, inside the scale."""
    assert first(claim(printed, "mean-sd", **parts)).verdict is verdict


@pytest.mark.parametrize(
    ("printed", "parts", "verdict", "words"),
    [
        ("48 (20.25, 63)", {"of": 28, "step": 1}, Verdict.CONSISTENT, "weibull"),
        ("48 (20.30, 63)", {"of": 28, "step": 1}, Verdict.IMPOSSIBLE, "nine quantile"),
        ("48 (50, 63)", {"of": 28, "step": 1}, Verdict.IMPOSSIBLE, "lie between"),
        ("48 (20, 63)", {"of": 28}, Verdict.NOT_CHECKABLE, "step"),
        ("48 (20, 63)", {"step": 1}, Verdict.NOT_CHECKABLE, "number of patients"),
        ("48", {"of": 0, "step": 1}, Verdict.IMPOSSIBLE, "no median"),
        ("12", {"of": 9, "variable": "vas"}, Verdict.IMPOSSIBLE, "nine quantile"),
        ("7", {"of": 1, "variable": "vas"}, Verdict.CONSISTENT, "every quantile"),
        ("2.66", {"of": 4, "step": 1, "low": 0}, Verdict.IMPOSSIBLE, "nine"),
        ("2 (1.41, 3)", {"of": 28, "step": 1}, Verdict.TRUNCATED, "cut off"),
        ("20.1 (0.0, 40.1)", {"of": 2, "variable": "inr"}, Verdict.CONSISTENT, "rule"),
    ],
)
def test_median(
    printed: str, parts: dict[str, Any], verdict: Verdict, words: str
) -> None:
    """A median with quartiles must come from one of nine rules."""
    found = first(claim(printed, "median", **parts))
    assert found.verdict is verdict
    assert words in found.reason


def test_quartile_rules_of_a_paper() -> None:
    """One rule must be able to print all medians of a paper."""
    method = claim("M (Q1, Q3)", "method", test="quartiles")
    one = claim("48 (20.25, 63)", "median", of=28, step=1)
    other = claim("3 (1.42, 7)", "median", of=28, step=1)
    assert first(method, one).verdict is Verdict.CONSISTENT
    assert first(method).verdict is Verdict.NOT_CHECKABLE
    found = first(method, claim("3 (1.25, 7)", "median", of=28, step=1, low=0), other)
    assert found.verdict in {Verdict.CONSISTENT, Verdict.CONTRADICTS}
    half = claim("3 (1.5, 7)", "median", of=28, step=1, low=0, code="half")
    never = claim("9 (8.25, 9)", "median", of=28, step=1, low=8, code="never")
    assert first(method, half, never).verdict is Verdict.CONSISTENT


# --- methods, p-values, pointers ------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "samples", "verdict"),
    [
        ("Kruskal-Wallis", "repeated", Verdict.CONTRADICTS),
        ("log-rank", "repeated", Verdict.CONTRADICTS),
        ("chi-square", "overlapping", Verdict.CONTRADICTS),
        ("friedman", "independent", Verdict.CONTRADICTS),
        ("friedman", "repeated", Verdict.CONSISTENT),
        ("log-rank", "independent", Verdict.CONSISTENT),
        ("horoscope", "independent", Verdict.NOT_CHECKABLE),
        ("log-rank", "", Verdict.NOT_CHECKABLE),
    ],
)
def test_method(test: str, samples: str, verdict: Verdict) -> None:
    """A test must fit its samples."""
    assert first(claim(test, "method", test=test, samples=samples)).verdict is verdict


@pytest.mark.parametrize(
    ("printed", "test", "table", "verdict"),
    [
        ("P < 0.05", "sign", "28 0", Verdict.CONSISTENT),
        ("P > 0.05", "sign", "28 0", Verdict.CONTRADICTS),
        ("P = 0.031", "sign", "6 0", Verdict.CONSISTENT),
        ("P < 0.05", "fisher", "3 1; 1 3", Verdict.CONTRADICTS),
        ("P = 0.486", "fisher", "3 1; 1 3", Verdict.CONSISTENT),
        ("P <= 0.01", "chi-square", "20 5; 6 19", Verdict.CONSISTENT),
        ("P >= 0.05", "kruskal-wallis", "5 5 5; 4 6 5", Verdict.CONSISTENT),
        ("P < 0.001", "mann-whitney", "9 1 0; 0 2 8", Verdict.CONSISTENT),
        ("P < 0.05", "fisher", "1 2 3; 4 5 6", Verdict.CONTRADICTS),
        ("P = 1.000", "fisher", "1 2 3; 4 5 6", Verdict.CONSISTENT),
        ("P = 0.045", "mann-whitney", "4 3 1; 1 2 5", Verdict.CONSISTENT),
        ("P > 0.05", "mann-whitney", "4 3 1; 1 2 5", Verdict.CONSISTENT),
        ("P = 0.5", "mann-whitney", "4 3 1; 1 2 5", Verdict.CONTRADICTS),
        ("p = 0.048", "mann-whitney", "5 0; 1 4", Verdict.CONSISTENT),
        (
            "P = 0.003",
            "kruskal-wallis",
            "0 0 1 3; 0 2 2 0; 2 2 0 0",
            Verdict.CONSISTENT,
        ),
        ("P = 0.100", "sign", "20 10", Verdict.CONSISTENT),
        ("P = 0.000", "", "", Verdict.NOT_CHECKABLE),
        ("P = 0.000", "sign", "28 0", Verdict.CONSISTENT),
        ("p < .000", "", "", Verdict.IMPOSSIBLE),
        ("p = -.22", "", "", Verdict.IMPOSSIBLE),
        ("p=0,048", "sign", "2 9", Verdict.CONTRADICTS),
        ("P<0·05", "sign", "0 6", Verdict.CONSISTENT),
        ("P = 0.016", "mcnemar", "5 7; 0 5", Verdict.CONSISTENT),
        ("P = 0.039", "mcnemar", "5 7; 1 5", Verdict.CONSISTENT),
        ("P = 0.70", "mcnemar", "5 7; 1 5", Verdict.CONTRADICTS),
        ("P < 0.05", "sign", "1 2; 3 4", Verdict.NOT_CHECKABLE),
        ("P < 0.05", "chi-square", "0 0; 3 4", Verdict.NOT_CHECKABLE),
        ("P < 0.05", "kruskal-wallis", "3; 4", Verdict.NOT_CHECKABLE),
        ("P < 0.05", "kruskal-wallis", "0 0; 3 4", Verdict.NOT_CHECKABLE),
        ("P < 0.05", "log-rank", "3 4; 1 2", Verdict.NOT_CHECKABLE),
        ("P < 0.05", "", "", Verdict.NOT_CHECKABLE),
        ("P = 1.2", "", "", Verdict.IMPOSSIBLE),
        ("P = 0", "", "", Verdict.NOT_CHECKABLE),
        ("P < 0", "", "", Verdict.IMPOSSIBLE),
    ],
)
def test_p_value(printed: str, test: str, table: str, verdict: Verdict) -> None:
    """A p-value is recomputed where its counts are printed."""
    found = first(claim(printed, "p-value", test=test, table=table))
    assert found.verdict is verdict


@pytest.mark.parametrize(
    ("printed", "statistic", "verdict"),
    [
        ("p = .037", "t(26) = 2.20", Verdict.CONSISTENT),
        ("p = .018", "t(26) = 2.20", Verdict.CONSISTENT),  # one-sided
        ("p = .37", "t(26) = 2.20", Verdict.CONTRADICTS),
        ("p < .05", "t(26) = -2.20", Verdict.CONSISTENT),
        ("p = .051", "F(2, 75) = 3.1", Verdict.CONSISTENT),
        ("p < .05", "F(2, 75) = 3.05", Verdict.CONTRADICTS),
        ("p = 0.05", "χ²(1, N = 28) = 3.84", Verdict.CONSISTENT),
        ("p = 0.05", "chi2(1) = 3.84", Verdict.CONSISTENT),
        ("p = .05", "z = −1.96", Verdict.CONSISTENT),
        ("p = .03", "r(26) = .41", Verdict.CONSISTENT),
        ("p = .3", "r(26) = .41", Verdict.CONTRADICTS),
        ("p > .05", "F(1, 26) < 1", Verdict.CONSISTENT),
        ("p = .037", "t = 2.20", Verdict.NOT_CHECKABLE),
        ("p = .037", "r(26) = 1.41", Verdict.NOT_CHECKABLE),
        ("p = .037", "U = 12", Verdict.NOT_CHECKABLE),
        ("p = .037", "t" * 1000, Verdict.NOT_CHECKABLE),
    ],
)
def test_a_p_value_beside_its_statistic(
    printed: str, statistic: str, verdict: Verdict
) -> None:
    """The statistic and its degrees of freedom say what p must be, up to rounding."""
    found = first(claim(printed, "p-value", statistic=statistic))
    assert found.verdict is verdict, found.reason


def test_references() -> None:
    """A pointer leads to what it promises."""
    figure = claim("Figure 2", "caption", target="Figure 2", topics="strength")
    good = claim("Fig. 2", "reference", target="Figure 2", topics="strength")
    plain = claim("Fig. 2", "reference", target="Figure 2")
    wrong = claim("Fig. 2", "reference", target="Figure 2", topics="nerves")
    missing = claim("Fig. 9", "reference", target="Figure 9")
    other = claim("Figure 3", "caption", target="Figure 3", topics="nerves")
    assert first(good, figure).verdict is Verdict.CONSISTENT
    assert first(plain, figure).verdict is Verdict.CONSISTENT
    assert "there is no Figure 9" in first(missing, figure).reason
    assert "nothing else does" in first(wrong, figure).reason
    assert "(see Figure 3)" in first(wrong, figure, other).reason
    assert first(claim("Fig", "reference")).verdict is Verdict.NOT_CHECKABLE


def test_rules() -> None:
    """A rule that the results break is reported with them."""
    result = claim("25", code="conservative")
    rule = claim("(4)", "rule", conflicts="conservative")
    assert first(rule, result).related == (result,)
    assert first(claim("(5)", "rule")).verdict is Verdict.NOT_CHECKABLE


def test_note_follows_the_reason() -> None:
    """What a reader must know is added to the reason."""
    found = first(claim("29", of=28, note="see the text"))
    assert found.reason.endswith("; see the text.")
    assert found.verdict.is_problem


# --- what only some prints come to ----------------------------------------------------


def test_standard_deviation_beyond_its_scale() -> None:
    """The reason says how far values on the scale can scatter."""
    scale = {"of": 28, "step": 1, "low": 0, "high": 10}
    found = first(claim("5.0 ± 5.2", "mean-sd", **scale))
    assert found.verdict is Verdict.IMPOSSIBLE
    assert "from 0 to 10 have" in found.reason
    assert "the SD is at most 5.1." in found.reason
    up = {"of": 4, "step": 1, "low": 0}
    found = first(claim("1.0 ± 3.0", "mean-sd", **up))
    assert found.verdict is Verdict.IMPOSSIBLE
    assert "from 0 up have" in found.reason
    assert first(claim("1.0 ± 2.0", "mean-sd", **up)).witness == (0, 0, 0, 4)
    found = first(claim("0.0 ± 0.0", "mean-sd", **scale))
    assert found.witness == (0,) * 28


def test_mean_and_sd_of_a_long_scale_are_decided() -> None:
    """On a long scale too a pair is shown to exist or shown not to."""
    ages = {"of": 28, "step": 1, "low": 0, "high": 120}
    found = first(claim("46.36 ± 22.513", "mean-sd", **ages))
    assert found.verdict is Verdict.CONSISTENT
    assert len(found.witness) == 28
    assert round(statistics.fmean(found.witness), 2) == 46.36
    assert round(statistics.stdev(found.witness), 3) == 22.513
    # All but one of 28 at either end: the next SD below is out of reach.
    none = first(claim("60.00 ± 61.090", "mean-sd", **ages))
    assert none.verdict is Verdict.IMPOSSIBLE
    there = first(claim("60.00 ± 61.101", "mean-sd", **ages))
    assert there.witness == (0,) * 14 + (120,) * 14


def test_a_search_that_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was neither found nor excluded is not checkable, not impossible."""
    monkeypatch.setattr(_granularity, "find_sample", lambda *_: ())
    scale = {"of": 28, "step": 1, "low": 0, "high": 10}
    found = first(claim("5 ± 2", "mean-sd", **scale))
    assert found.verdict is Verdict.NOT_CHECKABLE
    assert "given up" in found.reason
    assert found.witness == ()


def test_more_sums_than_are_tried() -> None:
    """Where only some sums are tried, not finding a sample proves nothing."""
    many = {"of": 6, "step": "0.001", "low": 0, "high": 10}
    assert first(claim("5 ± 2", "mean-sd", **many)).verdict is Verdict.CONSISTENT


def test_cut_off_where_rounding_was_not_settled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sample whose figures were cut off counts, without an "only"."""
    search = _granularity._search
    monkeypatch.setattr(
        _granularity,
        "_search",
        lambda claimed: attrs.evolve(search(claimed), given_up=1),
    )
    # 1, 1, 2, 2, 2 has a mean of 1.6 and an SD of 0.547...: cut off to 0.54.
    found = first(claim("1.6 ± 0.54", "mean-sd", of=5, step=1, low=0, high=10))
    assert found.verdict is Verdict.TRUNCATED
    assert "only" not in found.reason


def test_no_quantile_rule_for_one_of_several() -> None:
    """Quartiles that no rule prints are reported where they stand, not as a method."""
    method = claim("quartiles", "method", test="quartiles")
    whole = {"of": 3, "step": 1, "low": 0, "high": 10}
    odd = claim("5 (4.99, 5.01)", "median", **whole)
    fine = claim("5 (4, 6)", "median", **whole)
    found = audit([method, odd, fine])
    assert found[0].verdict is Verdict.CONSISTENT
    assert found[1].verdict is Verdict.IMPOSSIBLE
    assert found[0].related == (fine,)


def test_neither_count_nor_group() -> None:
    """A count that is also a group helps only if the share fits that group."""
    seen = claim("5", "size")
    found = first(claim("46.15%", "percentage", count="5", of=28), seen)
    assert found.verdict is Verdict.IMPOSSIBLE


def test_chi_square_of_three_columns() -> None:
    """Only tables of two rows and columns have a corrected chi-square."""
    found = first(claim("P < 0.05", "p-value", test="chi-square", table="9 1 2; 1 8 3"))
    assert found.verdict is Verdict.CONSISTENT
    assert "Yates" not in found.reason


def test_lists_that_are_not_given() -> None:
    """None stands for an empty list."""
    assert claim("5", levels=None, parts=None).levels == ()


@pytest.mark.parametrize("of", [3_000, 4_251_000, 10**12, 10**15 - 1])
def test_registries_are_audited_at_once(of: int) -> None:
    """The size of a group costs no time, and its true figures raise no alarm."""
    half = of // 2
    claims = [
        claim(str(of), "size", code="n"),
        claim("50.0%", "percentage", of="n", partition="all"),
        claim("50.0 %", "percentage", of="n", partition="all"),
        claim("50.00%", "percentage", of="n", count=half),
        claim("46.15%", "percentage", of="n", count=half),
        claim("50.3 ± 17.1", "mean-sd", of="n", step=1, low=0, high=120),
        claim("50 (40, 60)", "median", of="n", step=1, low=0, high=120),
    ]
    verdicts = [finding.verdict for finding in audit(claims)]
    assert verdicts[1:4] == [Verdict.CONSISTENT] * 3
    assert verdicts[4] is Verdict.IMPOSSIBLE
    known = Verdict.CONSISTENT if of <= 100_000 else Verdict.NOT_CHECKABLE
    assert verdicts[5] is known
    assert verdicts[6] is Verdict.CONSISTENT


def test_shares_of_a_registry_that_do_not_add_up() -> None:
    """What no counts of so many can add up to is still found."""
    claims = [
        claim(printed, "percentage", of=5_000_000, partition="all")
        for printed in ("50.0%", "50.4%")
    ]
    assert {f.verdict for f in audit(claims)} == {Verdict.CONTRADICTS}
