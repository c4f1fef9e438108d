"""The small changes that are made to a module: those of cosmic-ray, without some.

What is left alone is said in `settings.toml`.
"""

import ast
import hashlib
import re
import tomllib
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import cosmic_ray.ast
import cosmic_ray.mutating
import cosmic_ray.plugins

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SETTINGS = tomllib.loads((HERE / "settings.toml").read_text(encoding="utf-8"))


@attrs.frozen(kw_only=True)
class Mutant:
    """One change of one place.

    Attributes
    ----------
    path : str
        The module, from the root.
    operator, occurrence : str, int
        What cosmic-ray needs to make it.
    line : int
        The first line that is changed.
    where : str
        The class and function that hold it.
    key : str
        A name of the change that stays when other lines are edited.
    """

    path: str
    operator: str
    occurrence: int
    line: int
    where: str
    key: str

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return ".".join(Path(self.path).relative_to("src").with_suffix("").parts)

    def code(self) -> str | None:
        """Return the changed source; None if it is no Python, and so no mutant."""
        source = (ROOT / self.path).read_text(encoding="utf-8")
        operator = cosmic_ray.plugins.get_operator(self.operator)()
        changed = cosmic_ray.mutating.mutate_code(source, operator, self.occurrence)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # as the tests are run
            try:
                compile(changed, self.path, "exec")
            except (SyntaxError, SyntaxWarning):
                return None
        return str(changed)

    def before_and_after(self) -> tuple[str, str]:
        """Return the changed lines, in one each."""
        a = (ROOT / self.path).read_text(encoding="utf-8").splitlines()
        b = (self.code() or "").splitlines()
        while a and b and a[0] == b[0]:
            a, b = a[1:], b[1:]
        while a and b and a[-1] == b[-1]:
            a, b = a[:-1], b[:-1]
        before, after = (re.sub(r"\s+", " ", " ".join(x)).strip() for x in (a, b))
        return before, after


def _span(node: Any) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return str(getattr(node, "attr", getattr(node, "id", "")))


class Lines(ast.NodeVisitor):
    """What stands on which line: what is left alone, definitions, statements."""

    def __init__(self, tree: ast.AST) -> None:
        self.left_alone: set[int] = set()
        self.annotations: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self.where: dict[int, str] = {}
        self.statement: dict[int, set[int]] = {}
        self.function: dict[int, str] = {}  # the outermost, without its head
        self._inside: list[str] = []
        self.visit(tree)

    def _annotation(self, node: ast.expr | None) -> None:
        if node is not None:
            end = (node.end_lineno or 0, node.end_col_offset or 0)
            self.annotations.append(((node.lineno, node.col_offset), end))

    def visit(self, node: ast.AST) -> None:
        """Note the lines of a statement; of a compound one, those of its head."""
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            lines = _span(node)
            if isinstance(body, list) and body:
                lines = set(range(node.lineno, max(body[0].lineno, node.lineno + 1)))
            for line in lines:
                self.statement[line] = lines
        super().visit(node)

    def _definition(self, node: Any) -> None:
        self._inside.append(node.name)
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        lines = set(range(first, (node.end_lineno or first) + 1))
        for line in lines:
            self.where[line] = ".".join(self._inside)
        if any(_name(d) == "overload" for d in node.decorator_list):
            self.left_alone |= lines
        self.generic_visit(node)
        self._inside.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Note the class."""
        self._definition(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Note the function, and what it returns."""
        self._annotation(node.returns)
        name = ".".join([*self._inside, node.name])
        for line in set().union(*map(_span, node.body)):
            self.function.setdefault(line, name)
        self._definition(node)

    def visit_arg(self, node: ast.arg) -> None:
        """Note the type of a parameter."""
        self._annotation(node.annotation)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Note the type of a variable, or that it is one."""
        self._annotation(node.annotation)
        if _name(node.annotation) == "TypeAlias":
            self.left_alone |= _span(node)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Note a type variable."""
        if _name(node.value) in {"TypeVar", "ParamSpec"}:
            self.left_alone |= _span(node)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Note a message."""
        self.left_alone |= _span(node)

    def visit_If(self, node: ast.If) -> None:
        """Note what only a type checker reads."""
        if _name(node.test) == "TYPE_CHECKING":
            self.left_alone |= _span(node)
        self.generic_visit(node)

    def excludes(self, start: tuple[int, int]) -> bool:
        """Say whether a place is left alone."""
        return start[0] in self.left_alone or any(
            first <= start < last for first, last in self.annotations
        )


@cache
def lines_of(path: Path) -> Lines:
    """Return what stands on which line of a module."""
    return Lines(ast.parse(path.read_text(encoding="utf-8")))


@cache
def _operators() -> tuple[tuple[str, Any], ...]:
    left_out = [re.compile(pattern) for pattern in SETTINGS["operators"]["left_out"]]
    found = []
    for name in sorted(cosmic_ray.plugins.operator_names()):
        operator = cosmic_ray.plugins.get_operator(name)
        wanted = not any(pattern.fullmatch(name) for pattern in left_out)
        if wanted and not operator.arguments():
            found.append((name, operator()))
    return tuple(found)


@cache
def _is_left_out(line: str) -> bool:
    """Say whether a line only decides how fast the code is, or repeats a check."""
    return any(re.search(left_out, line) for left_out in SETTINGS["lines"]["left_out"])


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield the mutants of a module."""
    source = path.read_text(encoding="utf-8")
    lines, text = lines_of(path), source.splitlines()
    nodes = list(cosmic_ray.ast.ast_nodes(cosmic_ray.ast.get_ast(source)))
    seen: Counter[tuple[str, ...]] = Counter()
    for name, operator in _operators():
        places = (
            (start, _separates_parameters(node))
            for node in nodes
            for start, _ in operator.mutation_positions(node)
        )
        for occurrence, (start, separator) in enumerate(places):
            line = text[start[0] - 1]
            if separator or lines.excludes(start) or _is_left_out(line):
                continue
            where = lines.where.get(start[0], "")
            parts = (path.stem, where, name, line.strip())
            seen[parts] += 1
            named = "\0".join((*parts, str(seen[parts])))
            yield Mutant(
                path=str(path.relative_to(ROOT)),
                operator=name,
                occurrence=occurrence,
                line=start[0],
                where=where,
                key=hashlib.sha256(named.encode()).hexdigest()[:16],
            )


def _separates_parameters(node: Any) -> bool:
    """Say whether it is the star before keyword-only parameters, no product."""
    return node.parent is not None and node.parent.type in {"parameters", "lambdef"}


def drawing_order(mutant: Mutant) -> str:
    """Return what mutants are sorted by, so that a sample is the same each time."""
    seed = SETTINGS["sample"]["seed"]
    return hashlib.sha256(f"{seed}{mutant.key}".encode()).hexdigest()


def sampled(mutants: Sequence[Mutant], share: float) -> list[Mutant]:
    """Draw the same share of each module, at least one mutant."""
    strata: defaultdict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        strata[mutant.path].append(mutant)
    chosen: list[Mutant] = []
    for path in sorted(strata):
        stratum = sorted(strata[path], key=drawing_order)
        chosen += stratum[: max(1, round(share * len(stratum)))]
    return chosen
