"""Rows about groups of grades and about tables of characteristics."""

from typing import Any

import numpy as np
import scikit_posthocs
from scipy import stats
from tableone import TableOne

import by_hand
import data
from iph.stats import dunn, group_by_visit, kruskal_wallis, win_statistics
from iph.study import describe_frame
from timing import Job, Row, in_turn, ratio_of


def grades() -> Row:
    """Take Kruskal-Wallis and Dunn of half a million grades."""
    samples = data.grades(100_000)

    def ours() -> tuple[float, Any]:
        return kruskal_wallis(*samples).statistic, dunn(*samples)

    def theirs() -> tuple[float, Any]:
        pairs = scikit_posthocs.posthoc_dunn(samples, p_adjust="bonferroni")
        return float(stats.kruskal(*samples).statistic), pairs

    statistic, pairs = ours()
    other, table = theirs()
    np.testing.assert_allclose(statistic, other, rtol=1e-9)
    for pair in pairs:
        found = table.iloc[pair.first, pair.second]
        np.testing.assert_allclose(pair.p_adjusted, found, rtol=1e-9, atol=1e-300)
    found = in_turn({"iph": ours, "scipy + scikit-posthocs": theirs}, 7)
    return Row(
        number=10,
        work="Kruskal-Wallis and Dunn, 5 x 100,000 grades",
        found=found,
        asked="20 times faster",
        reached=ratio_of(found) >= 20,
    )


def courses() -> Row:
    """Compare the courses of two groups of 150 patients over six visits."""
    rng = np.random.default_rng(7)
    rows = rng.integers(0, 11, (300, 6)) + np.arange(6) // 3
    group = np.arange(300) % 2

    def ours() -> list[float]:
        found = group_by_visit(rows, group)
        tests = (found.group, found.visit, found.interaction)
        return [test.statistic for test in tests]

    def hand() -> tuple[float, float, float]:
        return by_hand.course_statistics(rows, group)

    np.testing.assert_allclose(ours(), hand(), rtol=1e-9)
    found = in_turn({"iph": ours, "by hand": hand}, 15)
    return Row(
        number=40,
        work="group by visit with relative effects, 300 patients, 6 visits",
        found=found,
        asked="well under 0.1 s",
        reached=found["iph"] < 0.05,
        note="by hand there are the statistics alone.",
    )


def wins() -> Row:
    """Compare death, then a grade, in all pairs of two groups of 100 patients."""
    rng = np.random.default_rng(8)
    group = np.arange(200) % 2
    day, died = rng.integers(1, 365, 200), rng.random(200) < 0.2
    grade = rng.integers(0, 6, 200)
    outcomes = {"death": (day, died), "grade": grade}

    def ours() -> tuple[int, int]:
        found = win_statistics(group, outcomes)
        return found.wins, found.losses

    def hand() -> tuple[int, int]:
        return by_hand.wins_and_losses(group, day, died, grade)

    assert ours() == hand()
    found = in_turn({"iph": ours, "by hand": hand}, 7)
    return Row(
        number=41,
        work="win statistics, death before a grade, 100 v 100 patients",
        found=found,
        asked="under a second",
        reached=found["iph"] < 1.0,
        note="by hand the pairs are counted, without test and intervals.",
    )


def _same_table() -> None:
    """Check all medians and counts against those that tableone prints.

    Its p-values are of other tests (chi-square for the categories).
    """
    frame = data.registry(2001)
    table = describe_frame(frame, data.CHARACTERISTICS, by="arm", description="median")
    theirs = data.table_of_tableone(TableOne, frame).tableone["Grouped by arm"]
    columns = ["Overall", "A", "B"]
    for row in table.rows:
        cells: Any = row.cells
        if row.name in data.NUMBERS:
            found = theirs.loc[f"{row.name}, median [Q1,Q3]"][columns].iloc[0]
            ours = [cell.description.median for cell in cells]
            assert [float(text.split()[0]) for text in found] == ours, row.name
        else:
            found = theirs.loc[f"{row.name}, n (%)"][columns]
            for place, level in enumerate(row.level_labels):
                printed = [int(text.split()[0]) for text in found.loc[level]]
                assert printed == [cell.counts[place] for cell in cells], row.name


def tables_one(peer: dict[str, Any]) -> list[Row]:
    """Take a table of 15 characteristics of a million rows in two arms."""
    _same_table()
    runs = [Job("table-one iph").result() for _ in range(3)]
    times = {
        "iph": float(np.median([run["seconds"] for run in runs])),
        "tableone": peer["seconds"],
    }
    memory = {"iph": max(run["bytes"] for run in runs) / 1e6}
    note = (
        "the texts are Python objects, as after `read_csv` of pandas; most of the time "
        "of iph goes to pandas, which numbers the distinct ones"
    )
    if peer["found"] is None:
        note += (
            f"; tableone was stopped after {peer['seconds']:.0f} s, unfinished, so "
            "that its time and the ratio are lower bounds"
        )
    else:
        memory["tableone"] = peer["bytes"] / 1e6
    return [
        Row(
            number=11,
            work="Table 1 with p-values, 1e6 rows, 15 variables, 2 arms",
            found=times,
            asked="40 times faster",
            reached=ratio_of(times) >= 40,
            note=f"{note}.",
        ),
        Row(
            number=12,
            work="the same, extra memory",
            found=memory,
            asked="under 100 MB",
            reached=memory["iph"] < 100,
            unit="MB",
        ),
    ]


ROWS = (grades, courses, wins)
