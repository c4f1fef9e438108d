"""Run the whole suite with other examples, one seed after another, and say what fails.

    python tools/seeds.py 1 2 3               # these seeds
    python tools/seeds.py --runs 20           # seeds drawn now, printed
    python tools/seeds.py 7 -- tests/evidence # less than everything

Each failing example that is found becomes an `@example` of its test, and what it shows
is mended as a kind. The full output of a seed with failures is kept in `build/seeds`.
"""

import argparse
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "seeds"
CLOSING = re.compile(r"^=* ?(\d+ (?:passed|failed|error).*?) ?=*$", re.MULTILINE)


def run(seed: int, options: list[str]) -> tuple[bool, str]:
    """Run the suite once; return whether it passed, and what to say of it."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    start = time.monotonic()
    done = subprocess.run(
        [*command, f"--hypothesis-seed={seed}", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    closing = CLOSING.findall(done.stdout)
    said = [f"seed {seed}: {closing[-1] if closing else 'no closing line'}"]
    said[0] += f" ({time.monotonic() - start:.0f} s in all)"
    if done.returncode:
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / f"{seed}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
        said += re.findall(r"^(?:FAILED|ERROR) .*$", done.stdout, re.MULTILINE)
    return not done.returncode, "\n  ".join(said)


def main() -> None:
    """Read the command line, run, and fail if a seed did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seeds", nargs="*", type=int)
    parser.add_argument("--runs", type=int, default=0, help="draw so many seeds")
    own, options = sys.argv[1:], list[str]()
    if "--" in own:
        place = own.index("--")
        own, options = own[:place], own[place + 1 :]
    given = parser.parse_args(own)
    seeds = [*given.seeds, *(secrets.randbits(48) for _ in range(given.runs))]
    passed = 0
    for seed in seeds:
        good, said = run(seed, options)
        passed += good
        print(said, flush=True)
    print(f"{passed} of {len(seeds)} runs passed")
    sys.exit(passed < len(seeds))


if __name__ == "__main__":
    main()
