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
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

IPH: Final = (sys.executable, "-m", "iph")
SHEET: Final = (
    "patient_id,age_years,sex,vas_baseline,vas_week_1,näme \u2013 中\n"
    + "".join(f"P{n},{40 + n},{'fm'[n % 2]},7,{n % 5},x\n" for n in range(12))
    + "P99,four,f,7,3,x\n"
)
SOUND: Final = SHEET.replace("P99,four,f,7,3,x\n", "")
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
    "pool --figure": ("pool", "--figure", "f.svg", "--overwrite"),
}
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
}
# These replace nothing: there is either no file afterwards, or a whole one.
NEW: Final = {
    "check --ask": "asked.csv",
    "check --ask, a workbook": "asked.xlsx",
    "template": "new.xlsx",
    "protocol new": "study.toml",
    "protocol new --from": "guessed.toml",
    "pool --new": "series.csv",
}
ENCODINGS: Final = ("ascii", "cp437", "cp850", "cp932", "cp1252", "gbk", "utf-8")
BAD_OUTPUTS: Final = ("full", "closed", "errors closed", "both closed", "no reader")
ENDS: Final = (signal.SIGINT, signal.SIGKILL, signal.SIGTERM)
PATIENCE: Final = 120.0
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
    import iph.records
    import iph.report
    import iph.study

    del docx, plt, openpyxl, pd, iph


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

        _stopping.stop_at_once()  # as the first line of a process does
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        code = main()
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


def prepared(place: Path) -> tuple[Path, dict[str, float]]:
    """Make a folder in which every writer has written once; return their seconds."""
    place.mkdir()
    (place / "s.csv").write_text(SHEET, encoding="utf-8")
    (place / "sound.csv").write_text(SOUND, encoding="utf-8")
    took = {}
    for name, command in {**WRITERS, "": ("protocol", "new", "known.toml")}.items():
        begun = time.monotonic()
        code = ended(forked(place, command, to_nowhere, place.parent / "errors"))
        took[name] = time.monotonic() - begun
        assert code in (0, 1), (name, (place.parent / "errors").read_text())
    for path in NEW.values():
        (place / path).unlink()
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
    for path in after.keys() - before.keys():
        hidden = any(part.startswith(".") for part in Path(path).parts)
        if path != NEW.get(name) and not (how == signal.SIGKILL and hidden):
            wrong.append(f"left: {path}")
    wrong += [
        f"changed: {path}"
        for path in before.keys() & after.keys()
        if before[path] != after[path] and not path.startswith(OUTPUTS.get(name, "?"))
    ]
    return wrong


def interrupted(
    former: Path, name: str, how: signal.Signals, moment: float, *, is_warm: bool
) -> tuple[str, list[str]]:
    """End a command at a moment; return how it ended, and what is wrong afterwards."""
    place = former.parent / "t"
    shutil.copytree(former, place)
    before = digests(place)
    code, had_ended = (warm if is_warm else cold)(place, name, how, moment)
    said = (former.parent / "errors").read_bytes()
    wrong = harm(name, before, digests(place), how)
    if any(mark in said for mark in TRACEBACKS) and b"iph" in said:
        wrong.append("traceback: " + said.decode(errors="replace")[-400:])
    if code == 99:
        wrong.append("hangs")
    again = ended(forked(place, WRITERS[name], to_nowhere, former.parent / "errors"))
    there = name in NEW and NEW[name] in digests(place)
    if again not in (0, 1) and not (again == 2 and there):
        wrong.append(f"not written again: {(former.parent / 'errors').read_text()}")
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
        if kind == "full":
            os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
        if kind == "no reader":
            reading, writing = os.pipe()
            os.close(reading)
            os.dup2(writing, 1)
        if kind in ("closed", "both closed"):
            os.close(1)
            sys.stdout = None  # type: ignore[assignment] # as Python finds it
        if kind in ("errors closed", "both closed"):
            os.close(2)
            sys.stderr = None  # type: ignore[assignment] # as Python finds it

    return output


def consoles(former: Path) -> dict[str, Any]:
    """Print into consoles that lack characters, and into outputs that are no good."""
    codes: collections.Counter[str] = collections.Counter()
    wrong = []
    ways = {f"in {one}": console(one) for one in ENCODINGS}
    ways |= {f"output {kind}": bad_output(kind) for kind in BAD_OUTPUTS}
    errors = former.parent / "errors"
    commands = {**WRITERS, **PRINTERS}
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
    """Add new runs to former ones; the consoles are those of the last run."""
    sums = {
        name: dict(collections.Counter(former[name]) + collections.Counter(new[name]))
        for name in ("by_writer", "ends")
    }
    return {
        **new,
        **sums,
        "interrupted": former["interrupted"] + new["interrupted"],
        "wrong": former["wrong"] + new["wrong"],
        "printing": new["printing"] or former["printing"],
    }


def main() -> None:
    """Run the trials and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--cold", type=int, default=48, help="trials that start Python")
    parser.add_argument("--longest", type=float, default=1_500, help="seconds in all")
    parser.add_argument("--only", nargs="*", default=list(WRITERS), choices=WRITERS)
    parser.add_argument("--no-consoles", action="store_true", help="stop writers only")
    parser.add_argument("--add", action="store_true", help="to the runs in the file")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    rng = random.Random(17)  # noqa: S311 - moments, no secrets
    names = list(chosen.only)
    found: collections.Counter[str] = collections.Counter()
    by_writer: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    load()
    with tempfile.TemporaryDirectory() as name:
        former, took = prepared(Path(name) / "former")
        begun = time.monotonic()
        for turn in range(chosen.trials):
            if time.monotonic() - begun > chosen.longest:
                break
            writer = names[turn % len(names)]
            how = ENDS[turn // len(names) % len(ENDS)]
            is_warm = turn >= chosen.cold
            longest = took[writer] * 1.2 + (0.0 if is_warm else 3.0)
            moment = rng.uniform(0.0 if is_warm else 0.08, longest)
            end, bad = interrupted(former, writer, how, moment, is_warm=is_warm)
            found[f"{how.name}: {end}"] += 1
            by_writer[writer] += 1
            wrong += [
                f"{writer}, {how.name} after {moment:.2f} s: {one}" for one in bad
            ]
            if bad:
                print(writer, how.name, bad, flush=True)
        printing = {} if chosen.no_consoles else consoles(former)
    made: dict[str, Any] = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "python": platform.python_version(),
        "interrupted": by_writer.total(),
        "by_writer": dict(by_writer),
        "ends": dict(sorted(found.items())),
        "wrong": wrong,
        "printing": printing,
    }
    if chosen.add and chosen.write is not None:
        made = added(json.loads(chosen.write.read_text(encoding="utf-8")), made)
    text = json.dumps(made, indent=1)
    print(text)
    if chosen.write is not None:
        chosen.write.write_text(f"{text}\n", encoding="utf-8")
    sys.exit(1 if made["wrong"] or made["printing"]["wrong"] else 0)


if __name__ == "__main__":
    main()
