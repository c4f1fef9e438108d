"""A rule from text: ``age_years >= 18 and not treatments has embolization``.

::

    RULE := BOTH ("or" BOTH)*
    BOTH := ONE ("and" ONE)*
    ONE  := "not" ONE | "(" RULE ")" | TEST | "stated" TEST
    TEST := FIELD (< | <= | = | != | >= | >) VALUE
          | FIELD "in" "(" CODE ("," CODE)* ")"
          | FIELD "has" CODE ("or" CODE)*
          | "change" "(" FIELD ")" (< | <= | >= | >) NUMBER ["%"]
          | FIELD

A rule is read against the declarations of its fields, so that a code that no cell can
hold and a limit beyond the bounds are errors of the rule, with their place. What comes
out are the rules of `iph.criteria`; nothing is evaluated as Python.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal, NoReturn, cast

import attrs

from iph._fields import Declaration, Kind, label_of
from iph.criteria._change import Change
from iph.criteria._rule import UNKNOWN_CODE, Rule
from iph.criteria._rules import AllOf, Answered, AnyOf, Compare, HasAny, Not, OneOf
from iph.protocol._problems import is_near, nearest

Fields = Mapping[str, Declaration | None]
"""The declarations by name; None for a field whose declaration has an error."""

KEYWORDS: Final = frozenset({"and", "or", "not", "in", "has", "stated"})
"""Words that are neither a field nor, without quotes, a code."""

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.]))
    |(?P<word>\w+)
    |(?P<mark><=|>=|!=|==|=>|=<|<>|[<>=(),%\u2264\u2265\u2260]))""",
    re.VERBOSE,
)
_SIGNS: Final = {"==": "=", "<>": "!=", "\u2264": "<=", "\u2265": ">=", "\u2260": "!="}
_CHANGE: Final = "change"
_COMPARISONS: Final = ("<", "<=", "=", "!=", ">=", ">")
_MEASURED: Final = (Kind.QUANTITY, Kind.DAYS, Kind.GRADE)
_FLAWED: Final[Rule] = Answered("", answer=True)  # stands for a test with an error


@attrs.frozen
class RuleProblem:
    """What is wrong with the text of a rule, and at which character."""

    at: int
    problem: str
    hint: str = ""


class _WrongTest(Exception):  # noqa: N818 - it never leaves this module
    """A test that cannot be read."""


@attrs.frozen
class _Token:
    kind: str
    text: str
    at: int


def parse_rule(
    text: str, fields: Fields
) -> tuple[Rule | None, tuple[RuleProblem, ...]]:
    """Return the rule that a text says, or None and everything wrong with it."""
    tokens, problems = _tokens(text)
    if problems:
        return None, tuple(problems)
    parser = _Parser(tokens, fields)
    try:
        rule = parser.either()
        parser.end()
    except _WrongTest:
        rule = None
    except RecursionError:
        parser.problems.append(RuleProblem(0, "too many parentheses in one another"))
    flawed = parser.flawed or parser.problems
    return (None if flawed else rule), tuple(parser.problems)


def _tokens(text: str) -> tuple[list[_Token], list[RuleProblem]]:
    tokens: list[_Token] = []
    problems: list[RuleProblem] = []
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            hint = "a text needs a quote at its end" if text[at] in "'\"" else ""
            problems.append(RuleProblem(at, f"{text[at]} means nothing here", hint))
            break
        kind = str(found.lastgroup)
        said, at = found[kind], found.end()
        if kind == "text":
            said = said[1:-1].replace(said[0] * 2, said[0])
        tokens.append(_Token(kind, _SIGNS.get(said, said), found.start(kind)))
    tokens.append(_Token("end", "", len(text)))
    return tokens, problems


class _Parser:
    """Goes through the tokens once; an error in a test does not hide the next."""

    def __init__(self, tokens: list[_Token], fields: Fields) -> None:
        self.tokens, self.fields, self.place = tokens, fields, 0
        self.problems: list[RuleProblem] = []
        self.flawed = False

    @property
    def now(self) -> _Token:
        return self.tokens[self.place]

    def fail(self, at: int, problem: str, hint: str = "") -> NoReturn:
        self.problems.append(RuleProblem(at, problem, hint))
        raise _WrongTest

    def take(self, *texts: str) -> bool:
        """Pass a token if it is one of these; a text in quotes never is."""
        if self.now.kind == "text" or self.now.text not in texts or not self.now.text:
            return False
        self.place += 1
        return True

    def end(self) -> None:
        if self.now.kind != "end":
            found = self.now.text
            hint = "join conditions with and, or" if found != ")" else ""
            self.fail(self.now.at, f"{found} is one too many", hint)

    def either(self) -> Rule:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def both(self) -> Rule:
        parts = [self.one()]
        while self.take("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def one(self) -> Rule:
        if self.take("not"):
            return Not(self.one())
        if self.take("("):
            inner = self.either()
            if not self.take(")"):
                self.fail(self.now.at, "a ) is missing")
            return inner
        stated = self.take("stated")
        start = self.place
        try:
            return self.test(stated=stated)
        except _WrongTest:
            if self.place == start:  # no name: what follows cannot be told apart
                raise
            return self.passed_over()

    def passed_over(self) -> Rule:
        """Go to the end of a test that has an error."""
        self.flawed = True
        depth = 0
        while self.now.kind != "end":
            quoted = self.now.kind == "text"
            if not quoted and depth == 0 and self.now.text in {"and", "or", ")"}:
                break
            if not quoted:
                depth += {"(": 1, ")": -1}.get(self.now.text, 0)
            self.place += 1
        return _FLAWED

    def test(self, *, stated: bool) -> Rule:
        name = self.now
        if name.kind != "word" or name.text in KEYWORDS:
            found = f", found {name.text}" if name.text else ""
            self.fail(name.at, f"the name of a field is missing{found}")
        self.place += 1
        if name.text == _CHANGE and self.take("("):
            return self.changed()
        if name.text not in self.fields:
            flawed = (one for one, declared in self.fields.items() if declared is None)
            if is_near(name.text, flawed):
                return self.passed_over()  # the name may be the error, told there
            hint = nearest(name.text, self.fields)
            self.fail(name.at, f"{name.text} is no field that this rule can use", hint)
        declared = self.fields[name.text]
        if declared is None:
            return self.passed_over()  # its declaration is the error, told there
        if stated and declared.kind is not Kind.YES_NO:
            self.fail(name.at, "stated stands before a yes/no question only")
        if declared.kind is Kind.YES_NO:
            return self.answered(name.text, stated=stated)
        forms = {
            **dict.fromkeys(_MEASURED, self.measured),
            Kind.CHOICE: self.chosen,
            Kind.CHOICES: self.among,
        }
        if declared.kind not in forms:
            self.fail(name.at, f"{name.text} is no value that a rule can compare")
        return forms[declared.kind](name.text, declared)

    def changed(self) -> Rule:
        """Read what has changed since baseline, behind the parenthesis."""
        name, declared = self.now, self.fields.get(self.now.text)
        seen = declared if "visit" in self.fields else None
        if seen is None or seen.kind not in _MEASURED:
            while self.now.kind != "end" and not self.take(")"):
                self.place += 1
        if name.text in self.fields and declared is None:
            return self.passed_over()  # its declaration is the error, told there
        if "visit" not in self.fields:
            hint = "ask for it in the rule (when) of an endpoint"
            self.fail(name.at, "change is asked of what is seen at visits", hint)
        if declared is None or declared.kind not in _MEASURED:
            known = [n for n, d in self.fields.items() if d and d.kind in _MEASURED]
            problem = f"{name.text or 'nothing'} is no number or grade of a visit"
            self.fail(name.at, problem, nearest(name.text, known))
        self.place += 1
        if not self.take(")"):
            self.fail(self.now.at, "a ) is missing")
        told = f"{_CHANGE}({name.text})"
        sign = self.comparison(told, ("<", "<=", ">=", ">"), f"{told} <= -10")
        at = self.now.at
        if self.now.kind != "number":
            found = f", found {self.now.text!r}" if self.now.text else ""
            self.fail(at, f"a number is missing{found}")
        limit = number_of(self.now.text)
        self.place += 1
        percent = self.take("%")
        if percent and declared.kind is Kind.GRADE:
            self.fail(at, f"{name.text} has no percent", "state a number of grades")
        low, high = _bounds(declared)
        if not percent and not abs(limit) <= high - low:
            self.fail(at, f"{name.text} never changes by {limit:g}")
        operator = cast("Literal['<', '<=', '>=', '>']", sign)
        return Change(name.text, operator, limit, percent=percent)

    def comparison(self, name: str, allowed: tuple[str, ...], example: str) -> str:
        sign = self.now
        if not self.take(*allowed):
            found = f", found {sign.text}" if sign.text else ""
            wanted = " or ".join(allowed)
            self.fail(
                sign.at, f"{name} is followed by {wanted}{found}", f"such as {example}"
            )
        return sign.text

    def answered(self, name: str, *, stated: bool) -> Rule:
        answer = True
        if self.now.kind == "mark" and self.now.text not in {")", ","}:
            sign = self.comparison(name, ("=", "!="), f"{name} = no")
            word = self.now
            if not self.take("yes", "no"):
                self.fail(word.at, f"{name} is answered yes or no", f"not {word.text}")
            answer = (word.text == "yes") == (sign == "=")
        return Answered(name, answer, missing_is_unmet=stated)

    def chosen(self, name: str, declared: Declaration) -> Rule:
        codes = _known_codes(declared)
        example = f"{name} = {codes[0]}"
        sign = self.comparison(name, ("=", "!=", "in"), example)
        if sign != "in":
            rule = OneOf(name, self.code(name, codes))
            return Not(rule) if sign == "!=" else rule
        if not self.take("("):
            self.fail(self.now.at, "( is missing behind in", f"{name} in ({codes[0]})")
        found = [self.code(name, codes)]
        while self.take(","):
            found.append(self.code(name, codes))
        if not self.take(")"):
            self.fail(self.now.at, "a , or ) is missing")
        return OneOf(name, tuple(found))

    def among(self, name: str, declared: Declaration) -> Rule:
        codes = _known_codes(declared)
        self.comparison(name, ("has",), f"{name} has {codes[0]}")
        found = [self.code(name, codes)]
        while self.goes_on(name, codes):
            self.place += 1
            found.append(self.code(name, codes))
        return HasAny(name, tuple(found))

    def goes_on(self, name: str, codes: tuple[str, ...]) -> bool:
        """Whether "or" leads to a further code of a set, and not to a condition."""
        if self.now.kind != "word" or self.now.text != "or":
            return False
        following, *behind = self.tokens[self.place + 1 : self.place + 3]
        if following.kind in {"mark", "end"} or not behind:
            return False
        if following.kind == "word":
            if following.text in KEYWORDS or _compares(behind[0]):
                return False
            if following.text in self.fields and following.text in codes:
                problem = f"{following.text} is a code of {name} and a field as well"
                hint = f"write ({name} has ...) or {following.text}"
                self.fail(following.at, problem, hint)
            return following.text not in self.fields
        return True

    def code(self, name: str, codes: tuple[str, ...]) -> str:
        token = self.now
        if token.kind not in {"end", "mark"} and token.text in codes:
            self.place += 1
            return token.text
        if token.text == UNKNOWN_CODE:
            self.fail(
                token.at, "unknown counts as missing, so that no rule asks for it"
            )
        if token.kind in {"end", "mark"}:
            self.fail(token.at, f"a code of {name} is missing", nearest("", codes))
        hint = nearest(token.text, codes)
        return self.fail(token.at, f"{name} has no code {token.text!r}", hint)

    def measured(self, name: str, declared: Declaration) -> Rule:
        low, high = _bounds(declared)
        sign = self.comparison(name, _COMPARISONS, f"{name} >= {high:g}")
        at = self.now.at
        limit = self.number(name, declared)
        if not low <= limit <= high:
            unit = f" {declared.unit}" if declared.unit else ""
            said = f"{name} lies between {low:g} and {high:g}{unit}, never at {limit:g}"
            self.fail(at, said)
        if sign not in {"=", "!="}:
            return Compare(name, cast("Literal['<', '<=', '>=', '>']", sign), limit)
        whole = declared.kind is Kind.GRADE or declared.whole
        if whole and limit != int(limit):
            self.fail(at, f"{name} is a whole number, never {limit:g}")
        rule = AllOf((Compare(name, ">=", limit), Compare(name, "<=", limit)))
        return Not(rule) if sign == "!=" else rule

    def number(self, name: str, declared: Declaration) -> float:
        token = self.now
        self.place += token.kind != "end"
        if token.kind == "number":
            return number_of(token.text)
        if declared.kind is Kind.GRADE and token.kind in {"word", "text"}:
            words = _grade_words(declared)
            if token.text in words:
                return words[token.text]
            problem = f"{name} has no grade {token.text!r}"
            self.fail(token.at, problem, nearest(token.text, words))
        found = f", found {token.text!r}" if token.text else ""
        return self.fail(token.at, f"a number is missing{found}")


def number_of(text: str) -> float:
    """Return a written number, whole if it is."""
    value = float(text)
    if not value.is_integer():
        return value
    return int(text) if text.lstrip("+-").isdigit() else int(value)


def _compares(token: _Token) -> bool:
    """Whether the word before a token is a field: a comparison follows it."""
    if token.kind == "mark":
        return token.text not in {")", ","}
    return token.kind == "word" and token.text in {"in", "has"}


def _known_codes(declared: Declaration) -> tuple[str, ...]:
    options = declared.options or ()
    return tuple(str(one.value) for one in options if one.value != UNKNOWN_CODE)


def _bounds(declared: Declaration) -> tuple[float, float]:
    """Return the least and the largest value; of a grade, its extreme codes."""
    if declared.options is not None:
        values = [int(one.value) for one in declared.options]
        return min(values), max(values)
    low, high = declared.low, declared.high
    return (-float("inf") if low is None else low), (
        float("inf") if high is None else high
    )


def _grade_words(declared: Declaration) -> dict[str, int]:
    """Return the words for each grade: its label, also with _ for blanks."""
    found: dict[str, int] = {}
    for one in declared.options or ():
        label = label_of(one)
        for word in (label, label.replace(" ", "_")):
            found.setdefault(word, int(one.value))
    return found
