"""The flow diagram: which records were assessed, left out, undecided, and analyzed."""

from collections import Counter
from typing import TYPE_CHECKING

from iph._drawing.style import (
    FAINT,
    INK,
    ONE_COLUMN,
    PAPER,
    canvas,
    house_style,
    wrapped,
)
from iph._options import instance
from iph.criteria._screening import Screening
from iph.report._numbers import counted
from iph.study._study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE = 0.125  # inches that a line of text takes
_PAD = 0.11
_GAP = 0.2
_MOST_REASONS = 8
_WORDS = {
    "included": "included only",
    "not-excluded": "included or undecided",
    "all": "all records",
}


def _boxes(study: Study | Screening) -> list[tuple[bool, str, list[str]]]:
    """Return each box: whether it stands on the trunk, its head, and its lines."""
    screening = study if isinstance(study, Screening) else study.screening
    unknown = Counter(
        c
        for d in screening.decisions or ()
        for c in d.unknown[:1]
        if d.first_failed is None
    )
    wanted = {criterion.code for criterion in screening.criteria.include}
    left_out = [
        f"{step.code}{' not met' if step.code in wanted else ''}: {step.statement} "
        f"(n = {step.n_removed})"
        for step in screening.flow
        if step.n_removed
    ]
    undecided = [
        f"{step.code}: {step.statement} (n = {unknown[step.code]})"
        for step in screening.flow
        if unknown[step.code]
    ]
    return [
        (True, f"Records assessed (n = {screening.n_assessed})", []),
        (False, f"Excluded (n = {screening.n_excluded})", _cut(left_out)),
        (
            False,
            f"Eligibility not known (n = {screening.n_unknown})",
            _cut(
                ["first criterion without an answer:", *undecided] if undecided else []
            ),
        ),
        (True, f"Included (n = {screening.n_included})", []),
        *([] if isinstance(study, Screening) else _analyzed(study)),
    ]


def _analyzed(study: Study) -> list[tuple[bool, str, list[str]]]:
    """Return who was analyzed, and what became of them until the primary visit."""
    population = [_WORDS[study.rules.population]]
    head = (True, f"Analyzed (n = {len(study.patients)})", population)
    return [head, *_followed(study)]


def _followed(study: Study) -> list[tuple[bool, str, list[str]]]:
    """Return what became of those analyzed until the primary visit."""
    found = study.attendance
    if not study.patients or study.convenience:
        return []
    at = next(v for v in found.visits if v.visit == found.primary)
    seen: tuple[bool, str, list[str]] = (
        True,
        f"Seen at {at.visit.label} (n = {at.seen})",
        [],
    )
    left = [
        f"{words} (n = {count})"
        for words, count in (("died", at.died), ("missed", at.missed))
        if count
    ]
    gone = at.died + at.missed
    lost = [(False, f"Not seen at {at.visit.label} (n = {gone})", left)]
    return [*(lost if gone else []), seen]


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_REASONS:
        return lines
    rest = counted(len(lines) - _MOST_REASONS, "more reason")
    return [*lines[:_MOST_REASONS], f"and {rest}: see the table"]


def flow_figure(study: Study | Screening, *, ax: "Axes | None" = None) -> "Figure":
    """Draw the flow of records, with the reasons and what is not known.

    Parameters
    ----------
    study : Study or Screening
        The study; or what `iph.criteria.screen` returns of any records, drawn down to
        those included.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> from iph.evidence import published_cases
    >>> from iph.report import flow_figure
    >>> from iph.study import analyze
    >>> figure = flow_figure(analyze(published_cases(), population="not-excluded"))
    >>> len(figure.axes)
    1

    Of records alone, before anything is analyzed.

    >>> from iph.criteria import LI_2023, screen
    >>> figure = flow_figure(screen(published_cases(), LI_2023))
    >>> figure.axes[0].texts[0].get_text()
    'Records assessed (n = 62)'
    """
    from matplotlib.patches import FancyBboxPatch

    hint = "use iph.study.analyze(cohort) or iph.criteria.screen(records)"
    instance(study, "study", (Study, Screening), "a Study or a Screening", hint)
    texts = [
        (trunk, "\n".join([head, *(wrapped(line, 48) for line in lines)]))
        for trunk, head, lines in _boxes(study)
    ]
    heights = [(t.count("\n") + 1) * _LINE + 2 * _PAD for _, t in texts]
    total = sum(heights) + _GAP * (len(texts) + 1)
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=total)
        ax.set_xlim(0, ONE_COLUMN)
        ax.set_ylim(total, 0)
        ax.set_axis_off()
        top = _GAP
        trunk_ends: list[float] = []
        arrow = {"arrowstyle": "-|>", "color": INK, "lw": 0.7, "shrinkA": 0}
        arrow["shrinkB"] = 0
        spine = 0.42
        for (trunk, text), height in zip(texts, heights, strict=True):
            left, width = (0.08, 2.0) if trunk else (0.75, ONE_COLUMN - 0.83)
            ax.add_patch(
                FancyBboxPatch(
                    (left, top),
                    width,
                    height,
                    boxstyle="round,pad=0,rounding_size=0.05",
                    facecolor=PAPER,
                    edgecolor=INK if trunk else FAINT,
                    linewidth=0.8,
                    zorder=2,
                )
            )
            ax.text(
                left + 0.1,
                top + height / 2,
                text,
                va="center",
                ha="left",
                fontsize=6.5,
                linespacing=1.25,
                zorder=3,
            )
            if trunk:
                if trunk_ends:
                    ax.annotate(
                        "", (spine, top), (spine, trunk_ends[-1]), arrowprops=arrow
                    )
                trunk_ends.append(top + height)
            else:
                middle = top + height / 2
                ax.annotate("", (left, middle), (spine, middle), arrowprops=arrow)
            top += height + _GAP
    return figure
