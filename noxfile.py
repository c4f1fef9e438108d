"""The checks by name: `nox -s lint`, `nox -s tests-3.12`, `nox -l` for all of them.

`.ci/run` calls those of continuous integration; a forge can call the same in a matrix.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYTHONS = ["3.11", "3.12", "3.13", "3.14", "3.15"]

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "uv|venv"
nox.options.sessions = ["lint", "types", "layers", "changelog", "readme"]
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the tests share the processors


def seed() -> str:
    """Return a number made of the software: new for each change of it, else the same.

    It is that of the tree of `src` in the commit, or, in a folder without git, of the
    files. A test mended for an example that was found sees that example again.
    """
    git = ["git", "-c", "safe.directory=*", "rev-parse", "HEAD:src"]
    try:
        tree = subprocess.run(
            git, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        digest = hashlib.sha256()
        for path in sorted((ROOT / "src").rglob("*.py")):
            digest.update(path.read_bytes())
        tree = digest.hexdigest()
    return os.environ.get("IPH_SEED", str(int(tree[:12], 16)))


def fresh(session: nox.Session) -> str:
    """Print the seed of this run's examples, and return the option that says it."""
    option = f"--hypothesis-seed={seed()}"
    session.log(f"examples are drawn with {option} (another: IPH_SEED=...)")
    return option


def built(session: nox.Session) -> tuple[Path, Path]:
    """Build as for a release; return the wheel and the unpacked source archive."""
    session.install("build", "hatch-fancy-pypi-readme>=24.1", "hatchling>=1.27")
    folder = Path(session.create_tmp()).resolve() / "built"
    shutil.rmtree(folder, ignore_errors=True)
    session.run(
        *("python", "-m", "build", "--quiet", "--no-isolation"),
        *(f"--outdir={folder}", str(ROOT)),
    )
    (archive,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return wheel, folder / archive.name.removesuffix(".tar.gz")


def far_from_src(session: nox.Session, *extras: str, oldest: bool = False) -> None:
    """Install the wheel, and go to a copy of the tests that cannot see `src`."""
    wheel, unpacked = built(session)
    if oldest:  # uv's word for the lower bounds of what the project itself names
        named = [f"--extra={extra}" for extra in extras]
        project = str(unpacked / "pyproject.toml")
        session.install("--resolution=lowest-direct", "-r", project, *named)
        session.install("--no-deps", str(wheel))
    else:
        session.install(f"{wheel}[{','.join(extras)}]")
    shutil.rmtree(unpacked / "src")
    session.chdir(unpacked)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Everything, on one version of Python: `nox -s tests-3.12 -- -m quick`."""
    session.install(".[test]")
    session.run("python", "-m", "pytest", fresh(session), *session.posargs)


@nox.session(venv_backend="venv")
def readme(session: nox.Session) -> None:
    """The two commands of the README as a user types them, with branch coverage."""
    home = Path(session.create_tmp()).resolve() / "checkout"
    shutil.rmtree(home, ignore_errors=True)
    left_out = shutil.ignore_patterns(
        *(".git", ".*_cache", ".nox", ".venv", "build", "iph-report", "generated")
    )
    shutil.copytree(ROOT, home, ignore=left_out)
    session.chdir(home)
    typed = re.findall(
        r"^python -m pip install .* && .*$",
        (home / "README.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    report, test = (line for line in typed if "iph report" in line or "pytest" in line)
    session.run("python", "-m", "pip", "install", "--quiet", "--upgrade", "pip")
    session.run("sh", "-c", report, external=True)
    if not (home / "iph-report" / "report.md").stat().st_size:
        session.error("the report is empty")
    options = f"-q --cov --cov-branch --cov-report=term {fresh(session)}"
    session.run("sh", "-c", test, external=True, env={"PYTEST_ADDOPTS": options})


@nox.session
def lint(session: nox.Session) -> None:
    """Style, spelling, the project file, and ten equal lines in two places."""
    session.install("--group=lint")
    text = ("src", "tests", "docs", "benchmarks", "tools", "README.md")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("codespell", *text, "CONTRIBUTING.md")
    session.run("validate-pyproject", "pyproject.toml")
    session.run("pylint", "src", "tests", "tools", "benchmarks", "docs")


@nox.session
def types(session: nox.Session) -> None:
    """The types, strictly: of the code, and of every documented example."""
    session.install("-e.[test]", "--group=type")
    session.run("mypy")
    session.run("python", "tests/typing/snippets.py")


@nox.session
def layers(session: nox.Session) -> None:
    """Which room may import from which; what is imported is declared."""
    session.install("-e.[test]", "--group=arch")
    session.run("lint-imports")
    session.run("deptry", "src")
    session.run(
        *("deptry", "src", "tests", "--exclude=^build/", "--ignore=DEP002,DEP004")
    )


@nox.session
def changelog(session: nox.Session) -> None:
    """The section of the next release can be made from the fragments."""
    session.install("--group=news")
    made = session.run(
        *("towncrier", "build", "--draft", "--version=next"), silent=True
    )
    if not str(made).strip():
        session.error("nothing is said of the next release")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation without a warning, and its notebook, from the archive."""
    _, unpacked = built(session)
    session.install(f"{unpacked}[test]", "--group=docs")
    session.chdir(unpacked)
    session.run(
        *("sphinx-build", "-q", "-n", "-T", "-W", "--keep-going"),
        *("-b", "html", "docs", str(ROOT / "docs" / "_build" / "html")),
    )
    session.run(
        *("python", "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"),
        "tests/notebook",
        env={"IPH_NOTEBOOK": "1"},
    )


@nox.session
def browser(session: nox.Session) -> None:
    """The report in a browser, which the system brings."""
    session.install(".[test]", "--group=browser")
    session.run(
        *("python", "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"),
        *("tests/browser", *session.posargs),
        env={"IPH_BROWSER": "1"},
    )


@nox.session
def page(session: nox.Session) -> None:
    """The page without a server, in a browser, and exact tests on its 32-bit Python."""
    wheel, _ = built(session)
    session.install(".[test]", "--group=browser", "pip")
    place = Path(session.create_tmp()).resolve()
    session.run("python", "tests/wasm/interpreter.py", str(place / "wasm"))
    exact = (ROOT / "tests" / "wasm" / "exact.txt").read_text(encoding="utf-8")
    tests = ("tests/wasm/run.mjs", str(place / "wasm"), *exact.split())
    session.run("node", *tests, external=True)
    pyodide, out = str(place / "wasm" / "pyodide"), str(place / "page")
    session.run("python", "web/build.py", pyodide, out, f"--wheel={wheel}")
    session.run(
        *("python", "-m", "pytest", "-q", "-s", "-n0", "-p", "no:cacheprovider"),
        *map(str, sorted(ROOT.glob("tests/browser/test_page*.py"))),
        "tests/browser/test_folder.py",
        *session.posargs,
        env={"IPH_BROWSER": "1", "IPH_PAGE": out, "IPH_PYODIDE": pyodide},
    )


@nox.session
def archive(session: nox.Session) -> None:
    """All that git knows is in the source archive; `docs` and `oldest` run from it."""
    _, unpacked = built(session)
    git = ("git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files")
    listed = str(session.run(*git, external=True, silent=True)).splitlines()
    names = [name for name in listed if not name.startswith(".")]
    missing = [name for name in names if not (unpacked / name).exists()]
    if missing or not names:
        session.error(f"not in the source archive: {', '.join(missing) or 'all'}")


def smoke(session: nox.Session, *options: str) -> None:
    """Run tests with few examples, since it is the environment that is tested."""
    session.run(
        *("python", "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("-o", "testpaths=tests", fresh(session), *options),
        env={"HYPOTHESIS_PROFILE": "smoke"},
    )


@nox.session
def engines(session: nox.Session) -> None:
    """The engines that the README command leaves out: Spark, Dask, SQLFrame, Ibis."""
    far_from_src(session, "test", "engines")
    session.env["IPH_ENGINES"] = "all"
    smoke(session, "tests/backends", "-k", "spark or sqlframe or dask or ibis")


@nox.session
def oldest(session: nox.Session) -> None:
    """The oldest versions that the project file allows."""
    far_from_src(session, "test", oldest=True)
    # Whole numbers of Python itself, which no version of a library changes.
    smoke(session, "tests", "--ignore=tests/evidence/test_true_summaries.py")


@nox.session
def size(session: nox.Session) -> None:
    """How many packages `pip install iph` brings, and how much room they take."""
    session.install(".")
    session.run("python", "tools/size.py")
