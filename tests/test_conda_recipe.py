"""The recipe for conda asks for what the package asks for."""

import re
import tomllib
from pathlib import Path
from typing import Any

import iph

ROOT = Path(__file__).parents[1]
RECIPE = (ROOT / "recipe" / "recipe.yaml").read_text(encoding="utf-8")
NAMES = {"lazy-loader": "lazy_loader", "matplotlib": "matplotlib-base"}
"""What conda-forge calls otherwise."""


def project() -> dict[str, Any]:
    """Return what pyproject.toml says."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def listed(part: str) -> list[str]:
    """Return the lines of one list of requirements."""
    _, _, after = RECIPE.partition(f"\n  {part}:\n")
    lines = []
    for line in after.splitlines():
        if not line.startswith("    - "):
            break
        lines.append(line.removeprefix("    - "))
    return lines


def of_conda(requirement: str) -> str:
    """Write a requirement of pip as conda does."""
    name, sign, version = re.split("(>=)", requirement)
    return f"{NAMES.get(name, name)} {sign}{version}"


def test_requirements_are_those_of_the_package() -> None:
    """Nothing is asked for that pip does not ask for, and nothing is left out."""
    told = project()
    python = f"python {told['project']['requires-python']}"
    needed = map(of_conda, told["project"]["dependencies"])
    assert sorted(listed("run")) == sorted([python, *needed])
    tools = map(of_conda, told["build-system"]["requires"])
    assert sorted(listed("host")) == sorted([python, "pip", *tools])


def test_name_version_license_and_command() -> None:
    """They stand in both files."""
    told = project()["project"]
    assert f'version: "{iph.__version__}"' in RECIPE
    assert f"name: {told['name']}" in RECIPE
    assert f"license: {told['license']}" in RECIPE
    ((command, module),) = told["scripts"].items()
    assert f"- {command} = {module}" in RECIPE
    for name in told["license-files"]:
        assert f"- {name}\n" in RECIPE
        assert (ROOT / name).is_file()
