"""Every writer of the command line, interrupted, and on consoles of all kinds.

Each trial runs one command over files that are there already, ends it at a random
moment and looks at the folder: each file must be the former or the new one, and nothing
else may be left. Then each command prints into consoles that lack characters, and into
outputs that are full or closed. Linux only.

    $ python benchmarks/writers.py --write docs/reference/writers.json
"""

import argparse
import collections
import datetime as dt
import hashlib
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
from pathlib import Path
from typing import Any, Final

IPH: Final = (sys.executable, "-m", "iph")
SHEET: Final = (
    "patient_id,age_years,sex,vas_baseline,vas_week_1,näme \u2013 中\n"
    + "".join(f"P{n},{40 + n},{'fm'[n % 2]},7,{n % 5},x\n" for n in range(12))
    + "P99,four,f,7,3,x\n"
)
SOUND: Final = SHEET.replace("P99,four,f,7,3,x\n", "")
COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "report": ("report", "sound.csv", "--population", "all", "--out", "report"),
    "share": ("share", "sound.csv", "--out", "shared", "--overwrite"),
    "check --marked": ("check", "s.csv", "--marked", "m.xlsx", "--overwrite"),
    "audit --html": ("audit", "--html", "page.html", "--overwrite"),
    "template --redcap": ("template", "--redcap", "redcap", "--overwrite"),
    "pool --figure": ("pool", "--figure", "f.svg", "--overwrite"),
    "template": ("template", "new.xlsx"),
}
OUTPUTS: Final = {
    "report": ("report",),
    "share": ("shared/tables.csv", "shared/what-was-done.md"),
    "check --marked": ("m.xlsx",),
    "audit --html": ("page.html",),
    "template --redcap": ("redcap",),
    "pool --figure": ("f.svg",),
    "template": (),
}
ENCODINGS: Final = ("ascii", "cp437", "cp850", "cp932", "cp1252", "utf-8")
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


def prepared(place: Path) -> Path:
    """Make a folder in which every writer has written once."""
    place.mkdir()
    (place / "s.csv").write_text(SHEET, encoding="utf-8")
    (place / "sound.csv").write_text(SOUND, encoding="utf-8")
    for name, command in COMMANDS.items():
        if name != "template":
            done = subprocess.run(
                [*IPH, *command], cwd=place, env=environment(), check=False
            )
            assert done.returncode in (0, 1), name
    return place


def interrupted(
    former: Path, place: Path, name: str, how: signal.Signals, moment: float
) -> tuple[str, list[str]]:
    """End a command at a moment; return how it ended, and what is wrong afterwards."""
    shutil.copytree(former, place)
    before = digests(place)
    with subprocess.Popen(
        [*IPH, *COMMANDS[name]],
        cwd=place,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(moment)
        ended = process.poll() is not None
        process.send_signal(how)
        _, said = process.communicate(timeout=PATIENCE)
    after = digests(place)
    wrong = []
    if any(mark in said for mark in TRACEBACKS) and b"iph" in said:
        wrong.append("traceback: " + said.decode(errors="replace")[-400:])
    wrong += [f"lost: {path}" for path in before.keys() - after.keys()]
    own = OUTPUTS[name]
    for path in after.keys() - before.keys():
        if name == "template" and path == "new.xlsx":
            continue
        if how is not signal.SIGKILL or not Path(path).name.startswith("."):
            wrong.append(f"left: {path}")
    wrong += [
        f"changed: {path}"
        for path in before.keys() & after.keys()
        if before[path] != after[path] and not path.startswith(own)
    ]
    again = subprocess.run(
        [*IPH, *COMMANDS[name]],
        cwd=place,
        env=environment(),
        capture_output=True,
        check=False,
    )
    fine = (0, 1, 2) if name == "template" else (0, 1)
    if again.returncode not in fine:
        wrong.append("not written again: " + again.stderr.decode()[-300:])
    shutil.rmtree(place)
    return "ended before" if ended else f"code {process.returncode}", wrong


def consoles(former: Path, names: list[str]) -> dict[str, Any]:
    """Print into consoles that lack characters, and into outputs that are no good."""
    codes: collections.Counter[str] = collections.Counter()
    wrong = []
    for name in names:
        command = COMMANDS[name]
        for encoding in ENCODINGS:
            done = subprocess.run(
                [*IPH, *command],
                cwd=former,
                env=environment(PYTHONIOENCODING=encoding, MPLBACKEND="nonsense"),
                capture_output=True,
                check=False,
            )
            codes[str(done.returncode)] += 1
            if b"Traceback" in done.stdout + done.stderr:
                wrong.append(f"{name} in {encoding}: {done.stderr.decode()[-300:]}")
        for bad in ("> /dev/full", ">&-", "2>&-", ">&- 2>&-", "| true"):
            quoted = " ".join((*IPH, *command))
            done = subprocess.run(  # noqa: S602 - the shell opens and closes outputs
                f"{quoted} {bad}",
                shell=True,
                cwd=former,
                env=environment(),
                capture_output=True,
                check=False,
            )
            codes[str(done.returncode)] += 1
            if any(mark in done.stdout + done.stderr for mark in TRACEBACKS):
                wrong.append(f"{name} {bad}: {done.stderr.decode()[-300:]}")
    return {"n": codes.total(), "codes": dict(codes), "wrong": wrong}


def main() -> None:
    """Run the trials and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--longest", type=float, default=1_500, help="seconds in all")
    parser.add_argument("--without", nargs="*", default=[], choices=list(COMMANDS))
    parser.add_argument("--printing", action="store_true", help="no interruptions")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    rng = random.Random(17)  # noqa: S311 - moments, no secrets
    names = [name for name in COMMANDS if name not in chosen.without]
    found: collections.Counter[str] = collections.Counter()
    by_writer: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        former = prepared(place / "former")
        printing = consoles(former, names) if chosen.printing else {}
        (former / "new.xlsx").unlink(missing_ok=True)
        begun = time.monotonic()
        for turn in range(0 if chosen.printing else chosen.trials):
            if time.monotonic() - begun > chosen.longest:
                break
            writer = names[turn % len(names)]
            how = (signal.SIGINT, signal.SIGKILL, signal.SIGTERM)[
                turn // len(names) % 3
            ]
            longest = 6.0 if writer == "report" else 2.5
            moment = rng.uniform(0.08, longest)
            ended, bad = interrupted(former, place / "t", writer, how, moment)
            found[f"{how.name}: {ended}"] += 1
            by_writer[writer] += 1
            wrong += [
                f"{writer}, {how.name} after {moment:.2f} s: {one}" for one in bad
            ]
            if bad:
                print(writer, how.name, bad, flush=True)
    text = json.dumps(
        {
            "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
            "python": platform.python_version(),
            "interrupted": by_writer.total(),
            "by_writer": dict(by_writer),
            "ends": dict(sorted(found.items())),
            "wrong": wrong,
            "printing": printing,
        },
        indent=1,
    )
    print(text)
    if chosen.write is not None:
        chosen.write.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
