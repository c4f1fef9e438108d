"""How often tests of `iph.stats` reject a true hypothesis in small samples.

    $ python benchmarks/size.py --runs 4000 --kept docs/reference/size.json
    $ python benchmarks/size.py --kept docs/reference/size.json \
          --write docs/reference/size.md

The first command fills the file with what is missing in it and may be broken off and
begun again; the second writes the page. Another test is one entry of a list `TESTS` in
one of the modules named in `MODULES`.
"""

import argparse
import importlib
import json
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from size_cases import Family

MODULES = ("size_repeated", "size_survival")
LEVEL = 0.05

_HEAD = """\
# Size of the tests

How often does a test reject at the 5 % level if its hypothesis is true?

Each figure is the share of simulated samples in which p is at most .05; ± is the largest standard error of a row.
A test that is not defined in a sample does not reject there.
Exact tests are not listed: they cannot reject more often than their level.
The log-rank tests have a page of their own, {doc}`survival-size`.

`benchmarks/size.py` made the figures and this page.
"""  # noqa: E501 - one sentence a line


def families() -> list[Family]:
    """Return every family of tests, in the order of the page."""
    return [
        family for module in MODULES for family in importlib.import_module(module).TESTS
    ]


def measured(family: Family, setting: Any, runs: int) -> dict[str, Any]:
    """Return the share of rejections of each test in one setting."""
    name = family.name_of(setting)
    rng = np.random.default_rng(zlib.crc32(f"{family.name} {name}".encode()))
    rejected = dict.fromkeys(family.columns, 0)
    for _ in range(runs):
        for column, p in zip(
            family.columns, family.p_values(setting, rng), strict=True
        ):
            rejected[column] += p <= LEVEL  # NaN is not
    shares = {column: count / runs for column, count in rejected.items()}
    return {"family": family.name, "setting": name, "runs": runs, "shares": shares}


def page(rows: list[dict[str, Any]]) -> str:
    """Return the page with one table a family."""
    text = [_HEAD]
    for family in families():
        mine = [row for row in rows if row["family"] == family.name]
        if not mine:
            continue
        text += [
            f"## {family.name}",
            "",
            family.what,
            "",
            f"| {' | '.join(['setting', *family.columns, '±', 'runs'])} |",
            f"| --- |{' --: |' * (len(family.columns) + 2)}",
        ]
        for row in mine:
            shares = [row["shares"][column] for column in family.columns]
            error = max(math.sqrt(s * (1.0 - s) / row["runs"]) for s in shares)
            cells = [f"{share:.3f}"[1:] for share in shares]
            figures = " | ".join([*cells, f"{error:.4f}"[1:], f"{row['runs']:,}"])
            text.append(f"| {row['setting']} | {figures} |")
        text.append("")
    return "\n".join(text)


def main() -> None:
    """Measure what is missing, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=4_000)
    parser.add_argument("--only", default="", help="how the name of a family begins")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    rows = json.loads(asked.kept.read_text("utf-8")) if asked.kept.exists() else []
    if asked.write:
        asked.write.write_text(page(rows), encoding="utf-8")
        return
    done = {(row["family"], row["setting"]) for row in rows}
    for family in families():
        if not family.name.startswith(asked.only):
            continue
        for setting in family.settings:
            if (family.name, family.name_of(setting)) in done:
                continue
            rows.append(measured(family, setting, asked.runs))
            print(rows[-1], flush=True)
            asked.kept.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
