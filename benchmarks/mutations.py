"""Mutated cells and mutated files, of which an oracle knows what should be read.

Cells: sheets, in every form of a table, of which each row has one cell that was changed
at random. Every other cell must be read as it stands; the changed one must be refused
at its place, or be read as an independent reading of plain numbers and codes has it.
Files: bytes of every format are changed at random. A file is refused with words, or
read; what is read must make a report that can be written. Nothing may take ten seconds.

    $ python benchmarks/mutations.py --write docs/reference/mutations.json
    $ python benchmarks/mutations.py --sheets 600 --forms csv --seconds 0 --write ...
"""

import argparse
import collections
import contextlib
import csv
import datetime as dt
import io
import json
import platform
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "records" / "sheets"))

import attrs
import hostile

import hostile_sheets
from iph import Cohort
from iph.design import plan, read_plan_file, write_plan_file
from iph.errors import IphError
from iph.evidence import (
    audit,
    findings_html,
    published_cases,
    published_recovery,
    read_claims,
    read_recovery_series,
    write_recovery_series,
)
from iph.protocol import LI_2023_PROTOCOL, EventRule, read_protocol, write_protocol
from iph.records import (
    check,
    errors_text,
    read,
    read_events,
    suggest_mapping,
    template,
    write,
)
from iph.report import write as write_report
from iph.study import StudyCounts, analyze, count

TODAY: Final = dt.datetime.now(tz=dt.UTC).date().isoformat()
LONGEST: Final = 10
PATIENTS: Final = 300
FORMS: Final = (
    "csv", "tsv", "xlsx", "xls", "ods", "sav", "dta", "json", "redcap", "parquet",
    "pandas", "polars", "pyarrow",
)  # fmt: skip
NUMBERS: Final = ("age_years", "hemoglobin_g_l", "vas_baseline", "volume_ml")
CODES: Final[dict[str, tuple[str, ...]]] = {
    "sex": ("female", "male", "unknown"),
    "side": ("left", "right", "bilateral"),
    "died": ("yes", "no"),
}
SIGNS: Final = list(
    "0123456789.,-+eE/%<>()'\" _;:|x×\t°½\u00a0\u2212\u0664\uff15aäNn?*="
)
WORDS: Final = ("NA", "n/a", "-", "unknown", "null", "1e3", "1,5", "007", "1 000", "?")
PLAIN: Final = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,6})?")
CLAIMS: Final = (
    "code,where,printed,kind,count,of,test,table\n"
    "n,A,28 patients,size,,,,\nmen,T1,24,count,,n,,\n"
    "share,T1,85.7%,percentage,men,n,,\n"
    'p,T2,P < 0.05,p-value,,,fisher,1 2; 3 4\nage,T1,"48 (20.25, 63)",median,,28,,\n'
)
CLAIMS_TOML: Final = """[[claim]]
code = "n"
where = "Abstract"
printed = "28 patients"
kind = "size"
[[claim]]
code = "pain"
where = "Table 2"
printed = "4.5 (2.75, 6.25)"
kind = "median"
of = "n"
variable = "vas"
step = "0.5"
[[claim]]
code = "p"
where = "Table 2"
printed = "P < 0.05"
kind = "p-value"
test = "fisher"
table = [[1, 2], [3, 4]]
"""


class TooLongError(BaseException):
    """Something did not end in time."""


def _late(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def within(seconds: float) -> None:
    """End what follows after so much work, and after a longer wait; 0 ends nothing."""
    signal.setitimer(signal.ITIMER_PROF, seconds)  # of work, whatever else runs
    signal.setitimer(signal.ITIMER_REAL, 12 * seconds)


def changed(text: str, rng: random.Random) -> str:
    """Change a text a little, or replace it."""
    if rng.random() < 0.15:
        return rng.choice(WORDS)
    signs = list(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(signs) + 1)
        kind = rng.random()
        if kind < 0.45:
            signs.insert(at, rng.choice(SIGNS))
        elif signs and kind < 0.75:
            signs[at - 1] = rng.choice(SIGNS)
        elif signs:
            del signs[at - 1]
    return "".join(signs)


def expected(name: str, text: str) -> Any:
    """Read a plain number or a code, without the library; raise where it is not one."""
    bare = text.strip()
    if name in CODES:
        if bare.casefold() in CODES[name]:
            return bare.casefold()
        raise LookupError
    if not PLAIN.fullmatch(bare):
        raise LookupError
    return float(bare)


def value_of(patient: Any, name: str) -> Any:
    """Return what was read."""
    if name == "vas_baseline":
        seen = patient.follow_up.assessments
        return None if not seen else seen[0].vas
    if name == "hemoglobin_g_l":
        return patient.laboratory and patient.laboratory.hemoglobin_g_l
    if name == "volume_ml":
        return patient.hematoma and patient.hematoma.volume_ml
    if name == "died":
        died = patient.follow_up.died
        return None if died is None else ("yes" if died else "no")
    found = getattr(patient, name)
    return getattr(found, "value", found)


def sheet(rng: random.Random) -> list[dict[str, str]]:
    """Make up plain rows."""
    return [
        {
            "patient_id": f"P{number:05}",
            "age_years": str(rng.randint(18, 90)),
            "hemoglobin_g_l": str(rng.randint(60, 170)),
            "vas_baseline": str(rng.randint(0, 10)),
            "volume_ml": f"{rng.randint(20, 900)}.5",
            "sex": rng.choice(("female", "male")),
            "side": rng.choice(("left", "right")),
            "died": rng.choice(("yes", "no")),
        }
        for number in range(PATIENTS)
    ]


def _csv(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    """Write a text file that quotes each cell."""
    made = path.with_suffix(".csv" if delimiter == "," else ".tsv")
    with made.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    return made


def _tsv(path: Path, rows: list[list[str]]) -> Path:
    return _csv(path, rows, "\t")


WRITERS: Final = {
    **hostile.WRITERS,
    "csv": (_csv, ".", 2),
    "tsv": (_tsv, ".", 2),
    "xls": (hostile_sheets.write_xls, ".", 2),
}


def judged(name: str, text: str, got: Any, *, changed: bool) -> str:
    """Say what was made of a cell; nothing of one that was rightly left as it is."""
    try:
        right = None if text == "" else expected(name, text)
    except LookupError:
        return "read, though not plain"
    if got != right:
        return "read wrongly"
    return "read as it stands" if changed and text else ""


def cells(place: Path, form: str, sheets: int, rng: random.Random) -> dict[str, Any]:
    """Mutate one cell a row, and compare everything that is read with what stands."""
    found: collections.Counter[str] = collections.Counter()
    otherwise: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    make, _, first = WRITERS[form]
    for _ in range(sheets):
        rows = sheet(rng)
        touched: dict[int, tuple[str, str]] = {}
        for number, row in enumerate(rows):
            name = rng.choice((*NUMBERS, *CODES))
            text = changed(row[name], rng)
            touched[number] = name, text
            row[name] = text
        refused = set(hostile.errors_of(make(place / "a", _listed(rows)), form, {}))
        for number, (name, _) in touched.items():
            if (number + first, name) in refused:
                found["refused at its cell"] += 1
                rows[number][name] = ""
                refused.discard((number + first, name))
        if refused:
            wrong.append(f"errors at cells that nobody changed: {sorted(refused)[:3]}")
            continue
        for number, patient in enumerate(
            hostile.patients_of(make(place / "b", _listed(rows)), {})
        ):
            for name in (*NUMBERS, *CODES):
                text, got = rows[number][name], value_of(patient, name)
                how = judged(name, text, got, changed=touched[number][0] == name)
                found[how] += bool(how)
                if how == "read wrongly":
                    wrong.append(f"{name}: {text!r} read as {got!r}")
                elif how == "read, though not plain":
                    otherwise[f"{name}: {text!r} -> {got!r}"] += 1
    return {
        "date": TODAY,
        "sheets": sheets,
        "cells": found.total(),
        "outcomes": dict(found),
        "wrong": wrong[:50],
        "n_wrong": len(wrong),
        "not_plain": [one for one, _ in otherwise.most_common(60)],
    }


def _listed(rows: list[dict[str, str]]) -> list[list[str]]:
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def made_of_claims(path: Path) -> Any:
    """Audit a claims file and print what was found."""
    return findings_html(audit(read_claims(path)))


def seeds(place: Path) -> dict[str, tuple[bytes, Callable[[Path], Any]]]:
    """Return sound content of every format, and what reads it."""
    return {**_tables(place), **_others(place)}


def _tables(place: Path) -> dict[str, tuple[bytes, Callable[[Path], Any]]]:
    """Return sound tables of patients."""
    cases = Cohort(published_cases().patients[:4])
    made: dict[str, tuple[bytes, Callable[[Path], Any]]] = {}

    def table(path: Path) -> Any:
        errors_text(check(path))
        return read(path)

    for ending in (".csv", ".tsv", ".json", ".xlsx", ".sav", ".parquet"):
        path = place / f"seed{ending}"
        if ending == ".parquet":
            cases.patients_frame().to_parquet(path)
        else:
            write(cases, path)
        made[ending] = path.read_bytes(), table

    def by_openpyxl(path: Path) -> Any:
        """Read a workbook as where python-calamine is missing."""
        with mock.patch.dict(sys.modules, {"python_calamine": None}):
            return table(path)

    made["openpyxl.xlsx"] = made[".xlsx"][0], by_openpyxl
    rows = _listed(sheet(random.Random(4))[:6])  # noqa: S311 - no secrets
    for form in ("ods", "xls", "dta", "redcap", "csv in GB 18030"):
        path = WRITERS[form][0](place / form.replace(" ", ""), rows)
        name = path.suffix if path.suffix != ".csv" else f"{form}.csv"
        made[name] = path.read_bytes(), table
    return made


def _others(place: Path) -> dict[str, tuple[bytes, Callable[[Path], Any]]]:
    """Return sound files that are no tables of patients."""
    sheet = place / "seed.csv"
    with_events = attrs.evolve(
        LI_2023_PROTOCOL,
        events=[EventRule(name="bleeding", label="Bleeding", related=True)],
    )
    events = b"patient_id,event,day,related\nP01,bleeding,12,no\nP02,bleeding,3,yes\n"
    counts = count(published_cases(), population="not-excluded").to_json()
    series = write_recovery_series(published_recovery(), place / "series.csv")
    planned = write_plan_file(plan(LI_2023_PROTOCOL), place / "plan.json")
    protocol = write_protocol(LI_2023_PROTOCOL, place / "li.toml")
    mapping = suggest_mapping(sheet, place / "mapping.csv")

    def of_counts(path: Path) -> Any:
        text = path.read_text(encoding="utf-8", errors="replace")
        return StudyCounts.from_json(text, protocol=LI_2023_PROTOCOL)

    return {
        "claims.toml": (CLAIMS_TOML.encode(), made_of_claims),
        "claims.csv": (CLAIMS.encode(), made_of_claims),
        "mapping.csv": (mapping.read_bytes(), lambda p: check(sheet, mapping=p)),
        "filled.xlsx": (template(place / "filled.xlsx").read_bytes(), check),
        "protocol.toml": (protocol.read_bytes(), read_protocol),
        "plan.json": (planned.read_bytes(), read_plan_file),
        "series.csv": (series.read_bytes(), read_recovery_series),
        "events.csv": (events, lambda p: read_events(p, protocol=with_events)),
        "counts.json": (counts.encode(), of_counts),
    }


def spoiled(content: bytes, rng: random.Random) -> bytes:
    """Change some bytes; of a zip file often those of one part, packed again."""
    if not content.startswith(b"PK") or rng.random() < 0.3:
        return _spoiled(content, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(parts))
    parts[name] = _spoiled(parts[name], rng)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def _spoiled(content: bytes, rng: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(max(len(data), 1))
        kind = rng.random()
        if kind < 0.4 and data:
            data[at] = rng.randrange(256)
        elif kind < 0.6:
            data[at : at + rng.randrange(1, 9)] = b""
        elif kind < 0.8:
            data[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif kind < 0.9:
            data[at:at] = data[at : at + 40] * rng.randrange(1, 60)
        else:
            data = data[: at + 1]
    return bytes(data)


def files(
    place: Path, only: list[str] | None, seconds: float, rng: random.Random
) -> dict[str, Any]:
    """Mutate bytes of every format for a time; report from what is accepted."""
    made: dict[str, Any] = {}
    known = seeds(place)
    # What loads now is not stopped in the middle of it.
    write_report(analyze(published_cases(), population="all"), place / "report")
    if only is not None:
        known = {name: known[name] for name in only}
    reported: Iterator[int] = iter(range(10**9))
    for name, (content, reader) in known.items():
        found: collections.Counter[str] = collections.Counter()
        crashes: list[str] = []
        path = place / (name if not name.startswith(".") else f"spoiled{name}")
        end = time.monotonic() + seconds / len(known)
        slowest = 0.0
        while time.monotonic() < end:
            path.write_bytes(spoiled(content, rng))
            begun = time.monotonic()
            within(LONGEST)
            try:
                kept = reader(path)
                slowest = max(slowest, time.monotonic() - begun)
                found["read"] += 1
                if isinstance(kept, (Cohort, StudyCounts)) and next(reported) % 40 == 0:
                    within(12 * LONGEST)
                    found["reports written"] += 1
                    if isinstance(kept, Cohort):
                        study = analyze(kept, population="all")
                    else:
                        study = analyze(kept, population="not-excluded")
                    write_report(study, place / "report")
            except IphError:
                slowest = max(slowest, time.monotonic() - begun)
                found["refused"] += 1
            except TooLongError:
                found["hangs"] += 1
                crashes.append("hangs")
            except Exception as error:  # noqa: BLE001 - what is looked for
                found["crashes"] += 1
                last = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{Path(last.filename).name}:{last.lineno}"
                crashes.append(f"{type(error).__name__} {str(error)[:100]} ({where})")
            finally:
                within(0)
        made[name] = {
            "date": TODAY,
            **found,
            "kinds": collections.Counter(crashes).most_common(10),
            "slowest_seconds": round(slowest, 2),
        }
        print(name, made[name], flush=True)
    return made


def main() -> None:
    """Mutate cells and files, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=30, help="of each form")
    parser.add_argument("--forms", nargs="*", choices=FORMS, default=FORMS)
    parser.add_argument("--seconds", type=float, default=300, help="for all formats")
    parser.add_argument("--formats", nargs="*", help="of files; all by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="what is there of others is kept")
    chosen = parser.parse_args()
    signal.signal(signal.SIGALRM, _late)
    signal.signal(signal.SIGPROF, _late)
    warnings.simplefilter("ignore")
    rng = random.Random(chosen.seed)  # noqa: S311 - no secrets
    found: dict[str, Any] = {"cells": {}, "files": {}}
    if chosen.write is not None and chosen.write.exists():
        found = json.loads(chosen.write.read_text(encoding="utf-8"))
    found["python"] = platform.python_version()
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        for form in chosen.forms if chosen.sheets else ():
            found["cells"][form] = cells(Path(name), form, chosen.sheets, rng)
            print(form, json.dumps(found["cells"][form])[:900], flush=True)
        if chosen.seconds:
            found["files"] |= files(Path(name), chosen.formats, chosen.seconds, rng)
    if chosen.write is not None:
        text = json.dumps(found, indent=1, ensure_ascii=True)
        chosen.write.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
