"""Made-up patients of a study and their visits, by the million, in Parquet.

Whole patients are drawn from made-up cohorts of 28 that agree with the published
figures; age, pain and the days of visits are drawn anew, so that values spread as they
do in a registry.
"""

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

CHUNK = 100_000  # patients
TWINS = 3


@functools.cache
def _pool() -> tuple[pa.Table, pa.Table]:
    """Return the patients that are drawn from, and their visits."""
    from iph.evidence import Infeasible, li2023_claims, twin

    patients: list[pa.Table] = []
    visits: list[pa.Table] = []
    for seed in range(TWINS):
        cohort = twin(li2023_claims(), rng=seed)
        assert not isinstance(cohort, Infeasible)
        for frame, kept in (
            (cohort.patients_frame(), patients),
            (cohort.assessments_frame(), visits),
        ):
            table = pa.Table.from_pandas(frame, preserve_index=False)
            ids = pc.binary_join_element_wise(table["patient_id"], str(seed), "-")
            kept.append(table.set_column(0, "patient_id", ids.cast(pa.string())))
    return pa.concat_tables(patients), pa.concat_tables(visits)


def written(n_patients: int, folder: Path, *, seed: int = 0) -> tuple[str, str, int]:
    """Write patients and visits, chunk by chunk; return both paths, and all rows."""
    pool, visits = _pool()
    names = pool["patient_id"].to_pylist()
    places = {name: place for place, name in enumerate(names)}
    owners = np.array([places[name] for name in visits["patient_id"].to_pylist()])
    order = np.argsort(owners, kind="stable")
    widths = np.array([(owners == place).sum() for place in range(len(names))])
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    paths = [folder / f"{name}_{n_patients}.parquet" for name in ("patients", "visits")]
    rows = n_patients
    with (
        pq.ParquetWriter(paths[0], pool.schema) as first,
        pq.ParquetWriter(paths[1], visits.schema) as second,
    ):
        for begin in range(0, n_patients, CHUNK):
            rng = np.random.default_rng([seed, begin])
            n = min(CHUNK, n_patients - begin)
            drawn = rng.integers(0, len(names), n)
            who = np.repeat(np.arange(n), widths[drawn])
            inner = np.arange(len(who)) - np.repeat(
                np.cumsum(widths[drawn]) - widths[drawn], widths[drawn]
            )
            lines = order[starts[drawn[who]] + inner]
            numbers = np.char.add("R", np.arange(begin, begin + n).astype(str))
            first.write_table(
                _with(
                    pool.take(drawn),
                    patient_id=numbers,
                    age_years=rng.integers(8, 95, n),
                )
            )
            second.write_table(
                _with(
                    visits.take(lines),
                    patient_id=numbers[who],
                    vas=rng.integers(0, 11, len(who)),
                )
            )
            rows += len(who)
    return str(paths[0]), str(paths[1]), rows


def _with(table: pa.Table, **columns: Any) -> pa.Table:
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        made = pa.array(values).cast(table.schema.field(name).type)
        table = table.set_column(place, table.schema.field(name), made)
    return table
