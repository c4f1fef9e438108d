"""Outcomes as stated in words, as they are printed."""

from iph.report._document import Sheet, SheetRow
from iph.report._numbers import p_with_error, share, share_interval
from iph.study._outcomes import StatedOutcomes


def outcomes_sheet(found: StatedOutcomes, *, counts_only: bool = False) -> Sheet:
    """Print the stated outcomes, overall and by group."""
    columns = (found.overall, *found.groups)
    rows = [
        SheetRow((outcome.label, *(str(group.counts[place]) for group in columns)))
        for place, outcome in enumerate(found.outcomes)
    ]
    rows.append(SheetRow(("died", *(str(group.died) for group in columns))))
    if counts_only:
        told = (f"{g.complete} of {g.share.n}" for g in columns)
        rows.append(SheetRow(("complete, of those stated either way", *told)))
    else:
        shares = (share(g.complete, g.share.n) for g in columns)
        rows.append(SheetRow(("complete, of those stated either way", *shares)))
        limits = (share_interval(g.share) for g in columns)
        rows.append(SheetRow(("95 % CI", *limits), indent=True))
    notes = [
        (
            f"An outcome was stated for {found.n} patients, and not for "
            f"{found.n_missing}. Improved, without saying whether completely, is "
            "neither complete nor not."
        )
    ]
    if found.test is not None:
        p = p_with_error(found.test.p_value, found.test.p_low, found.test.p_high)
        notes.append(
            f"Complete recovery compared between the groups by Fisher's test, {p}; "
            "treatment was chosen by the state of the patient, so that a difference "
            "is no effect of treatment."
        )
    return Sheet(
        name="outcomes",
        title="Outcome as stated in words",
        header=("Outcome", *(_head(group.label) for group in columns)),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _head(label: str) -> str:
    return "All" if label == "all" else label[0].upper() + label[1:]
