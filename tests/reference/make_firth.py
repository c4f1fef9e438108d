"""Write Firth's penalized estimates by firthmodels, Cox (Breslow) and logistic.

python make_firth.py   (needs firthmodels; writes firth.json beside itself)
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

TIGHT: dict[str, Any] = {"gtol": 1e-11, "xtol": 1e-11, "max_iter": 2000}


def _fitted(model: Any, x: Any, y: Any) -> dict[str, Any]:
    """Return what a model finds.

    Its profile bounds are good to four digits; None where its search found none.
    """
    model.fit(x, y)
    bounds = model.conf_int(method="pl")[: x.shape[1]].tolist()
    return {
        "coefficient": model.coef_.tolist(),
        "log_likelihood": float(model.loglik_),
        "bounds": [[b if np.isfinite(b) else None for b in pair] for pair in bounds],
    }


def main() -> None:
    """Draw small series, in half of them a group without overlap."""
    from firthmodels import FirthCoxPH, FirthLogisticRegression

    rng = np.random.default_rng(2026)
    cases = []
    for place in range(30):
        n = int(rng.integers(12, 35))
        a, b = rng.integers(0, 2, n), rng.normal(size=n).round(2)
        time = rng.integers(1, 15, n) if place % 3 else rng.permutation(n) + 1
        event, yes = rng.random(n) < 0.7, rng.random(n) < 0.5
        if place % 2:
            event[a == 1], yes[a == 1] = False, True
        x = np.column_stack((a, b)).astype(np.float64)
        columns = {"time": time, "event": event, "outcome": yes, "a": a, "b": b}
        cases.append(
            {
                **{name: values.tolist() for name, values in columns.items()},
                "cox": _fitted(FirthCoxPH(**TIGHT), x, (event, time.astype(float))),
                "logistic": _fitted(FirthLogisticRegression(**TIGHT), x, yes),
            }
        )
    source = {
        "citation": "firthmodels: Firth-penalized models in Python",
        "obtained": "FirthCoxPH, FirthLogisticRegression, tolerances 1e-11",
        "versions": f"firthmodels {version('firthmodels')}, numpy {np.__version__}",
        "date": "2026-11-29",
        "generator": Path(__file__).name,
    }
    text = json.dumps({"source": source, "cases": cases}, allow_nan=False)
    Path(__file__).with_name("firth.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
