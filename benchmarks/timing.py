"""How the benchmarks take time and memory."""

import gc
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

HERE = Path(__file__).parent
Work = Callable[[], Any]


@attrs.frozen(kw_only=True)
class Row:
    """What one row of the table found.

    Attributes
    ----------
    number : int
        Where it stands in the table.
    work : str
        What is done.
    found : mapping of str to float
        For each tool, its median: seconds, or bytes.
    asked : str
        What iph is to reach, in words.
    reached : bool
        Whether it does.
    unit : {"time", "bytes a row", "MB"}
        What was taken.
    note : str
        What the reader must know: one sentence.
    """

    number: int
    work: str
    found: Mapping[str, float]
    asked: str
    reached: bool
    unit: str = "time"
    note: str = ""

    @property
    def fastest(self) -> str | None:
        """The peer with the smallest number."""
        peers = [name for name in self.found if name != "iph"]
        return min(peers, key=self.found.__getitem__, default=None)

    @property
    def ratio(self) -> float | None:
        """How many times the number of iph the fastest peer's is."""
        peer = self.fastest
        return None if peer is None else self.found[peer] / self.found["iph"]

    @property
    def line(self) -> str:
        """What was found, in one line."""
        found = ", ".join(f"{name} {self.shown(name)}" for name in self.found)
        return f"{self.work}: {found}; {'reached' if self.reached else 'NOT reached'}"

    def shown(self, name: str) -> str:
        """Return a number with its unit."""
        value = self.found[name]
        if self.unit != "time":
            return f"{value:.3g} {self.unit}"
        if value >= 1.0:
            return f"{value:,.3g} s" if value < 100 else f"{value:,.0f} s"
        return f"{value * 1e3:.3g} ms"


def ratio_of(found: Mapping[str, float]) -> float:
    """Return how many times the number of iph the smallest of its peers' is."""
    return min(v for name, v in found.items() if name != "iph") / found["iph"]


def in_turn(
    works: Mapping[str, Work], repeats: int, loops: int = 1
) -> dict[str, float]:
    """Return the median processor seconds of each work, done in turn.

    Processor time and not the clock is compared: another program on the machine does
    not count. All libraries run on one thread.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            gc.collect()
            start = time.process_time()
            for _ in range(loops):
                work()
            taken[name].append((time.process_time() - start) / loops)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def once(work: Work) -> tuple[float, Any]:
    """Return the processor seconds of one run, and what it found."""
    gc.collect()
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


class Job:
    """A job of `jobs.py`, running in a process of its own.

    Parameters
    ----------
    name : str
        Which.
    patience : int, optional
        Seconds of processor time after which the job is given up.
    """

    def __init__(self, name: str, patience: int = 0) -> None:
        self._patience = patience
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "jobs.py"), name, str(patience)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def result(self, seconds: float | None = None) -> dict[str, Any]:
        """Return what the job found; nothing but its time if it is given up.

        It is as well when so many seconds have passed on the clock.
        """
        try:
            printed, _ = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return {"found": None, "seconds": self.stop(), "bytes": 0, "n": 1}
        if self._process.returncode == -signal.SIGXCPU:
            spent = float(self._patience)
            return {"found": None, "seconds": spent, "bytes": 0, "n": 1}
        if self._process.returncode:
            raise RuntimeError(f"a job ended with {self._process.returncode}")
        found: dict[str, Any] = json.loads(printed.splitlines()[-1])
        return found

    def stop(self) -> float:
        """End the job if it still runs; return the processor time that it took."""
        if self._process.poll() is not None:
            return 0.0
        self._process.kill()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = status
        return usage.ru_utime + usage.ru_stime


def in_r(
    job: str, columns: Sequence[Any] = (), repeats: int = 1, patience: int = 0
) -> dict[str, Any]:
    """Run a job of `peers.R` on columns; R takes its own time.

    Return what it prints; nothing but the time if it is given up, which it is after
    `patience` seconds of processor time, if not 0.
    """
    with tempfile.TemporaryDirectory() as folder:
        names = ("time", "event", "group", "a", "b")
        for name, column in zip(names, columns, strict=False):
            np.asarray(column, dtype=np.float64).tofile(Path(folder, f"{name}.f64"))
        return _r((job, folder, str(repeats)), patience)


def _r(arguments: Sequence[str], patience: int) -> dict[str, Any]:
    command = ["Rscript", str(HERE / "peers.R"), *arguments]
    if patience:  # `ulimit` of the shell, which R takes the place of
        command = ["sh", "-c", f'ulimit -t {patience}; exec "$@"', "sh", *command]
    run = subprocess.run(command, capture_output=True, check=False, text=True)
    ends = {signal.SIGXCPU, signal.SIGKILL}
    if patience and run.returncode in {-end for end in ends} | {128 + e for e in ends}:
        return {"seconds": float(patience)}
    run.check_returncode()
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found
