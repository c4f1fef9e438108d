"""Attack the hiding of small counts as a reader who knows the rule.

Every table of some size is published; tables that give one and the same publication are
those between which such a reader cannot tell. Of each hidden count it is asked which
values it has in them. `python benchmarks/disclosure.py` writes
`docs/reference/disclosure.json`.
"""

import argparse
import datetime as dt
import itertools
import json
import platform
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

from iph.records._coarsening import Coarse
from iph.records._shared_tables import one_group, shared_table
from iph.records._suppression import Release, Rule, shown_blocks

OUT = Path(__file__).parents[1] / "docs" / "reference" / "disclosure.json"
FEWEST = 3

Table = tuple[tuple[int, ...], ...]
"""The count of each level, one number a group."""


def tables(n_levels: int, sizes: tuple[int, ...]) -> Iterator[Table]:
    """Yield every table of so many levels, with groups of these sizes."""
    columns = [list(_columns(n_levels, size)) for size in sizes]
    for found in itertools.product(*columns):
        yield tuple(zip(*found, strict=True))


def _columns(n_levels: int, size: int) -> Iterator[tuple[int, ...]]:
    for cuts in itertools.combinations(range(size + n_levels - 1), n_levels - 1):
        ends = (-1, *cuts, size + n_levels - 1)
        yield tuple(high - low - 1 for low, high in itertools.pairwise(ends))


def published(
    table: Table, rule: Rule, earlier: Iterable[Release] = ()
) -> Release | None:
    """Return all that is published of a table; None if nothing is."""
    blocks = shown_blocks(table, rule, list(earlier))
    if blocks is None:
        return None
    totals = [
        tuple(map(sum, zip(*(table[level] for level in block), strict=True)))
        for block in blocks
    ]
    return Release(blocks, tuple(totals))


def hidden_cells(shown: Release) -> Iterator[tuple[int, int]]:
    """Yield the level and group of each hidden count."""
    for block, totals in zip(shown.blocks, shown.totals, strict=True):
        if len(block) > 1:
            for group, total in enumerate(totals):
                if total:
                    yield from ((level, group) for level in block)


class Count:
    """What an attack found: how many hidden counts, and how few values one had."""

    def __init__(self) -> None:
        self.n_tables = self.n_withheld = self.n_hidden = 0
        self.fewest = 10**9

    def add(self, n_tables: int, values: Iterable[set[int]]) -> None:
        """Add the tables that nobody can tell apart."""
        self.n_tables += n_tables
        for found in values:
            self.n_hidden += n_tables
            self.fewest = min(self.fewest, len(found))

    def record(self, **about: Any) -> dict[str, Any]:
        """Return the figures."""
        return {
            **about,
            "n_tables": self.n_tables,
            "n_withheld": self.n_withheld,
            "n_hidden": self.n_hidden,
            "fewest_values": self.fewest if self.n_hidden else None,
        }


def one_release(n_levels: int, most: int, least: int, *, all_occur: bool) -> Count:
    """Attack each table of one or two groups by all tables that look the same."""
    found = Count()
    rule = Rule(least=least, all_occur=all_occur)
    for first in range(1, most + 1):
        for second in range(min(first, most - first) + 1):
            alike: dict[Release, list[Table]] = defaultdict(list)
            for table in tables(n_levels, (first, second)):
                if all_occur and not all(map(any, table)):
                    continue
                shown = published(table, rule)
                if shown is None:
                    found.n_withheld += 1
                    found.n_tables += 1
                else:
                    alike[shown].append(table)
            for seen, candidates in alike.items():
                found.add(
                    len(candidates),
                    (
                        {table[level][group] for table in candidates}
                        for level, group in hidden_cells(seen)
                    ),
                )
    return found


def two_releases(n_levels: int, most: int, least: int, *, added: bool) -> Count:
    """Attack pairs of releases of one group; with `added`, patients were only added."""
    found = Count()
    rule = Rule(least=least)
    of_size = [list(tables(n_levels, (size,))) for size in range(most + 1)]
    for before, after in itertools.combinations_with_replacement(range(most + 1), 2):
        alike: dict[tuple[Release, Release], list[tuple[Table, Table]]] = defaultdict(
            list
        )
        for old in of_size[before]:
            first = published(old, rule)
            if first is None:
                continue
            for new in of_size[after]:
                if added and any(n < o for (o,), (n,) in zip(old, new, strict=True)):
                    continue
                second = published(new, rule, [first])
                if second is None:
                    found.n_withheld += 1
                    found.n_tables += 1
                else:
                    alike[first, second].append((old, new))
        for pair, candidates in alike.items():
            old_shown, new_shown = pair
            old_hidden = set(hidden_cells(old_shown))
            values = [
                {old[level][0] for old, _ in candidates} for level, _ in old_hidden
            ]
            for cell in hidden_cells(new_shown):
                if added and before == after and cell not in old_hidden:
                    continue  # nobody is new: what was shown then still holds
                values.append({new[cell[0]][0] for _, new in candidates})
            found.add(len(candidates), values)
    return found


def levels_that_overlap(n_levels: int, most: int, least: int) -> Count:
    """Attack fields of which several levels may apply to a patient."""
    found = Count()
    names = tuple("abcdefg"[:n_levels])
    kinds = [
        tuple(one)
        for size in range(1, n_levels + 1)
        for one in itertools.combinations(names, size)
    ]
    answers = [*kinds, ("none",), None]
    rule = Rule(least=least)
    for n in range(1, most + 1):
        alike: dict[Hashable, list[tuple[int, ...]]] = defaultdict(list)
        for counts in _columns(len(answers), n):
            given = [
                one
                for one, count in zip(answers, counts, strict=True)
                for _ in range(count)
            ]
            field = Coarse(levels=(*names, "none"), answers=tuple(given), overlap=True)
            table = shared_table(("x", ""), field, one_group(n), rule)
            if table is None:
                found.n_withheld += 1
                found.n_tables += 1
                continue
            true = [
                sum(one is not None and name in one for one in given)
                for name in (*names, "none")
            ]
            true.append(given.count(None))
            alike[table].append(tuple(true))
        for shown, candidates in alike.items():
            hidden = [
                place
                for place, row in enumerate(shown.counts)  # type: ignore[attr-defined]
                if row[0] is None
            ]
            found.add(
                len(candidates),
                ({one[place] for one in candidates} for place in hidden),
            )
    return found


def run(most: int, *, quick: bool = False) -> list[dict[str, Any]]:
    """Run all attacks; the quick ones are those of the tests."""
    made = []
    for least in (3, 4, 5):
        for n_levels in (3,) if quick else (3, 4, 5):
            about = {"n_levels": n_levels, "least": least}
            for all_occur in (False, True):
                count = one_release(n_levels, most, least, all_occur=all_occur)
                made.append(
                    count.record(attack="one", most=most, all_occur=all_occur, **about)
                )
            for added in (False, True):
                if n_levels < 5 or not quick:
                    size = min(most, {3: 12, 4: 9, 5: 8}[n_levels])
                    count = two_releases(n_levels, size, least, added=added)
                    made.append(
                        count.record(attack="two", most=size, added=added, **about)
                    )
        for n_levels in (2,) if quick else (2, 3):
            size = min(most, {2: 12, 3: 9}[n_levels])
            count = levels_that_overlap(n_levels, size, least)
            made.append(
                count.record(
                    attack="overlap", most=size, n_levels=n_levels, least=least
                )
            )
    return made


def main() -> None:
    """Run every attack and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=12)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    found = run(given.most, quick=given.quick)
    about = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "python": platform.python_version(),
        "most_patients": given.most,
        "attacks": found,
    }
    given.out.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
