"""What commands that write do when the machine fails them.

A trial of the report runs `python -m iph report` in a process of its own, over a former
report, and looks at the folder afterwards: it must hold the former or the new report,
whole. The trial `every_writer` runs each command and function that writes in a process
that has loaded everything, where files may not grow or memory is short.
Linux only; the trials with a full or read-only disk need root.

    $ python benchmarks/faults.py --write docs/reference/faults.json
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import writers

REPORT = (sys.executable, "-m", "iph", "report", "--out")
# Long enough for any run; some libraries never end their loading without memory.
PATIENCE = 300.0
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
MB = 1 << 20


def run(
    folder: Path,
    *,
    before: Callable[[], None] | None = None,
    command: tuple[str, ...] = REPORT,
    temporary: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Write a report into a folder."""
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    if temporary is not None:
        env |= {"MPLCONFIGDIR": str(temporary), "HOME": str(temporary)}
    call = [*command, str(folder)]
    try:
        return subprocess.run(
            call,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=before,
            env=env,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        told = f"stopped after {PATIENCE:.0f} s"
        return subprocess.CompletedProcess(call, -9, "", told)


def state(folder: Path) -> str:
    """Say what a folder holds: a whole report, a broken one, or nothing."""
    manifest = folder / ".iph-report.json"
    if not folder.exists():
        return "absent"
    if not manifest.exists():
        return "broken"
    files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path != manifest
    }
    if files.keys() != found.keys():
        return "broken"
    for name, digest in files.items():
        if hashlib.sha256(found[name].read_bytes()).hexdigest() != digest:
            return "broken"
    return "whole"


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last line that a failed run printed."""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else ""


def traced(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a run ended in a traceback instead of a message."""
    return "Traceback" in done.stderr


def memory(place: Path, former: Path) -> Iterator[dict[str, Any]]:
    """Run with less and less address space."""
    for limit in (2048, 1024, 768, 640, 512, 384, 256):
        folder = copied(former, place / f"memory-{limit}")

        def less(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_AS, (limit * MB, limit * MB))

        done = run(folder, before=less)
        yield {
            "limit_mb": limit,
            "code": done.returncode,
            "said": said(done)[:200],
            "traceback": traced(done),
            "folder": state(folder),
            "left_over": left_over(folder),
        }


def copied(former: Path, folder: Path) -> Path:
    """Put a former report into a folder."""
    shutil.copytree(former, folder)
    return folder


def left_over(folder: Path) -> int:
    """Count what a run left beside its folder."""
    return len(list(folder.parent.glob(f".{folder.name}-*")))


def file_sizes(place: Path, former: Path) -> Iterator[dict[str, Any]]:
    """Run where no file may grow beyond a size."""
    for limit in (1_000, 10_000, 100_000):
        folder = copied(former, place / f"size-{limit}")

        def smaller(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = run(folder, before=smaller)
        yield {
            "limit_bytes": limit,
            "code": done.returncode,
            "said": said(done).replace(str(place), "...")[:200],
            "traceback": traced(done),
            "folder": state(folder),
            "left_over": left_over(folder),
        }


@contextlib.contextmanager
def disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a small disk in memory."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    subprocess.run(mount, check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def full_disk(place: Path, former: Path) -> Iterator[dict[str, Any]]:
    """Run on a disk that has room for the former report and some of the new one."""
    size = sum(path.stat().st_size for path in former.rglob("*") if path.is_file())
    for room in (0.02, 0.25, 0.6, 0.9):
        total = int(size * (1 + room)) + 200 * 1024  # each file fills whole pages
        with disk(place / f"disk-{room}", str(total)) as mounted:
            folder = copied(former, mounted / "report")
            free = os.statvfs(mounted).f_bavail * os.statvfs(mounted).f_frsize
            filler = mounted / "filler"
            wanted = free - int(size * room)
            if wanted > 0:
                filler.write_bytes(b"\0" * wanted)
            done = run(folder)
            yield {
                "room_share": room,
                "code": done.returncode,
                "said": said(done).replace(str(place), "...")[:200],
                "traceback": traced(done),
                "folder": state(folder),
                "left_over": left_over(folder),
            }


def read_only(place: Path, former: Path) -> Iterator[dict[str, Any]]:
    """Run on a disk that is read-only, and as a user who may not write."""
    with disk(place / "read-only", "20m") as mounted:
        folder = copied(former, mounted / "report")
        again = ["mount", "-o", "remount,ro", str(mounted)]
        subprocess.run(again, check=True)
        done = run(folder)
        yield {
            "how": "read-only disk",
            "code": done.returncode,
            "said": said(done).replace(str(place), "...")[:200],
            "traceback": traced(done),
            "folder": state(folder),
            "left_over": left_over(folder),
        }
    with disk(place / "foreign", "20m") as mounted:
        folder = copied(former, mounted / "report")
        mounted.chmod(0o755)
        home = Path(tempfile.mkdtemp(dir="/tmp"))  # another user must see it
        home.chmod(0o777)
        done = run(folder, command=(*NOBODY, *REPORT), temporary=home)
        shutil.rmtree(home)
        yield {
            "how": "folder of another user",
            "code": done.returncode,
            "said": said(done).replace(str(place), "...")[:200],
            "traceback": traced(done),
            "folder": state(folder),
            "left_over": left_over(folder),
        }


def kills(place: Path, former: Path, times: int) -> dict[str, Any]:
    """Kill runs at random moments, without warning."""
    folder = copied(former, place / "killed")
    started = time.monotonic()
    run(folder)
    whole = time.monotonic() - started
    rng = random.Random(50)  # noqa: S311 - moments, no secrets
    found: dict[str, int] = {}
    ended, left = 0, 0
    for _ in range(times):
        process = subprocess.Popen(
            [*REPORT, str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=rng.uniform(0.0, 1.1 * whole))
            ended += 1
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        found[state(folder)] = found.get(state(folder), 0) + 1
        left = max(left, left_over(folder))
    return {"times": times, "ended": ended, "folder": found, "left_over": left}


def two_at_once(place: Path, former: Path, times: int) -> dict[str, Any]:
    """Run two reports into one folder at the same time."""
    found: dict[str, int] = {}
    codes: dict[str, int] = {}
    messages = set()
    tracebacks = left = 0
    for turn in range(times):
        folder = copied(former, place / f"two-{turn}")
        both = [
            subprocess.Popen(
                [*REPORT, str(folder)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for process in both:
            _, errors = process.communicate()
            code = str(process.returncode)
            codes[code] = codes.get(code, 0) + 1
            tracebacks += "Traceback" in errors
            if process.returncode:
                messages.add(errors.strip().splitlines()[-1].replace(str(place), "..."))
        found[state(folder)] = found.get(state(folder), 0) + 1
        left += left_over(folder)
    return {
        "times": times,
        "codes": codes,
        "said": sorted(messages),
        "traceback": tracebacks,
        "folder": found,
        "left_over": left,
    }


def many_runs(place: Path, times: int) -> dict[str, Any]:
    """Analyze and write the published cases again and again in one process."""
    import iph
    from iph.evidence import published_cases
    from iph.report import write
    from iph.study import analyze

    cases = iph.Cohort(published_cases().patients[:12])
    marks: dict[str, Any] = {}
    digests = set()
    for turn in range(1, times + 1):
        written = write(analyze(cases), place / "many")
        text = (written.folder / ".iph-report.json").read_bytes()
        digests.add(hashlib.sha256(text).hexdigest())
        if turn in {20, 50, times // 2, times}:
            marks[str(turn)] = {
                "resident_mb": round(resident() / MB, 1),
                "open_files": len(list(Path("/proc/self/fd").iterdir())),
            }
            print(turn, marks[str(turn)], flush=True)
    return {"times": times, "after": marks, "different_reports": len(digests)}


def files_to(limit: int) -> Callable[[], None]:
    """Return what lets no file grow beyond a size."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def memory_for(more: int) -> Callable[[], None]:
    """Return what leaves so many bytes beside those that the process has already."""

    def less() -> None:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * os.sysconf("SC_PAGE_SIZE") + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    return less


WAYS = {
    "no file above 500 bytes": files_to(500),
    "no file above 4,000 bytes": files_to(4_000),
    "1 MB of memory left": memory_for(MB),
    "8 MB of memory left": memory_for(8 * MB),
}


def every_writer(place: Path) -> list[dict[str, Any]]:
    """Run each writer where files may not grow or memory is short.

    The report has trials of its own.
    """
    writers.load()
    names = [name for name in writers.WRITERS if name != "report"]
    former, _ = writers.prepared(place / "every", names)
    errors = place / "errors"
    found = []
    for way, less in WAYS.items():
        codes: Counter[str] = Counter()
        said: Counter[str] = Counter()
        wrong = []
        for name in names:
            command = writers.WRITERS[name]
            folder = copied(former, place / "one")
            before = writers.digests(folder)

            def output(less: Callable[[], None] = less) -> None:
                writers.to_nowhere()
                less()

            code = writers.ended(writers.forked(folder, command, output, errors))
            codes[str(code)] += 1
            text = errors.read_text(encoding="utf-8", errors="replace")
            said[(text.strip().splitlines() or ["nothing"])[-1][-90:]] += 1
            after = writers.digests(folder)
            bad = writers.harm(name, before, after, 0)
            bad += writers.half_written(folder, after)
            if "Traceback" in text or code not in (0, 1, 2):
                bad.append(f"{code}: {text[-300:]}")
            wrong += [f"{name}: {one}" for one in bad]
            shutil.rmtree(folder)
        found.append(
            {"way": way, "codes": dict(codes), "said": dict(said), "wrong": wrong}
        )
    return found


def resident() -> int:
    """Return the memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Run all trials and write what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--only", nargs="*", metavar="TRIAL")
    chosen = parser.parse_args()
    found: dict[str, Any] = {}
    if chosen.write is not None and chosen.write.exists():
        found = json.loads(chosen.write.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        former = place / "former"
        run(former)
        assert state(former) == "whole"
        trials: dict[str, Callable[[], Any]] = {
            "file_sizes": lambda: list(file_sizes(place, former)),
            "full_disk": lambda: list(full_disk(place, former)),
            "read_only": lambda: list(read_only(place, former)),
            "memory": lambda: list(memory(place, former)),
            "two_at_once": lambda: two_at_once(place, former, chosen.pairs),
            "kills": lambda: kills(place, former, chosen.kills),
            "every_writer": lambda: every_writer(place),
            "many_runs": lambda: many_runs(place, chosen.runs),
        }
        for trial, make in trials.items():
            if chosen.only and trial not in chosen.only:
                continue
            found[trial] = make()
            print(trial, json.dumps(found[trial], indent=1), flush=True)
            if chosen.write is not None:
                text = json.dumps(found, indent=1, sort_keys=True)
                chosen.write.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
