"""Change the code in small ways and see whether a test notices.

The changes are those of cosmic-ray. `cosmic-ray exec` would start Python, NumPy and
pytest anew for each of them and run all tests of a room, which takes days. Here each
mutant lives in a fork of one warm process, and meets only the tests of its own module.
What is changed is said in `settings.toml`; what no test noticed is kept in
`survivors.toml`. See README.md.
"""

import argparse
import gc
import importlib
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
from _pytest.config import default_plugins
from changes import ROOT, SETTINGS, Mutant, drawing_order, mutants_of, sampled
from fresh import run_fresh
from mirror import modules_of, run_tests, tests_of
from pool import CONTROL, Pool, say
from survivors import record
from warm import Session


def _read(state: Path, *, after: int = 0) -> dict[str, dict[str, Any]]:
    """Return what became of the mutants, by their keys; those of later lines only."""
    if not state.exists():
        return {}
    lines = state.read_text(encoding="utf-8").splitlines()[after:]
    return {row["key"]: row for row in map(json.loads, lines)}


def _control(mutants: Sequence[Mutant], room: str) -> Mutant:
    """Return a change of nothing, which must survive all tests of the room."""
    return attrs.evolve(mutants[0], operator=CONTROL, key=f"control {room}")


def _warm(modules: Sequence[str]) -> None:
    """Load what all forks share: nothing that is changed."""
    parts = [f"_pytest.{name}" for name in default_plugins]
    for module in [*parts, *modules]:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # so that no fork looks through it again


def _run(name: str, pending: Sequence[Mutant], state: Path, *, workers: int) -> None:
    """Run mutants: functions in a warm session, the rest from the start."""
    state.touch()
    lines = len(state.read_text(encoding="utf-8").splitlines())
    pool = Pool(name, workers, state)
    control = _control(pending, name)
    pid = os.fork()
    if pid == 0:  # it loads what is changed, so it is a process of its own
        session = Session(pool, [control, *pending])
        os._exit(run_tests(["--capture=sys", *tests_of(name)], session))
    if os.waitpid(pid, 0)[1]:
        sys.exit("the tests could not be collected")
    now = _read(state, after=lines)
    if now.get(control.key, {"killed_by": "nothing"})["killed_by"]:
        sys.exit("tests fail without a change")
    _warm(SETTINGS["room"][name]["preload"])
    pool.run([m for m in pending if m.key not in now], run_fresh)
    gc.unfreeze()


def run(
    name: str, folder: Path, *, workers: int, again: bool, only: str, most: int | None
) -> None:
    """Run the mutants of a room that have not been run, or again the survivors."""
    room = SETTINGS["room"][name]
    folder.mkdir(parents=True, exist_ok=True)
    every = [mutant for path in modules_of(room) for mutant in mutants_of(path)]
    chosen = sampled(every, room.get("share", 1.0))
    state = folder / f"{name}.jsonl"
    done = _read(state)
    pending = [
        m
        for m in chosen
        if re.search(only, m.path)
        and (m.key not in done or (again and not done[m.key]["killed_by"]))
    ]
    pending = sorted(pending, key=drawing_order)[:most]
    say(f"{name}: {len(every)} mutants, {len(pending)} to run")
    if pending:
        _run(name, pending, state, workers=workers)
    done = _read(state)
    outcomes = {m: done[m.key]["killed_by"] for m in chosen if m.key in done}
    record(name, outcomes, listed=len(every), drawn=len(chosen))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", choices=sorted(SETTINGS["room"]))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "mutation")
    parser.add_argument("--again", action="store_true", help="also the survivors")
    parser.add_argument("--only", default="", help="a pattern of paths of modules")
    parser.add_argument("--most", type=int, help="stop after so many mutants")
    given = parser.parse_args()
    os.environ.update(
        HYPOTHESIS_PROFILE="fresh",
        OPENBLAS_NUM_THREADS="1",
        HYPOTHESIS_NO_PLUGINS="1",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        PYTHONPATH=str(ROOT / "src"),  # for tests that start Python
    )
    sys.dont_write_bytecode = False  # each fork would compile everything anew
    os.chdir(ROOT)
    run(
        given.room,
        given.folder.resolve(),
        workers=given.workers,
        again=given.again,
        only=given.only,
        most=given.most,
    )


if __name__ == "__main__":
    main()
