"""Cells as people write them, each made together with what is right to read in it."""
# ruff: noqa: FBT001, S311

import csv
import json
import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import attrs

from iph import Bound
from iph._fields import cell
from iph._model import PATIENT_FIELDS
from iph._subject import fields_by_name
from iph.errors import DoubtWarning, NotReadWarning
from iph.protocol import read_protocol
from iph.records import RecordErrors, check, from_frames, read

REFUSED = "(refused)"
MISSING = None
Cell = tuple[str, Any]
Draw = Callable[[random.Random, str], Cell]

_WIDE = str.maketrans("0123456789.><%", "０１２３４５６７８９．＞＜％")
_EMPTY: tuple[Cell, ...] = (
    ("", MISSING),
    ("NA", MISSING),
    ("n/a", MISSING),
    ("#N/A", MISSING),
)


def _mark(text: str, mark: str) -> str:
    return text.replace(".", mark)


def _age(rng: random.Random, mark: str) -> Cell:
    del mark
    value = rng.randint(18, 95)
    good = [str(value), f" {value} ", str(value).translate(_WIDE), f"{value}.0"]
    bad = [
        f"{value} years",
        f"about {value}",
        f"{value}.5",
        f"{value}-{value + 2}",
        "999",
    ]
    return _either(rng, [(text, value) for text in good], bad)


def _inr(rng: random.Random, mark: str) -> Cell:
    value = rng.randint(8, 99) / 10
    limit = rng.randint(5, 9)
    good: list[Cell] = [
        (_mark(str(value), mark), value),
        (
            str(value).translate(_WIDE) if mark == "." else _mark(str(value), mark),
            value,
        ),
        (f">{limit}", [">", limit]),
        (f"≥ {limit}", [">=", limit]),
        (f"＞{limit}", [">", limit]),
    ]
    bad = [f"{value} s", "2-3", ">", f"~{limit}", "high", "1e400", "2.5.1"]
    return _either(rng, good, bad)


def _factor(rng: random.Random, mark: str) -> Cell:
    del mark
    value = rng.randint(1, 120)
    good: list[Cell] = [
        (str(value), value),
        (f"{value}%", value),
        (f"{value} %", value),
        ("<1", ["<", 1]),
        ("< 1 %", ["<", 1]),
        (f"{value}％".translate(_WIDE), value),
    ]
    return _either(rng, good, ["severe", f"{value} %%", "700", "-3"])


def _volume(rng: random.Random, mark: str) -> Cell:
    value = rng.randint(1100, 4900)
    thousand, rest = divmod(value, 1000)
    good: list[Cell] = [
        (str(value), value),
        (f"{thousand}'{rest:03d}", value),
        (f"{thousand}.{rest:03d},0", value),
        (f"{thousand},{rest:03d}.0", value),
    ]
    bad = [f"{value} ml", f"{thousand} {rest:03d} 1", f"{thousand},{rest:03d}"]
    if mark == ",":
        bad += [f"{thousand}.{rest:03d}"] * 3
    return _either(rng, good, bad)


def _sex(rng: random.Random, mark: str) -> Cell:
    del mark
    good = {
        "male": [
            "male",
            "M",
            "m",
            "Male",
            "männlich",
            "男",
            "homme",
            "hombre",
            "erkek",
        ],
        "female": ["female", "F", "w", "FEMALE", "weiblich", "女性", "femme", "mujer"],
    }
    value = rng.choice(sorted(good))
    return _either(
        rng, [(text, value) for text in good[value]], ["x", "1", "fm", "none"]
    )


def _strength(rng: random.Random, mark: str) -> Cell:
    del mark
    value = rng.randint(1, 5)
    roman = ["I", "II", "III", "IV", "V"][value - 1]
    good = [
        str(value),
        roman,
        f"{value}/5",
        f"M{value}",
        f"grade {value}",
        f"{value}级",
    ]
    good += [chr(0x2160 + value - 1), str(value).translate(_WIDE), f"MRC {value}"]
    bad = ["9", f"{value}.5", "3-4", f"{value}/6", ">3", "weak", "VI"]
    return _either(rng, [(text, value) for text in good], bad)


def _died(rng: random.Random, mark: str) -> Cell:
    del mark
    good = {
        True: ["yes", "Y", "TRUE", "ja", "是", "oui", "1"],
        False: ["no", "nein", "否", "0"],
    }
    value = rng.random() < 0.5
    return _either(
        rng, [(t, value) for t in good[value]], ["maybe", "2", "?", "yes/no"]
    )


def _vas(rng: random.Random, mark: str) -> Cell:
    value = rng.randint(0, 20) / 2
    text = _mark(f"{value:g}", mark)
    good: list[Cell] = [(text, value), (f"{text}/10", value), (f"{text} / 10", value)]
    return _either(rng, good, ["8/100", ">7", "11", "7-8", "-1", "worst"])


def _either(rng: random.Random, good: list[Cell], bad: list[str]) -> Cell:
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(_EMPTY)
    return rng.choice(good) if kind < 0.8 else (rng.choice(bad), REFUSED)


def _hemoglobin(rng: random.Random, mark: str) -> Cell:
    value = rng.randint(60, 180)
    text = _mark(f"{value / 10:.1f}", mark)
    good: list[Cell] = [(text, value), (f"<{text}", ["<", value]), (f" {text}", value)]
    return _either(
        rng, good, [f"{value}", f"{text} g/dl", "-1", f"{text}-15", "anemic"]
    )


def _visit_month_6(rng: random.Random, mark: str) -> Cell:
    del mark
    value = rng.randint(1, 5)
    good: list[Cell] = [
        (str(value), value),
        (f"{value}/5", value),
        (f"M{value}", value),
    ]
    return _either(rng, good, [f"{value} of 6", "2021-03-04", "3/4/2021", "TRUE"])


def _weight(rng: random.Random, mark: str) -> Cell:
    value = rng.randint(350, 1200) / 10
    text = _mark(f"{value:.1f}", mark)
    good: list[Cell] = [(text, value), (f" {text} ", value)]
    return _either(rng, good, [f"{text} kg", "12", f">{text}", f"{text}-{text}", "fat"])


def _arm(rng: random.Random, mark: str) -> Cell:
    del mark
    value = rng.choice(["open", "endoscopic"])
    good: list[Cell] = [(value, value), (value.upper(), value), (f" {value}", value)]
    return _either(rng, good, ["1", "opened", "open/endoscopic", "both"])


def _symptom(rng: random.Random, mark: str) -> Cell:
    del mark
    words = ["none", "mild", "moderate", "severe"]
    value = rng.randint(0, 3)
    good: list[Cell] = [(words[value], value), (words[value].title(), value)]
    return _either(rng, good, ["mildly", "none or mild", "9", "II-III"])


COLUMNS: dict[str, Draw] = {
    "age_years": _age,
    "inr": _inr,
    "factor_viii_percent": _factor,
    "volume_ml": _volume,
    "sex": _sex,
    "strength_baseline": _strength,
    "died": _died,
    "vas_baseline": _vas,
    "hemoglobin_g_dl": _hemoglobin,
    "strength_month_6": _visit_month_6,
}
OWN_STUDY = """title = "Carpal tunnel release"
condition = "carpal tunnel syndrome"
[visits]
before = 0
week_6 = 42
[patient]
age_years = {}
sex = {}
arm = { label = "Operation", codes = ["open", "endoscopic"] }
weight_kg = { label = "Body weight", unit = "kg", low = 30, high = 250, step = "0.1" }
[at_visit]
symptom = { label = "Symptoms", grades = ["none", "mild", "moderate", "severe"] }
grip_kg = { label = "Grip", unit = "kg", low = 0, high = 250, step = "0.1" }
"""
"""A study of its own, with fields that iph does not have."""

OWN_COLUMNS: dict[str, Draw] = {
    "age_years": _age,
    "sex": _sex,
    "arm": _arm,
    "weight_kg": _weight,
    "symptom_before": _symptom,
    "symptom_week_6": _symptom,
}
PATTERN_COLUMNS: dict[str, Draw] = {
    **{name: draw for name, draw in COLUMNS.items() if name != "strength_baseline"},
    "strength_month_1": _visit_month_6,
    "strength_month_3": _visit_month_6,
}
FIELDS = {"hemoglobin_g_dl": "hemoglobin_g_l"}
"""The fields whose columns are called otherwise."""

FOOTERS = (
    "Mean",
    "Mittelwert",
    "合计",
    "n = 12",
    "Total:",
    "* checked by two readers",
    "注：黄色",
)


def _csv(path: Path, rows: list[list[str]], separator: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator, lineterminator="\n").writerows(rows)


def _comma(path: Path, rows: list[list[str]]) -> Path:
    _csv(path.with_suffix(".csv"), rows, ",")
    return path.with_suffix(".csv")


def _semicolon(path: Path, rows: list[list[str]]) -> Path:
    _csv(path.with_suffix(".csv"), rows, ";")
    return path.with_suffix(".csv")


def _tab(path: Path, rows: list[list[str]]) -> Path:
    _csv(path.with_suffix(".tsv"), rows, "\t")
    return path.with_suffix(".tsv")


def _xlsx(path: Path, rows: list[list[str]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    page: Any = book.active
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            if text:
                page.cell(number, place).value = text
                page.cell(number, place).data_type = "s"
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _columns(rows: list[list[str]]) -> dict[str, list[str | None]]:
    header, *others = rows
    return {
        name: [row[place] or None for row in others]
        for place, name in enumerate(header)
    }


def _sav(path: Path, rows: list[list[str]]) -> Path:
    import pandas as pd
    import pyreadstat

    columns = {n: [c or "" for c in cells] for n, cells in _columns(rows).items()}
    pyreadstat.write_sav(pd.DataFrame(columns), str(path.with_suffix(".sav")))
    return path.with_suffix(".sav")


def _dta(path: Path, rows: list[list[str]]) -> Path:
    import pandas as pd
    import pyreadstat

    columns = {n: [c or "" for c in cells] for n, cells in _columns(rows).items()}
    pyreadstat.write_dta(pd.DataFrame(columns), str(path.with_suffix(".dta")))
    return path.with_suffix(".dta")


def _ods(path: Path, rows: list[list[str]]) -> Path:
    """Write the least that is an OpenDocument sheet, each cell as text."""
    lines = [
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}'
            "</text:p></table:table-cell>"
            if text
            else "<table:table-cell/>"
            for text in row
        )
        for row in rows
    ]
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="data">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
        '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" '
        'manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path.with_suffix(".ods"), "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path.with_suffix(".ods")


def _json(path: Path, rows: list[list[str]]) -> Path:
    """Write the cohort's own format with the texts of the cells in it."""
    header, *others = rows
    paths = {field.name: field.path for field in PATIENT_FIELDS}
    patients = []
    for row in others:
        cells = dict(zip(header, row, strict=True))
        seen = [{"visit": visit} for visit in _VISITS]
        made: dict[str, Any] = {}
        for name, text in cells.items():
            if not text:
                continue
            of_visit = [p for p, v in enumerate(_VISITS) if name.endswith(f"_{v}")]
            if of_visit:
                visit = of_visit[0]
                seen[visit][name.removesuffix(f"_{_VISITS[visit]}")] = text
                continue
            part = made
            for step in paths[name][:-1]:
                part = part.setdefault(step, {})
            part[paths[name][-1]] = text
        made.setdefault("follow_up", {})["assessments"] = seen
        patients.append(made)
    about = {"format": "iph cohort 1", "label": "", "synthetic": False, "notes": []}
    text = json.dumps({**about, "patients": patients})
    path.with_suffix(".json").write_text(text, encoding="utf-8")
    return path.with_suffix(".json")


_VISITS = ("baseline", "month_6")


def _redcap(path: Path, rows: list[list[str]]) -> Path:
    """Write an export of a project without events."""
    header, *others = rows
    made = [["record_id", *header[1:], "sheet_complete"]]
    made += [[*row, "2"] for row in others]
    return _comma(path, made)


def _events(path: Path, rows: list[list[str]]) -> Path:
    """Write an export of a longitudinal project: a row for each event."""
    header, *others = rows
    once = [name for name in header[1:] if not name.endswith(_VISITS)]
    seen = list(dict.fromkeys(_at_visit(n) for n in header if n.endswith(_VISITS)))
    made = [["record_id", "redcap_event_name", *once, *seen, "sheet_complete"]]
    for row in others:
        cells = dict(zip(header, row, strict=True))
        for visit in _VISITS:
            first = visit == _VISITS[0]
            made.append([cells["patient_id"], f"{visit}_arm_1"])
            made[-1] += [cells[name] if first else "" for name in once]
            made[-1] += [cells.get(f"{name}_{visit}", "") for name in seen]
            made[-1] += ["2"]
    return _comma(path, made)


def _at_visit(name: str) -> str:
    for visit in _VISITS:
        name = name.removesuffix(f"_{visit}")
    return name


def _patterns(path: Path, rows: list[list[str]]) -> Path:
    """Write columns of visits by a stem and the month."""
    header, *others = rows
    named = [name.replace("strength_month_", "mrc.") for name in header]
    named = [f"{name}m" if name.startswith("mrc.") else name for name in named]
    return _comma(path, [named, *others])


def _in_chinese(path: Path, rows: list[list[str]]) -> Path:
    """Write a column of Chinese words, by which the encoding is known."""
    header, *others = rows
    made = [[*header, "性别"], *([*row, ""] for row in others)]
    lines = [",".join(f'"{c}"' if "," in c else c for c in row) for row in made]
    path.with_suffix(".csv").write_bytes("\n".join(lines).encode("gb18030"))
    return path.with_suffix(".csv")


def _parquet(path: Path, rows: list[list[str]]) -> Path:
    import polars as pl

    pl.DataFrame(_columns(rows)).write_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def _frame(library: str) -> Callable[[Path, list[list[str]]], Any]:
    def make(path: Path, rows: list[list[str]]) -> Any:
        import narwhals.stable.v2 as nw

        del path
        backend: Any = library
        schema = {name: nw.String() for name in rows[0]}
        return nw.from_dict(_columns(rows), schema, backend=backend).to_native()

    return make


WRITERS: dict[str, tuple[Callable[[Path, list[list[str]]], Any], str, int]] = {
    "csv": (_comma, ".", 2),
    "csv with semicolons": (_semicolon, ",", 2),
    "tsv": (_tab, ",", 2),
    "xlsx": (_xlsx, ",", 2),
    "sav": (_sav, ".", 1),
    "dta": (_dta, ".", 1),
    "ods": (_ods, ",", 2),
    "json": (_json, ".", 1),
    "redcap": (_redcap, ".", 2),
    "redcap with events": (_events, ".", 2),
    "csv with patterns": (_patterns, ".", 2),
    "csv of an own study": (_comma, ".", 2),
    "csv in GB 18030": (_in_chinese, ".", 2),
    "parquet": (_parquet, ".", 1),
    "pandas": (_frame("pandas"), ".", 1),
    "polars": (_frame("polars"), ".", 1),
    "pyarrow": (_frame("pyarrow"), ".", 1),
}
FORMS = tuple(WRITERS)


@attrs.define
class Tried:
    """What came of one sheet.

    Attributes
    ----------
    n_cells, n_read, n_refused : int
        Cells written; read right; refused rightly.
    n_asked : int
        Cells that say one thing to a person, and were refused all the same.
    wrong : list of str
        Cells read otherwise than they say, errors that were not found, rows that became
        patients, and what was raised.
    """

    n_cells: int = 0
    n_read: int = 0
    n_refused: int = 0
    n_asked: int = 0
    wrong: list[str] = attrs.field(factory=list)


def tried(form: str, folder: Path, *, seed: int, n_patients: int) -> Tried:
    """Make a sheet, read it, and compare every cell with what is right."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DoubtWarning)  # of the encoding
        warnings.simplefilter("ignore", NotReadWarning)  # of the rows under the table
        return _tried(form, folder, seed=seed, n_patients=n_patients)


def _tried(form: str, folder: Path, *, seed: int, n_patients: int) -> Tried:
    make, mark, first = WRITERS[form]
    rng = random.Random(f"{form} {seed}")
    # JSON has the fields' own names, and no rows under a table
    columns = {n: d for n, d in COLUMNS.items() if form != "json" or n not in FIELDS}
    said: dict[str, Any] = {}
    if form == "csv with patterns":
        columns, said = PATTERN_COLUMNS, {"mapping": {"mrc.{n}m": "strength"}}
    if form == "csv of an own study":
        (folder / "own.toml").write_text(OWN_STUDY, encoding="utf-8")
        columns = OWN_COLUMNS
        said = {"protocol": read_protocol(folder / "own.toml")}
    drawn = {
        f"P{number}": {name: draw(rng, mark) for name, draw in columns.items()}
        for number in range(1, n_patients + 1)
    }
    # so that the file says what its decimal mark is
    if "inr" in columns:
        drawn["P1"]["inr"] = (_mark("2.5", mark), 2.5)
    under = rng.sample(FOOTERS[:5], rng.randint(0, 3))
    found = Tried(n_cells=len(drawn) * len(columns))
    if form in ("json", "redcap with events"):
        under = []

    def sheet(keep: Callable[[str, str], bool]) -> list[list[str]]:
        rows = [["patient_id", *columns]]
        for name, cells in drawn.items():
            rows.append(
                [name, *(cells[c][0] if keep(name, c) else "" for c in columns)]
            )
        return rows + [[word, "45", *[""] * (len(columns) - 1)] for word in under]

    try:
        errors = errors_of(
            make(folder / f"first{seed}", sheet(lambda *_: True)), form, said
        )
        refused = {(row, column) for row, column in errors}
        bad = {
            (name, column)
            for place, (name, cells) in enumerate(drawn.items(), start=first)
            for column in cells
            if (place, column) in refused
        }
        kept = make(folder / f"second{seed}", sheet(lambda *one: one not in bad))
        patients = {p.patient_id: _cells(p) for p in patients_of(kept, said)}
    except Exception as problem:  # noqa: BLE001 - anything raised is a finding
        found.wrong.append(f"{form} {seed}: {type(problem).__name__}: {problem}")
        return found
    if set(patients) != set(drawn):
        found.wrong.append(f"{form} {seed}: patients {set(patients) ^ set(drawn)}")
        return found
    for name, cells in drawn.items():
        for column, (text, right) in cells.items():
            _judge(
                found,
                right,
                (name, column) in bad,
                patients[name].get(FIELDS.get(column, column)),
                f"{form} {seed}: {name} {column} {text!r}",
            )
    return found


def _judge(found: Tried, right: Any, is_refused: bool, value: Any, what: str) -> None:
    if is_refused:
        found.n_refused += right == REFUSED
        found.n_asked += right != REFUSED
    elif value == right:
        found.n_read += 1
    else:
        found.wrong.append(f"{what} read as {value!r}, right is {right!r}")


def errors_of(
    made: Any, form: str, said: dict[str, Any]
) -> list[tuple[int | None, str]]:
    """Return the row and the column of each error of a file or a frame."""
    if isinstance(made, Path):
        return [_place(e, form) for e in check(made, **said).errors]
    try:
        from_frames(made)
    except RecordErrors as caught:
        return [(e.row, e.column) for e in caught.errors]
    return []


def _place(error: Any, form: str) -> tuple[int | None, str]:
    """Return the row and the column of an error; visits may have their own rows."""
    if form == "csv with patterns" and error.column.startswith("mrc."):
        month = error.column.removeprefix("mrc.").removesuffix("m")
        return error.row, f"strength_month_{month}"
    if form == "redcap with events" and error.row is not None:
        patient, visit = divmod(error.row - 2, len(_VISITS))
        of_visit = f"{error.column}_{_VISITS[visit]}"
        known = of_visit in COLUMNS
        return patient + 2, of_visit if known else error.column
    if error.row is None or not error.table.endswith(".json[assessments]"):
        return error.row, error.column
    patient, visit = divmod(error.row - 1, len(_VISITS))
    return patient + 1, f"{error.column}_{_VISITS[visit]}"


def patients_of(made: Any, said: dict[str, Any]) -> Any:
    """Read the patients of a file or a frame."""
    return read(made, **said) if isinstance(made, Path) else from_frames(made)


def _cells(patient: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields_by_name(type(patient)).values():
        value = field.value_of(patient)
        bound = isinstance(value, Bound)
        found[field.name] = (
            [value.operator, value.value] if bound else cell(field, value)
        )
    for seen in patient.follow_up.assessments:
        for field in fields_by_name(type(seen)).values():
            if seen.visit is not None:
                name = f"{field.name}_{seen.visit.value}"
                found[name] = cell(field, field.value_of(seen))
    return found
