"""What the searches for faults found, printed from the files that they write."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_REFERENCE = Path(__file__).parents[1] / "reference"


def _found(name: str) -> dict[str, Any]:
    text = (_REFERENCE / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = tuple(head)
    lines = [head, ("---",) * len(head), *(tuple(map(str, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _ends(what: str, ends: Mapping[str, int], date: str) -> tuple[str, ...]:
    """Return a row of how calls ended."""
    kinds = ("refused", "works", "crashes", "hangs")
    counts = (sum(ends.values()), *(ends.get(kind, 0) for kind in kinds))
    return what, *(f"{n:,}" for n in counts), date


def calls_page() -> str:
    """Print how calls with hostile arguments ended, room by room."""
    rooms = _found("calls")["rooms"]
    rows = [
        _ends(
            "`iph`" if room == "iph" else f"`iph.{room}`", one["outcomes"], one["date"]
        )
        for room, one in sorted(rooms.items())
    ]
    together: Counter[str] = Counter()
    for one in rooms.values():
        together.update(one["outcomes"])
    rows.append(_ends("all", together, ""))
    head = ("functions of", "calls", "refused in words", "worked", "crashed", "hung")
    return _table((*head, "date"), rows)


def writers_page() -> str:
    """Print how stopped writers left their folder, and what consoles do."""
    found = _found("writers")
    printing = found["printing"]
    ends = "; ".join(f"{how}: {n}" for how, n in found["ends"].items())
    rows = [(f"`{writer}`", n) for writer, n in found["by_writer"].items()]
    rows.append(("all", found["interrupted"]))
    return (
        f"On {found['date']}, {found['interrupted']:,} runs were stopped.\n"
        f"They ended so: {ends} (below 0 stands the signal).\n"
        f"Files lost, half written or left over, and tracebacks: "
        f"{len(found['wrong'])}.\n\n{_table(('command', 'stopped'), rows)}\n"
        f"Of {printing['n']} runs into bad consoles and outputs, "
        f"{len(printing['wrong'])} ended in a traceback.\n"
    )


def mutations_page() -> str:
    """Print how changed cells and changed files were read."""
    found = _found("mutations")
    kinds = ("refused at its cell", "read as it stands", "read, though not plain")
    cells = found["cells"]
    rows = [
        (
            f"`{form}`",
            f"{one['cells']:,}",
            *(f"{one['outcomes'].get(kind, 0):,}" for kind in kinds),
            one["n_wrong"],
            one["date"],
        )
        for form, one in cells.items()
    ]
    n_cells = sum(one["cells"] for one in cells.values())
    n_wrong = sum(one["n_wrong"] for one in cells.values())
    n_files = sum(
        ends.get("refused", 0) + ends.get("read", 0) for ends in found["files"].values()
    )
    head = ("changed cells of", "cells", *kinds, "read wrongly", "date")
    first = (
        f"{n_cells:,} cells and {n_files:,} files were changed, {n_cells + n_files:,} "
        f"inputs in all; {n_wrong} were read wrongly.\n\n{_table(head, rows)}"
    )
    rows = [
        (
            f"`{name}`",
            f"{ends.get('refused', 0):,}",
            f"{ends.get('read', 0):,}",
            ends.get("reports written", 0),
            ends.get("crashes", 0),
            ends.get("hangs", 0),
            ends["date"],
        )
        for name, ends in found["files"].items()
    ]
    head = (
        "changed bytes of", "refused", "read", "reports", "crashed", "hung", "date",
    )  # fmt: skip
    return f"{first}\n{_table(head, rows)}"


def docs_search_page() -> str:
    """Print where the search of these pages has the answers to questions."""
    found = _found("docs-search")
    rows = [
        (one["question"], one["place"] or "not found") for one in found["questions"]
    ]
    return (
        f"On {found['date']}, the search of these pages was asked {len(rows)} "
        f"questions; it answered {found['answered']} of them within its first three "
        f"hits (`tools/docs_search.mjs`).\n\n{_table(('asked', 'place'), rows)}"
    )


def table_pages_page() -> str:
    """Print how the tables of some reports stand on pages of LaTeX and Word."""
    found = _found("table-pages")
    rows = [
        (
            name,
            one["latex_tables"],
            f"{one['latex_widest_overfull_pt']:.1f} pt",
            one["word_pages"],
            len(one["word_outside_margins"]),
        )
        for name, one in found["reports"].items()
    ]
    head = (
        "report", "tables in LaTeX", "widest box over its line", "pages of Word",
        "words outside the margins",
    )  # fmt: skip
    programs = " and ".join(found["programs"])
    return (
        f"On {found['date']}, {programs} printed these reports "
        f"(`tools/table_pages.py`).\n\n{_table(head, rows)}"
    )


_ATTACKS = {
    "one": "one sharing",
    "one, all occur": "one sharing, every level known to occur",
    "two": "two sharings",
    "two, added": "two sharings, patients only added",
    "overlap": "one sharing, levels that overlap",
}


def disclosure_page() -> str:
    """Print what readers of shared tables find out, by the kind of attack."""
    found = _found("disclosure")
    together: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in found["attacks"]:
        kind = one["attack"]
        kind += ", all occur" * one.get("all_occur", False)
        kind += ", added" * one.get("added", False)
        together.setdefault((kind, one["n_levels"]), []).append(one)
    rows = []
    for kind, what in _ATTACKS.items():
        for n_levels in range(2, 6):
            runs = together.get((kind, n_levels), [])
            if not runs:
                continue
            names = ("n_tables", "n_withheld", "n_publications", "n_hidden")
            sums = (sum(run[name] for run in runs) for name in names)
            fewest = min(run["fewest_values"] for run in runs)
            rows.append((what, n_levels, *(f"{n:,}" for n in sums), fewest))
    head = (
        "attack on", "levels", "tables or pairs", "withheld", "publications",
        "hidden numbers", "fewest values",
    )  # fmt: skip
    return (
        f"On {found['date']}, with `least` at 3, 4 and 5 together, and up to "
        f"{found['most_patients']} patients:\n\n{_table(head, rows)}"
    )


SEARCHES = {
    "calls": calls_page,
    "disclosure": disclosure_page,
    "docs-search": docs_search_page,
    "mutations": mutations_page,
    "table-pages": table_pages_page,
    "writers": writers_page,
}
