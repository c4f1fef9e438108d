"""Call every public function with arguments that it was not made for.

`tests/hostile_calls.py` says which, and makes some of these calls in the tests.
`python benchmarks/calls.py` writes `docs/reference/calls.json`.
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

import attrs
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import hostile_calls

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "reference" / "calls.json"


def main() -> None:
    """Run the calls and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        found = hostile_calls.run(given.most, given.seed, given.only, given.seconds)
        os.chdir("/")
    about = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "attrs": attrs.__version__,
        **found,
    }
    given.out.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if found["crashes"] else 0)


if __name__ == "__main__":
    main()
