"""When a Cox regression must be refused, and what to do instead."""

import numpy as np
import numpy.typing as npt

from iph._checks import Floats
from iph.errors import DataError
from iph.stats._survival.cox_data import CoxData

_RANK = 1e-9  # relative size below which a direction does not vary


def refuse_few_events(data: CoxData, n_events: int, least: int) -> None:
    """Refuse a model with fewer events for each column than `least`."""
    p = len(data.names)
    if n_events == 0:
        raise DataError(
            "Cox regression needs events, got none among "
            f"{int(data.counts.sum())} complete cases"
        )
    if n_events < least * p:
        most = n_events // least
        advice = (
            f"keep at most {most}" if most else "describe the curves without a model"
        )
        raise DataError(
            f"{n_events} events cannot carry {p} covariates with at least {least} "
            f"events for each; {advice}, or lower min_events_per_covariate"
        )


def refuse_undetermined(data: CoxData) -> None:
    """Refuse columns that are constant or collinear among those ever at risk."""
    scaled = scaled_columns(data)
    for name, column in zip(data.names, scaled.T, strict=True):
        if not np.ptp(column) > 0.0:
            raise DataError(
                f"covariate {name} is constant among the patients at risk; leave it out"
            )
    centered = scaled - scaled.mean(axis=0)
    values, directions = np.linalg.svd(centered, full_matrices=False)[1:]
    if values.size < len(data.names) or values[-1] <= _RANK * values[0]:
        involved = np.flatnonzero(np.abs(directions[-1]) > np.sqrt(_RANK))
        words = ", ".join(data.names[i] for i in involved)
        raise DataError(
            f"covariates {words} are collinear: one follows from the others; "
            "leave one out"
        )


def ever_at_risk(data: CoxData) -> npt.NDArray[np.bool_]:
    """Return the rows still observed at the first event."""
    seen: npt.NDArray[np.bool_] = data.time >= data.time[data.happened].min()
    return seen


def scaled_columns(data: CoxData) -> Floats:
    """Return the columns of those ever at risk, each between 0 and 1."""
    x = data.x[ever_at_risk(data)]
    low, width = x.min(axis=0), np.ptp(x, axis=0)
    scaled: Floats = (x - low) / np.where(width > 0.0, width, 1.0)
    return scaled
