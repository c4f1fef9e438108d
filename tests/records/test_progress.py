"""How far a long reading or writing has come, said now and then."""

from pathlib import Path

import pytest

from iph import Cohort, Patient
from iph.records import check, mark, read, write
from iph.records._progress import stepped

Said = list[tuple[str, int, int]]


def test_few_items_and_nobody_who_listens() -> None:
    """Of few items nothing is said, nor where nobody listens."""
    said: Said = []
    few = stepped("abc", "letters", 3, lambda *now: said.append(now))
    assert list(few) == ["a", "b", "c"]
    assert list(stepped(range(9_000), "numbers", 9_000, None)) == [*range(9_000)]
    assert said == []


def test_the_last_word_is_that_all_is_done() -> None:
    """Steps never claim the end before it; the end is said even after an error."""
    said: Said = []
    for _ in stepped(range(10_001), "n", 10_000, lambda *now: said.append(now)):
        pass
    assert [done for _, done, _ in said] == [0, 5_000, 9_999, 10_000]
    said.clear()
    steps = stepped(range(6_000), "n", 6_000, lambda *now: said.append(now))
    next(steps)
    steps.close()  # type: ignore[attr-defined] # a generator, as an exception ends it
    assert said == [("n", 0, 6_000), ("n", 6_000, 6_000)]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".json", ".xlsx", ".sav"])
def test_reading_and_writing_say_how_far_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Every format is counted, and the result is the same."""
    monkeypatch.setattr("iph.records._progress.EVERY", 2)
    said: Said = []

    def listen(what: str, done: int, total: int) -> None:
        said.append((what, done, total))

    cohort = Cohort([Patient(patient_id=f"P{n}") for n in range(5)])
    path = write(cohort, tmp_path / f"c{ending}", progress=listen)
    if ending != ".xlsx":  # there the assessments are counted, and come second
        assert said[0] == ("patients written", 0, 5)
    assert said[-1] == ("patients written", 5, 5)
    said.clear()
    assert read(path, progress=listen) == cohort
    assert {what.partition(" of ")[0] for what, _, _ in said} == {"rows", "patients"}
    assert said[-1] == ("patients", 5, 5)
    said.clear()
    assert check(path, progress=listen).ok
    assert said[-1] == ("patients", 5, 5)


def test_marking_says_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A marked table is read first, and that is counted."""
    monkeypatch.setattr("iph.records._progress.EVERY", 2)
    said: Said = []
    path = tmp_path / "c.csv"
    path.write_text("patient_id\nA\nB\nC\n")
    mark(path, tmp_path / "m.xlsx", progress=lambda *now: said.append(now))
    assert said[-1] == ("patients", 3, 3)
