"""The report of a study, written into a folder."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import attrs

from iph._checks import one_of
from iph._display import Displayed
from iph._drawing.fonts import boxes_said
from iph._drawing.options import FigureOptions, fitted
from iph._drawing.style import Kind, image
from iph._opening import opened
from iph._options import instance, listener, pathname, switch
from iph.design import Plan
from iph.errors import FileError, InputError
from iph.report._contents import document_of, summary_lines
from iph.report._document import Document, Picture
from iph.report._folder import folder_of, replace_folder
from iph.report._formats.html import document_html
from iph.report._formats.journal import STYLES, Style, in_style
from iph.report._formats.markdown import document_markdown
from iph.report._formats.word import can_write_word, document_word
from iph.report._references import REFERENCES, bibtex
from iph.report._results_json import results_json
from iph.report._sheet import Sheet
from iph.study._compared import Comparison
from iph.study._study import Study

Progress: TypeAlias = Callable[[str, int, int], None]


@attrs.frozen(kw_only=True)
class Written(Displayed):
    """What `write` wrote.

    Attributes
    ----------
    folder : Path
        The folder.
    files : tuple of str
        The files within it, sorted.
    summary : tuple of str
        The results in about ten lines, for a terminal.
    """

    folder: Path
    files: tuple[str, ...]
    summary: tuple[str, ...]


def write(
    study: Study,
    folder: str | os.PathLike[str],
    *,
    comparison: Comparison | None = None,
    listing: bool = False,
    source: str | os.PathLike[str] | None = None,
    style: Style = "si",
    plan: Plan | None = None,
    figure_options: FigureOptions | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write the report of a study into a folder.

    What can be pasted into a paper: figures, tables and sentences, with the rules, the
    warnings and the gaps behind them.

    Parameters
    ----------
    study : Study
        The results, from `iph.study.analyze`.
    folder : str or path
        Where to write. The folder may be absent, empty, or a former report in which
        nothing was changed; that is replaced.
    comparison : Comparison, optional
        The study beside a published one, from `iph.study.compare_with_claims`: a
        chapter of the report.
    listing : bool, default False
        Whether each patient is listed in a line, with the outcomes over the visits.
    source : str or path, optional
        The file that the records were read from: its SHA-256 hash stands in
        ``results.json``, so that it can be told later what the report is of.
    style : {"si", "ama", "bmj", "lancet"}, default "si"
        How numbers stand in the documents: ``"si"``, 86 % and P = .03; ``"ama"``, 86%
        and P = .03, as the AMA Manual of Style asks; ``"bmj"``, 86% and P=0.03, as the
        journal prints them, since no guide that says so could be read; ``"lancet"``,
        86% and p=0\N{MIDDLE DOT}03, with each decimal point in the middle of the line;
        for the small letter no source could be read. The sources stand in
        :doc:`what a report holds </explanation/what-a-report-holds>`. Figures, and the
        files that a program reads, stay as they are.
    plan : Plan, optional
        What was planned before the data, from `iph.design.plan` or
        `iph.design.read_plan_file`: what the study did otherwise is then a chapter of
        the report, a warning, and a part of ``results.json``.
    figure_options : FigureOptions, optional
        Width, letters, colors and kinds of files of the figures, as a journal asks for
        them; those of the protocol by default.
    progress : callable, optional
        Called with what is being made, its number and how many there are.

    Returns
    -------
    Written
        With ``folder``, ``files`` and ``summary``.

    Raises
    ------
    FileError
        If the folder holds other things than a former report, or cannot be written;
        or if `source` cannot be read.
        The former report is whole then, as it is after Ctrl-C.
    InputError
        If `study` is no `Study`, `comparison` no `Comparison`, `plan` no `Plan`, or
        `style` none of those above; or if patients are to be listed of a study that was
        made from counts.

    Notes
    -----
    The same study gives the same bytes with the same versions of the software.

    Examples
    --------
    >>> import tempfile
    >>> from iph.evidence import published_cases
    >>> from iph.report import write
    >>> from iph.study import analyze
    >>> study = analyze(published_cases(), population="not-excluded")
    >>> with tempfile.TemporaryDirectory() as place:
    ...     written = write(study, f"{place}/report")
    ...     print((written.folder / "report.md").read_text(encoding="utf-8")[:39])
    # Iliopsoas hematoma: report of a study
    """
    if not isinstance(study, Study):
        raise InputError("study", "a Study", study, "use iph.study.analyze(cohort)")
    listener(progress)
    if comparison is not None and not isinstance(comparison, Comparison):
        hint = "use iph.study.compare_with_claims(study)"
        raise InputError("comparison", "a Comparison or None", comparison, hint)
    switch(listing, "listing")
    one_of(style, "style", STYLES)
    if figure_options is not None:
        instance(figure_options, "figure_options", FigureOptions, "FigureOptions")
    if plan is not None and not isinstance(plan, Plan):
        hint = "use iph.design.read_plan_file(path)"
        raise InputError("plan", "a Plan or None", plan, hint)
    if listing and not isinstance(study.patients, tuple):
        hint = "a study made from counts holds no single patient"
        raise InputError("listing", "False for this study", listing, hint)
    path = folder_of(folder)
    read_from = None if source is None else pathname(source, "source")
    document = document_of(study, comparison, listed=listing, plan=plan)
    files = report_files(
        study,
        document,
        comparison=comparison,
        plan=plan,
        source_sha256=None if read_from is None else _digest_of(read_from),
        style=style,
        options=figure_options,
        progress=progress,
    )
    replace_folder(path, files)
    summary = summary_lines(study, comparison, plan)
    if "report.docx" not in files:
        summary += ("No report.docx: install python-docx for it.",)
    boxes = boxes_said(files["report.md"].decode())
    if boxes:
        summary += (boxes,)
    return Written(folder=path, files=tuple(sorted(files)), summary=summary)


def _digest_of(source: Path) -> str:
    """Return the SHA-256 hash of a file."""
    opened(source)  # a pipe or a device has no end
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        hint = "give the file that the records come from"
        raise FileError(str(source), problem, hint) from error


def report_files(
    study: Study,
    document: Document,
    *,
    comparison: Comparison | None = None,
    plan: Plan | None = None,
    source_sha256: str | None = None,
    style: Style = "si",
    options: FigureOptions | None = None,
    progress: Progress | None,
) -> dict[str, bytes]:
    """Return the content of every file of a report."""
    pictures = document.pictures
    sheets: tuple[Sheet, ...] = (*(p.data for p in pictures), *document.sheets)
    files: dict[str, bytes] = {}
    for sheet in sheets:
        # A spreadsheet takes a file for UTF-8 only if it begins with this mark.
        files[f"tables/{sheet.name}.csv"] = sheet.csv().encode("utf-8-sig")
    printed = in_style(document, style)
    for one in (*(p.data for p in printed.pictures), *printed.sheets):
        files[f"tables/{one.name}.tex"] = one.latex().encode()
    images: dict[str, dict[str, bytes]] = {"png": {}, "svg": {}}
    for place, picture in enumerate(pictures, start=1):
        if progress is not None:
            progress(picture.title, place, len(pictures))
        drawn = _drawn(picture, options or study.protocol.figures)
        files |= {f"figures/{picture.name}.{k}": drawn[k] for k in drawn if k != "page"}
        images["png"][picture.name] = drawn["png"]
        images["svg"][picture.name] = drawn.get("page", drawn["svg"])
    files[REFERENCES] = bibtex(document.sections).encode()
    files["report.md"] = document_markdown(printed).encode()
    files["report.html"] = document_html(printed, images["svg"]).encode()
    files["results.json"] = results_json(
        study, document, comparison, plan=plan, source_sha256=source_sha256
    ).encode()
    if can_write_word():
        files["report.docx"] = document_word(printed, images["png"])
    return files


def _drawn(picture: Picture, options: FigureOptions) -> dict[str, bytes]:
    """Return a figure in each kind of file; "page", if the SVG cannot stand in one."""
    kinds: tuple[Kind, ...] = ("png", "svg", *options.formats)
    drawn: dict[str, bytes] = {}
    with options.applied():
        figure = picture.draw()
        fitted(figure, options)
        if options.text == "text":  # a page must look the same without the font
            with attrs.evolve(options, text="outlines").applied():
                drawn["page"] = image(figure, "svg", name=picture.name)
        for kind in kinds:
            drawn[kind] = image(figure, kind, name=picture.name)
            figure.set_layout_engine("none")  # what is laid out stays as it is
    return drawn
