"""Write sheets as strangers keep them, and beside them what is right to read in each.

Each sheet has one or two traits that real files have and that iph's own tables lack.
With it stand the answers that a person gives in the file that ``check --ask`` writes,
and the values that must be read then. No reader of iph takes part in it.

Run by hand: ``python make_strangers.py``, with openpyxl, pandas, pyreadstat, R (haven,
openxlsx) and LibreOffice installed.
"""
# ruff: noqa: D401, DTZ001, E501, PD011, PD101, S603, S607

import copy
import csv
import datetime as dt
import io
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LISTED: list[dict[str, Any]] = []

PEOPLE: dict[str, dict[str, Any]] = {
    "P1": {
        "age_years": 40,
        "sex": "male",
        "vas_baseline": 7.0,
        "vas_week_1": 4.0,
        "vas_month_6": 0.0,
        "strength_baseline": 2,
        "strength_month_6": 5,
    },
    "P2": {
        "age_years": 51,
        "sex": "female",
        "vas_baseline": 6.0,
        "vas_week_1": 3.0,
        "vas_month_6": 1.0,
        "strength_baseline": 3,
        "strength_month_6": 4,
    },
    "P3": {
        "age_years": 62,
        "sex": "male",
        "vas_baseline": 8.0,
        "vas_week_1": 5.0,
        "vas_month_6": 2.0,
        "strength_baseline": 1,
        "strength_month_6": 3,
    },
    "P4": {
        "age_years": 33,
        "sex": "female",
        "vas_baseline": 9.0,
        "vas_week_1": 4.0,
        "vas_month_6": 0.0,
        "strength_baseline": 4,
        "strength_month_6": 5,
    },
    "P5": {
        "age_years": 74,
        "sex": "male",
        "vas_baseline": 5.0,
        "vas_week_1": 2.0,
        "vas_month_6": 1.0,
        "strength_baseline": 2,
        "strength_month_6": 4,
    },
}
FIELDS = list(PEOPLE["P1"])


class Sheet:
    """A sheet while traits are put on it: cells, answers, and what is right."""

    def __init__(self) -> None:
        self.values = copy.deepcopy(PEOPLE)
        self.header = ["patient_id", *FIELDS]
        self.rows: list[list[Any]] = [[n, *v.values()] for n, v in PEOPLE.items()]
        self.above: list[list[Any]] = []
        self.under: list[list[Any]] = []
        self.answers: list[list[str]] = []

    def place(self, name: str) -> int:
        """Return the place of a column."""
        return self.header.index(name)

    def rename(self, old: str, new: str) -> None:
        """Give a column another name, also in the answers."""
        self.header[self.place(old)] = new
        for answer in self.answers:
            if answer[0] == old:
                answer[0] = new

    def add(self, name: str, cells: list[Any]) -> None:
        """Add a column."""
        self.header.append(name)
        for row, cell in zip(self.rows, cells, strict=True):
            row.append(cell)

    def recode(self, name: str, code: dict[Any, Any]) -> None:
        """Write other words into a column."""
        place = self.place(name)
        for row in self.rows:
            row[place] = code.get(row[place], row[place])

    def means(self, column: str, read_as: str, cell: str = "") -> None:
        """Keep an answer."""
        self.answers.append([column, cell, read_as])

    def right(self, name: str, values: list[Any]) -> None:
        """Say what is right for a field, patient by patient; None is no value."""
        for patient, value in zip(self.values.values(), values, strict=True):
            patient.pop(name, None)
            if value is not None:
                patient[name] = value

    def lines(self) -> list[list[Any]]:
        """Return all rows as they stand."""
        return [*self.above, self.header, *self.rows, *self.under]


def id_named(s: Sheet) -> None:
    """Call the identifier otherwise."""
    s.rename("patient_id", "usubjid")
    s.means("usubjid", "patient_id")


def no_id(s: Sheet) -> None:
    """Leave the identifier out."""
    place = s.place("patient_id")
    for row in [s.header, *s.rows]:
        del row[place]
    s.means("(row)", "patient_id")
    first = len(s.above) + 2
    s.values = {f"row {first + n}": v for n, v in enumerate(s.values.values())}


def gender(s: Sheet) -> None:
    """Call sex gender, and shorten its words."""
    s.rename("sex", "gender")
    s.recode("gender", {"male": "M", "female": "F"})
    s.means("gender", "sex")


def sex_coded(s: Sheet) -> None:
    """Code sex with numbers."""
    s.recode("sex", {"male": 1, "female": 2})
    s.means("sex", "male", "1")
    s.means("sex", "female", "2")


def code_in_front(s: Sheet) -> None:
    """Write the code before the word."""
    s.recode("sex", {"male": "1_male", "female": "2_female"})
    s.means("sex", "male", "1_male")
    s.means("sex", "female", "2_female")


def age_decimal(s: Sheet) -> None:
    """Write the age with decimals."""
    s.rename("age_years", "age")
    s.recode("age", {v["age_years"]: v["age_years"] + 0.25 for v in PEOPLE.values()})
    s.means("age", "age_decimal_years")


def age_unit(s: Sheet) -> None:
    """Give the unit of the age in a column of its own."""
    s.rename("age_years", "age")
    place = s.place("age")
    s.rows[3][place] = 30
    s.add("age_unit", ["years", "years", "years", "months", "years"])
    s.right("age_years", [40, 51, 62, 2, 74])


def age_twice(s: Sheet) -> None:
    """Put the age in months beside the age in years."""
    s.header.insert(1, "age")
    for row in s.rows:
        row.insert(1, row[1] * 12)


def outcome_general(s: Sheet) -> None:
    """Add an outcome of another kind."""
    s.add("outcome", ["Recover", "Recover", "Death", "Recover", "Recover"])
    s.means("outcome", "ignore")


def yes_no_12(s: Sheet) -> None:
    """Code yes and no with 1 and 2."""
    s.add("lost_to_follow_up", [2, 2, 1, 2, 2])
    s.means("lost_to_follow_up", "yes", "1")
    s.means("lost_to_follow_up", "no", "2")
    s.right("lost_to_follow_up", [False, False, True, False, False])


def time_status(s: Sheet) -> None:
    """Add a time and whether it ended with the outcome."""
    s.add("time", [30, 91, 182, 60, 200])
    s.add("status", [1, 1, 0, 1, 0])
    s.means("time", "outcome_day")
    s.means("status", "outcome")
    s.means("status", "complete", "1")
    s.means("status", "none", "0")
    s.right("outcome_day", [30, 91, 182, 60, 200])
    s.right("outcome", ["complete", "complete", "none", "complete", "none"])


def missing_words(s: Sheet) -> None:
    """Write several words for what is missing."""
    s.rows[1][s.place("vas_week_1")] = "not done"
    s.rows[2][s.place("vas_week_1")] = -99
    s.rows[3][s.place("strength_month_6")] = "missing"
    s.means("(sheet)", "not done; -99; missing", "missing codes")
    s.right("vas_week_1", [4.0, None, None, 4.0, 2.0])
    s.right("strength_month_6", [5, 4, 3, None, 4])


def dates_iso(s: Sheet) -> None:
    """Add dates of onset and admission."""
    s.add("onset_date", ["2021-03-01", "2021-04-10", "2020-12-30", "", "2021-02-27"])
    s.add(
        "admission_date",
        ["2021-03-04", "2021-04-10", "2021-01-02", "2021-05-05", "2021-03-01"],
    )
    s.means("admission_date", "symptom_days since onset_date")
    s.right("symptom_days", [3, 0, 3, None, 2])


def dates_asked(s: Sheet) -> None:
    """Add dates of which day and month may be exchanged."""
    s.add("onset", ["01/03/2021", "04/10/2021", "02/12/2020", "", "02/07/2021"])
    s.add(
        "admission date",
        ["03/03/2021", "04/10/2021", "05/12/2020", "05/05/2021", "09/07/2021"],
    )
    s.means("admission date", "symptom_days since onset")
    s.means("(sheet)", "day-month", "date order")
    s.right("symptom_days", [2, 0, 3, None, 7])


def dates_in_cells(s: Sheet) -> None:
    """Add cells that are dates."""
    s.add(
        "surgery_date",
        [
            dt.datetime(2021, 3, 4),
            dt.datetime(2021, 4, 10),
            dt.datetime(2021, 1, 2),
            dt.datetime(2021, 5, 5),
            dt.datetime(2021, 3, 1),
        ],
    )
    s.add("date of death", ["", "", dt.datetime(2021, 8, 2), "", ""])
    s.means("date of death", "died_day since surgery_date")
    s.right("died_day", [None, None, 212, None, None])


def unit_header(s: Sheet) -> None:
    """Add a column whose header holds the unit."""
    s.add("Hb (g/dl)", [9.8, 10.4, 12.0, 8.5, 11.1])
    s.means("Hb (g/dl)", "hemoglobin_g_dl")
    s.right("hemoglobin_g_l", [98.0, 104.0, 120.0, 85.0, 111.0])


def bounds(s: Sheet) -> None:
    """Add results beyond what was measured."""
    s.add("inr", [">8", "1.0", "2.5", "≥ 6", ""])
    s.right("inr", [[">", 8], 1.0, 2.5, [">=", 6], None])


def title_rows(s: Sheet) -> None:
    """Put a title above the header."""
    s.above = [["Femoral palsy, cohort of the ward"], ["as of June"]]


def group_header(s: Sheet) -> None:
    """Put a row of groups above the header."""
    s.above = [["Patient", "", "", "Pain", "", "", "Strength"]]


def footer(s: Sheet) -> None:
    """Put a mean and a note under the table."""
    s.under = [["Mean", 52], ["* seen by two readers"]]


def wide_dots(s: Sheet) -> None:
    """Name columns by a stem and the month."""
    for old, new in (("vas_baseline", "pain.0m"), ("vas_month_6", "pain.6m")):
        s.rename(old, new)
    s.means("pain.{n}m", "vas")


def wide_numbers(s: Sheet) -> None:
    """Name columns by a stem and the number of the visit."""
    for n, visit in enumerate(("baseline", "week_1", "month_6"), start=1):
        s.rename(f"vas_{visit}", f"pmq{n}")
        s.means("pmq{n}", visit, str(n))
    s.means("pmq{n}", "vas")


def wide_words(s: Sheet) -> None:
    """Name columns by short words for visits."""
    for old, new in (
        ("vas_week_1", "VAS wk 1"),
        ("vas_month_6", "VAS 6m"),
        ("strength_month_6", "mrc_6_mo"),
    ):
        s.rename(old, new)
        s.means(new, old)


def long_words(
    s: Sheet,
    words: tuple[Any, Any, Any] = ("BASELINE", "WEEK 1", "Month 6"),
    name: str = "avisit",
) -> None:
    """Make rows of a patient and visit."""
    visits = ("baseline", "week_1", "month_6")
    of_visit = [c for c in s.header if c.startswith(("vas_", "strength_"))]
    others = [c for c in s.header if c not in of_visit]
    rows = []
    for row in s.rows:
        cells = dict(zip(s.header, row, strict=True))
        for visit, word in zip(visits, words, strict=True):
            own = [cells[c] for c in others]
            rows.append(
                [*own, word, cells[f"vas_{visit}"], cells.get(f"strength_{visit}", "")]
            )
    s.header = [*others, name, "vas", "strength"]
    s.rows = rows
    if name != "visit":
        s.means(name, "visit")


def long_numbers(s: Sheet) -> None:
    """Number the visits."""
    long_words(s, (0, 1, 2), "visit")
    for number, visit in enumerate(("baseline", "week_1", "month_6")):
        s.means("visit", visit, str(number))


def long_dates(s: Sheet) -> None:
    """Make rows of a patient and visit, of which the day is known by dates alone."""
    long_words(s, ("2021-03-01", "2021-03-08", "2021-08-30"), "visit date")
    s.answers = [a for a in s.answers if a[0] != "visit date"]
    s.add(
        "start of treatment",
        ["2021-03-01" if n % 3 == 0 else "" for n in range(len(s.rows))],
    )
    s.means("visit date", "day since start of treatment")
    for patient in s.values.values():
        for name in FIELDS[2:]:
            value = patient.pop(name)
            day = {"baseline": 0, "week_1": 7, "month_6": 182}[name.split("_", 1)[1]]
            patient[f"{name.split('_', 1)[0]}_day_{day}"] = value


def german(s: Sheet) -> None:
    """Name columns and words in German."""
    for old, new in (
        ("age_years", "Alter"),
        ("sex", "Geschlecht"),
        ("vas_baseline", "Schmerz bei Aufnahme"),
        ("vas_week_1", "Schmerz nach 1 Woche"),
        ("vas_month_6", "Schmerz nach 6 Monaten"),
    ):
        s.rename(old, new)
        s.means(new, old)
    s.recode("Geschlecht", {"male": "männlich", "female": "weiblich"})
    place = s.place("Schmerz nach 1 Woche")
    s.rows[0][place] = "4,5"
    s.right("vas_week_1", [4.5, 3.0, 5.0, 4.0, 2.0])


def chinese(s: Sheet) -> None:
    """Name columns and words in Chinese."""
    for old, new in (
        ("age_years", "年龄"),
        ("sex", "性别"),
        ("vas_week_1", "疼痛评分1周"),
        ("vas_month_6", "疼痛评分6个月"),
    ):
        s.rename(old, new)
        s.means(new, old)
    s.recode("性别", {"male": "男", "female": "女"})


def japanese(s: Sheet) -> None:
    """Name columns and words in Japanese."""
    for old, new in (("age_years", "年齢"), ("sex", "性別")):
        s.rename(old, new)
        s.means(new, old)
    s.recode("性別", {"male": "男性", "female": "女性"})


def turkish(s: Sheet) -> None:
    """Name columns and words in Turkish."""
    for old, new in (("age_years", "yaş"), ("sex", "cinsiyet")):
        s.rename(old, new)
        s.means(new, old)
    s.recode("cinsiyet", {"male": "erkek", "female": "kadın"})


def redcap_classic(s: Sheet) -> None:
    """Export a project without events."""
    s.rename("patient_id", "record_id")
    s.add("demographics_complete", [2, 2, 2, 0, 2])


def redcap_events(s: Sheet) -> None:
    """Export a project with events, and an identifier of its own."""
    long_words(
        s, ("baseline_arm_1", "week_1_arm_1", "month_6_arm_1"), "redcap_event_name"
    )
    s.answers = [a for a in s.answers if a[0] != "redcap_event_name"]
    s.rename("patient_id", "study_id")


def redcap_repeats(s: Sheet) -> None:
    """Export a project with a repeated form."""
    long_words(s, (1, 2, 3), "redcap_repeat_instance")
    s.answers = [a for a in s.answers if a[0] != "redcap_repeat_instance"]
    s.rename("patient_id", "record_id")
    s.add("redcap_repeat_instrument", ["visits"] * len(s.rows))
    s.means("redcap_repeat_instance", "visit")
    for number, visit in enumerate(("baseline", "week_1", "month_6"), start=1):
        s.means("redcap_repeat_instance", visit, str(number))


def _text(lines: list[list[Any]], separator: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    width = max(len(line) for line in lines)
    for line in lines:
        cells = [f"{c:%Y-%m-%d}" if isinstance(c, dt.datetime) else c for c in line]
        cells = [
            int(c) if isinstance(c, float) and c.is_integer() else c for c in cells
        ]
        writer.writerow([*cells, *[""] * (width - len(cells))])
    return out.getvalue()


def typed(path: Path, s: Sheet, separator: str = ",", encoding: str = "utf-8") -> str:
    """Write the lines as a person types them."""
    path.write_bytes(_text(s.lines(), separator).encode(encoding))
    return "typed"


def semicolons(path: Path, s: Sheet) -> str:
    """Write as a German spreadsheet does."""
    return typed(path, s, ";", "cp1252")


def gbk(path: Path, s: Sheet) -> str:
    """Write as a Chinese spreadsheet does."""
    return typed(path, s, ",", "gbk")


def shift_jis(path: Path, s: Sheet) -> str:
    """Write as a Japanese spreadsheet does."""
    return typed(path, s, ",", "cp932")


def cp1254(path: Path, s: Sheet) -> str:
    """Write as a Turkish spreadsheet does."""
    return typed(path, s, ";", "cp1254")


def openpyxl_book(path: Path, s: Sheet) -> str:
    """Write a workbook with openpyxl."""
    import openpyxl

    book = openpyxl.Workbook()
    page: Any = book.active
    for line in s.lines():
        page.append([None if cell == "" else cell for cell in line])
    book.save(path)
    return f"openpyxl {version('openpyxl')}"


def office(path: Path, s: Sheet) -> str:
    """Let LibreOffice save the workbook."""
    said = subprocess.run(
        ["soffice", "--version"], capture_output=True, text=True, check=True
    )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{path.stem}.xlsx"
        openpyxl_book(source, s)
        made = Path(folder) / "made"
        kind = path.suffix[1:]
        subprocess.run(
            [
                "soffice",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(made),
                str(source),
            ],
            check=True,
            capture_output=True,
        )
        shutil.copy(made / path.name, path)
    return " ".join(said.stdout.split()[:2])


def by_r(path: Path, s: Sheet) -> str:
    """Let R read a plain CSV and write it, as its users do."""
    calls = {
        ".csv": ("base", "write.csv(d, OUT, row.names = FALSE)"),
        ".xlsx": ("openxlsx", "openxlsx::write.xlsx(d, OUT)"),
        ".sav": ("haven", "haven::write_sav(d, OUT)"),
        ".dta": ("haven", "haven::write_dta(d, OUT)"),
    }
    package, call = calls[path.suffix]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.csv"
        typed(source, s)
        script = (
            f"d <- read.csv({str(source)!r}, check.names = FALSE, na.strings = '');"
            + call.replace("OUT", repr(str(path)))
            + f"; cat(as.character(getRversion()), as.character(packageVersion({package!r})))"
        )
        done = subprocess.run(
            ["Rscript", "-e", script], capture_output=True, text=True, check=True
        )
    r, own = done.stdout.split()[-2:]
    return f"R {r}" + ("" if package == "base" else f", {package} {own}")


def by_pandas(path: Path, s: Sheet) -> str:
    """Let pandas write the file."""
    import pandas as pd

    frame = pd.DataFrame(s.rows, columns=s.header)
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        for name in frame.columns:
            if frame[name].map(type).nunique() > 1:
                frame[name] = frame[name].map(str).replace("", None)
        frame.to_parquet(path)
    else:
        frame.to_excel(path, index=False)
    return f"pandas {version('pandas')}"


def by_pyreadstat(path: Path, s: Sheet) -> str:
    """Let pyreadstat write the file."""
    import pandas as pd
    import pyreadstat

    pyreadstat.write_sav(pd.DataFrame(s.rows, columns=s.header), str(path))
    return f"pyreadstat {version('pyreadstat')}"


def sheets_of(path: Path, parts: dict[str, list[list[Any]]]) -> str:
    """Write a workbook of several sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type] # there is one
    for name, lines in parts.items():
        page = book.create_sheet(name)
        for line in lines:
            page.append([None if cell == "" else cell for cell in line])
    book.save(path)
    return f"openpyxl {version('openpyxl')}"


def per_site(path: Path, s: Sheet) -> str:
    """Write a sheet for each site."""
    return sheets_of(
        path,
        {"Center A": [s.header, *s.rows[:2]], "Center B": [s.header, *s.rows[2:]]},
    )


def per_visit(path: Path, s: Sheet) -> str:
    """Write a sheet for each visit, each with the columns of that visit."""
    parts: dict[str, list[list[Any]]] = {}
    id_name = s.header[0]
    for name, visit in (
        ("Baseline", "baseline"),
        ("Week 1", "week_1"),
        ("Month 6", "month_6"),
    ):
        own = [c for c in s.header if c.endswith(f"_{visit}")]
        first = [c for c in s.header if not c.startswith(("vas_", "strength_"))]
        columns = [*(first if visit == "baseline" else [id_name]), *own]
        places = [s.place(c) for c in columns]
        names = [c.removesuffix(f"_{visit}") for c in columns]
        parts[name] = [names, *([row[p] for p in places] for row in s.rows)]
    return sheets_of(path, parts)


def with_codebook(path: Path, s: Sheet) -> str:
    """Write a sheet with the meaning of columns behind the data."""
    book = [["Variable", "Meaning"], ["vas", "pain from 0 to 10"], ["n", "five"]]
    return sheets_of(path, {"Data": s.lines(), "Key": book})


Trait = Callable[[Sheet], None]
Writer = Callable[[Path, Sheet], str]


def make(name: str, write: Writer, *traits: Trait) -> None:
    """Write a sheet with some traits."""
    s = Sheet()
    for trait in traits:
        trait(s)
    assert len(s.answers) <= 10, name
    path = HERE / name
    program = write(path, s)
    LISTED.append(
        {
            "file": name,
            "program": program,
            "traits": [t.__name__ for t in traits] + [write.__name__],
            "answers": s.answers,
            "values": s.values,
        }
    )


ALONE: tuple[tuple[str, Writer, Trait], ...] = (
    ("id_named.csv", typed, id_named),
    ("no_id.csv", by_r, no_id),
    ("gender.csv", typed, gender),
    ("sex_coded.xlsx", by_pandas, sex_coded),
    ("code_in_front.csv", by_r, code_in_front),
    ("age_decimal.csv", typed, age_decimal),
    ("age_unit.csv", typed, age_unit),
    ("age_twice.csv", typed, age_twice),
    ("outcome_general.csv", typed, outcome_general),
    ("yes_no_12.csv", by_pandas, yes_no_12),
    ("time_status.csv", by_r, time_status),
    ("missing_words.csv", typed, missing_words),
    ("dates_iso.csv", typed, dates_iso),
    ("dates_asked.csv", typed, dates_asked),
    ("dates_in_cells.ods", office, dates_in_cells),
    ("unit_header.csv", typed, unit_header),
    ("bounds.csv", typed, bounds),
    ("title_rows.xlsx", openpyxl_book, title_rows),
    ("group_header.csv", typed, group_header),
    ("footer.csv", typed, footer),
    ("wide_dots.csv", typed, wide_dots),
    ("wide_numbers.csv", typed, wide_numbers),
    ("wide_words.csv", typed, wide_words),
    ("long_words.csv", by_pandas, long_words),
    ("long_numbers.csv", typed, long_numbers),
    ("long_dates.csv", typed, long_dates),
    ("german.csv", semicolons, german),
    ("chinese.csv", gbk, chinese),
    ("japanese.csv", shift_jis, japanese),
    ("turkish.csv", cp1254, turkish),
    ("redcap_classic.csv", typed, redcap_classic),
    ("redcap_events.csv", typed, redcap_events),
    ("redcap_repeats.csv", typed, redcap_repeats),
    ("per_site.xlsx", per_site, gender),
    ("per_visit.xlsx", per_visit, gender),
    ("with_codebook.xlsx", with_codebook, gender),
)
PAIRS: tuple[tuple[str, Writer, Trait, Trait], ...] = (
    ("id_named_gender.sav", by_r, id_named, gender),
    ("id_named_sex_coded.dta", by_r, id_named, sex_coded),
    ("id_named_age_decimal.xlsx", by_r, id_named, age_decimal),
    ("id_named_long_words.parquet", by_pandas, id_named, long_words),
    ("id_named_title_rows.ods", office, id_named, title_rows),
    ("id_named_dates_iso.csv", by_r, id_named, dates_iso),
    ("id_named_footer.csv", typed, id_named, footer),
    ("id_named_chinese.csv", gbk, id_named, chinese),
    ("no_id_gender.csv", typed, no_id, gender),
    ("no_id_sex_coded.xlsx", office, no_id, sex_coded),
    ("no_id_footer.csv", typed, no_id, footer),
    ("no_id_missing_words.csv", by_r, no_id, missing_words),
    ("no_id_wide_dots.csv", by_pandas, no_id, wide_dots),
    ("gender_age_unit.csv", typed, gender, age_unit),
    ("gender_per_visit.xlsx", per_visit, id_named, gender),
    ("gender_wide_words.ods", office, gender, wide_words),
    ("sex_coded_age_decimal.sav", by_pyreadstat, sex_coded, age_decimal),
    ("sex_coded_long_numbers.xlsx", by_pandas, sex_coded, long_numbers),
    ("sex_coded_redcap_classic.csv", typed, sex_coded, redcap_classic),
    ("code_in_front_age_decimal.csv", by_r, code_in_front, age_decimal),
    ("code_in_front_outcome.csv", typed, code_in_front, outcome_general),
    ("age_decimal_time_status.csv", by_r, age_decimal, time_status),
    ("age_decimal_title_rows.csv", typed, age_decimal, title_rows),
    ("age_unit_long_words.csv", typed, age_unit, long_words),
    ("age_unit_missing_words.csv", typed, age_unit, missing_words),
    ("outcome_long_words.csv", typed, outcome_general, long_words),
    ("outcome_yes_no_12.xls", office, outcome_general, yes_no_12),
    ("yes_no_12_time_status.dta", by_r, yes_no_12, time_status),
    ("time_status_bounds.csv", typed, time_status, bounds),
    ("missing_words_wide_numbers.csv", typed, missing_words, wide_numbers),
    ("dates_iso_gender.xlsx", office, dates_iso, gender),
    ("dates_asked_title_rows.csv", semicolons, dates_asked, title_rows),
    ("dates_in_cells_footer.xlsx", openpyxl_book, dates_in_cells, footer),
    ("dates_in_cells_sex_coded.xls", office, dates_in_cells, sex_coded),
    ("long_dates_gender.csv", typed, gender, long_dates),
    ("unit_header_per_site.xlsx", per_site, unit_header, id_named),
    ("bounds_group_header.csv", typed, bounds, group_header),
    ("wide_dots_with_codebook.xlsx", with_codebook, wide_dots, id_named),
    ("redcap_events_yes_no_12.csv", typed, yes_no_12, redcap_events),
    ("unit_header_gender.csv", by_pandas, unit_header, gender),
)

if __name__ == "__main__":
    for name, write, trait in ALONE:
        make(name, write, trait)
    for name, write, one, other in PAIRS:
        make(name, write, one, other)
    text = json.dumps(LISTED, ensure_ascii=False, indent=1)
    (HERE / "right.json").write_text(text + "\n", encoding="utf-8")
