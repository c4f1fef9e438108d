"""Call every public function with arguments that it was not made for.

`tests/hostile_calls.py` says which, and makes some of these calls in the tests.
`python benchmarks/calls.py` writes `docs/reference/calls.json`, a room at a time; with
`--rooms` the others keep their former figures, each with its date.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

import attrs
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import hostile_calls

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "reference" / "calls.json"
ROOMS = (
    "criteria", "design", "evidence", "fields", "iph", "protocol", "records", "report",
    "scales", "stats", "study", "testing",
)  # fmt: skip


def package_of(room: str) -> str:
    """Return the package of a room; the objects of the study stand in the first."""
    return room if room == "iph" else f"iph.{room}"


def main() -> None:
    """Run the calls and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", nargs="*", choices=ROOMS, default=ROOMS)
    parser.add_argument("--most", type=int, default=10**9, help="calls of each room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="for each room")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    rooms: dict[str, Any] = {}
    if given.out.exists():
        rooms = json.loads(given.out.read_text(encoding="utf-8"))["rooms"]
    for room in given.rooms:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            found = hostile_calls.run(
                given.most, given.seed, package_of(room), given.seconds
            )
            os.chdir("/")
        rooms[room] = {
            "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "attrs": attrs.__version__,
            **found,
        }
        print(room, found["outcomes"], flush=True)
        text = json.dumps({"rooms": dict(sorted(rooms.items()))}, indent=1)
        given.out.write_text(f"{text}\n", encoding="utf-8")
    sys.exit(1 if any(one["crashes"] for one in rooms.values()) else 0)


if __name__ == "__main__":
    main()
