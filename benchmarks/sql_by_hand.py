"""Screening with its flow and three grades, as SQL written by hand for DuckDB."""

from collections.abc import Sequence

import duckdb

from engine_queries import Answer, flow_of

_FAILED = (
    """CASE WHEN isfinite(age_years) AND age_years BETWEEN 0 AND 120
    THEN age_years <= 14 END""",
    """NOT (
    CASE WHEN ct IN ('yes', 'no', 'not_done') THEN ct = 'yes' END
    OR CASE WHEN mri IN ('yes', 'no', 'not_done') THEN mri = 'yes' END
    OR CASE WHEN surgical_confirmation IN ('yes', 'no', 'not_done')
        THEN surgical_confirmation = 'yes' END)""",
    "NOT records_complete",
    "other_areas",
    """muscle = 'retroperitoneal'
    AND CASE WHEN femoral IN ('involved', 'spared') THEN femoral = 'spared' END""",
    """CASE WHEN associated_lesions <> 'unknown'
    THEN regexp_matches(associated_lesions,
        '^(.*;)?(cyst|infection|tumor|other)(;.*)?$') END""",
    "NOT hematoma_present",
    """NOT coalesce(imaging_available, TRUE)
    OR (CASE WHEN ct IN ('yes', 'no', 'not_done') THEN ct = 'not_done' END
        AND CASE WHEN mri IN ('yes', 'no', 'not_done') THEN mri = 'not_done' END
        AND NOT coalesce(imaging_available, FALSE))""",
    "lost_to_follow_up",
)

_GRADES = (
    """CASE WHEN hip_flexion_deg BETWEEN 0 AND 160 THEN
    CASE WHEN hip_flexion_deg < 45 THEN 1 WHEN hip_flexion_deg < 90 THEN 2
    ELSE 3 END END""",
    """CASE WHEN vas BETWEEN 0 AND 10 THEN
    CASE WHEN vas <= 0 THEN 0 WHEN vas < 4 THEN 1 WHEN vas < 7 THEN 2 ELSE 3 END END""",
    """CASE WHEN isfinite(factor_viii_percent)
        AND factor_viii_percent BETWEEN 0 AND 600 THEN
    CASE WHEN factor_viii_percent < 1 THEN 3 WHEN factor_viii_percent <= 5 THEN 2
    WHEN factor_viii_percent < 40 THEN 1 ELSE 0 END END""",
)


def by_sql(paths: Sequence[str]) -> Answer:
    """Return the flow and the counts of three grades: a query for each."""
    con = duckdb.connect()
    table = f"read_parquet({list(paths)!r})"
    never = len(_FAILED)
    columns = ", ".join(f"({one}) AS x{k}" for k, one in enumerate(_FAILED))
    failed = " ".join(f"WHEN x{k} THEN {k}" for k in range(never))
    unknown = " ".join(f"WHEN x{k} IS NULL THEN {k}" for k in range(never))
    first = f"CASE {failed} ELSE {never} END AS f, CASE {unknown} ELSE {never} END AS u"
    rows = f"(SELECT {columns} FROM {table})"  # noqa: S608  # all of it stands here
    query = f"SELECT {first}, count(*) FROM {rows} GROUP BY f, u"  # noqa: S608
    states = con.sql(query).fetchall()
    made = []
    for grade in _GRADES:
        query = f"SELECT {grade} AS g, count(*) FROM {table} GROUP BY g"  # noqa: S608
        counts = dict(con.sql(query).fetchall())
        levels = sorted(level for level in counts if level is not None)
        made.append([*(counts[level] for level in levels), counts.get(None, 0)])
    return flow_of({(f, u): n for f, u, n in states}, never), made
