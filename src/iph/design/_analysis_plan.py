"""The plan of an analysis, written before the data, from the protocol alone."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs

from iph._checks import level as checked_level
from iph._checks import one_of
from iph._display import Displayed
from iph._options import each, instance, wording
from iph.design._plan_items import (
    PlanItem,
    default_group,
    items_of_tests,
    protocol_items,
    rule_items,
)
from iph.design._plan_shells import Shell, shells
from iph.design._power import Power
from iph.design._precision import Precision
from iph.design._sample_size import SampleSize
from iph.design._sentences import sentence
from iph.errors import InputError
from iph.protocol._protocol import Protocol

Population: TypeAlias = Literal["included", "not-excluded", "all"]
Sized: TypeAlias = "Power | SampleSize | Precision"

AUTHORS_WORDS: Final = (
    "registration",
    "versions",
    "roles",
    "signatures",
    "background",
    "objectives",
    "setting",
    "interventions",
    "allocation",
    "blinding",
    "recruitment",
    "interim",
    "multiplicity",
    "adherence",
    "covariates",
    "subgroups",
    "harms",
    "ethics",
    "data management",
)
"""What a protocol does not hold, and the authors of a study must say."""

_FOUND: Final = (Power, SampleSize, Precision)
_POPULATIONS: Final = ("included", "not-excluded", "all")


@attrs.frozen(kw_only=True)
class Plan(Displayed):
    """The plan of an analysis.

    Attributes
    ----------
    title, condition : str
        The study, and what its patients have.
    protocol_digest : str
        The fingerprint of the protocol: another protocol has another one.
    version : str
        The version of the plan, as its authors count.
    items : tuple of PlanItem
        What is laid down: fields, visits, outcomes, endpoints, criteria, population,
        level, tests.
    sample_size : tuple of str
        The sentences for an ethics form; empty if no size was planned.
    n_planned : int or None
        The patients to be analyzed, of the first one; None if no size was planned.
    words : tuple of (str, str)
        What the authors say of topics that no protocol holds.
    shells : tuple of Shell
        The tables to be filled.
    """

    title: str
    condition: str
    protocol_digest: str
    version: str
    items: tuple[PlanItem, ...]
    sample_size: tuple[str, ...]
    n_planned: int | None
    words: tuple[tuple[str, str], ...]
    shells: tuple[Shell, ...]


@attrs.frozen(kw_only=True)
class Deviation(Displayed):
    """Something that was planned and done otherwise.

    Attributes
    ----------
    topic, name : str
        What, as in a `PlanItem`.
    planned, done : str or None
        What was planned, and what was done; None if it was not planned, or not done.
    """

    topic: str
    name: str
    planned: str | None
    done: str | None

    @property
    def kind(self) -> str:
        """``"changed"``, ``"added"`` or ``"left out"``."""
        if self.planned is None:
            return "added"
        return "left out" if self.done is None else "changed"


def plan(
    protocol: Protocol[Any],
    *,
    sized: "Sequence[tuple[Sized, str]]" = (),
    population: Population = "included",
    level: float = 0.05,
    group: str | None = None,
    primary_visit: str | None = None,
    version: str = "1",
    words: Mapping[str, str] | None = None,
) -> Plan:
    """Plan the analysis of a study before there are data.

    Readers trust a result that was foreseen more than one that was found. What will be
    analyzed, in whom, by which tests and at which level, so that nobody can say later
    that it was chosen after a look at the data?

    Parameters
    ----------
    protocol : Protocol
        What the study is.
    sized : sequence of (Power or SampleSize or Precision, str), optional
        How many patients there will be and why: what `sample_size`, `power` or
        `precision` found, each with what was assumed in words.
    population : {"included", "not-excluded", "all"}, default: "included"
        Who is analyzed, as `iph.study.analyze` takes it.
    level : float, default: 0.05
        The significance level, two-sided.
    group : str, optional
        What patients will be compared by; the group of the protocol if left out.
    primary_visit : str, optional
        The code of the primary visit; that of the protocol, or the last, if left out.
    version : str, default: "1"
        The version of the plan, as its authors count.
    words : mapping of str to str, optional
        What the authors say of topics that no protocol holds, by topic:
        ``"registration"``, ``"versions"``, ``"roles"``, ``"signatures"``,
        ``"background"``, ``"objectives"``, ``"setting"``, ``"interventions"``,
        ``"allocation"``, ``"blinding"``, ``"recruitment"``, ``"interim"``,
        ``"multiplicity"``, ``"adherence"``, ``"covariates"``, ``"subgroups"``,
        ``"harms"``, ``"ethics"``, ``"data management"``.

    Returns
    -------
    Plan
        With attributes ``title``, ``condition``, ``protocol_digest``, ``version``,
        ``items``, ``sample_size``, ``n_planned``, ``words`` and ``shells``.

    Raises
    ------
    iph.errors.InputError
        A topic, population, group or visit that there is none of.

    See Also
    --------
    write_plan_file : Keep it in a file, to be held against the study later.

    Notes
    -----
    `iph.report.write_plan` writes it as text with the topics of two guidelines
    [1]_ [2]_; `iph.report.deviations` lists what a study did otherwise.

    References
    ----------
    .. [1] Gamble C, Krishan A, Stocken D, et al. Guidelines for the content of
       statistical analysis plans in clinical trials. JAMA 2017;318:2337-2343.
       :doi:`10.1001/jama.2017.18556`
    .. [2] Chan AW, Tetzlaff JM, Altman DG, et al. SPIRIT 2013 statement: defining
       standard protocol items for clinical trials. Ann Intern Med 2013;158:200-207.
       :doi:`10.7326/0003-4819-158-3-201302050-00583`

    Examples
    --------
    >>> from iph.design import plan, precision
    >>> from iph.protocol import LI_2023_PROTOCOL
    >>> wide = precision("proportion", 18 / 28, 28)
    >>> found = plan(LI_2023_PROTOCOL, sized=[(wide, "pain relief in 64 %")])
    >>> found.n_planned
    28
    >>> [item.text for item in found.items if item.topic == "primary outcome"]
    ['vas at month_6']
    """
    if not isinstance(protocol, Protocol):
        raise InputError("protocol", "a Protocol", protocol, "use read_protocol(path)")
    one_of(population, "population", _POPULATIONS)
    significance = checked_level(level, "level")
    said = _said(words)
    sizes = _sized(sized)
    compared = default_group(protocol) if group is None else wording(group, "group")
    items = [
        *protocol_items(protocol, protocol.criteria),
        *rule_items(
            population=population,
            level=significance,
            primary_visit=_primary(protocol, primary_visit),
            group=compared,
            description=protocol.rules.description,
            quartiles=protocol.rules.quartiles,
        ),
        *items_of_tests(protocol, compared),
    ]
    return Plan(
        title=protocol.title,
        condition=protocol.condition,
        protocol_digest=protocol.digest,
        version=wording(version, "version", "such as '1' or '2.0'"),
        items=tuple(items),
        sample_size=tuple(sentence(found, assumed=text) for found, text in sizes),
        n_planned=sizes[0][0].n if sizes else None,
        words=tuple((topic, said[topic]) for topic in AUTHORS_WORDS if topic in said),
        shells=tuple(shells(protocol, compared, protocol.rules.description)),
    )


def _said(words: Mapping[str, str] | None) -> dict[str, str]:
    """Check what the authors say, topic by topic."""
    if words is None:
        return {}
    rule = "a mapping of a topic to what is said of it"
    for topic, text in instance(words, "words", Mapping, rule).items():
        one_of(topic, "words", AUTHORS_WORDS)
        wording(text, f"words[{topic!r}]")
    return dict(words)


def _sized(sized: Any) -> list[tuple[Sized, str]]:
    """Check what was found of the number of patients, each with what was assumed."""
    rule = "pairs of what was found and what was assumed in words"
    hint = "for example sized=[(found, 'recovery in 64 % against 32 %')]"
    pairs = []
    for place, pair in enumerate(each(sized, "sized", rule, hint)):
        name = f"sized[{place}]"
        two = each(pair, name, "a pair", hint)
        if len(two) != 2:
            raise InputError(name, "a pair", pair, hint)
        instance(two[0], f"{name}[0]", _FOUND, "a result of planning", hint)
        pairs.append((two[0], wording(two[1], f"{name}[1]", hint)))
    return pairs


def _primary(protocol: Protocol[Any], given: str | None) -> str:
    """Return the code of the visit that is named, or of that which leads."""
    later = [visit.value for visit in protocol.visits if visit.nominal_day]
    if given is not None:
        return one_of(given, "primary_visit", later)
    if protocol.primary is not None:
        return protocol.primary.visit
    return later[-1] if later else "none"


def differences(
    planned: Sequence[PlanItem], done: Sequence[PlanItem]
) -> tuple[Deviation, ...]:
    """Return what two lists of items say differently, in the order of the first."""
    first = {(item.topic, item.name): item.text for item in planned}
    second = {(item.topic, item.name): item.text for item in done}
    keys = [*first, *(key for key in second if key not in first)]
    return tuple(
        Deviation(
            topic=topic,
            name=name,
            planned=first.get((topic, name)),
            done=second.get((topic, name)),
        )
        for topic, name in keys
        if first.get((topic, name)) != second.get((topic, name))
    )
