"""Screening with its flow and three grades: by iph, and by queries written by hand.

Those by hand are as safe against null, NaN and what is out of range.
"""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from iph.criteria import LI_2023, screen
from iph.scales import HEMOPHILIA, HIP_FLEXION, PAIN_RULES, Cutpoints
from iph.study import tally

SCALES: dict[str, Cutpoints[Any]] = {
    "hip_flexion_deg": HIP_FLEXION,
    "vas": PAIN_RULES["li2023"],
    "factor_viii_percent": HEMOPHILIA,
}
IMAGES = ("ct", "mri", "surgical_confirmation")
Answer = tuple[list[tuple[int, ...]], list[list[int]]]


def by_iph(frame: Any) -> Answer:
    """Return the flow and the counts of three grades."""
    flow = screen(frame, LI_2023).flow
    grades = [tally(frame, scale.expr(column)) for column, scale in SCALES.items()]
    steps: list[tuple[int, ...]] = [
        (s.n_removed, s.n_unknown, s.n_remaining) for s in flow
    ]
    return steps, [[*g.counts[0], g.missing[0]] for g in grades]


def flow_of(counted: dict[tuple[int, int], int], never: int) -> list[tuple[int, ...]]:
    """Return the flow from how many fail first, and are unknown first, where."""
    steps: list[tuple[int, ...]] = []
    for place in range(never):
        alive = {key: n for key, n in counted.items() if key[0] > place}
        steps.append(
            (
                sum(n for key, n in counted.items() if key[0] == place),
                sum(n for key, n in alive.items() if key[1] <= place),
                sum(n for key, n in alive.items() if key[1] > place),
            )
        )
    return steps


def by_polars(frame: pl.LazyFrame) -> Answer:
    """Answer by a query written by hand, as safe against null and NaN."""
    col, when, lit = pl.col, pl.when, pl.lit
    number = col("age_years").is_finite() & col("age_years").is_between(0, 120)
    lesions = col("associated_lesions")
    found = [
        when(col(c).is_in(["yes", "no", "not_done"])).then(col(c) == "yes")
        for c in IMAGES
    ]
    undone = [
        when(col(c).is_in(["yes", "no", "not_done"])).then(col(c) == "not_done")
        for c in IMAGES[:2]
    ]
    available = col("imaging_available")
    femoral = when(col("femoral").is_in(["involved", "spared"])).then(col("femoral"))
    failed = [
        when(number).then(col("age_years") <= 14),
        ~pl.any_horizontal(found),
        ~col("records_complete"),
        col("other_areas"),
        (col("muscle") == "retroperitoneal") & (femoral == "spared"),
        when(lesions != "unknown").then(
            lesions.str.contains("^(?:.*;)?(?:cyst|infection|tumor|other)(?:;|$)")
        ),
        ~col("hematoma_present"),
        ~available.fill_null(value=True)
        | (undone[0] & undone[1] & ~available.fill_null(value=False)),
        col("lost_to_follow_up"),
    ]
    never = len(failed)
    first_failed, first_unknown = lit(never), lit(never)
    for place in reversed(range(never)):
        first_failed = when(failed[place]).then(place).otherwise(first_failed)
        unknown = failed[place].is_null()
        first_unknown = when(unknown).then(place).otherwise(first_unknown)
    flexion, vas, factor = (col(name) for name in SCALES)
    grades = [
        when(flexion.is_between(0, 160)).then(
            when(flexion < 45).then(1).when(flexion < 90).then(2).otherwise(3)
        ),
        when(vas.is_between(0, 10)).then(
            when(vas <= 0)
            .then(0)
            .when(vas < 4)
            .then(1)
            .when(vas < 7)
            .then(2)
            .otherwise(3)
        ),
        when(factor.is_finite() & factor.is_between(0, 600)).then(
            when(factor < 1)
            .then(3)
            .when(factor <= 5)
            .then(2)
            .when(factor < 40)
            .then(1)
            .otherwise(0)
        ),
    ]
    states = frame.select(f=first_failed, u=first_unknown).group_by("f", "u").len()
    rows = states.collect().iter_rows()
    flow = flow_of({(f, u): n for f, u, n in rows}, never)
    made = []
    for grade in grades:
        counts = dict(frame.select(g=grade).group_by("g").len().collect().iter_rows())
        levels = sorted(level for level in counts if level is not None)
        made.append([*(counts[level] for level in levels), counts.get(None, 0)])
    return flow, made


def by_pandas(frame: pd.DataFrame) -> Answer:
    """Answer by masks written by hand, as safe against missing values."""
    age, lesions = frame["age_years"], frame["associated_lesions"]
    known = {c: frame[c].isin(["yes", "no", "not_done"]) for c in IMAGES}
    yes = {c: frame[c] == "yes" for c in IMAGES}
    undone = {c: frame[c] == "not_done" for c in IMAGES}
    stated = frame["imaging_available"]
    any_yes = yes["ct"] | yes["mri"] | yes["surgical_confirmation"]
    all_known = known["ct"] & known["mri"] & known["surgical_confirmation"]
    retro, muscle = frame["muscle"] == "retroperitoneal", frame["muscle"].notna()
    spared = frame["femoral"] == "spared"
    nerve = frame["femoral"].isin(["involved", "spared"])
    neither = undone["ct"] & undone["mri"]
    one_done = (known["ct"] & ~undone["ct"]) | (known["mri"] & ~undone["mri"])
    lesion = lesions.str.contains(
        "(?:^|;)(?:cyst|infection|tumor|other)(?:;|$)", na=False
    )
    failed_passed = [
        (age.between(0, 14), (age > 14) & (age <= 120)),
        (~any_yes & all_known, any_yes),
        (frame["records_complete"].eq(False), frame["records_complete"].eq(True)),
        (frame["other_areas"].eq(True), frame["other_areas"].eq(False)),
        (retro & spared, (muscle & ~retro) | (nerve & ~spared)),
        (lesion, lesions.notna() & ~lesion & (lesions != "unknown")),
        (frame["hematoma_present"].eq(False), frame["hematoma_present"].eq(True)),
        (
            stated.eq(False) | (neither & ~stated.eq(True)),
            ~stated.eq(False) & (one_done | stated.eq(True)),
        ),
        (frame["lost_to_follow_up"].eq(True), frame["lost_to_follow_up"].eq(False)),
    ]
    never = len(failed_passed)
    failed = [f.to_numpy(dtype=bool) for f, _ in failed_passed]
    unknown = [~(f | p).to_numpy(dtype=bool) for f, p in failed_passed]
    first_failed = np.select(failed, range(never), never)
    first_unknown = np.select(unknown, range(never), never)
    states = pd.DataFrame({"f": first_failed, "u": first_unknown}).value_counts()
    flow = flow_of({key: int(n) for key, n in states.items()}, never)
    made = []
    for name, edges in (
        ("hip_flexion_deg", [0, 45, 90, 160]),
        ("vas", [-1, 1, 4, 7, 10]),
        ("factor_viii_percent", [0, 1, 5.000001, 40, 600]),
    ):
        values = frame[name].to_numpy(dtype=float)
        legal = (values >= max(edges[0], 0)) & (values <= edges[-1])
        codes = np.searchsorted(edges[1:-1], values[legal], side="right")
        counts = np.bincount(codes, minlength=len(edges) - 1).tolist()
        made.append(
            [
                *(counts[::-1] if name.startswith("factor") else counts),
                int(len(values) - legal.sum()),
            ]
        )
    return flow, made
