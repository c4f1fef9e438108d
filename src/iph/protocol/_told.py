"""What is told while a study file is read: each problem with the line of its key."""

from collections.abc import Mapping

import attrs

from iph.criteria._rule import Rule
from iph.protocol._problems import ProtocolError
from iph.protocol._rule_reading import Fields, parse_rule
from iph.protocol._shape import Path


@attrs.define
class Told:
    """Collects the problems of one file.

    Attributes
    ----------
    lines : mapping of tuple to int
        The line of each key.
    errors : list of ProtocolError
        What was told.
    """

    lines: Mapping[Path, int]
    errors: list[ProtocolError] = attrs.field(factory=list)

    def tell(self, path: Path, problem: str, hint: str = "") -> None:
        """Note a problem of a key, at its line or at that of the table around it."""
        place = path
        while place and place not in self.lines:
            place = place[:-1]
        line = self.lines.get(place)
        key = ".".join(map(str, path))
        error = ProtocolError(line=line, key=key, problem=problem, hint=hint)
        self.errors.append(error)

    @property
    def flawed(self) -> set[str]:
        """The names of what has an error: fields, visits, outcomes and the like."""
        keys = (error.key.split(".") for error in self.errors)
        return {key[1] for key in keys if len(key) > 1}

    @property
    def heads(self) -> set[str]:
        """The keys of the file's head, and the tables, that have an error."""
        return {error.key.split(".")[0] for error in self.errors}

    def meant(self, key: str) -> bool:
        """Whether a key that is not known was taken for this one."""
        return any(error.hint == f"did you mean {key}?" for error in self.errors)

    def rule(self, path: Path, text: str, fields: Fields) -> Rule | None:
        """Return the rule that a text says; tell what is wrong with it."""
        rule, problems = parse_rule(text, fields)
        for one in problems:
            where = f" (character {one.at + 1} of {text!r})"
            self.tell(path, f"{one.problem}{where}", one.hint)
        return rule

    def in_order(self) -> tuple[ProtocolError, ...]:
        """Return the problems in the order of the file; each once."""
        unique = dict.fromkeys(self.errors)
        return tuple(sorted(unique, key=lambda error: error.line or 0))
