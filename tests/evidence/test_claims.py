"""A claim is read once, and refused where it makes no sense."""

from fractions import Fraction
from typing import Any

import pytest

from iph import Visit
from iph.errors import InputError
from iph.evidence import Claim, ClaimKind, Verdict, audit


def claim(**parts: Any) -> Claim:
    """Make a claim with what is needed."""
    needed = {"code": "c", "where": "Table 1", "printed": "12", "kind": "count"}
    return Claim(**needed | parts)


def test_cells_of_a_table_are_read() -> None:
    """Lists and tables may be text; numbers may be numbers."""
    found = claim(
        parts="a; b;",
        levels=["male", "2"],
        visit="week_1",
        step="0.1",
        low=0,
        high="",
        of=28,
        table="12 3; 5 8",
        test="fisher",
        note=None,
    )
    assert found.parts == ("a", "b")
    assert found.levels == ("male", "2")
    assert found.visit is Visit.WEEK_1
    assert found.step == Fraction(1, 10)
    assert found.low == 0
    assert found.high is None
    assert found.of == "28"
    assert found.table == ((12, 3), (5, 8))
    assert found.note == ""


def test_value_stands_for_the_print() -> None:
    """A figure that is not printed as one is given in `value`."""
    assert claim(printed="one patient each", value="1").figure == "1"
    assert claim(printed="12").figure == "12"
    assert claim(kind=ClaimKind.SIZE).kind is ClaimKind.SIZE


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"kind": "guess"}, "kind must be one of"),
        ({"code": ""}, "must be given"),
        ({"code": "12"}, "code must be a name"),
        ({"where": True}, "must be text"),
        ({"note": True}, "must be text"),
        ({"parts": 3}, "a list of texts"),
        ({"visit": "week_9"}, "visit must be one of"),
        ({"step": "x"}, "decimal numbers"),
        ({"step": 0}, "step must be above zero"),
        ({"table": "a b"}, "rows of counts"),
        ({"table": "1 2; 3"}, "rows of equally many counts"),
        ({"table": [[1, -2]]}, "rows of equally many counts"),
        ({"samples": "paired"}, "independent, repeated or overlapping"),
        ({"table": [[1.9, 2], [3, 1]]}, "rows of counts"),
        ({"table": [[float("inf"), 2], [3, 1]]}, "rows of counts"),
        ({"table": [[True, 2], [3, 1]]}, "rows of counts"),
        ({"table": "9" * 5000}, "rows of counts"),
        ({"step": "1e-999999999"}, "decimal numbers"),
        ({"low": "1e9999999"}, "decimal numbers"),
        ({"high": True}, "decimal numbers"),
        ({"of": "1" + "0" * 5000}, "of at most 15 digits"),
        ({"parts": ["1", "0" * 20]}, "of at most 15 digits"),
    ],
)
def test_senseless_claims_are_refused(parts: dict[str, Any], message: str) -> None:
    """The message says which part must be what."""
    with pytest.raises(InputError, match=message):
        claim(**parts)


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("many", "count"),
        ("12.5", "count"),
        ("9" * 16, "count"),
        ("12", "mean-sd"),
        ("1 or 2", "median"),
        ("NS", "p-value"),
        ("P < 1e-999999999", "p-value"),
        ("p = 0.03 and p = 0.04", "p-value"),
        ("1 of 2", "percentage"),
        ("x" * 100_000, "median"),
        ("1" * 100_000, "p-value"),
    ],
)
def test_a_print_that_cannot_be_read_is_one_finding(printed: str, kind: str) -> None:
    """It is not checked, and nothing that rests on it is; the others are."""
    unread = claim(code="unread", printed=printed, kind=kind)
    assert not unread.readable
    others = [claim(code="n", printed="28", kind="size"), claim(code="men", of="n")]
    if kind == "count":
        sums = [claim(code="sum", parts="unread; n"), claim(code="part", of="unread")]
        others += sums
        others.append(claim(code="most", at_most="unread"))
    found = {finding.claim.code: finding for finding in audit([unread, *others])}
    assert len(found) == 1 + len(others)
    assert found["unread"].verdict is Verdict.NOT_CHECKABLE
    assert "cannot be read as" in found["unread"].reason
    assert not any(finding.verdict.is_problem for finding in found.values())


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ([claim(), claim()], "used once"),
        ([claim(of="n")], "code of a count"),
        ([claim(parts="n")], "code of a count"),
        ([claim(kind="rule", conflicts="n")], "codes of claims"),
        ([claim(variable="shoe_size")], "name of a declared field"),
        (["12"], "must be a Claim"),
        ([claim(of="p"), claim(code="p", kind="percentage")], "code of a count"),
    ],
)
def test_claims_that_do_not_fit_together(claims: list[Any], message: str) -> None:
    """Codes are unique and refer to claims that can be meant."""
    with pytest.raises(InputError, match=message):
        audit(claims)
