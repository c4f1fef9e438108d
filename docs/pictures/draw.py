"""Draw the picture of the README: patients made up to the figures of Li et al. 2023.

    python docs/pictures/draw.py
"""

from pathlib import Path

from matplotlib.figure import Figure

from iph import Cohort
from iph.evidence import li2023_claims, twin
from iph.report import alluvial_figure, interval_figure, pain_figure
from iph.report._style import house_style, image
from iph.study import GradeCourse, PainCourse, RecoveryAnalysis, analyze

HERE = Path(__file__).parent


def picture() -> Figure:
    """Return three figures of one report in a row, labelled as synthetic."""
    made = twin(li2023_claims(), rng=2023)
    assert isinstance(made, Cohort)
    study = analyze(made)
    strength = next(
        course
        for course in study.grades
        if isinstance(course, GradeCourse) and course.field == "strength"
    )
    recovery = study.recovery[0]
    assert isinstance(study.pain, PainCourse)
    assert isinstance(recovery, RecoveryAnalysis)
    with house_style():
        figure = Figure(figsize=(12.5, 3.2), layout="constrained")
        axes = figure.subplots(1, 3, width_ratios=(1.25, 1.9, 1.25))
        figure.suptitle(
            "Synthetic patients, made to the printed figures of Li et al. 2023",
            fontsize=8,
        )
        pain_figure(study.pain, ax=axes[0])
        alluvial_figure(strength, ax=axes[1])
        interval_figure(recovery, ax=axes[2])
    return figure


if __name__ == "__main__":
    (HERE / "demo.png").write_bytes(image(picture(), "png", name="demo"))
