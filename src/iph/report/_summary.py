"""A study in ten lines, for a terminal."""

import textwrap

from iph.report._numbers import counted, listing
from iph.report._sentences import results_sentences
from iph.study._study import Study

_WIDTH = 88
_MOST = 10


def summary_lines(study: Study) -> tuple[str, ...]:
    """Return the main results, at most ten lines, each short enough for a terminal."""
    label = study.cohort.label or "Cohort"
    made_up = " (made-up patients)" if study.cohort.synthetic else ""
    lines = [f"{label}{made_up}"]
    lines += [f"Note: {note}." for note in study.cohort.notes[:1]]
    lines += results_sentences(study)
    gaps = study.unavailable
    closing = []
    if gaps:
        names = listing(gap.part for gap in gaps)
        parts = counted(len(gaps), "part")
        closing = [f"Not available, {parts}: {names}."]
    kept = [*lines[: _MOST - len(closing)], *closing]
    return tuple(
        textwrap.shorten(line, width=2 * _WIDTH, placeholder=" ...") for line in kept
    )
