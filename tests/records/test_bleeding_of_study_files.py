"""Bleeding is graded from the columns that a study file declares, in two ways alike."""

from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import pytest

from iph.protocol import read_protocol
from iph.records import read
from iph.scales import (
    BARC_BLEEDING,
    ISTH_BLEEDING,
    BARCType,
    BleedingRule,
    ISTHBleeding,
    recorded_bleeding,
)

ABSENT = [
    name
    for name in dict.fromkeys((*ISTH_BLEEDING.inputs, *BARC_BLEEDING.inputs))
    if name not in {"hemoglobin_fall_g_l", "transfused_units"}
]
OWN = "\n".join(f'{name} = {{ label = "{name}", yes_no = true }}' for name in ABSENT)
STUDY = f"""\
format = 1
based_on = "li_2023"
title = "Bleeds"

[patient]
transfused_units = {{ label = "Units of red cells", low = 0, high = 200, step = 1 }}
{OWN}
"""
# The fall of hemoglobin, the units, and whether everything else is known to be absent.
ROWS = (
    ("34", "1", "no"),
    ("", "3", "no"),
    ("5", "0", "no"),
    ("52", "", "no"),
    ("",) * 3,
)
MINOR, MAJOR = ISTHBleeding.MINOR, ISTHBleeding.MAJOR
GRADES = {
    ISTH_BLEEDING: [MAJOR, MAJOR, MINOR, MAJOR, None],
    # The second may have fallen by 50 g/L or more.
    BARC_BLEEDING: [BARCType.TYPE_3A, None, BARCType.TYPE_1, BARCType.TYPE_3B, None],
}


@pytest.mark.parametrize("rule", [ISTH_BLEEDING, BARC_BLEEDING])
def test_a_cohort_and_its_frame_have_the_same_grades(
    rule: BleedingRule[Any], tmp_path: Path
) -> None:
    """A fall of hemoglobin is a field of everybody, units are one of the file."""
    file, sheet = tmp_path / "bleeds.toml", tmp_path / "bleeds.csv"
    file.write_text(STUDY, encoding="utf-8")
    lines = [",".join(["patient_id,hemoglobin_fall_g_l,transfused_units", *ABSENT])]
    for name, (fall, units, absent) in zip("ABCDE", ROWS, strict=True):
        lines.append(",".join([name, fall, units, *[absent] * len(ABSENT)]))
    sheet.write_text("\n".join(lines), encoding="utf-8")
    cohort = read(sheet, protocol=read_protocol(file))
    known = [recorded_bleeding(one, rule=rule) for one in cohort]
    assert [rule.findings(one).grade for one in known] == GRADES[rule]
    frame = nw.from_native(cohort.patients_frame())
    columns = {name: name for name in rule.inputs if name in frame.columns}
    assert set(columns) == set(rule.inputs)
    graded = frame.select(grade=rule.expr(columns))["grade"].to_list()
    assert [None if pd.isna(grade) else grade for grade in graded] == GRADES[rule]
