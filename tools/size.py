"""Print how many packages this environment holds beside iph, and their room.

Run in an environment that holds nothing but iph: `nox -s size`.
"""

from importlib import metadata
from pathlib import Path

NOT_BROUGHT = {"iph", "pip", "setuptools", "uv", "wheel"}
MB = 1_000_000


def main() -> None:
    """Add up the installed files of each package."""
    sizes: dict[str, int] = {}
    for package in metadata.distributions():
        name = package.metadata["Name"].lower()
        if name not in NOT_BROUGHT:
            paths = [Path(str(path.locate())) for path in package.files or ()]
            found = sum(path.stat().st_size for path in paths if path.exists())
            sizes[f"{name} {package.version}"] = found
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        print(f"{sizes[name] / MB:8.1f} MB  {name}")
    print(f"{len(sizes)} packages beside iph, {sum(sizes.values()) / MB:.0f} MB")


if __name__ == "__main__":
    main()
