"""Every reference file says where its numbers come from."""

import json
import tomllib
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_source_is_complete(path: Path) -> None:
    """A reference file names generator, versions and date, and holds cases."""
    content = json.loads(path.read_text(encoding="utf-8"))
    source = content["source"]
    for field in ("citation", "obtained", "versions", "date"):
        assert source[field], f"{path.name} lacks source.{field}"
    assert content["cases"]
    generator = source.get("generator")
    assert generator is None or (path.parent / generator).exists()


def test_every_file_has_its_measured_difference() -> None:
    """The documentation prints how far iph is from each witness, for all files."""
    text = (Path(__file__).parent / "measured.toml").read_text(encoding="utf-8")
    topics = tomllib.loads(text)["topic"]
    assert sorted(topics) == [path.stem for path in FILES]
    assert all(t["what"] and t["largest_difference"] for t in topics.values())
