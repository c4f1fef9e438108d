"""Sheets of strangers, from file to report with the answers of a person.

Each sheet of ``tests/records/strangers`` is asked about, answered, read and reported.
The figures go into a page of the documentation.

    $ python benchmarks/strangers.py --write docs/reference/strangers.md
"""

import argparse
import datetime as dt
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "records"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "records" / "strangers"))

import make_strangers
import test_strangers as sheets

from iph import Cohort
from iph.report import write
from iph.study import analyze

_PAGE = """# Sheets of strangers

Real tables of other studies have no identifier, or name it otherwise.
They code sex with numbers, write dates, spread visits over columns and sheets, and keep titles above the header.
{n} made-up sheets have one such trait, or two; their right values and the answers of a person were written before the reader was changed.
{n_programs} of them are output of real programs: {programs}.

Each was asked about with `check --ask`, answered, read, compared value by value, and reported.
`python benchmarks/strangers.py` wrote these figures on {date}.

| | sheets |
| --- | ---: |
| read with every value right | {right} |
| from file to report ({cohorts} different cohorts) | {reported} |
| values read otherwise than the sheet says | {wrong} |
| refused after the answers | {refused} |

Answers that a person gives: {answers}.

| trait | sheets | answers, most |
| --- | ---: | ---: |
{traits}
"""  # noqa: E501 - a sentence is one line


_REPORTED: dict[Cohort, int] = {}


def main() -> int:
    """Read and report every sheet, and return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    count: Counter[str] = Counter()
    for one in sheets.RIGHT:
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            said = _tried(one, Path(folder), count)
        print(
            f"{one['file']}: {said} ({time.perf_counter() - start:.1f} s)", flush=True
        )
    if asked.write is not None:
        asked.write.write_text(_page(count), encoding="utf-8")
    return 0 if count["reported"] == len(sheets.RIGHT) else 1


def _tried(one: dict[str, Any], folder: Path, count: Counter[str]) -> str:
    try:
        patients = sheets.read_as_asked(one, folder)
    except Exception as problem:  # noqa: BLE001 - anything raised is a finding
        count["refused"] += 1
        return f"{type(problem).__name__}: {problem}"
    if {p.patient_id: sheets.values(p) for p in patients} != one["values"]:
        count["wrong"] += 1
        return "wrong"
    count["right"] += 1
    # sheets of equal patients have one report
    cohort = Cohort(patients)
    if cohort not in _REPORTED:
        written = write(analyze(cohort, population="all"), folder / "report")
        _REPORTED[cohort] = len(written.files)
    count["reported"] += bool(_REPORTED[cohort])
    return f"{_REPORTED[cohort]} files"


def _page(count: Counter[str]) -> str:
    made = [one["program"] for one in sheets.RIGHT if one["program"] != "typed"]
    answers = Counter(len(one["answers"]) for one in sheets.RIGHT)
    traits: dict[str, list[int]] = {}
    for one in sheets.RIGHT:
        for trait in one["traits"][:-1]:
            traits.setdefault(trait, []).append(len(one["answers"]))
    return _PAGE.format(
        n=len(sheets.RIGHT),
        n_programs=len(made),
        programs="; ".join(sorted(set(made))),
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        right=count["right"],
        reported=count["reported"],
        cohorts=len(_REPORTED),
        wrong=count["wrong"],
        refused=count["refused"],
        answers=", ".join(f"{n} in {k} sheets" for n, k in sorted(answers.items())),
        traits="\n".join(
            f"| {_says(name)} | {len(found)} | {max(found)} |"
            for name, found in traits.items()
        ),
    )


def _says(trait: str) -> str:
    doc: str = getattr(make_strangers, trait).__doc__
    return doc.splitlines()[0].rstrip(".").lower()


if __name__ == "__main__":
    sys.exit(main())
