"""What the parts of a drawing say, and the group that they belong to."""

import re
import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from iph._drawing.marks import as_group, mark, spot, without_spots
from iph._drawing.style import canvas, image
from iph.report import grades_figure, recovery_figure
from iph.stats import kaplan_meier
from iph.study import GradeCourse, Study

SVG = "{http://www.w3.org/2000/svg}"
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(
    lambda text: text.isprintable()
)


def said(figure: Figure) -> list[tuple[str | None, str]]:
    """Return group and words of each part that speaks."""
    drawn = ET.fromstring(image(figure, "svg", name="x"))  # noqa: S314 - made here
    return [
        (part.get("data-group"), str(part.findtext(f"{SVG}title")))
        for part in drawn.iter(f"{SVG}g")
        if part.get("class") == "says"
    ]


@given(group=WORDS, says=WORDS)
@settings(max_examples=25)  # each draws a figure
def test_any_words_arrive_as_they_are(group: str, says: str) -> None:
    """No character of a label breaks the drawing or is changed on its way."""
    figure, ax = canvas(None)
    with as_group(ax, group):
        spot(ax, (0, 0), says)
        ax.plot([0, 1], [0, 1])
    assert said(figure) == [(group, says)]
    text = image(figure, "svg", name="x").decode()
    assert text.count("data-group=") == 2
    assert "mark/" not in text


def test_a_part_without_a_group_has_none() -> None:
    """Words alone are no group; a group alone says nothing."""
    figure, ax = canvas(None)
    mark(ax.plot([0, 1], [0, 1])[0], "a line")
    mark(ax.plot([0, 1], [1, 0])[0], group="b")
    assert said(figure) == [(None, "a line")]
    assert 'data-group="b"' in image(figure, "svg", name="x").decode()


def test_the_places_that_are_not_seen_can_be_taken_out() -> None:
    """A drawing for an editor holds what is seen, and nothing else."""
    curve = kaplan_meier([7, 30, 91], [1, 1, 0])
    whole, figure = recovery_figure({"a": curve}), recovery_figure({"a": curve})
    without_spots(figure)
    assert image(figure, "png", name="x") == image(whole, "png", name="x")
    assert len(said(whole)) > len(said(figure)) == 0


def test_curves_say_what_they_are_at_each_marked_day() -> None:
    """Share, interval and number at risk are those of the curve, under its name."""
    curve = kaplan_meier([7, 30, 91, 182], [1, 1, 1, 0])
    told = said(recovery_figure({"open": curve, "closed": curve}))
    assert {group for group, _ in told} == {"open", "closed"}
    low, high = (float(curve.at([30]).low[0]), float(curve.at([30]).high[0]))
    wanted = f"open, 30: 50 % without the event (95 % CI, {low:.0%} to {high:.0%}); "
    wanted = re.sub(r"(\d)%( to)", r"\1\2", wanted).replace("%)", " %)")
    assert ("open", f"{wanted}3 at risk") in told


def test_bars_say_their_counts(by_hand: Study) -> None:
    """The words of the segments of a visit add to all patients."""
    course = by_hand.grades[1]
    assert isinstance(course, GradeCourse)
    told = [words for _, words in said(grades_figure(course))]
    for at in course.visits:
        counts = [
            int(words.rpartition(": ")[2].removesuffix(f" of {course.n}"))
            for words in told
            if words.startswith(f"{at.visit.label}, ")
        ]
        assert sum(counts) == course.n
