"""The page of figures: drawn anew with the documentation, of patients made up."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from iph_pages import OUT
from sphinx.application import Sphinx

from iph._drawing.style import image
from iph.evidence import li2023_claims, twin
from iph.report._contents import document_of
from iph.study import analyze, compare_with_claims

# Picture of the report, and the function that draws it; the first of several alike.
SHOWN: Final = {
    "flow": "flow_figure",
    "swimmer": "swimmer_figure",
    "pain": "pain_figure",
    "grades_strength": "grades_figure",
    "moves_strength": "alluvial_figure",
    "recovery_strength-5": "recovery_figure",
    "intervals_strength-5": "interval_figure",
    "anatomy": "anatomy_figure",
    "zones_by_nerve": "zones_figure",
    "balance": "forest_figure",
    "comparison_course": "comparison_figure",
}
PAGE: Final = Path(__file__).parents[1] / "reference" / "figures.md"
# An example of the page that makes `figure`, and the picture that stands below it.
DRAWN: Final = re.compile(
    r"^## (?P<title>[^\n]+)\n\n(?:(?!^## ).)*?```python\n(?P<code>.*?)```\n\n"
    r":::\{figure\} /generated/figures/(?P<name>[\w-]+)\.svg",
    re.DOTALL | re.MULTILINE,
)


def _parts() -> Iterator[tuple[str, str, str, str, str, bytes]]:
    """Yield name, function, title, words and drawing of each figure."""
    made = twin(li2023_claims(), rng=2023)
    study = analyze(made, by="coagulation_status")
    document = document_of(study, compare_with_claims(study), listed=True)
    pictures = {picture.name: picture for picture in document.pictures}
    for name, function in SHOWN.items():
        picture = pictures[name]
        drawing = image(picture.draw(), "svg", name=name)
        yield name, function, picture.title, picture.alt, picture.caption, drawing


def _examples() -> Iterator[tuple[str, str, bytes]]:
    """Run the examples of the page; yield name, title and drawing of each figure."""
    held: dict[str, Any] = {}
    for found in DRAWN.finditer(PAGE.read_text(encoding="utf-8")):
        code = doctest.DocTestParser().get_examples(found["code"])
        exec("".join(one.source for one in code), held)  # noqa: S102 - of our own page
        name = found["name"]
        yield name, found["title"], image(held["figure"], "svg", name=name)


def _kept(name: str, drawing: bytes) -> None:
    path = OUT / "figures" / f"{name}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != drawing:
        path.write_bytes(drawing)


def figures_pages() -> dict[str, str]:
    """Draw the figures into a folder; return the gallery, and the page of a report."""
    lines, cards = [], []
    for name, function, title, alt, caption, drawing in _parts():
        _kept(name, drawing)
        cards.append(_card(name, title))
        lines += [
            f"(figure-{name})=",
            f"## {title}\n",
            f"Drawn by {{py:obj}}`iph.report.{function}`.\n",
            f":::{{figure}} /generated/figures/{name}.svg",
            f":alt: {alt}",
            ":figclass: drawing\n",
            f"Synthetic patients. {caption}",
            ":::\n",
        ]
    for name, title, drawing in _examples():
        _kept(name, drawing)
        cards.append(_card(name, title))
    gallery = ["::::{grid} 1 2 3 3", ":gutter: 2", *cards, "::::\n"]
    return {"figures": "\n".join(lines), "gallery": "\n".join(gallery)}


def _card(name: str, title: str) -> str:
    """Return a card of the gallery, which leads to the figure."""
    return (
        f"\n:::{{grid-item-card}}\n:img-top: /generated/figures/{name}.svg\n"
        f":link: figure-{name}\n:link-type: ref\n:link-alt: {title}\n\n{title}\n:::"
    )


def _write() -> None:
    for name, text in figures_pages().items():
        path = OUT / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Draw before Sphinx looks for what to read."""
    app.connect("config-inited", lambda _app, _config: _write())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
