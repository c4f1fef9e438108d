"""The published series as typed data."""

import re

from iph.evidence import aggregate_series


def test_all_figures_are_there() -> None:
    """94 figures of 20 sources, each with its source."""
    figures = aggregate_series()
    assert len(figures) == 94
    assert len({(f.study, f.year, f.source) for f in figures}) == 20
    assert all(f.source and f.figure and f.printed for f in figures)


def test_counts_never_exceed_their_group() -> None:
    """A count is one of patients, with its percentage."""
    counted = [f for f in aggregate_series() if f.count is not None]
    assert len(counted) > 15
    for figure in counted:
        assert figure.of is not None
        assert figure.percent is not None
        assert figure.count is not None
        assert 0 <= figure.count <= figure.of
        assert figure.percent == 100 * figure.count / figure.of


def test_denominators_are_stated() -> None:
    """Four of the six patients with a palsy recovered, not four of all eleven."""
    found = {(f.study, f.figure): (f.count, f.of) for f in aggregate_series()}
    assert found["Sreeram", "complete resolution"] == (4, 6)
    assert found["Sreeram", "femoral palsy before surgery"] == (6, 11)
    # Three of 14 episodes or of 11 patients: the abstract does not say.
    for figure in ("residual paresthesia", "quadriceps atrophy"):
        assert found["(Blood 126:4571 abstract)", figure] == (None, None)


def test_printed_percentages_are_those_of_the_counts() -> None:
    """Where a percentage is printed beside a count, it is that share."""
    checked = 0
    for figure in aggregate_series():
        printed = re.fullmatch(r"n \((\d+(?:\.\d+)?) %\)", figure.unit)
        if printed is not None and figure.percent is not None:
            digits = len(printed[1].partition(".")[2])
            assert abs(figure.percent - float(printed[1])) < 10.0**-digits
            checked += 1
    assert checked > 6


def test_episodes_are_no_patients() -> None:
    """46 episodes in 31 patients are no share of patients."""
    episodes = [f for f in aggregate_series() if f.figure == "episodes"]
    assert {f.printed for f in episodes} == {"46", "44", "6", "14"}
    assert all(f.count is None for f in episodes)


def test_ambiguous_shares_have_no_count() -> None:
    """The two figures of Guild with an unclear denominator are kept as printed only."""
    figures = [f for f in aggregate_series() if "as printed" in f.figure]
    assert len(figures) == 2
    assert all(f.count is None and f.percent is None for f in figures)
