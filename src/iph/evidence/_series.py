"""Published series: what they print, as typed data."""

import csv
import functools
import io
import re
from importlib import resources

import attrs

from iph._display import Displayed

__all__ = ["SeriesFigure", "aggregate_series"]

_OF = re.compile(r"^(\d+) of (\d+)$")
_NUMBER = re.compile(r"^\d+(?:\.\d+)?$")


@attrs.frozen(kw_only=True)
class SeriesFigure(Displayed):
    """One figure that a published series prints.

    Attributes
    ----------
    study : str
        First author; in parentheses where only the journal or address is known.
    year : int or None
        Year of publication.
    source, doi : str
        Where it is printed; the DOI is empty where none is known.
    n : int or None
        Patients of the series.
    design : str
        What kind of series it is.
    figure : str
        What is counted or measured.
    printed : str
        The figure as printed.
    unit : str
        Its unit, range or interval, as printed.
    count, of : int or None
        Patients (or episodes) counted, and among how many, where both are printed.
    percent : float or None
        The figure as a percentage, printed or from the count.
    """

    study: str
    year: int | None
    source: str
    doi: str
    n: int | None
    design: str
    figure: str
    printed: str
    unit: str
    count: int | None
    of: int | None
    percent: float | None


@functools.cache
def aggregate_series() -> tuple[SeriesFigure, ...]:
    """Return the figures that published series of iliopsoas hematoma print.

    What has been reported before, and of how many patients?

    Returns
    -------
    tuple of SeriesFigure
        One a printed figure, in the order of the file.

    See Also
    --------
    pooled_proportion : Pool a proportion over series.
    published_cases : Single cases.

    Notes
    -----
    The figures were read in abstracts, not in full texts, and are kept as printed. Two
    of Guild 2023 have an ambiguous denominator: "34 % of those treated surgically and
    66 % of those treated conservatively" may be rates within the arms or shares of the
    49 % with a persistent deficit; they carry no count.

    A count has the denominator that its source states, or to which the printed
    percentage or the other counts add up. It is never taken from the size of the
    series: four recovered of six with a palsy are not four of all eleven patients.

    Reviews hold patients of the series they review, and case reports are published for
    being remarkable, so a pooled figure describes the literature, not a population.

    Examples
    --------
    >>> from iph.evidence import aggregate_series
    >>> complete = [f for f in aggregate_series() if f.figure == "complete resolution"]
    >>> [(f.study, f.count, f.of) for f in complete]
    [('Kim SJ', 12, 25), ('Sreeram', 4, 6)]
    """
    text = (resources.files("iph.evidence") / "aggregate_series.csv").read_text("utf-8")
    return tuple(_figure(row) for row in csv.DictReader(io.StringIO(text)))


def _figure(row: dict[str, str]) -> SeriesFigure:
    printed, unit = row["value"], row["unit_or_ci"]
    n = int(row["n"]) if row["n"] else None
    count, of = _counted(printed, row["of"])
    percent: float | None = None
    if count is not None and of:
        percent = 100 * count / of
    elif unit == "%" and _NUMBER.match(printed):
        percent = float(printed)
    return SeriesFigure(
        study=row["study"],
        year=int(row["year"]) if row["year"] else None,
        source=row["source"],
        doi=row["doi"],
        n=n,
        design=row["design"],
        figure=row["figure"],
        printed=printed,
        unit=unit,
        count=count,
        of=of,
        percent=percent,
    )


def _counted(printed: str, of: str) -> tuple[int | None, int | None]:
    """Read a count where its denominator is stated; episodes and pairs are none."""
    match = _OF.match(printed)
    if match is not None:
        return int(match[1]), int(match[2])
    return (int(printed), int(of)) if of else (None, None)
