"""Read, check and write cohorts of growing size, and write the page of the docs.

    python benchmarks/records.py [--write docs/reference/benchmarks-records.md]

Each size is done in a fresh process, so that its peak memory is its own. Linux only.
"""

import argparse
import csv
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

SIZES = {
    ".csv": (1_000, 3_000, 10_000, 30_000, 100_000),
    ".json": (1_000, 10_000),
    ".xlsx": (1_000, 10_000),
    ".sav": (1_000, 10_000),
}
VISITS = ("baseline", "week_1", "discharge", "month_1", "month_3", "month_6", "year_1")
PACKAGES = ("iph", "numpy", "attrs", "python-calamine", "openpyxl", "pyreadstat")

_HEAD = """# Benchmarks: reading and writing

How long it takes to read, check and write patients with 7 visits each, and how much
memory.
`read` checks every cell and every rule; `check` does the same and reports.
Every patient has 24 recorded fields and 5 at each visit, with other values in each.
The times are seconds of processor time on one thread, each file in a fresh process;
memory is the most that the process ever held, Python and all libraries included.
Asked were 100,000 patients in under a minute and 2 GB together.

To take them on your machine:

```console
$ python benchmarks/records.py --write docs/reference/benchmarks-records.md
```

"""
_NOTES = (
    "Time and memory grow in proportion to the number of patients.",
    "Workbooks cost most, nearly all of it in the libraries that pack their cells.",
    "A workbook that unpacks to more than 200 MB is refused.",
    "An SPSS file is read in another process first, whose time is not counted here.",
)


def rows(n: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of a long table, made from a seed."""
    rng = random.Random(2023)  # noqa: S311 - made-up patients
    zones = ("upper", "upper;mid", "mid;lower", "lower")
    agents = ("warfarin", "heparin", "aspirin;warfarin", "none", "rivaroxaban")
    causes = ("anticoagulant", "hemophilia", "trauma", "spontaneous", "rodenticide")
    for number in range(n):
        first: dict[str, Any] = {
            "age_years": rng.randint(18, 95),
            "sex": rng.choice(("male", "female")),
            "side": rng.choice(("left", "right")),
            "symptom_days": rng.randint(0, 300),
            "pain_sites": rng.choice(("hip;groin", "lumbar", "hip;thigh")),
            "etiology": rng.choice(causes),
            "anticoagulant": rng.choice(agents),
            "comorbidities": "none",
            "records_complete": "yes",
            "hemoglobin_g_l": rng.randint(500, 1700) / 10,
            "platelets_10e9_l": rng.randint(50, 400),
            "pt_s": rng.randint(100, 400) / 10,
            "inr": rng.randint(90, 600) / 100,
            "aptt_s": rng.randint(200, 1000) / 10,
            "ct": "yes",
            "mri": "not_done",
            "hematoma_present": "yes",
            "muscle": "iliopsoas",
            "zones": rng.choice(zones),
            "diameter_a_cm": rng.randint(20, 150) / 10,
            "volume_ml": rng.randint(200, 9000) / 10,
            "femoral": "involved",
            "treatments": rng.choice(("analgesic;rehabilitation", "embolization")),
            "died": "no",
        }
        days = sorted(rng.sample(range(1, 400), len(VISITS) - 1))
        for visit, day in zip(VISITS, (0, *days), strict=True):
            yield {
                "patient_id": f"P{number:06}",
                **first,
                "visit": visit,
                "day": day,
                "vas": rng.randint(0, 100) / 10,
                "numbness": rng.randint(1, 4),
                "strength": rng.randint(0, 5),
                "hip_flexion_deg": rng.randint(0, 160),
            }
            first = dict.fromkeys(first, "")


def make(path: Path, n: int) -> None:
    """Write the long table of n patients."""
    made = rows(n)
    first = next(made)
    with path.open("w", newline="", encoding="ascii") as file:
        writer = csv.DictWriter(file, first)
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(made)


def job(path: Path) -> None:
    """Read, check and write one file, and print what it took."""
    from iph.records import check, read, write

    taken: dict[str, Any] = {"bytes": path.stat().st_size}
    start = time.process_time()
    cohort = read(path)
    taken["read"] = time.process_time() - start
    n_seen = sum(len(patient.follow_up.assessments) for patient in cohort)
    start = time.process_time()
    report = check(path)
    taken["check"] = time.process_time() - start
    assert report.ok
    assert (report.n_patients, report.n_assessments) == (len(cohort), n_seen)
    out = path.with_name(f"written{path.suffix}")
    start = time.process_time()
    write(cohort, out)
    taken["write"] = time.process_time() - start
    taken["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert read(out) == cohort
    print(json.dumps(taken))


def convert(source: Path, target: Path) -> None:
    """Write a file in another format."""
    from iph.records import read, write

    write(read(source), target)


def page(found: dict[tuple[str, int], dict[str, float]]) -> str:
    """Return the page as Markdown."""
    heads = ("patients", "rows", "file", "read", "check", "write", "all three")
    lines = [_HEAD.rstrip("\n"), ""]
    lines += [
        f"| format | {' | '.join(heads)} | a patient | peak memory |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (ending, n), one in found.items():
        total = one["read"] + one["check"] + one["write"]
        lines.append(
            f"| {ending[1:].upper()} | {n:,} | {n * len(VISITS):,} | "
            f"{one['bytes'] / 1e6:.1f} MB | {one['read']:.2f} s | "
            f"{one['check']:.2f} s | {one['write']:.2f} s | {total:.2f} s | "
            f"{1e3 * total / n:.2f} ms | {one['peak'] / 1e6:.0f} MB |"
        )
    lines += [
        "",
        *_NOTES,
        "",
        "| package | version |",
        "|---|---|",
        f"| Python | {platform.python_version()} |",
        *(f"| {name} | {version(name)} |" for name in PACKAGES),
        "",
        f"The machine: {platform.system()} on {platform.machine()}.",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Take all sizes, print the page, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument("--job", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--convert", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--most", type=int, default=100_000, help="the largest size")
    asked = parser.parse_args()
    if asked.job is not None:
        job(asked.job)
        return 0
    if asked.convert is not None:
        convert(*asked.convert)
        return 0
    found: dict[tuple[str, int], dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for ending, sizes in SIZES.items():
            for n in sizes:
                if n > asked.most:
                    continue
                path = Path(folder) / f"cohort{n}.csv"
                if not path.exists():
                    make(path, n)
                if ending != ".csv":
                    other = path.with_suffix(ending)
                    _run("--convert", str(path), str(other))
                    path = other
                found[ending, n] = json.loads(_run("--job", str(path)))
                print(ending, n, found[ending, n], file=sys.stderr)
    text = page(found)
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
    return 0


def _run(*arguments: str) -> str:
    """Run this script in a fresh process; return what it prints."""
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
