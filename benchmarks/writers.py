"""Every command that writes, interrupted, and every command on consoles of all kinds.

Each trial runs one command over files that are there already, ends it at a random
moment and looks at the folder: each file must be the former or the new one, and nothing
else may be left. A *warm* trial forks a process that has loaded everything, so that the
moment falls into the work itself; a *cold* one starts Python anew. Then each command
prints into consoles that lack characters, and into outputs that are full or closed.
Linux only.

    $ python benchmarks/writers.py --write docs/reference/writers.json
"""

import argparse
import collections
import contextlib
import datetime as dt
import hashlib
import io
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

IPH: Final = (sys.executable, "-m", "iph")
SHEET: Final = (
    "patient_id,age_years,sex,vas_baseline,vas_week_1,näme \u2013 中\n"
    + "".join(f"P{n},{40 + n},{'fm'[n % 2]},7,{n % 5},x\n" for n in range(12))
    + "P99,four,f,7,3,x\n"
)
SOUND: Final = SHEET.replace("P99,four,f,7,3,x\n", "")
PYTHON: Final = "python"  # before a line of Python in place of a command
ALL: Final = ("--population", "all")
ADDED: Final = ("--year", "2020", "--recovered", "3", "--n", "5")
WRITERS: Final[dict[str, tuple[str, ...]]] = {
    "report": ("report", "sound.csv", "--population", "all", "--out", "report"),
    "share": ("share", "sound.csv", "--out", "shared", "--overwrite"),
    "check --marked": ("check", "s.csv", "--marked", "m.xlsx", "--overwrite"),
    "check --ask": ("check", "s.csv", "--ask", "asked.csv"),
    "check --ask, a workbook": ("check", "s.csv", "--ask", "asked.xlsx"),
    "audit --html": ("audit", "--html", "page.html", "--overwrite"),
    "template": ("template", "new.xlsx"),
    "template --redcap": ("template", "--redcap", "redcap", "--overwrite"),
    "protocol new": ("protocol", "new", "study.toml"),
    "protocol new --from": ("protocol", "new", "guessed.toml", "--from", "sound.csv"),
    "pool --new": ("pool", "series.csv", "--new"),
    "pool --add": ("pool", "kept.csv", "--add", "Mine", *ADDED, "--replace"),
    "pool --figure": ("pool", "--figure", "f.svg", "--overwrite"),
    "count": ("count", "sound.csv", *ALL, "--out", "counts.json", "--overwrite"),
    "plan --out": ("plan", "analysis", "--out", "plan"),
    "report --protected": ("report", "sound.csv", *ALL, "--protected", "--out", "out"),
    "write .csv": (PYTHON, "records.write(cases, 'w.csv', overwrite=True)"),
    "write .json": (PYTHON, "records.write(cases, 'w.json', overwrite=True)"),
    "write .xlsx": (PYTHON, "records.write(cases, 'w.xlsx', overwrite=True)"),
    "write .sav": (PYTHON, "records.write(cases, 'w.sav', overwrite=True)"),
    "write_events": (PYTHON, "records.write_events(seen, 'e.csv', overwrite=True)"),
    "suggest_mapping": (PYTHON, "records.suggest_mapping('s.csv', 'mapping.csv')"),
    "write_protocol": (PYTHON, "protocol.write_protocol(study, 'own.toml')"),
    "write_plan_file": (PYTHON, "design.write_plan_file(planned, 'p.json')"),
    "write_plan": (PYTHON, "report.write_plan(planned, 'planned')"),
    "write_recovery_series": (
        PYTHON,
        "evidence.write_recovery_series(series, 'ours.csv', overwrite=True)",
    ),
}
PREPARING: Final = (
    ("protocol", "new", "known.toml"),
    ("pool", "kept.csv", "--new"),
    ("pool", "kept.csv", "--add", "Mine", *ADDED),
)
PRINTERS: Final[dict[str, tuple[str, ...]]] = {
    "check": ("check", "s.csv"),
    "screen": ("screen", "sound.csv", "--list"),
    "fields": ("fields",),
    "protocol check": ("protocol", "check", "known.toml"),
    "protocol show": ("protocol", "show", "li_2023"),
    "plan": ("plan", "shares", "0.64", "0.32", "--n", "20"),
    "pool": ("pool",),
    "audit": ("audit",),
    "no such file \u4e2d": ("check", "no-such-\u4e2d.csv"),
}
OUTPUTS: Final = {
    "report": ("report",),
    "share": ("shared/tables.csv", "shared/what-was-done.md"),
    "check --marked": ("m.xlsx",),
    "audit --html": ("page.html",),
    "template --redcap": ("redcap",),
    "pool --figure": ("f.svg",),
    "pool --add": ("kept.csv",),
    "count": ("counts.json",),
    "plan --out": ("plan/",),
    "report --protected": ("out/",),
    "write .csv": ("w.csv",),
    "write .json": ("w.json",),
    "write .xlsx": ("w.xlsx",),
    "write .sav": ("w.sav",),
    "write_events": ("e.csv",),
    "write_plan": ("planned/",),
    "write_recovery_series": ("ours.csv",),
}
# These replace nothing: there is either no file afterwards, or a whole one.
NEW: Final = {
    "check --ask": "asked.csv",
    "check --ask, a workbook": "asked.xlsx",
    "template": "new.xlsx",
    "protocol new": "study.toml",
    "protocol new --from": "guessed.toml",
    "pool --new": "series.csv",
    "suggest_mapping": "mapping.csv",
    "write_protocol": "own.toml",
    "write_plan_file": "p.json",
}
ENCODINGS: Final = ("ascii", "cp437", "cp850", "cp932", "cp1252", "gbk", "utf-8")
BAD_OUTPUTS: Final = ("full", "closed", "errors closed", "both closed", "no reader")
ENDS: Final = (signal.SIGINT, signal.SIGKILL, signal.SIGTERM)
PATIENCE: Final = 600.0  # of a machine that does other work as well
AGAIN: Final = 4  # after each so many trials the command must write again
NAMES: Final[dict[str, Any]] = {}
"""What a line of Python may name."""
SIZES: Final[dict[str, int]] = {}
"""The bytes of each file that a run which nobody stopped has written."""
TRACEBACKS: Final = (b"Traceback", b"Exception ignored")


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a trial."""
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", **more}


def digests(folder: Path) -> dict[str, str]:
    """Return what a folder holds."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def load() -> None:
    """Load what the commands need, so that a fork of this process need not."""
    os.environ["MPLBACKEND"] = "agg"
    import docx
    import matplotlib.pyplot as plt
    import openpyxl
    import pandas as pd

    import iph.__main__
    import iph.design
    import iph.evidence
    import iph.protocol
    import iph.records
    import iph.report
    import iph.study

    study = iph.protocol.LI_2023_PROTOCOL
    NAMES.update(
        design=iph.design,
        evidence=iph.evidence,
        protocol=iph.protocol,
        records=iph.records,
        report=iph.report,
        cases=iph.evidence.published_cases(),
        series=iph.evidence.published_recovery(),
        seen=[iph.records.Event(patient_id=f"P{n}", event="scar") for n in range(99)],
        study=study,
        planned=iph.design.plan(study),
    )
    del docx, plt, openpyxl, pd, iph


def in_python(line: str) -> int:
    """Run a line as the program of a user would; return how it ended as a code."""
    from iph.errors import IphError

    try:
        exec(line, dict(NAMES))  # noqa: S102 - our own lines
    except KeyboardInterrupt:
        return 130  # as Python itself ends
    except (IphError, MemoryError) as refused:
        print(refused, file=sys.stderr)
        return 2
    return 0


def forked(
    place: Path, command: tuple[str, ...], output: Callable[[], None], errors: Path
) -> int:
    """Run a command in a fork; return the process."""
    # Until the child is ready, nothing may interrupt it: it would clean up after us.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        return child
    code = 70
    try:
        os.chdir(place)
        handle = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, 2)
        sys.stderr = io.TextIOWrapper(
            os.fdopen(2, "wb", closefd=False), line_buffering=True
        )
        output()
        sys.argv = ["iph", *command]
        from iph import _stopping
        from iph.__main__ import main

        if command[0] != PYTHON:
            _stopping.stop_at_once()  # as the first line of a process does
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        code = in_python(command[1]) if command[0] == PYTHON else main()
        with contextlib.suppress(OSError, ValueError):
            if sys.stdout is not None:
                sys.stdout.flush()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - what is looked for
        if sys.stderr is not None:
            traceback.print_exc()
            sys.stderr.flush()
        else:
            code = 71
    finally:
        os._exit(code)  # whatever happens, the rest belongs to the parent


def to_nowhere() -> None:
    """Send the output of a fork nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False))


def ended(child: int) -> int:
    """Wait for a fork; return its code, below 0 for a signal; 99 if it hangs."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 99


def prepared(
    place: Path, names: Iterable[str] = tuple(WRITERS)
) -> tuple[Path, dict[str, float]]:
    """Make a folder in which each writer has written once; return their seconds."""
    place.mkdir()
    (place / "s.csv").write_text(SHEET, encoding="utf-8")
    (place / "sound.csv").write_text(SOUND, encoding="utf-8")
    took = {}
    commands = {" ".join(one): one for one in PREPARING}
    commands |= {name: WRITERS[name] for name in names}
    for name, command in commands.items():
        begun = time.monotonic()
        code = ended(forked(place, command, to_nowhere, place.parent / "errors"))
        took[name] = time.monotonic() - begun
        assert code in (0, 1), (name, (place.parent / "errors").read_text())
    SIZES.update(
        (path.relative_to(place).as_posix(), path.stat().st_size)
        for path in place.rglob("*")
        if path.is_file()
    )
    for path in NEW.values():
        (place / path).unlink(missing_ok=True)
    return place, took


def cold(place: Path, name: str, how: signal.Signals, moment: float) -> tuple[int, int]:
    """Start a command as a process; return its code, and 1 if it had ended before."""
    with (place.parent / "errors").open("wb") as errors:
        process = subprocess.Popen(
            [*IPH, *WRITERS[name]],
            cwd=place,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        time.sleep(moment)
        before = process.poll() is not None
        process.send_signal(how)
        return process.wait(timeout=PATIENCE), int(before)


def warm(place: Path, name: str, how: signal.Signals, moment: float) -> tuple[int, int]:
    """Fork a command; return its code, and 1 if it had ended before."""
    child = forked(place, WRITERS[name], to_nowhere, place.parent / "errors")
    time.sleep(moment)
    found, status = os.waitpid(child, os.WNOHANG)
    if found:
        return os.waitstatus_to_exitcode(status), 1
    os.kill(child, how)
    return ended(child), 0


def harm(
    name: str, before: dict[str, str], after: dict[str, str], how: int
) -> list[str]:
    """Return what is wrong with a folder afterwards."""
    wrong = [f"lost: {path}" for path in before.keys() - after.keys()]
    # A program of a user is killed by SIGTERM too, unless it says otherwise.
    is_killed = how == signal.SIGKILL or (
        how == signal.SIGTERM and WRITERS[name][0] == PYTHON
    )
    for path in after.keys() - before.keys():
        hidden = any(part.startswith(".") for part in Path(path).parts)
        if path != NEW.get(name) and not (is_killed and hidden):
            wrong.append(f"left: {path}")
    wrong += [
        f"changed: {path}"
        for path in before.keys() & after.keys()
        if before[path] != after[path] and not path.startswith(OUTPUTS.get(name, "?"))
    ]
    return wrong


def half_written(place: Path, after: Iterable[str]) -> list[str]:
    """Return the files that are not whole, other than hidden drafts of a killed run."""
    wrong = []
    for name in after:
        path = place / name
        if any(part.startswith(".") for part in Path(name).parts):
            continue
        if path.suffix in {".xlsx", ".docx", ".png", ".sav"}:  # the time is in them
            whole = path.stat().st_size > 0.9 * SIZES.get(name, 0)
            if path.suffix in {".xlsx", ".docx"}:
                whole = zipfile.is_zipfile(path)
        else:
            whole = path.stat().st_size == SIZES.get(name)
        if not whole:
            wrong.append(f"half: {name}")
    return wrong


def interrupted(
    former: Path,
    name: str,
    how: signal.Signals,
    moment: float,
    *,
    is_warm: bool,
    is_again: bool,
) -> tuple[str, list[str]]:
    """End a command at a moment; return how it ended, and what is wrong afterwards."""
    place = former.parent / "t"
    shutil.copytree(former, place)
    before = digests(place)
    code, had_ended = (warm if is_warm else cold)(place, name, how, moment)
    said = (former.parent / "errors").read_bytes()
    after = digests(place)
    wrong = harm(name, before, after, how) + half_written(place, after)
    if any(mark in said for mark in TRACEBACKS) and b"iph" in said:
        wrong.append("traceback: " + said.decode(errors="replace")[-400:])
    if code == 99:
        wrong.append("hangs")
    if is_again:
        errors = former.parent / "errors"
        again = ended(forked(place, WRITERS[name], to_nowhere, errors))
        there = name in NEW and NEW[name] in digests(place)
        if again not in (0, 1) and not (again == 2 and there):
            wrong.append(f"not written again: {errors.read_text()}")
    shutil.rmtree(place)
    return "ended before" if had_ended else f"code {code}", wrong


def console(encoding: str) -> Callable[[], None]:
    """Return what gives a fork a console with a code page, strict as Python has it."""

    def output() -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stdout = io.TextIOWrapper(
            os.fdopen(1, "wb", closefd=False), encoding=encoding
        )
        sys.stderr = io.TextIOWrapper(
            os.fdopen(2, "wb", closefd=False), encoding=encoding
        )

    return output


def bad_output(kind: str) -> Callable[[], None]:
    """Return what gives a fork an output that is no good."""

    def output() -> None:
        to_nowhere()
        if kind in ("full", "no reader"):
            if kind == "full":
                writing = os.open("/dev/full", os.O_WRONLY)
            else:
                reading, writing = os.pipe()
                os.close(reading)
            os.dup2(writing, 1)
            # A stream asks at its beginning whether its output can be wound back.
            sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False))
        if kind in ("closed", "both closed"):
            os.close(1)
            sys.stdout = None  # type: ignore[assignment] # as Python finds it
        if kind in ("errors closed", "both closed"):
            os.close(2)
            sys.stderr = None  # type: ignore[assignment] # as Python finds it

    return output


def consoles(former: Path, names: list[str]) -> dict[str, Any]:
    """Print into consoles that lack characters, and into outputs that are no good."""
    codes: collections.Counter[str] = collections.Counter()
    wrong = []
    ways = {f"in {one}": console(one) for one in ENCODINGS}
    ways |= {f"output {kind}": bad_output(kind) for kind in BAD_OUTPUTS}
    errors = former.parent / "errors"
    commands = {
        name: command
        for name, command in {**WRITERS, **PRINTERS}.items()
        if name in names and command[0] != PYTHON
    }
    for name, command in commands.items():
        for way, output in ways.items():
            if name in NEW:
                (former / NEW[name]).unlink(missing_ok=True)
            code = ended(forked(former, command, output, errors))
            codes[str(code)] += 1
            said = errors.read_bytes()
            if code not in (0, 1, 2) or any(mark in said for mark in TRACEBACKS):
                wrong.append(f"{name} {way}: {code} {said.decode('latin-1')[-300:]}")
    return {
        "commands": len(commands),
        "ways": list(ways),
        "n": codes.total(),
        "codes": dict(codes),
        "wrong": wrong,
    }


def added(former: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Add new runs to former ones."""
    sums = {
        name: dict(collections.Counter(former[name]) + collections.Counter(new[name]))
        for name in ("by_writer", "ends")
    }
    return {
        **new,
        **sums,
        "interrupted": former["interrupted"] + new["interrupted"],
        "wrong": former["wrong"] + new["wrong"],
        "printing": {
            "n": former["printing"]["n"] + new["printing"].get("n", 0),
            "codes": dict(
                collections.Counter(former["printing"]["codes"])
                + collections.Counter(new["printing"].get("codes", {}))
            ),
            "wrong": former["printing"]["wrong"] + new["printing"].get("wrong", []),
        },
    }


def main() -> None:
    """Run the trials and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--cold", type=int, default=48, help="trials that start Python")
    parser.add_argument("--longest", type=float, default=1_500, help="seconds in all")
    parser.add_argument("--only", nargs="*", default=list(WRITERS), choices=WRITERS)
    parser.add_argument(
        "--consoles", nargs="*", default=[*WRITERS, *PRINTERS], metavar="COMMAND"
    )
    parser.add_argument("--add", action="store_true", help="to the runs in the file")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    rng = random.Random(17)  # noqa: S311 - moments, no secrets
    names = list(chosen.only)
    found: collections.Counter[str] = collections.Counter()
    by_writer: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    earlier: dict[str, Any] = {}
    if chosen.add and chosen.write is not None:
        earlier = json.loads(chosen.write.read_text(encoding="utf-8"))

    def keep(printing: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {
            "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
            "python": platform.python_version(),
            "interrupted": by_writer.total(),
            "by_writer": dict(by_writer),
            "ends": dict(sorted(found.items())),
            "wrong": wrong,
            "printing": printing,
        }
        made = added(earlier, made) if earlier else made
        if chosen.write is not None:
            text = json.dumps(made, indent=1)
            chosen.write.write_text(f"{text}\n", encoding="utf-8")
        return made

    # A shell may have started this with Ctrl-C ignored, which processes hand on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    load()
    with tempfile.TemporaryDirectory() as name:
        former, took = prepared(Path(name) / "former", names)
        begun = time.monotonic()
        for turn in range(chosen.trials):
            if time.monotonic() - begun > chosen.longest:
                break
            writer = names[turn % len(names)]
            how = ENDS[turn // len(names) % len(ENDS)]
            is_warm = turn >= chosen.cold or WRITERS[writer][0] == PYTHON
            longest = took[writer] * 1.2 + (0.0 if is_warm else 3.0)
            moment = rng.uniform(0.0 if is_warm else 0.08, longest)
            end, bad = interrupted(
                former,
                writer,
                how,
                moment,
                is_warm=is_warm,
                is_again=turn % AGAIN == 0,
            )
            found[f"{how.name}: {end}"] += 1
            by_writer[writer] += 1
            wrong += [
                f"{writer}, {how.name} after {moment:.2f} s: {one}" for one in bad
            ]
            if bad:
                print(writer, how.name, bad, flush=True)
            if turn % 20 == 0:
                keep({})  # what is known, should this be stopped itself
        printing = consoles(former, chosen.consoles) if chosen.consoles else {}
    made = keep(printing)
    print(json.dumps(made, indent=1))
    sys.exit(1 if made["wrong"] or made["printing"].get("wrong") else 0)


if __name__ == "__main__":
    main()
