"""Scores of patients for comparing groups that were seen only at visits."""

from typing import Literal

import numpy as np

from iph._checks import Floats
from iph.stats._interval_censored.intervals import Cells

ScoreRule = Literal["sun", "finkelstein"]
SCORE_RULES = ("sun", "finkelstein")


def class_scores(cells: Cells, mass: Floats, rule: ScoreRule) -> Floats:
    """Return the score of each class of patients under the pooled curve.

    With S before and after a class's interval, the score is
    (S' log R' - S'' log R'') / (S' - S''), where R is S itself (Finkelstein) or the
    exponential of minus the summed hazards (Sun).
    """
    after = np.append(np.cumsum(mass[::-1])[::-1], 0.0)
    log_after = np.zeros_like(after)
    some = after > 0.0
    if rule == "finkelstein":
        log_after[some] = np.log(after[some])
    else:
        hazard = np.divide(mass, after[:-1], out=np.zeros_like(mass), where=some[:-1])
        log_after[1:] = -np.cumsum(hazard)
    # The product is 0 where S is 0; the first S is 1, but for rounding.
    product = after * log_after
    product[0] = 0.0
    total = np.append(0.0, np.cumsum(mass))
    covered = np.where(
        cells.first == cells.last,
        mass[cells.first],
        total[cells.last + 1] - total[cells.first],
    )
    change: Floats = product[cells.first] - product[cells.last + 1]
    return change / covered
