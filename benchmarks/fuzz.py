"""Readers fed with bytes that a coverage-guided search makes up.

A file is refused with words (`FileError`) or checked; anything else that is raised is a
finding, and so is what takes ten seconds. Of a CSV file that is read, each plain number
and code must be what an independent reading of the bytes has.
The search keeps what reaches code that nothing before it reached.

    $ pip install atheris
    $ python benchmarks/fuzz.py --seconds 300 --write docs/reference/fuzz.json
"""

import argparse
import collections
import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import mutations

ENDINGS = (".csv", ".json", ".xlsx", ".toml")
_SHEET = "xl/worksheets/sheet1.xml"
_WORDS = (
    "patient_id", "age_years", "sex", "vas_baseline", "vas_week_1", "strength_baseline",
    "hemoglobin_g_l", "zones", "upper;mid", "female", "unknown", "not_done",
    "2020-01-31", "visit", "baseline", "NaN", "1e309", "-0", "110,5", "\\x00", '\\"',
)  # fmt: skip


def seeds(folder: Path, ending: str) -> None:
    """Write sound files for the search to begin with."""
    from iph import Cohort
    from iph.evidence import published_cases
    from iph.records import write

    cohort = Cohort(published_cases().patients[:1])
    if ending == ".toml":
        for kind, printed, more in (
            ("percentage", "50 %", "count = 1\nof = 2"),
            ("mean-sd", "4.5 ± 1.2", 'of = 9\nvariable = "vas"\nstep = 1'),
            ("median", "4 (2, 6)", 'of = 9\nvariable = "age_years"'),
            ("p-value", "P < 0.05", 'test = "fisher"\ntable = "1 2; 3 4"'),
        ):
            head = '[[claim]]\ncode = "a"\nwhere = "A"\n'
            text = f'{head}kind = "{kind}"\nprinted = "{printed}"\n{more}\n'
            (folder / f"{kind}.toml").write_text(text, encoding="utf-8")
        return
    write(cohort, folder / f"cases{ending}")
    if ending == ".xlsx":  # the search works on the sheet inside
        with zipfile.ZipFile(folder / "cases.xlsx") as book:
            sheet = book.read(_SHEET)
        (folder / "cases.xlsx").write_bytes(sheet)


def misread(data: bytes, path: Path) -> list[str]:
    """Return the plain cells of a CSV file that are read as something else."""
    from iph.errors import IphError
    from iph.records import read

    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8")), strict=True))
        patients = {one.patient_id: one for one in read(path)}
    except (UnicodeDecodeError, csv.Error, IphError):
        return []
    header, *others = rows or [[]]
    named = {name: place for place, name in enumerate(header)}
    if len(named) < len(header) or "patient_id" not in named:
        return []
    wrong = []
    whole = [row for row in others if len(row) == len(header)]
    seen = collections.Counter(row[named["patient_id"]] for row in whole)
    for row in whole:
        one = patients.get(row[named["patient_id"]])
        if one is None or seen[one.patient_id] > 1:
            continue
        for name in named.keys() & {*mutations.NUMBERS, *mutations.CODES}:
            text, got = row[named[name]], mutations.value_of(one, name)
            with contextlib.suppress(LookupError):
                right = mutations.expected(name, text) if text else None
                wrong += [f"{name}: {text!r} read as {got!r}"] * (right != got)
    return wrong


def search(ending: str, corpus: Path, seconds: int) -> None:
    """Search for bytes that a reader does not survive; does not return."""
    import atheris

    with atheris.instrument_imports(include=["iph.records", "iph.evidence"]):
        from iph.evidence import audit, read_claims
        from iph.records import check, errors_text, write

    from iph.errors import FileError

    place = Path(tempfile.mkdtemp(dir="/dev/shm"))  # a disk in memory
    path = place / f"fuzz{ending}"
    others: dict[str, bytes] = {}
    if ending == ".xlsx":
        from iph.records._template import example

        sound = write(example(), place / "sound.xlsx")
        with zipfile.ZipFile(sound) as book:
            others = {n: book.read(n) for n in book.namelist() if n != _SHEET}

    def one(data: bytes) -> None:
        if others:
            with zipfile.ZipFile(path, "w") as book:
                for name, content in {**others, _SHEET: data}.items():
                    book.writestr(name, content)
        else:
            path.write_bytes(data)
        try:
            if ending == ".toml":
                audit(read_claims(path))
            else:
                errors_text(check(path))
            found = misread(data, path) if ending == ".csv" else []
            assert not found, found
        except FileError:
            return

    words = corpus.parent / f"words{ending}.txt"
    words.write_text("".join(f'"{word}"\n' for word in _WORDS), encoding="utf-8")
    options = [
        sys.argv[0],
        str(corpus),
        f"-max_total_time={seconds}",
        f"-dict={words}",
        "-max_len=30000",
        "-timeout=10",
        "-print_final_stats=1",
        f"-artifact_prefix={corpus.parent}/found{ending}-",
    ]
    atheris.Setup(options, one)
    atheris.Fuzz()


def main() -> None:
    """Search for each kind of file in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--only", choices=ENDINGS)
    parser.add_argument("--corpus", type=Path)
    chosen = parser.parse_args()
    if chosen.corpus is not None:
        search(chosen.only, chosen.corpus, chosen.seconds)
    found: dict[str, Any] = {}
    place = Path(tempfile.mkdtemp())
    for ending in ENDINGS if chosen.only is None else (chosen.only,):
        corpus = place / f"corpus{ending}"
        corpus.mkdir()
        seeds(corpus, ending)
        command = [sys.executable, __file__, "--only", ending, "--corpus", str(corpus)]
        done = subprocess.run(
            [*command, "--seconds", str(chosen.seconds)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        marks = re.findall(r"cov: (\d+)", done.stderr)
        runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
        found[ending] = {
            "runs": int(runs[1]) if runs else 0,
            "seconds": chosen.seconds,
            "edges_at_first": int(marks[0]) if marks else 0,
            "edges_at_last": int(marks[-1]) if marks else 0,
            "kept": len(list(corpus.iterdir())),
            "findings": len(list(place.glob(f"found{ending}-*"))),
        }
        print(ending, found[ending], flush=True)
        if done.returncode:
            print(done.stdout[-3000:], done.stderr[-6000:])
    if chosen.write is not None:
        text = json.dumps(found, indent=1, sort_keys=True)
        chosen.write.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
