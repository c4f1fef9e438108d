"""Made-up records for the benchmarks of engines, with gaps in every column."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CHUNK = 500_000


def chunk(rows: int, seed: int) -> pa.Table:
    """Return made-up records with missing values and NaN in every column."""
    rng = np.random.default_rng(seed)

    def some(values: Any, share: float = 0.03) -> pa.Array:
        return pa.array(values, mask=rng.random(rows) < share)

    def words(choices: list[str], chances: list[float]) -> pa.Array:
        return some(
            np.array(choices, dtype=object)[rng.choice(len(choices), rows, p=chances)]
        )

    age = rng.integers(0, 100, rows).astype(float)
    age[rng.random(rows) < 0.01] = np.nan
    one = np.arange(rows) == 7  # a single record of each chunk
    examined = ["yes", "no", "not_done", "unknown"]
    return pa.table(
        {
            "age_years": some(age),
            "ct": words(examined, [0.7, 0.1, 0.15, 0.05]),
            "mri": words(examined, [0.2, 0.1, 0.65, 0.05]),
            "surgical_confirmation": words(examined, [0.1, 0.05, 0.8, 0.05]),
            "records_complete": some(rng.random(rows) < 0.95),
            "other_areas": some(rng.random(rows) < 0.05),
            "muscle": words(["psoas", "iliopsoas", "retroperitoneal"], [0.4, 0.4, 0.2]),
            "femoral": words(["involved", "spared", "unknown"], [0.7, 0.2, 0.1]),
            "associated_lesions": words(
                ["none", "cyst", "infection;tumor", "unknown"], [0.9, 0.04, 0.03, 0.03]
            ),
            "hematoma_present": some(rng.random(rows) < 0.97),
            "imaging_available": some(rng.random(rows) < 0.95),
            "lost_to_follow_up": some(rng.random(rows) < 0.1),
            "hip_flexion_deg": some(rng.integers(0, 161, rows)),
            "vas": some(rng.integers(0, 11, rows)),
            "factor_viii_percent": some(rng.integers(0, 101, rows).astype(float)),
            "day": some(rng.integers(0, 366, rows)),
            "seen": some(rng.random(rows) < 0.7),
            "drug": words(["a", "b"], [0.5, 0.5]),
            # Days on a grid of visits, and arms of a few patients, for exact tests.
            "visit_day": some(rng.choice([7, 30, 90, 180, 365], rows)),
            "arm_of_10": np.where(one & (seed % 2 == 0), "new", "old"),
            "arm_of_20": np.where(one, "new", "old"),
        }
    )


def written(rows: int, folder: Path, *, seed: int = 0) -> str:
    """Write made-up records as Parquet, chunk by chunk, and return the path."""
    path = folder / f"{rows}_{seed}.parquet"
    sizes = [CHUNK] * (rows // CHUNK) + ([rows % CHUNK] if rows % CHUNK else [])
    with pq.ParquetWriter(path, chunk(1, 0).schema) as writer:
        for place, size in enumerate(sizes):
            writer.write_table(chunk(size, 1000 * seed + place))
    return str(path)
