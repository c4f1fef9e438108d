"""What a study follows over its visits, and what counts as reached."""

from typing import Any, Final, Literal

import attrs

from iph._checks import one_of
from iph._display import Displayed
from iph._fields import sequence_of
from iph._options import each, one_number, wording
from iph.criteria._rule import Rule, a_rule
from iph.errors import InputError
from iph.scales._change_rules import CHANGE_RULES

Form = Literal["visits", "recorded", "stated"]


def _names(given: Any) -> tuple[str, ...]:
    """Return names as a tuple; a single text is one name."""
    if isinstance(given, str):
        return (given,)
    return tuple(each(given, "changes", "names of rules of change"))


@attrs.frozen(kw_only=True)
class OutcomeRule(Displayed):
    """A grade or a number that is followed over the visits, and what is a response.

    Which end is better is said by the declaration of the field.

    Parameters
    ----------
    field : str
        A field of the assessments, or a value derived from one.
    response : float or None
        The change for the better since baseline, in the unit of the field, from which
        on a patient has responded.
    response_percent : float or None
        The same in percent of the value at baseline; of the two, one at most.
    strict : bool
        Whether the change must be larger than stated, not only as large.
    changes : tuple of str
        The rules of change by which patients are counted as improved, not changed or
        worse at each visit: names of `iph.scales.CHANGE_RULES` for the scale of the
        field.
    standard_deviation, reliability : float or None
        The standard deviation of the score before treatment and its test-retest
        reliability, which make a further rule: that of a reliable change; see
        `iph.scales.reliable_change`. Both or neither.
    label : str
        What it is called in print; as declared if empty.
    response_label : str
        What a response is called in print; from the label if empty.

    Raises
    ------
    InputError
        If a response is stated twice, or is not above 0; or a rule of change is not
        known, stands twice, or cannot be made.

    Examples
    --------
    >>> from iph.protocol import OutcomeRule
    >>> OutcomeRule(field="vas", response_percent=50).strict
    False
    """

    field: str
    response: float | None = None
    response_percent: float | None = None
    strict: bool = False
    changes: tuple[str, ...] = attrs.field(default=(), converter=_names)
    standard_deviation: float | None = None
    reliability: float | None = None
    label: str = ""
    response_label: str = ""

    def __attrs_post_init__(self) -> None:
        for name in ("field", "label", "response_label"):
            wording(getattr(self, name), name)
        for name in self.changes:
            one_of(name, "changes", tuple(CHANGE_RULES))
        if len(set(self.changes)) < len(self.changes):
            raise InputError("changes", "different rules", self.changes)
        made = (self.standard_deviation, self.reliability)
        absent = [one is None for one in made]  # an array would compare with each
        if not all(absent):
            if any(absent):
                raise InputError("reliability", "stated with standard_deviation", made)
            if not one_number(made[0], "standard_deviation", "a number") > 0:
                raise InputError("standard_deviation", "above 0", made[0])
            if not 0 <= one_number(made[1], "reliability", "a number") < 1:
                raise InputError("reliability", "from 0 to below 1", made[1])
        if self.response is not None and self.response_percent is not None:
            both = (self.response, self.response_percent)
            raise InputError("response", "stated once, as a number or in percent", both)
        for name in ("response", "response_percent"):
            amount = getattr(self, name)
            if amount is not None and not one_number(amount, name, "a number") > 0:
                raise InputError(name, "above 0", amount)


_TAKEN: Final = frozenset({"died", "recovered", "last seen"})


@attrs.frozen(kw_only=True)
class CompetingRule(Displayed):
    """An event, beside death, after which an endpoint can no longer be reached.

    After an amputation no wound of the foot heals, and after a transplantation no
    native kidney recovers. Such a patient is not censored, as if the endpoint could
    still come, but leaves those at risk for good.

    Parameters
    ----------
    at : str
        The field of the patient with the day of the event; a patient without a day did
        not have it.
    label : str
        What it is called within a sentence, such as ``"amputation"``.

    Raises
    ------
    InputError
        If the label is empty, or one of the words "died", "recovered" and "last seen",
        which say how else patients leave those at risk.

    Examples
    --------
    >>> from iph.criteria import Answered
    >>> from iph.protocol import CompetingRule, EndpointRule
    >>> healed = EndpointRule(
    ...     name="healed",
    ...     label="a healed wound",
    ...     when=Answered("closed", answer=True),
    ...     competing=[CompetingRule(at="amputation_day", label="amputation")],
    ... )
    >>> [one.label for one in healed.competing]
    ['amputation']
    """

    at: str
    label: str

    def __attrs_post_init__(self) -> None:
        text: object = self.label
        if not isinstance(text, str) or not text.strip() or text in _TAKEN:
            told = 'words for the event, such as "amputation"'
            raise InputError("label", told, text)


def _competing(given: Any) -> tuple[CompetingRule, ...]:
    return sequence_of(given, CompetingRule, "competing")


@attrs.frozen(kw_only=True)
class EndpointRule(Displayed):
    """A state that patients reach, and how the time of reaching it is known.

    Three forms. *Seen at visits*: `when` is asked of each assessment, and the time lies
    between the last visit that saw no and the first that saw yes; who is there on day
    zero was never at risk. *Recorded*: `reached` is asked of the patient, and the time
    stands in the field `at`: of the event if it was reached, else of when the patient
    was last seen without. *Stated*: `reached` is a statement made on the day in
    `seen_by`; the time lies between day zero and that day. Death competes with each,
    and so does what `competing` names: what is seen after such an event does not count.

    Parameters
    ----------
    name : str
        The name by which it is chosen.
    label : str
        What is reached, in words.
    when : Rule or None
        Over the fields of an assessment.
    reached : Rule or None
        Over the fields of a patient.
    at, seen_by : str or None
        The field with the recorded time, or with the day of the statement.
    unclear : Rule or None
        Where this is met, it cannot be told whether the endpoint was reached.
    competing : tuple of CompetingRule
        Events beside death after which it cannot be reached any more. Of two on one
        day, the first of them counts, and either before death on that day.

    Raises
    ------
    InputError
        If the rule has none of the three forms, or two; or if two competing events have
        one field or one label.

    Examples
    --------
    >>> from iph.criteria import Answered, Compare
    >>> from iph.protocol import EndpointRule
    >>> dry = EndpointRule(name="dry", label="no pads", when=Compare("pads", "<=", 0))
    >>> rescue = EndpointRule(
    ...     name="rescue",
    ...     label="rescue analgesic",
    ...     reached=Answered("rescue", answer=True),
    ...     at="rescue_time",
    ... )
    >>> dry.form, rescue.form
    ('visits', 'recorded')
    """

    name: str
    label: str
    when: Rule | None = None
    reached: Rule | None = None
    at: str | None = None
    seen_by: str | None = None
    unclear: Rule | None = None
    competing: tuple[CompetingRule, ...] = attrs.field(default=(), converter=_competing)

    def __attrs_post_init__(self) -> None:
        for name in ("name", "label"):
            wording(getattr(self, name), name)
        for name in ("at", "seen_by"):
            if getattr(self, name) is not None:
                wording(getattr(self, name), name)
        for name in ("when", "reached", "unclear"):
            if getattr(self, name) is not None:
                a_rule(getattr(self, name), name)
        for key in ("at", "label"):
            words = [getattr(one, key) for one in self.competing]
            if len(set(words)) < len(words):
                raise InputError("competing", f"events of different {key}", words)
        given = [
            name
            for name in ("when", "reached", "at", "seen_by")
            if getattr(self, name) is not None
        ]
        if given not in (["when"], ["reached", "at"], ["reached", "seen_by"]):
            raise InputError(
                "endpoint", "when, or reached with at, or reached with seen_by", given
            )

    @property
    def form(self) -> Form:
        """How its time is known: ``"visits"``, ``"recorded"`` or ``"stated"``."""
        if self.when is not None:
            return "visits"
        return "recorded" if self.at is not None else "stated"

    @property
    def of_visits(self) -> bool:
        """Whether its rules are asked of assessments, and not of the patient."""
        return self.when is not None


@attrs.frozen(kw_only=True)
class PrimaryOutcome(Displayed):
    """What the study is decided by: one outcome at one visit.

    Parameters
    ----------
    outcome : str
        The field of an outcome.
    visit : str
        The code of a visit after baseline.
    """

    outcome: str
    visit: str

    def __attrs_post_init__(self) -> None:
        for name in ("outcome", "visit"):
            wording(getattr(self, name), name)


@attrs.frozen(kw_only=True)
class StudyRules(Displayed):
    """The rules by which numbers are described.

    Parameters
    ----------
    quartiles : str
        The rule of the quartiles; see `iph.stats.quartiles`.
    description : {"median", "mean", "shapiro-wilk"}
        How a number is described.
    """

    quartiles: str = "weibull"
    description: Literal["median", "mean", "shapiro-wilk"] = "median"

    def __attrs_post_init__(self) -> None:
        wording(self.quartiles, "quartiles")
        one_of(self.description, "description", ("median", "mean", "shapiro-wilk"))
