"""Run the exact tests and the demonstration on a 32-bit Debian; compare the figures.

`python tools/debian_32.py FOLDER`, as root, on a machine of the x86 family with the
package debootstrap. FOLDER becomes a Debian of its own, of about 1 GB, in which NumPy
has whole numbers of 32 bits; one that is there already is used again. Pure packages
that Debian has not are taken from the Python that runs this.
"""

import argparse
import json
import math
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RELEASE = "trixie"
PACKAGES = (
    "python3-attr", "python3-hypothesis", "python3-jinja2", "python3-markupsafe",
    "python3-matplotlib", "python3-numpy", "python3-pandas", "python3-pytest",
    "python3-scipy",
)  # fmt: skip
PURE = ("iph", "lazy-loader", "narwhals")
CLOSE = 1e-11
ENVIRONMENT = (
    "PYTHONPATH=/iph/src:/pure HYPOTHESIS_PROFILE=smoke MPLBACKEND=agg HOME=/tmp"
)
TESTS = (
    "python3 -c 'import numpy as np; assert np.arange(1).dtype == np.int32'; "
    "python3 -m pytest -q -c /dev/null --rootdir=/iph --import-mode=importlib "
    "-o markers=quick -p no:cacheprovider -m quick --tb=short "
    "$(cat tests/wasm/exact.txt)"
)
DEMO = "rm -rf /tmp/demo; python3 -m iph report --demo --out /tmp/demo"


def main() -> None:
    """Make the system, run, compare, and end with 1 if any figure differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    if not (folder / "etc").exists():
        told = ("debootstrap", "--arch=i386", "--variant=minbase")
        run(*told, f"--include={','.join(PACKAGES)}", RELEASE, str(folder))
    for name in ("iph", "pure"):
        shutil.rmtree(folder / name, ignore_errors=True)
    run("git", "clone", "-q", str(ROOT), str(folder / "iph"))
    for name in PURE:
        copy_package(name, folder / "pure")
    for command in (TESTS, DEMO):
        shell = f"set -e; cd /iph; export {ENVIRONMENT}; {command}"
        run("chroot", str(folder), "sh", "-c", shell)
    with tempfile.TemporaryDirectory() as here:
        run("python", "-m", "iph", "report", "--demo", "--out", f"{here}/demo")
        differ = compared(results(Path(here)), results(folder / "tmp"))
    raise SystemExit(1 if differ else 0)


def run(*command: str) -> None:
    """Run a program; end with it if it fails."""
    subprocess.run(command, check=True)


def copy_package(name: str, folder: Path) -> None:
    """Copy the files of an installed package that is all Python, or what names it."""
    for path in metadata.files(name) or ():
        if ".." not in path.parts and path.suffix != ".pth":
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path.locate(), target)


def results(folder: Path) -> dict[str, Any]:
    """Return the leaves of the results of the demonstration."""
    text = (folder / "demo" / "results.json").read_text(encoding="utf-8")
    return dict(leaves(json.loads(text)))


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value, and where it stands."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for name, one in items:
        if isinstance(one, (dict, list)):
            yield from leaves(one, f"{path}/{name}")
        else:
            yield f"{path}/{name}", one


def compared(here: dict[str, Any], there: dict[str, Any]) -> int:
    """Print what differs, versions aside; return how many figures do."""
    found, most = 0, 0.0
    for name in sorted(here.keys() | there.keys()):
        first, second = here.get(name), there.get(name)
        if isinstance(first, float) and isinstance(second, (int, float)):
            apart = abs(first - second) / max(1.0, abs(first))
            most = max(most, apart)
            differs = not (apart <= CLOSE or math.isclose(first, second))
        else:
            differs = first != second
        if differs:
            is_version = name.startswith(("/tables/software/", "/sentences/methods/"))
            found += not is_version
            print("version:" if is_version else "DIFFERS:", name)
    print(f"{len(here)} values, {found} differ; numbers by at most {most:.1e}")
    return found


if __name__ == "__main__":
    main()
