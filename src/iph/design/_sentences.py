"""What a plan says in an ethics form, in one sentence."""

from collections.abc import Sequence

from iph._options import instance, wording
from iph.design._planned_tests import TESTS
from iph.design._power import Power
from iph.design._precision import Precision
from iph.design._sample_size import SampleSize


def sentence(found: Power | SampleSize | Precision, *, assumed: str) -> str:
    """Return a result of planning as a sentence for an ethics form.

    The form asks how many patients there will be, and why. What does one write?

    Parameters
    ----------
    found : Power or SampleSize or Precision
        What was found.
    assumed : str
        The difference or share assumed, in words: ``"recovery in 64 % against 32 %"``.

    Returns
    -------
    str
        The patients, the test, its power and level, how it was found, and its true
        size; or the width of the interval.

    Examples
    --------
    >>> from iph.design import sample_size, sentence
    >>> found = sample_size("fisher", [18 / 28, 9 / 28], loss=0.1)
    >>> print(sentence(found, assumed="recovery in 64 % against 32 %"))
    With 45 patients analyzed in each arm (50 recruited), Fisher's exact test has a power of 81.4 % to find recovery in 64 % against 32 % at a two-sided level of 5 %; all outcomes were enumerated, and its true size is 2.7 %.
    """  # noqa: E501 - one sentence
    instance(found, "found", (Power, SampleSize, Precision), "a result of planning")
    wording(assumed, "assumed")
    if isinstance(found, Precision):
        level = _percent(found.confidence_level)
        wide, most = f"{found.expected:.2f}", f"{found.assured:.2f}"
        if found.interval in {"proportion", "risk-difference"}:
            wide = f"{100 * found.expected:.0f} percentage points"
            most = f"{100 * found.assured:.0f}"
        return (
            f"With {_arms(found.n_arms)}, the {level} confidence interval for "
            f"{assumed} has an expected width of {wide}, and is not wider than {most} "
            f"with a probability of {_percent(found.assurance)}."
        )
    recruited = ""
    if isinstance(found, SampleSize) and found.n_recruited != found.n_arms:
        recruited = f" ({_numbers(found.n_recruited)} recruited)"
    planned = TESTS[found.test]
    sided = "two-sided" if found.alternative == "two-sided" else "one-sided"
    purpose, at = "find", f"at a {sided} level of {_percent(found.level)}"
    if "margins" in planned.needs:
        purpose = "show"
        at = f"with each one-sided test at a level of {_percent(found.level / 2)}"
    how = "all outcomes were enumerated"
    if found.method == "formula":
        how = "the power follows from the distribution of the test"
    if found.low is not None and found.high is not None:
        how = (
            f"outcomes were simulated (99 % interval of the power, "
            f"{_percent(found.low)} to {_percent(found.high)})"
        )
    return (
        f"With {_arms(found.n_arms)}{recruited}, {planned.name} has a power of "
        f"{_percent(found.power)} to {purpose} {assumed} {at}; {how}, and its true "
        f"size is {_percent(found.size)}."
    )


def _arms(sizes: Sequence[int]) -> str:
    if len(sizes) == 1:
        return f"{sizes[0]} patients analyzed"
    if len(set(sizes)) == 1:
        return f"{sizes[0]} patients analyzed in each arm"
    return f"{_numbers(sizes)} patients analyzed in the arms"


def _numbers(sizes: Sequence[int]) -> str:
    if len(set(sizes)) == 1:
        return str(sizes[0])
    return ", ".join(map(str, sizes[:-1])) + f" and {sizes[-1]}"


def _percent(share: float) -> str:
    """Return a share in percent, with a decimal where it is not whole."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"
