"""What is kept of a run: the figures of each room, and what no test noticed."""

import datetime as dt
import importlib.metadata
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from changes import HERE, SETTINGS, Mutant

KEPT = HERE / "survivors.toml"
_HEAD = """\
# Written by mutate.py, except `why`, which is written by hand and kept: why no test of
# this change is wanted. The documentation prints all of it.
"""


def record(
    name: str, outcomes: Mapping[Mutant, str], *, listed: int, drawn: int
) -> None:
    """Write the figures of a room and its survivors, keeping what was said of them."""
    kept: dict[str, Any] = {}
    if KEPT.exists():
        kept = tomllib.loads(KEPT.read_text(encoding="utf-8"))
    said: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    survivors = []
    for old in kept.get("survivor", []):
        said[_identity(old)].append(old["why"])
        if old["room"] != name:
            survivors.append(old)
    run = {m: killed for m, killed in outcomes.items() if killed != "no mutant"}
    for mutant in sorted(run, key=lambda m: (m.path, m.line, m.operator)):
        if run[mutant]:
            continue
        before, after = mutant.before_and_after()
        one = {
            "room": name,
            "module": Path(mutant.path).stem,
            "where": mutant.where,
            "before": before,
            "after": after,
        }
        reasons = said[_identity(one)]
        survivors.append({**one, "why": reasons.pop(0) if reasons else ""})
    killed = sum(map(bool, run.values()))
    figures = {
        "what": SETTINGS["room"][name]["what"],
        "mutants": listed,
        "drawn": drawn,
        "no_mutant": len(outcomes) - len(run),
        "run": len(run),
        "killed": killed,
        "timeouts": sum(by == "timeout" for by in run.values()),
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "cosmic_ray": importlib.metadata.version("cosmic-ray"),
        "python": ".".join(map(str, sys.version_info[:3])),
    }
    _write({**kept.get("room", {}), name: figures}, survivors)
    sys.stdout.write(f"{name}: {killed}/{len(run)} = {killed / max(1, len(run)):.1%}\n")


def _identity(survivor: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(survivor[k] for k in ("room", "module", "where", "before", "after"))


def _write(rooms: Mapping[str, Any], survivors: Sequence[Mapping[str, Any]]) -> None:
    lines = [_HEAD]
    for name in sorted(rooms):
        lines.append(f"[room.{name}]")
        lines += [f"{key} = {_toml(value)}" for key, value in rooms[name].items()]
        lines.append("")
    for survivor in sorted(survivors, key=lambda s: (s["room"], s["module"])):
        lines.append("[[survivor]]")
        lines += [f"{key} = {_toml(value)}" for key, value in survivor.items()]
        lines.append("")
    KEPT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
