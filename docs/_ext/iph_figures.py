"""The page of figures: drawn anew with the documentation, of patients made up."""

from collections.abc import Iterator

from iph_pages import OUT
from sphinx.application import Sphinx

from iph._drawing.style import image
from iph.evidence import li2023_claims, twin
from iph.report._contents import document_of
from iph.study import analyze, compare_with_claims

# Picture of the report, and the function that draws it; the first of several alike.
SHOWN = {
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


def figures_page() -> str:
    """Draw the figures into a folder, and return the page that shows them."""
    folder = OUT / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, function, title, alt, caption, drawing in _parts():
        path = folder / f"{name}.svg"
        if not path.exists() or path.read_bytes() != drawing:
            path.write_bytes(drawing)
        lines += [
            f"## {title}\n",
            f"Drawn by {{py:obj}}`iph.report.{function}`.\n",
            f":::{{figure}} /generated/figures/{path.name}",
            f":alt: {alt}",
            ":figclass: drawing\n",
            f"Synthetic patients. {caption}",
            ":::\n",
        ]
    return "\n".join(lines)


def _write() -> None:
    path, text = OUT / "figures.md", figures_page()
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Draw before Sphinx looks for what to read."""
    app.connect("config-inited", lambda _app, _config: _write())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
