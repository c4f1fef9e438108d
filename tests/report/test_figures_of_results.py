"""Figures of results that no study stands behind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import Rectangle

from iph.criteria import LI_2023, screen
from iph.errors import InputError
from iph.evidence import published_cases
from iph.report import flow_figure, grades_figure
from iph.study import Tally


def test_a_screening_is_drawn_down_to_those_included() -> None:
    """The boxes hold its counts; nothing is said of an analysis."""
    found = screen(published_cases(), LI_2023)
    words = [text.get_text() for text in flow_figure(found).axes[0].texts]
    assert words[0] == f"Records assessed (n = {found.n_assessed})"
    assert f"Included (n = {found.n_included})" in words
    assert not any("Analyzed" in text for text in words)


@given(data=st.data(), groups=st.integers(1, 4), levels=st.integers(1, 5))
@settings(max_examples=15)  # each draws a figure
def test_the_segments_of_a_tally_are_its_counts(
    data: st.DataObject, groups: int, levels: int
) -> None:
    """Each bar adds to 100 %, and each segment to its count of the group."""
    row = st.tuples(*[st.integers(0, 30)] * (levels + 1))
    rows = data.draw(st.lists(row, min_size=groups, max_size=groups))
    counted = Tally(
        value="grade",
        by="arm",
        levels=tuple(range(levels)),
        groups=tuple(range(groups)),
        counts=tuple(row[:-1] for row in rows),
        missing=tuple(row[-1] for row in rows),
    )
    if not any(map(sum, rows)):
        with pytest.raises(InputError, match="at least one case"):
            grades_figure(counted)
        return
    bars = grades_figure(counted).axes[0].patches
    heights: dict[int, list[float]] = {place: [] for place in range(groups)}
    for bar in bars:
        assert isinstance(bar, Rectangle)
        heights[round(bar.get_x() + bar.get_width() / 2)].append(bar.get_height())
    for place, row_ in enumerate(rows):
        shares = [count / sum(row_) * 100 for count in row_ if count]
        assert heights[place] == pytest.approx(shares)


def test_a_tally_of_too_many_groups_is_refused() -> None:
    """No figure of one column holds them."""
    many = Tally(
        value="grade",
        levels=(1,),
        groups=tuple(range(13)),
        counts=((1,),) * 13,
        missing=(0,) * 13,
    )
    with pytest.raises(InputError, match="at most 12 groups"):
        grades_figure(many)
