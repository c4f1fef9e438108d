"""Runs mutants in a few forks at a time, within limits of time and memory."""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import attrs
from changes import Mutant
from mirror import LIMITS, stages_for, tests_of

CONTROL = "control"  # in place of an operator: nothing is changed
NO_MUTANT = 42
NOT_HERE = 43  # it must be run in a fresh process
_ELSEWHERE = "elsewhere"
_SAID = {NO_MUTANT: "no mutant", NOT_HERE: _ELSEWHERE}
_BROKEN = 99  # an error of these programs, which kills nothing
_KILLED_BY = {1: "test", 2: "import", 3: "pytest", 4: "collection"}
Run = Callable[[Mutant, Sequence[Sequence[str]]], int]


def is_control(mutant: Mutant) -> bool:
    """Say whether nothing is changed."""
    return mutant.operator == CONTROL


def say(text: str) -> None:
    """Print a line at once, past whatever captures output."""
    if sys.__stdout__ is not None:
        sys.__stdout__.write(f"{text}\n")
        sys.__stdout__.flush()


def limit_seconds(stage: int) -> None:
    """Let this process end when it takes much longer than the tests so far should."""
    own, all_tests = int(LIMITS["cpu_seconds"]), 5 * int(LIMITS["patience"])
    resource.setrlimit(resource.RLIMIT_CPU, ((own, all_tests)[stage], all_tests + 5))


def _limit_memory() -> None:
    memory = int(LIMITS["memory_gb"] * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _verdict(status: int) -> str:
    """Return "" if every test passed, else what killed the mutant."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        out_of_time = number in {signal.SIGXCPU, signal.SIGKILL}
        return "timeout" if out_of_time else f"signal {number}"
    code = os.WEXITSTATUS(status)
    if code in _SAID:
        return _SAID[code]
    return "" if code == 0 else _KILLED_BY.get(code, f"exit {code}")


@attrs.define
class _Running:
    mutant: Mutant
    started: float


class Pool:
    """Runs mutants in a few forks at a time."""

    def __init__(self, room: str, workers: int, state: Path) -> None:
        self._room, self._workers, self._state = room, workers, state
        self._run: Run = lambda _mutant, _tests: NOT_HERE
        self._running: dict[int, _Running] = {}

    def run(self, mutants: Sequence[Mutant], run: Run) -> None:
        """Run each mutant and append what became of it to the state."""
        self._run = run
        for place, mutant in enumerate(mutants, start=1):
            while len(self._running) >= self._workers:
                self._wait()
            self._start(mutant)
            if place % 50 == 0:
                say(f"{time.strftime('%X')} {place}/{len(mutants)}")
        while self._running:
            self._wait()

    def _start(self, mutant: Mutant) -> None:
        pid = os.fork()
        if pid == 0:
            code = _BROKEN
            with suppress(BaseException), open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
                _limit_memory()
                code = self._run(mutant, self._stages(mutant))
            os._exit(code)
        self._running[pid] = _Running(mutant, time.monotonic())

    def _stages(self, mutant: Mutant) -> Sequence[Sequence[str]]:
        if is_control(mutant):
            return [], tests_of(self._room)
        return stages_for(mutant, self._room)

    def _wait(self) -> None:
        pid, status, used = os.wait4(-1, os.WNOHANG)
        if pid == 0:
            wall = LIMITS["wall_factor"] * LIMITS["cpu_seconds"]
            for child, job in self._running.items():
                if time.monotonic() - job.started > wall:
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.02)
            return
        job = self._running.pop(pid)
        killed_by = _verdict(status)
        if killed_by == f"exit {_BROKEN}":
            say(f"this could not be run: {job.mutant}")
        elif killed_by != _ELSEWHERE:
            self._write(job.mutant, killed_by, used.ru_utime + used.ru_stime)

    def _write(self, mutant: Mutant, killed_by: str, seconds: float) -> None:
        row = {**attrs.asdict(mutant), "killed_by": killed_by}
        row["seconds"] = round(seconds, 2)
        with self._state.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
