"""Rows about several covariates at once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter

import data
from iph.stats import cox_regression
from timing import Row, in_r, in_turn, ratio_of


def _cox(n: int, repeats: int, loops: int = 1) -> dict[str, float]:
    """Check one Cox regression with concordance of all tools, then take their times."""
    columns = data.regression(n)
    covariates = {name: columns[name] for name in ("group", "a", "b")}

    def ours() -> Any:
        return cox_regression(columns["time"], columns["event"], covariates)

    r = in_r("cox", tuple(columns.values()), 1 if loops == 1 else 5)
    model = ours()
    ratios = model.hazard_ratios
    coefficients = [ratio.coefficient for ratio in ratios]
    np.testing.assert_allclose(coefficients, r["coefficients"], rtol=1e-9)
    errors = [ratio.standard_error for ratio in ratios]
    np.testing.assert_allclose(errors, r["errors"], rtol=1e-9)
    likelihoods = [model.null_log_likelihood, model.log_likelihood]
    np.testing.assert_allclose(likelihoods, r["log_likelihoods"], rtol=1e-9)
    # R's concordance takes times that are very close as tied: a few pairs of billions.
    np.testing.assert_allclose(model.concordance, r["concordance"], rtol=1e-7)
    works: dict[str, Callable[[], Any]] = {"iph": ours}
    if n < 1000:  # it takes seconds where the others take a part of one
        frame = pd.DataFrame(columns)
        works["lifelines"] = lambda: CoxPHFitter().fit(frame, "time", "event")
        np.testing.assert_allclose(works["lifelines"]().params_, coefficients, 1e-4)
    return {**in_turn(works, repeats, loops), "R survival": r["seconds"]}


def cox_of_instants() -> Row:
    """Take a Cox regression of a hundred thousand distinct times."""
    found = _cox(100_000, 7)
    return Row(
        number=21,
        work="Cox regression with concordance, 3 covariates, 1e5 rows, continuous",
        found=found,
        asked="no slower than R",
        reached=ratio_of(found) >= 1,
    )


def cox_of_a_million() -> Row:
    """Take a Cox regression of a million distinct times."""
    found = _cox(1_000_000, 3)
    return Row(
        number=22,
        work="Cox regression with concordance, 3 covariates, 1e6 rows, continuous",
        found=found,
        asked="no slower than R",
        reached=ratio_of(found) >= 1,
    )


def cox_of_28() -> Row:
    """Take one call for 28 patients."""
    found = _cox(28, 15, loops=10)
    return Row(
        number=23,
        work="Cox regression with concordance, 3 covariates, n = 28, one call",
        found=found,
        asked="5 times faster than lifelines",
        reached=found["lifelines"] >= 5 * found["iph"],
    )


ROWS = (cox_of_instants, cox_of_a_million, cox_of_28)
