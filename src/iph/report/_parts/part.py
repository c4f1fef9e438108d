"""What a part of a report is: all that is said of one kind of result."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from iph.design import Plan
from iph.evidence._claims import Claim
from iph.protocol._protocol import Protocol
from iph.report._document import Block, Paragraph
from iph.study._compared import Comparison
from iph.study._study import Study


@attrs.frozen(kw_only=True)
class Material:
    """What a report is made from.

    Attributes
    ----------
    study : Study
        The results.
    comparison : Comparison or None
        The study beside a published one.
    listed : bool
        Whether each patient is listed.
    plan : Plan or None
        What was planned before the data.
    """

    study: Study
    comparison: Comparison | None = None
    listed: bool = False
    plan: Plan | None = None

    @property
    def protocol(self) -> Protocol[Any]:
        """What the study is."""
        return self.study.protocol

    @property
    def unit(self) -> str:
        """What times are counted in: days, hours or minutes."""
        return self.protocol.time_unit


Results = tuple[Any, ...]
Told = Callable[[Any, Material], Iterable[str]]
Answers = Callable[[Results, Material], Mapping[str, str]]


def _silent(_found: Any, _material: Material) -> tuple[()]:
    return ()


def _no_answers(_found: Results, _material: Material) -> Mapping[str, str]:
    return {}


@attrs.frozen(kw_only=True)
class Part:
    """One kind of result, and what a report says of it in every medium.

    A result that is `Unavailable` never comes here: the loop over the parts says why.
    What takes one result is asked of each; what takes the results is asked once, and
    not where there are none.

    Attributes
    ----------
    chapter : str
        The name of the chapter; parts in a row with one name stand in one chapter.
    heading : str or callable
        The heading of the chapter; of parts in one chapter, that of the first is read.
    results : callable
        Takes the material; returns the results that the part speaks of.
    blocks : callable
        Takes a result; returns its tables, figures and paragraphs.
    sentences : callable
        Takes a result; returns the results in sentences to be pasted.
    claims : callable
        Takes a result; returns the printed figures that an audit can check.
    summary, methods, assumptions, warnings : callable
        Take the results; return lines for a terminal, the methods in sentences, what is
        taken for granted, and what a reader must know first.
    answers : callable
        Takes the results; returns the topics of checklists that the chapter answers,
        each with what of the chapter does, or an empty text.
    """

    chapter: str
    heading: Callable[[Material], str]
    results: Callable[[Material], Results]
    blocks: Callable[[Any, Material], Iterable[Block]] = _silent
    sentences: Told = _silent
    claims: Callable[[Any, Material], Iterator[Claim] | tuple[Claim, ...]] = _silent
    summary: Told = _silent
    methods: Told = _silent
    assumptions: Told = _silent
    warnings: Told = _silent
    answers: Answers = _no_answers


def of_study(name: str) -> Callable[[Material], Results]:
    """Return what reads a part of a study: one result, or a tuple of them."""

    def read(material: Material) -> Results:
        found = getattr(material.study, name)
        return found if isinstance(found, tuple) else (found,)

    return read


def headed(text: str) -> Callable[[Material], str]:
    """Return a heading that is the same for every study."""
    return lambda _material: text


def paragraphs(texts: Iterable[str]) -> tuple[Block, ...]:
    """Return paragraphs of plain text; empty ones are left out."""
    return tuple(Paragraph(text) for text in texts if text)


def endpoints_heading(material: Material) -> str:
    """Head the chapter of what patients reach: recovery, where all of it is."""
    protocol = material.protocol
    recovers = all("recover" in rule.label.lower() for rule in protocol.endpoints)
    return "Recovery" if recovers and protocol.endpoints else "Responses and endpoints"
