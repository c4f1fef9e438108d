"""What the page may ask, and the answers: plain data, and files to keep."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from iph._cohort import Cohort
from iph._page._drafting import STUDY_FILE, checked_study, draft_said, study_text
from iph._page._kinds import in_words, sheets_of, summary_here, unread_kinds
from iph._page._sheet import need_cohort, opened_tables, read_sheet, sheet_said
from iph.errors import FileError, InputError, IphError

if TYPE_CHECKING:
    from iph.protocol import Protocol

LARGEST: Final = 50 << 20
"""Bytes that a dropped file may have: more does not fit into a browser's memory."""

Tell: TypeAlias = Callable[[str, int, int], None]
"""Called with what is done, how many of it are done, and of how many."""

_SEVERAL: Final = 2

_ZIPPED_AT: Final = (1980, 1, 1, 0, 0, 0)  # the same report gives the same file


class Stopped(Exception):  # noqa: N818 - a person stopped it, nothing went wrong
    """The work was stopped; `Tell` raises it."""


@attrs.frozen(kw_only=True)
class Answer:
    """An answer to the page.

    Attributes
    ----------
    said : mapping
        Plain data: texts, numbers, lists. An error has the key ``error``, and beside
        it at most ``sheets``, of which one must be chosen.
    files : mapping of str to bytes
        Files to show or to keep, by name.
    """

    said: Mapping[str, Any]
    files: Mapping[str, bytes] = attrs.field(factory=dict)


def answer(
    action: str,
    given: Mapping[str, Any],
    files: Mapping[str, bytes],
    tell: Tell | None = None,
) -> Answer:
    """Answer a question of the page.

    Parameters
    ----------
    action : str
        ``"hello"``, ``"look"``, ``"draft"``, ``"study"``, ``"report"``, ``"demo"``,
        ``"audit"`` or ``"plan"``.
    given : mapping
        What belongs to the question.
    files : mapping of str to bytes
        The dropped files by name; none is kept.
    tell : callable, optional
        Told how far the work has come.

    Returns
    -------
    Answer
        What was found; or, for wrong input, the words that say what is wrong.
    """
    with tempfile.TemporaryDirectory(prefix="iph-page-") as place:
        folder = Path(place)
        try:
            if action not in _ACTIONS:
                raise InputError("action", f"one of {', '.join(_ACTIONS)}", action)
            for name, content in files.items():
                _put(folder, name, content)
            return _ACTIONS[action](dict(given), folder, tell)
        except IphError as problem:
            return Answer(said={"error": in_words(problem, folder)})
        except MemoryError:
            return Answer(said={"error": "not enough memory for this file"})


def _put(folder: Path, name: str, content: bytes) -> None:
    """Put a dropped file where it can be opened, under its own name."""
    if not name or Path(name).name != name or "\\" in name or "\0" in name:
        raise FileError(name, "is no name of a file")
    if len(content) > LARGEST:
        limit = f"{LARGEST >> 20} MB"
        raise FileError(name, f"the file is larger than {limit}", "split it")
    try:
        (folder / name).write_bytes(content)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileError(name, f"cannot be read ({reason})") from None


def _hello(given: dict[str, Any], folder: Path, tell: Tell | None) -> Answer:
    """Say which version answers, and which kinds of files it cannot read."""
    del given, folder, tell
    return Answer(said={"version": version("iph"), "unread": unread_kinds()})


def _told(given: dict[str, Any]) -> dict[str, Any]:
    """Return what a person says of a file."""
    return {
        "sheet": given.get("sheet") or None,
        "decimal": given.get("decimal") or None,
        "encoding": given.get("encoding") or None,
        "missing": [code for code in given.get("missing", ()) if code],
    }


def _second(given: dict[str, Any], folder: Path) -> Path | None:
    """Return the table of the assessments, if it stands in a file of its own."""
    if not given.get("assessments"):
        return None
    return folder / _name(given, "assessments")


def _sheet(given: dict[str, Any], folder: Path, tell: Tell | None) -> Any:
    """Read the sheet that a question is about."""
    corrections = {
        (str(table), int(row), str(column)): str(text)
        for table, row, column, text in given.get("corrections", ())
    }
    return read_sheet(
        folder / _name(given, "file"),
        second=_second(given, folder),
        answers=given.get("answers", ()),
        corrections=corrections,
        study=_study(given, folder),
        progress=tell,
        **_told(given),
    )


def _study(given: dict[str, Any], folder: Path) -> "Protocol[Any] | None":
    """Read the study file, if there is one."""
    if not given.get("study"):
        return None
    from iph.protocol import read_protocol

    return read_protocol(folder / _name(given, "study"))


def _protocol(given: dict[str, Any], folder: Path) -> "Protocol[Any]":
    """Return the study of a sheet; that of Li et al. 2023 if none is given."""
    from iph.protocol import LI_2023_PROTOCOL

    return _study(given, folder) or LI_2023_PROTOCOL


def _name(given: dict[str, Any], what: str) -> str:
    name = str(given.get(what) or "")
    if not name or Path(name).name != name:
        raise InputError(what, "the name of a dropped file", name)
    return name


def _look(given: dict[str, Any], folder: Path, tell: Tell | None) -> Answer:
    """Check a sheet; of a workbook in doubt, name its sheets."""
    sheets = sheets_of(folder / _name(given, "file"))
    try:
        said = sheet_said(_sheet(given, folder, tell))
    except FileError as problem:
        if len(sheets) < _SEVERAL:
            raise
        return Answer(said={"error": in_words(problem, folder), "sheets": sheets})
    return Answer(
        said={**said, "sheets": sheets, "study": _protocol(given, folder).title}
    )


def _draft(given: dict[str, Any], folder: Path, tell: Tell | None) -> Answer:
    """Draft a study file from the columns of a sheet, as a form to correct."""
    del tell
    path = folder / _name(given, "file")
    told = _told(given)
    tables = opened_tables(path, second=_second(given, folder), **told)
    return Answer(said=draft_said(tables, path.stem, frozenset(told["missing"])))


def _written_study(given: dict[str, Any], folder: Path, tell: Tell | None) -> Answer:
    """Write the study file of a form, or take one that was written by hand."""
    del folder, tell
    text = str(given["text"]) if given.get("text") else study_text(given["form"])
    study, wrong = checked_study(text)
    said = {"text": text, "wrong": wrong, "title": "" if study is None else study.title}
    files = {} if study is None else {STUDY_FILE: text.encode()}
    return Answer(said=said, files=files)


def _report(given: dict[str, Any], folder: Path, tell: Tell | None) -> Answer:
    """Write the report of a sheet."""
    cohort = need_cohort(_sheet(given, folder, tell), _name(given, "file"))
    return _written(cohort, given, folder, tell)


def _demo(given: dict[str, Any], folder: Path, tell: Tell | None) -> Answer:
    """Write the report of a synthetic cohort that agrees with Li et al. 2023."""
    from iph.evidence import Infeasible, li2023_claims, twin

    if tell is not None:
        tell("synthetic patients", 0, 1)
    made = twin(li2023_claims(), rng=2023)
    if isinstance(made, Infeasible):  # pragma: no cover - the claims are bundled
        raise InputError("claims", "such that patients can stand behind them", made)
    return _written(made, given, folder, tell)


def _written(
    cohort: Cohort[Any], given: dict[str, Any], folder: Path, tell: Tell | None
) -> Answer:
    """Analyze a cohort; return the report as a page, as Word, and all of it as ZIP."""
    from iph.report import write
    from iph.study import analyze, compare_with_claims

    protocol = _protocol(given, folder)
    study = analyze(
        cohort,
        protocol=protocol,
        population=given.get("population") or "included",
        by=given.get("by") or None,
    )
    compared = None if protocol.compare_with is None else compare_with_claims(study)
    written = write(study, folder / "report", comparison=compared, progress=tell)
    whole = {name: (written.folder / name).read_bytes() for name in written.files}
    kept = ("report.html", "report.docx", "results.json")
    files = {name: whole[name] for name in kept if name in whole}
    files["iph-report.zip"] = _zipped(whole)
    said = {
        "summary": summary_here(written.summary),
        "n_files": len(whole),
        "n_patients": len(study.patients),
        "n_records": len(cohort),
        "n_unknown": study.screening.n_unknown,
    }
    return Answer(said=said, files=files)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"iph-report/{name}", date_time=_ZIPPED_AT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return held.getvalue()


def _audit(given: dict[str, Any], folder: Path, tell: Tell | None) -> Answer:
    """Check printed figures: those of a file of claims, or of Li et al. 2023."""
    from iph.evidence import audit, findings_html, li2023_claims, read_claims

    del tell
    named = given.get("file")
    claims = read_claims(folder / _name(given, "file")) if named else li2023_claims()
    findings = audit(claims)
    page = findings_html(findings).encode("utf-8", "backslashreplace")
    counted: dict[str, int] = {}
    for finding in findings:
        verdict = finding.verdict.name.lower().replace("_", " ")
        counted[verdict] = counted.get(verdict, 0) + 1
    said = {"n": len(findings), "verdicts": sorted(counted.items())}
    return Answer(said=said, files={"findings.html": page})


def _plan(given: dict[str, Any], folder: Path, tell: Tell | None) -> Answer:
    """Say how many patients two arms need, or what power so many have."""
    from iph.design import power, sample_size, sentence

    del folder, tell
    shares = [_number(given, name) for name in ("first", "second")]
    assumed = " against ".join(f"{100 * share:.0f} %" for share in shares)
    options: dict[str, Any] = {"loss": _number(given, "loss", 0.0), "level": 0.05}
    if given.get("n") in (None, ""):
        wanted = _number(given, "power", 0.8)
        found: Any = sample_size("fisher", shares, wanted=wanted, **options)
    else:
        found = power("fisher", shares, int(_number(given, "n")), **options)
    return Answer(said={"sentence": sentence(found, assumed=assumed)})


def _number(given: dict[str, Any], name: str, usual: float | None = None) -> float:
    value = given.get(name)
    if value in (None, "") and usual is not None:
        return usual
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        raise InputError(name, "a number", value) from None


_Action: TypeAlias = Callable[[dict[str, Any], Path, Tell | None], Answer]
_ACTIONS: Final[dict[str, _Action]] = {
    "hello": _hello,
    "look": _look,
    "draft": _draft,
    "study": _written_study,
    "report": _report,
    "demo": _demo,
    "audit": _audit,
    "plan": _plan,
}
