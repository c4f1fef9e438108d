"""The criteria of Li et al. 2023, each at its limit and for every answer."""

from typing import Any

import pytest

from iph.criteria import LI_2023, LI_2023_AS_PRINTED, li_2023
from iph.errors import InputError

CRITERIA = {c.code: c for c in (*LI_2023_AS_PRINTED.all, *LI_2023.all)}

Cells = dict[str, Any]
CASES: list[tuple[str, Cells, bool | None]] = [
    ("I1", {"age_years": 14}, False),
    ("I1", {"age_years": 14.01}, True),
    ("I1", {"age_years": 15}, True),
    ("I1", {}, None),
    ("I2", {"ct": "yes"}, True),
    ("I2", {"ct": "not_done"}, False),
    ("I2", {"ct": "unknown", "mri": "yes"}, None),
    ("I3", {"mri": "yes"}, True),
    ("I3", {"mri": "no"}, False),
    ("I3", {"ct": "yes"}, None),
    ("I4", {"surgical_confirmation": "yes"}, True),
    ("I4", {"surgical_confirmation": "not_done"}, False),
    ("I4", {"ct": "yes", "mri": "yes"}, None),
    ("I2-I4", {"ct": "yes"}, True),
    ("I2-I4", {"mri": "yes"}, True),
    ("I2-I4", {"surgical_confirmation": "yes"}, True),
    ("I2-I4", {"ct": "no", "mri": "no"}, None),
    ("I2-I4", {"ct": "no", "mri": "no", "surgical_confirmation": "not_done"}, False),
    ("E1", {"records_complete": False}, True),
    ("E1", {"records_complete": True}, False),
    ("E1", {}, None),
    ("E2", {"other_areas": True}, True),
    ("E2", {"other_areas": False}, False),
    ("E2", {}, None),
    ("E3", {"muscle": "retroperitoneal", "femoral": "spared"}, True),
    ("E3", {"muscle": "retroperitoneal", "femoral": "involved"}, False),
    ("E3", {"muscle": "psoas", "femoral": "spared"}, False),
    ("E3", {"muscle": "psoas"}, False),
    ("E3", {"femoral": "involved"}, False),
    ("E3", {"muscle": "retroperitoneal"}, None),
    ("E3", {"femoral": "spared"}, None),
    ("E4", {"associated_lesions": "cyst"}, True),
    ("E4", {"associated_lesions": "infection"}, True),
    ("E4", {"associated_lesions": "tumor"}, True),
    ("E4", {"associated_lesions": "other"}, True),
    ("E4", {"associated_lesions": "none"}, False),
    ("E4", {}, None),
    ("E5", {"hematoma_present": False}, True),
    ("E5", {"hematoma_present": True}, False),
    ("E5", {}, None),
    ("E6", {"imaging_available": False, "ct": "yes", "mri": "yes"}, True),
    ("E6", {"ct": "not_done", "mri": "not_done"}, True),
    ("E6", {"ct": "not_done", "mri": "not_done", "imaging_available": True}, False),
    ("E6", {"ct": "yes"}, False),
    ("E6", {"mri": "no"}, False),
    ("E6", {"ct": "not_done"}, None),
    ("E6", {"mri": "not_done"}, None),
    ("E6", {"imaging_available": True}, False),
    ("E6", {}, None),
    ("E7", {"lost_to_follow_up": True}, True),
    ("E7", {"lost_to_follow_up": False}, False),
    ("E7", {}, None),
]


@pytest.mark.parametrize(("code", "cells", "answer"), CASES)
def test_a_criterion(code: str, cells: Cells, answer: bool | None) -> None:  # noqa: FBT001 - what is expected
    """It is met, not met or unknown, by what is recorded alone."""
    assert CRITERIA[code].rule.of(cells.get) is answer


def test_every_criterion_has_every_answer() -> None:
    """No criterion goes without a case that is met, one that is not, and a gap."""
    found = {(code, answer) for code, _, answer in CASES}
    assert found == {
        (code, answer) for code in CRITERIA for answer in (True, False, None)
    }


def test_the_two_readings() -> None:
    """They differ in how a hematoma is confirmed, and in nothing else."""
    assert [c.code for c in LI_2023.include] == ["I1", "I2-I4"]
    assert [c.code for c in LI_2023_AS_PRINTED.include] == ["I1", "I2", "I3", "I4"]
    assert [c.code for c in LI_2023.exclude] == [f"E{i}" for i in range(1, 8)]
    assert LI_2023.exclude == LI_2023_AS_PRINTED.exclude
    assert LI_2023.include[0] == LI_2023_AS_PRINTED.include[0]
    assert li_2023() is li_2023(confirmation="any") is LI_2023
    assert li_2023(confirmation="all") is LI_2023_AS_PRINTED
    with pytest.raises(InputError, match="confirmation must be one of"):
        li_2023(confirmation="some")  # type: ignore[arg-type] # refused as well
