"""Anemia by hemoglobin, sex, age and pregnancy."""

import enum
import operator
from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from iph._bound import Bound
from iph._checks import one_of
from iph._scalars import is_missing
from iph.errors import InputError
from iph.scales._anemia_rules import (
    ANEMIA_RULES,
    AnemiaGrade,
    AnemiaGroup,
    AnemiaRule,
    Pregnancy,
)
from iph.scales._measure import (
    NOT_GRADED,
    Column,
    Grades,
    Number,
    column,
    expression,
    is_column,
    masked_grades,
    measured,
)

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["AnemiaGrade", "Pregnancy", "anemia_expr", "anemia_grade"]

Sex: TypeAlias = enum.Enum | str | None

_AGE: Final = {"low": 0.0, "high": 120.0, "hint": "age in years"}
_SEXES: Final = ("female", "male")
# What a record says when the sex is none of the two that the limits are made for.
_SEX_UNKNOWN: Final = ("", "other", "unknown")


def _word(value: object) -> object:
    return value.value if isinstance(value, enum.Enum) else value


def _sex(value: object, name: str) -> str | None:
    word = _word(value)
    if is_missing(word) or word in _SEX_UNKNOWN:
        return None
    if word not in _SEXES:
        raise InputError(name, "'female', 'male', or None where unknown", value)
    return str(word)


def _pregnancy(value: object, name: str) -> Pregnancy | None:
    word = _word(value)
    if is_missing(word) or word == "":
        return None
    if word not in [state.value for state in Pregnancy]:
        words = ", ".join(repr(state.value) for state in Pregnancy)
        raise InputError(name, f"one of {words}, or None", value)
    return Pregnancy(word)


def _listed(value: object) -> list[object]:
    """Return sexes or states of pregnancy as a list, a single one as a list of one."""
    if isinstance(value, np.ndarray):
        return list(np.atleast_1d(value).tolist())
    if isinstance(value, (str, enum.Enum)) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def _may_belong(
    group: AnemiaGroup,
    rule: AnemiaRule,
    sex: list[str | None],
    age: npt.NDArray[np.float64],
    pregnancy: list[Pregnancy | None],
) -> npt.NDArray[np.bool_]:
    """Say who may be in a group, given what is known of them."""
    sexes = np.array([s is None or group.sex in {None, s} for s in sex], dtype=bool)
    of_age = np.isnan(age) | ((age >= group.age_from) & (age < group.age_below))
    stated = np.array([state in group.pregnancy for state in pregnancy], dtype=bool)
    unstated = np.array([state is None for state in pregnancy], dtype=bool)
    if Pregnancy.NOT_PREGNANT not in group.pregnancy:
        first, end = rule.childbearing
        unstated = unstated & (np.isnan(age) | ((age >= first) & (age < end)))
    return np.asarray(sexes & of_age & (stated | unstated), dtype=bool)


@overload
def anemia_grade(
    hemoglobin_g_l: Number | Bound | None,
    *,
    sex: Sex,
    age_years: Number | None,
    pregnancy: Pregnancy | str | None = ...,
    rule: str = ...,
) -> AnemiaGrade | None: ...
@overload
def anemia_grade(
    hemoglobin_g_l: Column,
    *,
    sex: Sex | Iterable[Sex],
    age_years: Number | Column | None,
    pregnancy: Pregnancy | str | Iterable[Pregnancy | str | None] | None = ...,
    rule: str = ...,
) -> Grades: ...
def anemia_grade(
    hemoglobin_g_l: Number | Bound | Column | None,
    *,
    sex: Sex | Iterable[Sex],
    age_years: Number | Column | None,
    pregnancy: Pregnancy | str | Iterable[Pregnancy | str | None] | None = None,
    rule: str = "who2024-2011",
) -> AnemiaGrade | Grades | None:
    """Grade anemia by the limits for sex, age and pregnancy.

    Is this hemoglobin too low for this person, and how much?

    Parameters
    ----------
    hemoglobin_g_l : number, Bound, None, or sequence of numbers and None
        Hemoglobin. Units: g/L, from 20 to 250. None or NaN where it was not measured.
        A `Bound` is graded if all values within it have one grade.
    sex : enumeration member, str or None, or sequence of them
        ``"female"`` or ``"male"`` (or a member whose value is that word); None,
        ``"other"`` and ``"unknown"`` are not known.
    age_years : number, None, or sequence of them
        Age. Units: years, from 0 to 120. None if not known.
    pregnancy : Pregnancy, str or None, or sequence of them
        Whether pregnant, and in which trimester. None is not recorded; pass
        ``Pregnancy.NOT_PREGNANT`` for a series in which nobody is.
    rule : {"who2024-2011", "who2024", "china"}, default "who2024-2011"
        The limits, one of `ANEMIA_RULES`.

    Returns
    -------
    AnemiaGrade, None, or masked array of int64
        The grade; None where it cannot be assessed; for a sequence 0 (none) to 4 (very
        severe), masked where it cannot be assessed. One sex, age or pregnancy stands
        for all values of a sequence.

    Raises
    ------
    InputError
        If a value is out of range, a word not known, the lengths differ, or a male
        patient is pregnant.

    See Also
    --------
    anemia_expr : The same for a data frame or database.

    Notes
    -----
    What is not known is not guessed.
    All groups that the person may belong to are graded, and the answer is given only if
    they agree: 140 g/L is no anemia for either sex, 125 g/L of a person of unknown sex
    cannot be assessed.
    Women from 15 to 49 years whose pregnancy is not recorded may be pregnant or not.
    Nobody below six months can be assessed, and under ``"china"`` nobody below 15
    years: these rules have no limits for them.

    ``"who2024"`` [1]_ has limits for adults from 15 to 65 years and none above.
    ``"who2024-2011"`` keeps the limits of 2011 [2]_ for those who are older: that
    document has no upper age, and its numbers for adults are the same.
    The classes of severity are those of 2011 where the groups are; for children under
    two years and the second trimester they follow the lower limit of 2024.
    Hemoglobin is not adjusted for altitude or smoking here, although the guideline
    asks for both.
    It prints limits in whole g/L (mild 110-119); between them the lower class reaches
    up to the next, so 119.5 is mild.
    ``"china"`` [3]_ has other limits and a class more, so name the rule with the count.

    References
    ----------
    .. [1] WHO. Guideline on haemoglobin cutoffs to define anaemia in individuals and
       populations. Geneva: World Health Organization; 2024.
    .. [2] WHO. Haemoglobin concentrations for the diagnosis of anaemia and assessment
       of severity. WHO/NMH/NHD/MNM/11.1. Geneva: World Health Organization; 2011.
    .. [3] Chen J, Zeng R. In: Handbook of Clinical Diagnostics. Springer; 2020.
       doi:10.1007/978-981-13-7677-1_6

    Examples
    --------
    >>> from iph.scales import anemia_grade
    >>> anemia_grade(110.57, sex="male", age_years=48)
    <AnemiaGrade.MILD: 1>
    >>> anemia_grade(110.57, sex="male", age_years=48, rule="china")
    <AnemiaGrade.MILD: 1>
    >>> anemia_grade(125, sex=None, age_years=48) is None
    True
    >>> anemia_grade([140, 125, 75], sex=["male", "male", None], age_years=60).tolist()
    [0, 1, 3]
    """
    chosen = ANEMIA_RULES[one_of(rule, "rule", tuple(ANEMIA_RULES))]
    name, bounds = "hemoglobin_g_l", chosen.groups[0].cutpoints
    if isinstance(hemoglobin_g_l, Bound):
        ends = list(hemoglobin_g_l.ends(bounds.low, bounds.high))
        least, most = anemia_grade(
            ends, sex=sex, age_years=age_years, pregnancy=pregnancy, rule=rule
        ).tolist()
        return AnemiaGrade(least) if least is not None and least == most else None
    single = not is_column(hemoglobin_g_l, name)
    limits: Any = {"low": bounds.low, "high": bounds.high, "hint": bounds.hint}
    values = (
        np.array([measured(hemoglobin_g_l, name, **limits)])
        if single
        else column(hemoglobin_g_l, name, **limits)  # type: ignore[arg-type] # is_column says so
    )
    n = values.size
    ages = (
        column(age_years, "age_years", **_AGE)  # type: ignore[arg-type] # a column
        if is_column(age_years, "age_years")
        else np.array([measured(age_years, "age_years", **_AGE)])  # type: ignore[arg-type] # bounds and a hint
    )
    sexes = [_sex(value, "sex") for value in _listed(sex)]
    states = [_pregnancy(v, "pregnancy") for v in _listed(pregnancy)]
    for other, length in (
        ("age_years", ages.size),
        ("sex", len(sexes)),
        ("pregnancy", len(states)),
    ):
        if length not in {1, n}:
            raise InputError(other, f"one value or as long as {name} ({n})", length)
    ages = np.broadcast_to(ages, (n,))
    sexes = sexes * n if len(sexes) == 1 else sexes
    states = states * n if len(states) == 1 else states
    _refuse_pregnant_men(sexes, states)
    grades = _graded(chosen, values, sexes, ages, states)
    if single:
        return None if grades[0] == NOT_GRADED else AnemiaGrade(int(grades[0]))
    return masked_grades(grades)


def _refuse_pregnant_men(
    sexes: list[str | None], states: list[Pregnancy | None]
) -> None:
    for place, (sex, state) in enumerate(zip(sexes, states, strict=True)):
        if sex == "male" and state not in {None, Pregnancy.NOT_PREGNANT}:
            name = "pregnancy" if len(sexes) == 1 else f"pregnancy[{place}]"
            raise InputError(name, "None or not_pregnant where sex is male", state)


def _graded(
    rule: AnemiaRule,
    values: npt.NDArray[np.float64],
    sexes: list[str | None],
    ages: npt.NDArray[np.float64],
    states: list[Pregnancy | None],
) -> npt.NDArray[np.int64]:
    """Return the grade on which all possible groups agree, -1 where there is none."""
    beyond = max(AnemiaGrade) + 1
    lowest = np.full(values.shape, beyond, dtype=np.int64)
    highest = np.full(values.shape, NOT_GRADED, dtype=np.int64)
    for group in rule.groups:
        grade = group.cutpoints.grade(values).filled()
        counts = _may_belong(group, rule, sexes, ages, states) & (grade != NOT_GRADED)
        lowest = np.where(counts, np.minimum(lowest, grade), lowest)
        highest = np.where(counts, np.maximum(highest, grade), highest)
    return np.where(lowest == highest, lowest, NOT_GRADED).astype(np.int64)


def anemia_expr(
    hemoglobin_g_l: "str | nw.Expr",
    *,
    sex: "str | nw.Expr",
    age_years: "str | nw.Expr",
    pregnancy: "str | nw.Expr | Pregnancy | None" = None,
    rule: str = "who2024-2011",
) -> "nw.Expr":
    """Grade anemia in the rows of a data frame or database.

    How many of a registry's patients are anemic, by the same limits?

    Parameters
    ----------
    hemoglobin_g_l : str or narwhals expression
        The column of hemoglobin. Units: g/L.
    sex : str or narwhals expression
        The column of sex, with the words ``"female"`` and ``"male"``; anything else is
        not known.
    age_years : str or narwhals expression
        The column of age. Units: years.
    pregnancy : str, narwhals expression, Pregnancy or None
        The column with the values of `Pregnancy` as words; or one state for all rows;
        or None where it is not recorded.
    rule : {"who2024-2011", "who2024", "china"}, default "who2024-2011"
        The limits, one of `ANEMIA_RULES`.

    Returns
    -------
    narwhals expression
        The integer value of the grade; null where it cannot be assessed, or where
        hemoglobin or age are out of range.

    Raises
    ------
    InputError
        If the rule is not known.

    See Also
    --------
    anemia_grade : The same for values and sequences.

    Notes
    -----
    A pregnant male patient belongs to no group and gets null.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw
    >>> import pandas as pd
    >>> from iph.scales import anemia_expr
    >>> data = {"hb": [110.0, 125.0], "sex": ["male", "male"], "age": [48, 63]}
    >>> frame = nw.from_native(pd.DataFrame(data))
    >>> grade = anemia_expr("hb", sex="sex", age_years="age")
    >>> frame.select(grade.alias("anemia"))["anemia"].to_list()
    [1, 1]
    """
    import narwhals.stable.v2 as nw

    chosen = ANEMIA_RULES[one_of(rule, "rule", tuple(ANEMIA_RULES))]
    sexes = expression(sex, "sex")
    age = expression(age_years, "age_years")
    states = pregnancy
    if states is not None and not isinstance(states, Pregnancy):
        states = expression(states, "pregnancy")
    # Flags of 0 and 1 that are never null, so that "not known" is a value like others.
    female, male = _flag(sexes == "female"), _flag(sexes == "male")
    is_age = (age - age) == 0
    aged = _flag(is_age)

    def between(first: float, end: float) -> "nw.Expr":
        within = age >= first if end == np.inf else (age >= first) & (age < end)
        old = age <= _AGE["high"]
        # An unknown age is within all limits: a certain "yes" or an unknown is "yes".
        return (aged == 0) | (is_age & within & old)

    # Each group that a patient may belong to (there are fewer than ten) adds one to a
    # decimal digit, that of the grade which it gives: all agree where one digit is not
    # zero, and its place is the grade. To compare the grades themselves, every engine
    # would have to work them out several times.
    digit_of = {grade: 10 ** int(grade) for grade in AnemiaGrade}
    given: list[nw.Expr] = []
    for group in chosen.groups:
        belongs = between(group.age_from, group.age_below)
        if group.sex is not None:
            belongs = belongs & ((male if group.sex == "female" else female) == 0)
        may_be_unstated = None
        if Pregnancy.NOT_PREGNANT not in group.pregnancy:
            may_be_unstated = between(*chosen.childbearing)
        if isinstance(states, Pregnancy):
            if states not in group.pregnancy:
                continue
        elif states is None:
            if may_be_unstated is not None:
                belongs = belongs & may_be_unstated
        else:
            every = [state.value for state in Pregnancy]
            those = [state.value for state in group.pregnancy]
            unstated = _flag(states.is_in(every)) == 0
            if may_be_unstated is not None:
                unstated = unstated & may_be_unstated
            stated = _flag(states.is_in(those)) == 1
            belongs = belongs & (stated | unstated)
        digit = group.cutpoints.coded_expr(hemoglobin_g_l, none=0, codes=digit_of)
        given.append(nw.when(belongs).then(digit).otherwise(nw.lit(0, nw.Int64)))
    digits = reduce(operator.add, given).cast(nw.String())
    place = digits.str.len_chars().cast(nw.Int64) - 1
    return nw.when(digits.str.contains("^[1-9]0*$")).then(place)


def _flag(condition: "nw.Expr") -> "nw.Expr":
    import narwhals.stable.v2 as nw

    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    return nw.when(condition).then(one).otherwise(zero)
