"""Rows about whole processes: how long they take to start, how much they hold."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

from timing import Job, Row

_DAYS = list(range(1, 29))
_EVENTS = [True, True, True, False] * 7
_GROUPS = [0, 1] * 14

_DATA = f"days = {_DAYS}\nevent = {_EVENTS}\ngroup = {_GROUPS}\n"
_NUMPY = "import numpy"
_IMPORT = "import iph"
_IPH = f"""
from iph.stats import kaplan_meier, logrank
{_DATA}
test = logrank(days, event, group, method="asymptotic")
print(kaplan_meier(days, event, interval="log-log").median().value, test.p_value)
"""
_SPLIT = f"""
{_DATA}
a = [i for i in range(28) if group[i] == 0]
b = [i for i in range(28) if group[i] == 1]
"""
_SCIPY = f"""
from scipy import stats
{_SPLIT}
def of(rows):
    seen = [days[i] for i in rows if event[i]]
    lost = [days[i] for i in rows if not event[i]]
    return stats.CensoredData(uncensored=seen, right=lost)
sf = stats.ecdf(of(range(28))).sf
median = next(q for q, p in zip(sf.quantiles, sf.probabilities) if p <= 0.5)
print(float(median), stats.logrank(of(a), of(b)).pvalue)
"""
_LIFELINES = f"""
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
{_SPLIT}
d, e = [days[i] for i in a], [event[i] for i in a]
f, g = [days[i] for i in b], [event[i] for i in b]
median = KaplanMeierFitter().fit(days, event).median_survival_time_
print(float(median), logrank_test(d, f, e, g).p_value)
"""
_R = """
suppressPackageStartupMessages(library(survival))
days <- 1:28
event <- rep(c(TRUE, TRUE, TRUE, FALSE), 7)
group <- rep(0:1, 14)
fit <- survfit(Surv(days, event) ~ 1)
cat(summary(fit)$table["median"], survdiff(Surv(days, event) ~ group)$pvalue, "\\n")
"""


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _processes(
    commands: Mapping[str, Sequence[str]], repeats: int, *, installed: bool = False
) -> tuple[dict[str, float], dict[str, str]]:
    """Return median processor seconds of processes run in turn, and their output.

    The bytecode of all libraries is kept, as it is after an installation: it is
    written in a first turn that does not count, unless it is there (`installed`).
    """
    taken: dict[str, list[float]] = {name: [] for name in commands}
    printed: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if installed:
            environment = dict(os.environ)
        for turn in range(repeats + 1):
            for name, command in commands.items():
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                run = subprocess.run(
                    command,
                    env=environment,
                    check=True,
                    capture_output=True,
                    text=True,
                )
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                printed[name] = run.stdout
                if turn:  # the first one writes the bytecode
                    user = after.ru_utime - before.ru_utime
                    taken[name].append(user + after.ru_stime - before.ru_stime)
    return {name: statistics.median(t) for name, t in taken.items()}, printed


def fresh_process() -> Row:
    """Take a process: start, import, analyze 28 patients, print."""
    quick = {"numpy alone": _python(_NUMPY), "iph": _python(_IPH)}
    found, printed = _processes(quick, 9)
    peers = {
        "scipy": _python(_SCIPY),
        "lifelines": _python(_LIFELINES),
        "R survival": ["Rscript", "-e", _R],
    }
    slow, others = _processes(peers, 2, installed=True)
    expected = [round(float(x), 6) for x in printed["iph"].split()]
    for name in ("scipy", "lifelines", "R survival"):
        assert [round(float(x), 6) for x in others[name].split()] == expected, name
    times = found["iph"] / found["numpy alone"]
    return Row(
        number=18,
        work="fresh process: start, import, Kaplan-Meier and log-rank of 28, print",
        found={**found, **slow},
        asked="under 2 times numpy alone",
        reached=times < 2,
        note=f"iph takes {times:.2f} times what importing numpy alone takes.",
    )


def fresh_import() -> Row:
    """Take the import of iph beside that of numpy."""
    commands = {"numpy alone": _python(_NUMPY), "iph": _python(_IMPORT)}
    found, _ = _processes(commands, 9)
    times = found["iph"] / found["numpy alone"]
    return Row(
        number=19,
        work="fresh process: import iph",
        found=found,
        asked="at most 1.8 times numpy alone",
        reached=times <= 1.8,
        note=f"iph takes {times:.2f} times what importing numpy alone takes.",
    )


def memory_of_a_curve() -> Row:
    """Take the extra memory of Kaplan-Meier of ten million whole days."""
    found: dict[str, float] = {}
    medians = set()
    for name in ("iph", "statsmodels", "lifelines"):
        run = Job(f"kaplan-meier {name}").result()
        found[name] = run["bytes"] / run["n"]
        medians.add(run["found"])
    assert len(medians) == 1
    return Row(
        number=20,
        work="peak extra memory, Kaplan-Meier of 1e7 whole days",
        found=found,
        asked="under 20 bytes a row",
        reached=found["iph"] < 20,
        unit="bytes a row",
    )


ROWS = (fresh_process, fresh_import, memory_of_a_curve)
