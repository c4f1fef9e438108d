"""Which of several endpoints a study may claim: a rule that is set before the data."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from iph._checks import level, numbers
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.adjust import adjust_p_values

Role = Literal["primary", "secondary", "descriptive"]


@attrs.frozen(kw_only=True, eq=False)
class EndpointVerdict(Result):
    """What a study may say about one endpoint.

    Attributes
    ----------
    name : str
        The endpoint.
    role : str
        ``"primary"``, ``"secondary"`` or ``"descriptive"``.
    p_value : float
        The p-value as it was; NaN if there is none.
    p_adjusted : float
        The smallest level of the whole rule at which it would be claimed; NaN for a
        descriptive endpoint.
    claimed : bool
        Whether a difference may be claimed; never of a descriptive endpoint.
    reason : str
        Why, in words.
    """

    name: str
    role: str
    p_value: float
    p_adjusted: float
    claimed: bool
    reason: str


def _names(value: Any) -> tuple[str, ...]:
    """Return one name or several as a tuple."""
    if isinstance(value, str):
        return (value,)
    if (
        not isinstance(value, Iterable)
        or isinstance(value, Mapping)
        or getattr(value, "ndim", 1) == 0
    ):
        raise InputError("endpoints", "a name or a sequence of names", value)
    found = tuple(value)
    for each in found:
        if not isinstance(each, str) or not each.strip():
            raise InputError("endpoints", "names as text", each)
    return found


def _alpha(value: float) -> float:
    return level(value, "alpha")


@attrs.frozen(kw_only=True, eq=False)
class MultiplicityRule(Result):
    """The order in which endpoints are tested, so that one level holds for all.

    Which endpoints decide the study, which are tested only if these were significant,
    and which are merely described? Written into the protocol, the rule lets no
    significant p-value be picked out afterwards.

    Parameters
    ----------
    primary : str or sequence of str
        The primary endpoint, or several, which are tested by Holm's rule.
    secondary : sequence of str, default: ()
        The secondary endpoints in their order: each is tested only if all primary ones
        and all secondary ones before it were significant.
    alpha : float, default: 0.05
        The level of the whole rule: the chance that any claim is false, at most.

    Attributes
    ----------
    primary, secondary : tuple of str
        The endpoints.
    alpha : float
        The level.

    Raises
    ------
    iph.errors.InputError
        No primary endpoint, a name that is given twice or is no text, or alpha not
        between 0 and 1.

    See Also
    --------
    adjust_p_values : Several tests of one rank, such as pairs of groups.

    Notes
    -----
    Every endpoint that is not named is descriptive: its p-value and interval are
    printed and nothing is claimed. The chance that any true hypothesis among the
    primary and secondary ones is rejected is at most alpha, whatever the tests have to
    do with each other: Holm's rule holds it among the primary ones [1]_, and a fixed
    order of tests each at alpha, stopped at the first that is not significant, spends
    nothing of it [2]_. Where a study succeeds only if all of several endpoints do, no
    correction is needed, and this rule asks for more than it must.

    References
    ----------
    .. [1] Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat
       1979;6:65-70.
    .. [2] Maurer W, Hothorn LA, Lehmacher W. Multiple comparisons in drug clinical
       trials and preclinical assays: a-priori ordered hypotheses. In: Vollmar J, ed.
       Biometrie in der chemisch-pharmazeutischen Industrie. Fischer 1995:3-18.

    Examples
    --------
    >>> from iph.stats import MultiplicityRule
    >>> rule = MultiplicityRule(primary="strength", secondary=["pain", "numbness"])
    >>> found = rule.judge(
    ...     {"strength": 0.012, "pain": 0.08, "numbness": 0.001, "flexion": 0.02}
    ... )
    >>> for one in found:
    ...     print(f"{one.name}: {one.role}, {one.claimed}, {one.reason}")
    strength: primary, True, significant
    pain: secondary, False, not significant
    numbness: secondary, False, not tested: pain was not significant
    flexion: descriptive, False, described only
    """

    primary: tuple[str, ...] = attrs.field(converter=_names)
    secondary: tuple[str, ...] = attrs.field(default=(), converter=_names)
    alpha: float = attrs.field(default=0.05, converter=_alpha)

    def __attrs_post_init__(self) -> None:
        if not self.primary:
            raise InputError("primary", "at least one endpoint", self.primary)
        every = (*self.primary, *self.secondary)
        for name in every:
            if every.count(name) > 1:
                raise InputError("endpoints", "each named once", name)

    def judge(
        self, p_values: Mapping[str, float | None]
    ) -> tuple[EndpointVerdict, ...]:
        """Return what may be claimed of each endpoint.

        Parameters
        ----------
        p_values : mapping of str to float
            The p-value of each endpoint; None or NaN where it could not be found, which
            counts as not significant. All endpoints of the rule must be there.

        Returns
        -------
        tuple of EndpointVerdict
            With attributes ``name``, ``role``, ``p_value``, ``p_adjusted``, ``claimed``
            and ``reason``: the primary endpoints, the secondary ones in their order,
            then all others in the order given.

        Raises
        ------
        iph.errors.InputError
            A p-value is no number from 0 to 1, or an endpoint of the rule is missing.
        """
        if not isinstance(p_values, Mapping):
            raise InputError("p_values", "a mapping of endpoints to p-values", p_values)
        lost = [n for n in (*self.primary, *self.secondary) if n not in p_values]
        if lost:
            raise InputError(
                "p_values",
                "a p-value for each endpoint of the rule",
                f"none for {', '.join(lost)}",
                "give None where it could not be found",
            )
        checked = numbers(list(p_values.values()), "p_values", low=0.0, high=1.0)
        given = dict(zip(p_values, checked.tolist(), strict=True))
        return (*self._primary(given), *self._secondary(given), *self._others(given))

    def _primary(self, given: dict[str, float]) -> list[EndpointVerdict]:
        # A p-value that could not be found counts as 1, and still among the tests.
        raw = [1.0 if math.isnan(given[n]) else given[n] for n in self.primary]
        adjusted = adjust_p_values(raw, method="holm")
        return [
            self._tested(name, "primary", given[name], p)
            for name, p in zip(self.primary, adjusted, strict=True)
        ]

    def _secondary(self, given: dict[str, float]) -> list[EndpointVerdict]:
        found: list[EndpointVerdict] = []
        before = self._primary(given)
        for name in self.secondary:
            own = 1.0 if math.isnan(given[name]) else given[name]
            worst = max([own, *(one.p_adjusted for one in before)])
            verdict = self._tested(name, "secondary", given[name], worst)
            failed = [one.name for one in before if not one.claimed]
            if failed:
                reason = f"not tested: {failed[0]} was not significant"
                verdict = attrs.evolve(verdict, reason=reason)
            found.append(verdict)
            before = [*before, verdict]
        return found

    def _tested(
        self, name: str, role: Role, p_value: float, adjusted: float
    ) -> EndpointVerdict:
        claimed = adjusted <= self.alpha
        reason = "significant" if claimed else "not significant"
        if math.isnan(p_value):
            reason = "no p-value, which counts as not significant"
        return EndpointVerdict(
            name=name,
            role=role,
            p_value=p_value,
            p_adjusted=adjusted,
            claimed=claimed,
            reason=reason,
        )

    def _others(self, given: dict[str, float]) -> list[EndpointVerdict]:
        named = {*self.primary, *self.secondary}
        return [
            EndpointVerdict(
                name=name,
                role="descriptive",
                p_value=p_value,
                p_adjusted=math.nan,
                claimed=False,
                reason="described only",
            )
            for name, p_value in given.items()
            if name not in named
        ]
