"""A German ward sheet of 37 columns and 26 patients, from file to report.

The sheet is made up as Excel in German writes CSV: Windows-1252, semicolons, decimal
commas, a title above and a row of means below. The commands are run as in a shell; the
answers that a person has to type are counted, and every value read is compared with
what the sheet was made from.

    $ python benchmarks/first_try.py --write docs/reference/first-try.md
"""

import argparse
import collections
import csv
import datetime as dt
import io
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, Final

IPH: Final = (sys.executable, "-m", "iph")
SHEET: Final = "station.csv"

# The header, and what a person who knows the sheet says it is.
COLUMNS: Final = {
    "Pat.-Nr.": "patient_id",
    "Name": "ignore",
    "Geburtsdatum": "ignore",
    "Alter": "age_years",
    "Geschlecht": "sex",
    "Seite": "side",
    "Beschwerden seit (Tage)": "symptom_days",
    "Schmerzort": "pain_sites",
    "Ursache": "etiology",
    "Antikoagulation": "anticoagulant",
    "Vorerkrankungen": "comorbidities",
    "Akte vollständig": "records_complete",
    "Hb (g/dl)": "hemoglobin_g_dl",
    "Thrombozyten (10^9/l)": "platelets_10e9_l",
    "INR": "inr",
    "aPTT (s)": "aptt_s",
    "Fibrinogen (g/l)": "fibrinogen_g_l",
    "CT": "ct",
    "MRT": "mri",
    "Muskel": "muscle",
    "Größe a (cm)": "diameter_a_cm",
    "Größe b (cm)": "diameter_b_cm",
    "Größe c (cm)": "diameter_c_cm",
    "N. femoralis": "femoral",
    "N. obturatorius": "obturator",
    "Therapie": "treatments",
    "VAS Aufnahme": "vas_baseline",
    "VAS 1 Woche": "vas_week_1",
    "VAS 3 Monate": "vas_month_3",
    "VAS 6 Monate": "vas_month_6",
    "Kraft Aufnahme": "strength_baseline",
    "Kraft 6 Monate": "strength_month_6",
    "Kraft 1 Jahr": "strength_year_1",
    "Hüftbeugung Aufnahme": "hip_flexion_deg_baseline",
    "Hüftbeugung 6 Monate": "hip_flexion_deg_month_6",
    "verstorben": "died",
    "Bemerkungen": "ignore",
}
# What the words of its cells mean, as the person says it.
WORDS: Final = {
    "sex": {"m": "male", "w": "female"},
    "side": {"re": "right", "li": "left"},
    "pain_sites": {"Leiste": "groin", "Hüfte": "hip", "LWS": "lumbar"},
    "etiology": {
        "Antikoagulation": "anticoagulant",
        "Sturz": "trauma",
        "Hämophilie A": "hemophilia",
        "spontan": "spontaneous",
    },
    "anticoagulant": {
        "Marcumar": "phenprocoumon",
        "Eliquis": "apixaban",
        "keine": "none",
    },
    "comorbidities": {"Stent": "stent_or_valve", "KHK": "coronary_disease"},
    "records_complete": {"ja": "yes"},
    "ct": {"ja": "yes", "nein": "no"},
    "mri": {"ja": "yes", "nicht gemacht": "not_done"},
    "muscle": {"Psoas": "psoas", "Iliakus": "iliacus", "Iliopsoas": "iliopsoas"},
    "femoral": {"betroffen": "involved"},
    "obturator": {"betroffen": "involved", "frei": "spared"},
    "treatments": {
        "konservativ": "analgesic",
        "OP": "surgical_evacuation",
        "Drainage": "percutaneous_drainage",
        "Vit. K": "vitamin_k1",
    },
    "died": {"nein": "no", "ja": "yes"},
}
# What is the same for all patients, and no column says.
WHOLE_SHEET: Final = {
    "hematoma_present": "yes",
    "other_areas": "no",
    "imaging_available": "yes",
}
# Slips that a person must look up: in the row of a patient, what stands there.
SLIPS: Final = {
    (3, "Hb (g/dl)"): ("112", "11,2"),
    (9, "VAS 1 Woche"): ("4-5", "4"),
    (15, "Alter"): ("ca. 60", "60"),
    (20, "Kraft 6 Monate"): ("3 bis 4", "3"),
}
FOOTER: Final = "Mittelwert"

_PAGE = """# A first try

How far is it from a ward's own sheet to a report?
The sheet of `benchmarks/first_try.py` went through the command line on {date}.
It has {n_columns} German columns and 26 patients, who are made up.
Excel would save it so: Windows-1252, semicolons, decimal commas.
A title stands above the header, and a row of means below the patients.
The cells hold words of the ward and {n_slips} slips.

| step | command | by hand | seconds |
| --- | --- | --- | ---: |
{rows}

By hand {n_answers} answers were typed or confirmed: {kinds}.
Of {n_values} values in the sheet, {n_right} were read as the sheet was made.
{n_wrong} were read otherwise, and {n_lost} were not read.
The report has {n_files} files.
Without `--population not-excluded` it would hold no patient, and say so.
The sheet does not tell all that the criteria of Li et al. ask for.

No person was watched, so the time that a person needs is not known.
To look up the slips in the records takes time on top.
The seconds are those of a busy machine, which loaded Python anew for each command.
"""


def drawn(rng: random.Random) -> list[dict[str, str]]:
    """Make up the patients, each cell as a field has it."""
    patients = []
    for number in range(1, 27):
        pain = rng.randint(5, 9)
        strength = rng.randint(1, 3)
        size = rng.randint(60, 120)
        one = {
            "patient_id": str(number),
            "age_years": str(rng.randint(38, 88)),
            "symptom_days": str(rng.randint(1, 14)),
            "hemoglobin_g_dl": f"{rng.randint(78, 145) / 10}",
            "platelets_10e9_l": str(rng.randint(120, 380)),
            "inr": f"{rng.randint(10, 48) / 10}",
            "aptt_s": str(rng.randint(27, 60)),
            "fibrinogen_g_l": f"{rng.randint(18, 52) / 10}",
            "diameter_a_cm": f"{size / 10}",
            "diameter_b_cm": f"{(size - 15) / 10}",
            "diameter_c_cm": f"{(size - 25) / 10}",
            "vas_baseline": str(pain),
            "vas_week_1": str(max(0, pain - rng.randint(1, 4))),
            "vas_month_3": str(rng.randint(0, 3)),
            "vas_month_6": str(rng.randint(0, 2)),
            "strength_baseline": str(strength),
            "strength_month_6": str(strength + 1),
            "strength_year_1": str(min(5, strength + 2)),
            "hip_flexion_deg_baseline": str(rng.randint(10, 60)),
            "hip_flexion_deg_month_6": str(rng.randint(80, 120)),
        }
        for name, words in WORDS.items():
            one[name] = rng.choice(list(words.values()))
        one |= {"records_complete": "yes", "ct": "yes", "femoral": "involved"}
        one["died"] = "no"
        patients.append(one)
    return patients


def cell(name: str, value: str) -> str:
    """Return what the ward writes for a value."""
    for word, code in WORDS.get(name, {}).items():
        if code == value:
            return word
    return value.replace(".", ",")


def write_sheet(path: Path, patients: list[dict[str, str]]) -> None:
    """Write the sheet as Excel in German saves it."""
    held = io.StringIO()
    writer = csv.writer(held, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Iliopsoashämatome 2015-2024", *[""] * (len(COLUMNS) - 1)])
    writer.writerow(COLUMNS)
    for number, patient in enumerate(patients, start=1):
        ignored = {"Name": "Muster", "Geburtsdatum": "01.02.1950", "Bemerkungen": "-"}
        row = [
            SLIPS[number, header][0]
            if (number, header) in SLIPS
            else ignored.get(header) or cell(name, patient[name])
            for header, name in COLUMNS.items()
        ]
        writer.writerow(row)
    ages = [int(one["age_years"]) for one in patients]
    mean = f"{sum(ages) / len(ages):.1f}".replace(".", ",")
    writer.writerow([FOOTER, "", "", mean, *[""] * (len(COLUMNS) - 4)])
    path.write_bytes(held.getvalue().encode("cp1252"))


def run(*arguments: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Run a command as in a shell; return its seconds too."""
    begun = time.monotonic()
    done = subprocess.run(
        [*IPH, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    return time.monotonic() - begun, done


def answered(path: Path, out: Path) -> collections.Counter[str]:
    """Answer what a file asks; return what had to be typed or confirmed."""
    typed: collections.Counter[str] = collections.Counter()
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file, delimiter=";"))
    kept = []
    for column, asked, read_as, comment in rows:
        right = COLUMNS.get(column, "")
        if asked:
            right = WORDS.get(right, {}).get(asked, "")
        if column == "(sheet)":
            right = WHOLE_SHEET.get(asked, "")
        if right and read_as == f"? {right}":
            typed["guesses confirmed"] += 1
        elif right and not read_as:
            what = "words" if asked else "columns"
            what = "questions on the whole sheet" if column == "(sheet)" else what
            typed[f"{what} answered"] += 1
        else:
            right = ""
        kept.append([column, asked, right or read_as, comment])
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *kept])
    return +typed


def compared(patients: list[dict[str, str]], mapping: Path) -> dict[str, int]:
    """Read the sheet, and compare each value with what it was made from."""
    from iph._fields import cell as as_cell
    from iph._subject import fields_by_name
    from iph.records import read

    warnings.simplefilter("ignore")
    found: collections.Counter[str] = collections.Counter()
    cohort = {one.patient_id: one for one in read(SHEET, mapping=mapping)}
    for right in patients:
        one = cohort.get(right["patient_id"])
        for name, value in right.items():
            got: Any = None
            if one is not None:
                got = _value(one, name, fields_by_name, as_cell)
            if got is None or got == "":
                found["lost"] += 1
            else:
                found["right" if _same(got, value) else "wrong"] += 1
    found["patients"] = len(cohort)
    return dict(found)


def _value(one: Any, name: str, fields_by_name: Any, as_cell: Any) -> Any:
    if name == "hemoglobin_g_dl":
        return one.laboratory.hemoglobin_g_l / 10
    fields = fields_by_name(type(one))
    if name in fields:
        return as_cell(fields[name], fields[name].value_of(one))
    for seen in one.follow_up.assessments:
        end = f"_{seen.visit.value}"
        if name.endswith(end):
            own = fields_by_name(type(seen))[name.removesuffix(end)]
            return as_cell(own, own.value_of(seen))
    return None


def _same(got: Any, value: str) -> bool:
    if isinstance(got, bool):
        return got is (value == "yes")
    if isinstance(got, (int, float)):
        return abs(float(got) - float(value)) < 1e-9
    return str(got) == value


def main() -> int:
    """Go from the sheet to the report, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    asked = parser.parse_args()
    write = None if asked.write is None else asked.write.resolve()
    steps: list[tuple[str, str, str, float]] = []
    sums: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        patients = drawn(random.Random(26))  # noqa: S311 - made-up patients
        write_sheet(Path(SHEET), patients)
        took, done = run("check", SHEET, "--ask", "fragen.csv")
        print(done.stdout[-1500:], done.stderr[-1500:])
        first = answered(Path("fragen.csv"), Path("spalten.csv"))
        told = ", ".join(f"{n} {what}" for what, n in first.items())
        steps.append(("ask", f"check {SHEET} --ask fragen.csv", told, took))
        took, done = run(
            "check", SHEET, "--mapping", "spalten.csv", "--ask", "woerter.csv"
        )
        print(done.stdout[-1500:], done.stderr[-1500:])
        second = answered(Path("woerter.csv"), Path("zuordnung.csv"))
        told = ", ".join(f"{n} {what}" for what, n in second.items())
        command = f"check {SHEET} --mapping spalten.csv --ask woerter.csv"
        steps.append(("ask for the words", command, told, took))
        took, done = run("check", SHEET, "--mapping", "zuordnung.csv")
        print(done.stdout[-2500:], done.stderr[-1500:])
        text = Path(SHEET).read_bytes().decode("cp1252")
        slips = 0
        for wrong, right in SLIPS.values():
            slips += wrong in done.stdout
            text = text.replace(f";{wrong};", f";{right};", 1)
        Path(SHEET).write_bytes(text.encode("cp1252"))
        for (row, header), (_, right) in SLIPS.items():
            patients[row - 1][COLUMNS[header]] = right.replace(",", ".")
        told = f"{slips} slips looked up"
        steps.append(("check", f"check {SHEET} --mapping zuordnung.csv", told, took))
        took, done = run("check", SHEET, "--mapping", "zuordnung.csv")
        steps.append(("check again", "the same", "", took))
        wanted = ("--population", "not-excluded")
        took, done = run("report", SHEET, "--mapping", "zuordnung.csv", *wanted)
        print(done.stdout[-1500:], done.stderr[-1500:])
        command = f"report {SHEET} --mapping zuordnung.csv {' '.join(wanted)}"
        steps.append(("report", command, "", took))
        n_files = sum(path.is_file() for path in Path("iph-report").rglob("*"))
        read = compared(patients, Path("zuordnung.csv"))
        os.chdir("/")
    sums = first + second
    sums["slips looked up"] = slips
    n_answers = sums.total()
    rows = "\n".join(
        f"| {step} | `{command}` | {told} | {took:.0f} |"
        for step, command, told, took in steps
    )
    page = _PAGE.format(
        date=dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d"),
        n_columns=len(COLUMNS),
        n_slips=len(SLIPS),
        rows=rows,
        n_answers=n_answers,
        kinds=", ".join(f"{n} {what}" for what, n in sums.items()),
        n_values=sum(len(one) for one in patients),
        n_right=read.get("right", 0),
        n_wrong=read.get("wrong", 0),
        n_lost=read.get("lost", 0),
        n_files=n_files,
        minutes=round(n_answers / 6),
    )
    print(page, read)
    if write is not None:
        write.write_text(page, encoding="utf-8")
    return 0 if not read.get("wrong") and n_files else 1


if __name__ == "__main__":
    sys.exit(main())
