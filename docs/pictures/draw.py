"""Draw the picture of the README: patients made up to the figures of Li et al. 2023.

python docs/pictures/draw.py
"""

import io
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from iph._drawing.style import house_style, image
from iph.evidence import li2023_claims, twin
from iph.report import alluvial_figure, pain_figure
from iph.study import analyze

HERE = Path(__file__).parent


def picture() -> Figure:
    """Return two figures of one report in a row, labelled as synthetic."""
    made = twin(li2023_claims(), rng=2023)
    study = analyze(made)
    strength = next(course for course in study.grades if course.field == "strength")
    with house_style():
        figure = Figure(figsize=(8.6, 3.2), layout="constrained")
        axes = figure.subplots(1, 2, width_ratios=(1.2, 1.9))
        figure.suptitle(
            "Synthetic patients, made to the printed figures of Li et al. 2023",
            fontsize=8,
        )
        pain_figure(study.pain, ax=axes[0])
        alluvial_figure(strength, ax=axes[1])
    return figure


def main() -> None:
    """Write the picture at the width at which it is shown, twice as fine."""
    drawn = Image.open(io.BytesIO(image(picture(), "png", name="demo"))).convert("RGB")
    small = drawn.resize((1720, round(1720 * drawn.height / drawn.width)))
    small.save(HERE / "demo.png", optimize=True)


if __name__ == "__main__":
    main()
