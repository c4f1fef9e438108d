"""Attack the hiding of small counts as a reader who knows the rule.

Every table of some size is published; tables that give one and the same publication are
those between which such a reader cannot tell. Of each hidden count it is asked which
values it has in them. `python benchmarks/disclosure.py` writes
`docs/reference/disclosure.json`.

There are millions of tables and billions of pairs, so `disclosure_tables.py` works the
rule out once more, for many tables at a time; every table that is published by itself,
and of pairs two for each publication, are compared with what the library publishes.

Of pairs two things keep the count small. What the second release shows depends on the
first release, not on the table behind it: where the patients may have changed, every
table behind the first may go with every table behind the second, and each side is
attacked by itself. And the order of the groups plays no part, so the larger one of the
first release stands first.
"""

import argparse
import datetime as dt
import functools
import itertools
import json
import platform
import random
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from disclosure_tables import (
    Alike,
    Counts,
    Flags,
    Sizes,
    Tables,
    all_occur,
    allowed,
    columns,
    halves,
    n_tables,
    small,
    tables,
)
from iph.records._coarsening import Coarse
from iph.records._shared_tables import one_group, shared_table
from iph.records._suppression import Release, Rule, shown_blocks

FEWEST = 3  # values that a hidden count has
OUT = Path(__file__).parents[1] / "docs" / "reference" / "disclosure.json"


def by_library(table: Counts, rule: Rule, first: Release | None) -> Release | None:
    """Return all that the library publishes of one table; None if nothing is."""
    levels = table.tolist()
    blocks = shown_blocks(levels, rule, [] if first is None else [first])
    if blocks is None:
        return None
    totals = [
        tuple(map(sum, zip(*(levels[level] for level in block), strict=True)))
        for block in blocks
    ]
    return Release(blocks, tuple(totals))


def compare(
    counts: Counts,
    seen: Alike,
    which: Iterable[int],
    rule: Rule,
    first: Release | None = None,
) -> None:
    """Stop if the library publishes something else of a table."""
    for place in which:
        if seen.shown != by_library(counts[place], rule, first):
            raise SystemExit(f"not so published: {counts[place]}, {rule}, {first}")


class Found:
    """What an attack found: how many hidden counts, and how few values one had."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.n_tables = self.n_withheld = self.n_hidden = self.n_publications = 0
        self.fewest = 10**9

    def add(self, n_tables: int, n_values: Iterable[int]) -> None:
        """Add tables that nobody can tell apart."""
        self.n_tables += n_tables
        self.n_publications += 1
        for found in n_values:
            self.n_hidden += n_tables
            self.fewest = min(self.fewest, found)
        if self.n_hidden and self.fewest < FEWEST:
            raise SystemExit(f"fewer than {FEWEST} values, {self.rule}")

    def withhold(self, n_tables: int) -> None:
        """Add tables of which nothing is published."""
        self.n_tables += n_tables
        self.n_withheld += n_tables

    def record(self, **about: Any) -> dict[str, Any]:
        """Return the figures."""
        return {
            **about,
            "least": self.rule.least,
            "n_tables": self.n_tables,
            "n_withheld": self.n_withheld,
            "n_publications": self.n_publications,
            "n_hidden": self.n_hidden,
            "fewest_values": self.fewest if self.n_hidden else None,
        }


def refuse_narrowed(seen: Alike, rule: Rule, first: Release | None = None) -> None:
    """Stop if a hidden count lacks a value that totals and threshold allow."""
    shown = seen.shown
    for block, totals in zip(shown.blocks, shown.totals, strict=True):
        if len(block) > 1:
            before = first and tuple(map(first.of, halves(block)))
            expected = allowed(len(block), totals, rule, before)
            if not np.array_equal(expected, seen.values[block.start : block.stop]):
                raise SystemExit(f"narrowed: {shown}, {rule}, {first}")


def first_sizes(most: int) -> Iterator[Sizes]:
    """Yield the sizes of one or two groups; the larger group stands first."""
    for first in range(most + 1):
        for second in range(min(first, most - first) + 1):
            yield first, second


def fits(sizes: Sizes, n_levels: int, rule: Rule) -> bool:
    """Whether groups of these sizes, or with so many more, may be shown."""
    return not small(np.array(sizes, dtype=np.int16), n_levels, rule).any()


def n_values(values: Counts, hidden: Flags) -> list[int]:
    """Return how many values each hidden count has."""
    found: list[int] = np.bitwise_count(values[hidden]).tolist()
    return found


def one_release(n_levels: int, most: int, rule: Rule) -> Found:
    """Attack each table of one or two groups by all tables that look the same."""
    found = Found(rule)
    for sizes in first_sizes(most):
        counts = tables(n_levels, sizes)
        if rule.all_occur:
            counts = counts[all_occur(counts)]
        if not len(counts):
            continue
        if not fits(sizes, n_levels, rule):
            if any(by_library(table, rule, None) is not None for table in counts):
                raise SystemExit(f"groups of {sizes} are published")
            found.withhold(len(counts))
            continue
        for seen in Tables(counts).published(rule):
            compare(counts, seen, seen.members, rule)
            refuse_narrowed(seen, rule)
            found.add(len(seen.members), n_values(seen.values, seen.hidden))
    return found


@functools.lru_cache(maxsize=200)
def of_sizes(n_levels: int, sizes: Sizes) -> Tables:
    """Return every table of groups of these sizes."""
    return Tables(tables(n_levels, sizes))


def two_releases(n_levels: int, most: int, rule: Rule, rng: random.Random) -> Found:
    """Attack pairs of releases whose patients may have changed in any way."""
    found = Found(rule)
    for sizes in first_sizes(most):
        if not fits(sizes, n_levels, rule):
            continue
        shown_later = []
        for after in ((a, b) for a in range(most + 1) for b in range(most + 1 - a)):
            grown = (after[0] - sizes[0], after[1] - sizes[1])
            if fits(after, n_levels, rule) and fits(grown, n_levels, rule):
                shown_later.append(of_sizes(n_levels, after))
            else:
                n = n_tables(n_levels, after)
                found.withhold(n_tables(n_levels, sizes) * n)
        for old in of_sizes(n_levels, sizes).published(rule):
            n_before = n_values(old.values, old.hidden)
            for later in shown_later:
                for new in later.published(rule, old.shown):
                    drawn = (new.members[0], rng.choice(new.members))
                    compare(later.counts, new, drawn, rule, old.shown)
                    refuse_narrowed(new, rule, old.shown)
                    n_after = n_values(new.values, new.hidden)
                    n = len(old.members) * len(new.members)
                    found.add(n, [*n_before, *n_after])
    return found


def has_grown(shown: Release, first: Release) -> Flags:
    """Tell which counts stand in a block to which patients were added.

    Where none was, what the first release showed holds still, and nothing is disclosed.
    """
    found = []
    for block, totals in zip(shown.blocks, shown.totals, strict=True):
        before = first.of(block)
        grown = [True] * 2 if before is None else np.not_equal(totals, before)
        found += [grown] * len(block)
    return np.array(found)


def patients_added(n_levels: int, most: int, rule: Rule, rng: random.Random) -> Found:
    """Attack pairs of releases of which the second has the patients of the first."""
    found = Found(rule)
    for sizes in first_sizes(most):
        if not fits(sizes, n_levels, rule):
            continue
        spare = most - sum(sizes)
        shown_later = []
        for added in ((a, b) for a in range(spare + 1) for b in range(spare + 1 - a)):
            if fits(added, n_levels, rule):
                shown_later.append(added)
            else:
                n = n_tables(n_levels, added)
                found.withhold(n_tables(n_levels, sizes) * n)
        first = of_sizes(n_levels, sizes)
        for old in first.published(rule):
            before = first.counts[old.members]
            for added in shown_later:
                more = tables(n_levels, added)
                later = (before[:, None] + more[None]).reshape(-1, n_levels, 2)
                pairs = Tables(later, before[np.arange(len(later)) // len(more)])
                for new in pairs.published(rule, old.shown):
                    drawn = (new.members[0], rng.choice(new.members))
                    compare(later, new, drawn, rule, old.shown)
                    asked = old.hidden | has_grown(new.shown, old.shown)
                    hidden = np.concatenate([old.hidden, new.hidden & asked])
                    found.add(len(new.members), n_values(new.values, hidden))
    return found


def levels_that_overlap(n_levels: int, most: int, rule: Rule) -> Found:
    """Attack fields of which several levels may apply to a patient."""
    found = Found(rule)
    names = tuple("abcdefg"[:n_levels])
    kinds = [
        tuple(one)
        for size in range(1, n_levels + 1)
        for one in itertools.combinations(names, size)
    ]
    answers = [*kinds, ("none",), None]
    for n in range(1, most + 1):
        seen: dict[Hashable, list[tuple[int, ...]]] = defaultdict(list)
        for counts in columns(len(answers), n).tolist():
            given = [
                one
                for one, count in zip(answers, counts, strict=True)
                for _ in range(count)
            ]
            field = Coarse(levels=(*names, "none"), answers=tuple(given), overlap=True)
            table = shared_table(("x", ""), field, one_group(n), rule)
            if table is None:
                found.withhold(1)
                continue
            true = [
                sum(one is not None and name in one for one in given)
                for name in (*names, "none")
            ]
            true.append(given.count(None))
            seen[table].append(tuple(true))
        for shown, candidates in seen.items():
            hidden = [
                place
                for place, row in enumerate(shown.counts)  # type: ignore[attr-defined]
                if row[0] is None
            ]
            found.add(
                len(candidates),
                [len({one[place] for one in candidates}) for place in hidden],
            )
    return found


def run(most: int, levels: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Run all attacks."""
    rng = random.Random(1)  # noqa: S311 - no secret
    for least in (3, 4, 5):
        rule = Rule(least=least)
        for n_levels in levels:
            about = {"most": most, "n_levels": n_levels}
            for one in (rule, attrs.evolve(rule, all_occur=True)):
                found = one_release(n_levels, most, one)
                yield found.record(attack="one", all_occur=one.all_occur, **about)
            found = two_releases(n_levels, most, rule, rng)
            yield found.record(attack="two", added=False, **about)
            found = patients_added(n_levels, most, rule, rng)
            yield found.record(attack="two", added=True, **about)
        for n_levels, fewer in ((2, most), (3, min(most, 9))):
            found = levels_that_overlap(n_levels, fewer, rule)
            yield found.record(attack="overlap", most=fewer, n_levels=n_levels)


def main() -> None:
    """Run every attack and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--most", type=int, choices=range(1, 15), default=12, help="patients"
    )
    parser.add_argument("--levels", type=int, nargs="*", default=(3, 4, 5))
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    attacks = []
    for found in run(given.most, given.levels):
        print(found, flush=True)
        attacks.append(found)
    about = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "python": platform.python_version(),
        "most_patients": given.most,
        "attacks": attacks,
    }
    given.out.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
