"""Check every example of the documentation as a user's type checker would.

    python tests/typing/snippets.py

The examples of the README, of each page and of each docstring are written into modules
of their own, each line at its line in the source, and read by mypy (strict) and
pyright. Any message fails. Nothing is run: that is what the doctests are for.
"""

import ast
import doctest
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FENCE: Final = re.compile(
    r"^(?P<indent> *)```python\n(?P<code>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL
)
# What an example may do and a program should not: end in a value to show, and import
# what the person who reads it has installed.
PYRIGHT: Final = {
    "extraPaths": [str(ROOT / "src")],
    "reportUnusedExpression": False,
    "reportMissingImports": False,
    "reportMissingModuleSource": False,
}


def lines_of(text: str, first: int) -> dict[int, str]:
    """Return the code of a text by line: its examples, or else all of it."""
    examples = doctest.DocTestParser().get_examples(text)
    found = {
        first + example.lineno + place: line
        for example in examples
        for place, line in enumerate(example.source.splitlines())
    }
    if examples:
        return found
    return {first + place: line for place, line in enumerate(text.splitlines())}


def of_a_page(path: Path) -> dict[int, str]:
    """Return the code of a page, by line: its blocks belong together."""
    text = path.read_text(encoding="utf-8")
    found: dict[int, str] = {}
    for block in FENCE.finditer(text):
        indent = block["indent"]
        code = re.sub(f"^{indent}", "", block["code"], flags=re.MULTILINE)
        found |= lines_of(code, text.count("\n", 0, block.start("code")) + 1)
    return found


def of_a_module(path: Path) -> Iterator[tuple[str, dict[int, str]]]:
    """Return the code of each docstring that has examples, with the name it is of."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    room = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    for node in ast.walk(tree):
        if not isinstance(node, kinds):
            continue
        text = ast.get_docstring(node, clean=False)
        if text and ">>> " in text:
            name = getattr(node, "name", "")
            lines = lines_of(text, node.body[0].lineno)
            if f"import {name}" not in text and node in tree.body and name:
                lines[1] = f"from {room} import {name}"  # as a doctest has it
            yield name or "module", lines


def sources() -> Iterator[tuple[Path, str, dict[int, str]]]:
    """Return all documented code: file, name within it, and lines."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for path in pages:
        if "_build" not in path.parts:
            yield path, "page", of_a_page(path)
    for path in sorted((ROOT / "src").rglob("*.py")):
        for name, lines in of_a_module(path):
            yield path, name, lines


def written(folder: Path) -> dict[str, str]:
    """Write each source as a module; return where each module comes from."""
    origin: dict[str, str] = {}
    for path, name, lines in sources():
        if not lines:
            continue
        module = f"example_{len(origin)}_{name}.py"
        shown = [lines.get(place, "") for place in range(1, max(lines) + 1)]
        (folder / module).write_text("\n".join(shown) + "\n", encoding="utf-8")
        origin[module] = path.relative_to(ROOT).as_posix()
    return origin


def by_mypy(folder: Path) -> list[str]:
    """Return what mypy says, in its strict mode."""
    options = ["--no-error-summary", "--allow-redefinition", "--no-incremental"]
    # The functions of an example are its author's; what they are given is ours.
    options += ["--allow-untyped-defs", "--allow-untyped-calls"]
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own files
        [sys.executable, "-m", "mypy", *options, *map(str, folder.glob("*.py"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines() + done.stderr.splitlines()


def by_pyright(folder: Path) -> list[str]:
    """Return what pyright says."""
    config = folder / "pyrightconfig.json"
    config.write_text(json.dumps(PYRIGHT), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own files
        [sys.executable, "-m", "pyright", "--outputjson", "-p", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    if not report["summary"]["filesAnalyzed"]:
        return [f"pyright read nothing: {done.stderr}"]
    return [
        f"{found['file']}:{found['range']['start']['line'] + 1}: "
        f"{found['severity']}: {found['message']}"
        for found in report["generalDiagnostics"]
    ]


def main() -> int:
    """Check all examples; say where each message comes from."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        origin = written(folder)
        faults: list[str] = []
        for name, checker in (("mypy", by_mypy), ("pyright", by_pyright)):
            for line in checker(folder):
                for module, path in origin.items():
                    line = re.sub(rf"\S*{re.escape(module)}", path, line)  # noqa: PLW2901
                faults.append(f"{name}: {line}")
    print(*faults, sep="\n")  # noqa: T201 - a command
    print(f"{len(origin)} documented sources, {len(faults)} messages")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
