"""The plan of an analysis, written into a folder."""

import os

from iph.design import Plan
from iph.design._plan_file import plan_text
from iph.errors import InputError
from iph.report._folder import folder_of, replace_folder
from iph.report._formats.html import document_html
from iph.report._formats.markdown import document_markdown
from iph.report._formats.word import can_write_word, document_word
from iph.report._plan_document import plan_document


def write_plan(plan: Plan, folder: str | os.PathLike[str]) -> tuple[str, ...]:
    """Write the plan of an analysis into a folder, as text and as data.

    An ethics form, a registry and the editor of a journal want the plan as a document;
    whoever analyzes the study later wants it as data, to be held against what was done.

    Parameters
    ----------
    plan : Plan
        What `iph.design.plan` made.
    folder : str or path
        Where to write. The folder may be absent, empty, or a former plan in which
        nothing was changed; that is replaced.

    Returns
    -------
    tuple of str
        The files written: ``plan.md``, ``plan.html``, ``plan.json`` and, with
        python-docx, ``plan.docx``; the tables to be filled as CSV.

    Raises
    ------
    FileError
        If the folder holds other things than a former plan, or cannot be written.
    InputError
        If `plan` is no `Plan`.

    Examples
    --------
    >>> import tempfile
    >>> from iph.design import plan
    >>> from iph.protocol import LI_2023_PROTOCOL
    >>> from iph.report import write_plan
    >>> with tempfile.TemporaryDirectory() as place:
    ...     files = write_plan(plan(LI_2023_PROTOCOL), f"{place}/plan")
    >>> "plan.md" in files
    True
    """
    if not isinstance(plan, Plan):
        raise InputError("plan", "a Plan", plan, "use iph.design.plan(protocol)")
    path = folder_of(folder)
    document = plan_document(plan)
    files = {
        "plan.md": document_markdown(document).encode(),
        "plan.html": document_html(document, {}).encode(),
        "plan.json": plan_text(plan).encode(),
    }
    for sheet in document.sheets:
        if sheet.name.startswith("shell-"):
            files[f"tables/{sheet.name}.csv"] = sheet.csv().encode("utf-8-sig")
    if can_write_word():
        files["plan.docx"] = document_word(document, {})
    replace_folder(path, files)
    return tuple(sorted(files))
