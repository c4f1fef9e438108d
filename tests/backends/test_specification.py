"""Every criterion and every grade by its table: one patient, and every engine.

The tables lie in tests/specification; the docs print the same files.
"""

import math
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest

from iph import scales
from iph.criteria import LI_2023, LI_2023_AS_PRINTED, Criteria, Criterion
from iph.criteria._frames import opened
from iph.errors import InputError
from iph.scales import BleedingRule, Cutpoints, Grade

Load = Callable[[pa.Table], Any]
HERE = Path(__file__).parents[1] / "specification"


def tables(name: str) -> list[dict[str, Any]]:
    """Return the tables of a file."""
    (found,) = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8")).values()
    return list(found)


CRITERIA = {c.code: c for c in (*LI_2023_AS_PRINTED.all, *LI_2023.all)}
CRITERIA_TABLES = {table["code"]: table for table in tables("criteria")}
SCALES = tables("scales")
ANSWERS = {"met": True, "not met": False, "unknown": None}


def cells(row: list[Any]) -> list[Any]:
    """Return the cells of a row, None where nothing is recorded."""
    return [None if cell == "-" else cell for cell in row]


def as_table(columns: dict[str, list[Any]], *, whole: tuple[str, ...] = ()) -> pa.Table:
    """Return columns of numbers, words or yes/no, and the number of each row."""
    made = {"row": pa.array(range(len(next(iter(columns.values())))), pa.int64())}
    for name, values in columns.items():
        kinds = {type(value) for value in values} - {type(None)}
        number = pa.int64() if name in whole else pa.float64()
        kind = (
            pa.bool_() if kinds == {bool} else pa.string() if str in kinds else number
        )
        made[name] = pa.array(values, kind)
    return pa.table(made)


def answers_of(frame: Any, expressions: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what expressions give, row by row, None for null."""
    found = frame.lazy().select("row", **expressions).sort("row").collect()
    return [
        {
            name: None
            if value is None or type(value).__name__ == "NAType" or math.isnan(value)
            else value
            for name, value in row.items()
        }
        for row in found.rows(named=True)
    ]


@pytest.mark.parametrize("code", CRITERIA)
def test_a_criterion_for_one_patient(code: str) -> None:
    """Its table states every answer, and what is missing; the rule gives them."""
    criterion, table = CRITERIA[code], CRITERIA_TABLES[code]
    assert criterion.rule.fields == tuple(table["fields"])
    assert {row[-1] for row in table["cases"]} == set(ANSWERS)
    assert ["-"] * len(table["fields"]) in [row[:-1] for row in table["cases"]]
    for *row, answer in table["cases"]:
        lookup = dict(zip(table["fields"], cells(row), strict=True))
        assert criterion.rule.of(lookup.__getitem__) is ANSWERS[answer], row


def test_no_criterion_without_a_table() -> None:
    """A table for each criterion, and no table of anything else."""
    assert set(CRITERIA_TABLES) == set(CRITERIA)


def test_criteria_on_every_engine(on_engine: Load) -> None:
    """All tables of all criteria at once, each row with its own question."""
    every = Criteria(
        name="every criterion",
        include=[Criterion(c.code, c.statement, c.rule) for c in CRITERIA.values()],
    )
    columns: dict[str, list[Any]] = {name: [] for name in every.fields}
    asked = []
    for code, table in CRITERIA_TABLES.items():
        for *row, answer in table["cases"]:
            asked.append((code, answer))
            given = dict(zip(table["fields"], cells(row), strict=True))
            for name, values in columns.items():
                values.append(given.get(name))
    frame = opened(on_engine(as_table(columns, whole=("age_years",))), every)
    expressions = {code: c.rule.expr() for code, c in CRITERIA.items()}
    found = answers_of(frame, expressions)
    for place, (code, answer) in enumerate(asked):
        assert found[place][code] == ANSWERS[answer], (code, place)


Expression = Callable[..., Any]
EXPRESSIONS: dict[str, Expression] = {
    "hip_flexion_grade": lambda: scales.HIP_FLEXION.expr("deg"),
    "pain_severity": lambda rule: scales.PAIN_RULES[rule].expr("vas"),
    "hemophilia_severity": lambda: scales.HEMOPHILIA.expr("percent"),
    "anemia_grade": lambda rule: scales.anemia_expr(
        "hemoglobin_g_l",
        sex="sex",
        age_years="age_years",
        pregnancy="pregnancy",
        rule=rule,
    ),
    "is_responder": lambda **options: scales.responder_expr(
        "baseline", "now", **options
    ),
    "coagulation_status": scales.coagulation_expr,
    "isth_bleeding": lambda: bleeding_expr(scales.ISTH_BLEEDING),
    "barc_bleeding": lambda: bleeding_expr(scales.BARC_BLEEDING),
    "SENSORY_RECOVERY.grade": lambda: scales.SENSORY_RECOVERY.expr("code"),
    "NERVE_MOTOR.grade": lambda: scales.NERVE_MOTOR.expr("code"),
    "harris_hip_grade": lambda: scales.HARRIS_HIP.expr("total"),
    "oxford_hip_grade": lambda version: scales.OXFORD_HIP.expr(
        "total" if version == "2007" else 60 - nw.col("total")
    ),
    "neuropathic_pain": lambda rule: scales.NEUROPATHIC_PAIN_RULES[rule].expr("total"),
    "hjhs_above_healthy": lambda: scales.hjhs_above_healthy_expr(
        "total", age_years="age_years"
    ),
    "score_change": lambda rule: scales.score_change_expr("baseline", "now", rule=rule),
    "axon_loss": lambda: scales.axon_loss_expr("affected_mv", "healthy_mv"),
    "ct_bleeding_type": lambda: scales.ct_bleeding_expr(
        active_bleeding="active_bleeding", fascia_rupture="fascia_rupture"
    ),
    "ellipsoid_volume_ml": lambda rule: scales.VOLUME_RULES[rule].expr("a", "b", "c"),
}


def bleeding_expr(rule: BleedingRule[Any]) -> nw.Expr:
    """Return the expression of a definition for columns that bear its names."""
    return rule.expr({name: name for name in rule.inputs})


def of_one(table: dict[str, Any], row: list[Any]) -> Any:
    """Return what a function says of one patient."""
    options = table.get("options", {})
    given = dict(zip(table["inputs"], cells(row), strict=True))
    if table["function"] == "NumbnessGrade.from_li2023":
        return scales.NumbnessGrade.from_li2023(*given.values())
    if table["function"] == "parse_mrc":
        reading = scales.parse_mrc(*given.values())
        return None if reading is None else reading.grade
    if table["function"] == "coagulation_status":
        return scales.coagulation_status(given, **options)
    if table["function"] in {"isth_bleeding", "barc_bleeding"}:
        return getattr(scales, table["function"])(**given).grade
    if "pregnancy" in given and given["pregnancy"] is not None:
        given["pregnancy"] = scales.Pregnancy(given["pregnancy"])
    constant, _, method = table["function"].partition(".")
    if method == "grade":
        return getattr(scales, constant).grade(*given.values())
    return getattr(scales, table["function"])(**given, **options)


def title(table: dict[str, Any]) -> str:
    """Name a table in the report of the tests."""
    return " ".join([table["function"], *map(str, table.get("options", {}).values())])


@pytest.mark.parametrize("table", SCALES, ids=title)
def test_a_scale_for_one_patient(table: dict[str, Any]) -> None:
    """Each row of its table, and every level of the scale stands in some row."""
    given = set()
    for *row, answer in table["cases"]:
        if answer == "refused":
            with pytest.raises(InputError):
                of_one(table, row)
            continue
        found = of_one(table, row)
        if answer == "-":
            assert found is None, row
        else:
            assert found == pytest.approx(answer, rel=1e-12), row
            given.add(answer)
    if "levels" in table:
        levels = getattr(scales, table["levels"])
        rule = table.get("options", {}).get("rule")
        asked = set(levels)
        if levels is scales.BARCType:  # type 0 is no bleed, and it is asked of one
            asked.remove(scales.BARCType.TYPE_0)
        if str(rule).startswith("dn4"):  # it has two classes
            asked.remove(scales.NeuropathicPain.UNCLEAR)
        four = {level for level in levels if int(level) < 4}
        assert given == (four if str(rule).startswith("who") else asked)


def cutpoints_of(table: dict[str, Any]) -> Cutpoints[Any] | None:
    """Return the cut points behind a table, if it is one of a single number."""
    if table["function"] == "pain_severity":
        return scales.PAIN_RULES[table["options"]["rule"]]
    if table["function"] == "neuropathic_pain":
        return scales.NEUROPATHIC_PAIN_RULES[table["options"]["rule"]]
    if table.get("options", {}).get("version") == "2007":
        return scales.OXFORD_HIP
    others: dict[str, Cutpoints[Any]] = {
        "hip_flexion_grade": scales.HIP_FLEXION,
        "harris_hip_grade": scales.HARRIS_HIP,
        "hemophilia_severity": scales.HEMOPHILIA,
    }
    return others.get(table["function"])


@pytest.mark.parametrize("table", SCALES, ids=title)
def test_every_edge_stands_in_the_table(table: dict[str, Any]) -> None:
    """So does what is next to it, the legal bounds, what lies beyond, and a gap."""
    answers = [row[-1] for row in table["cases"]]
    single = len(table["inputs"]) == 1
    rule = cutpoints_of(table)
    if rule is None:
        if single:
            assert "refused" in answers
        return
    values = [row[0] for row in table["cases"]]
    assert {"-", rule.low, rule.high} <= set(values)
    assert "refused" in answers
    numbers = sorted(v for v in values if v != "-" and rule.low <= v <= rule.high)
    for edge, side in zip(rule.edges, rule.closed, strict=True):
        place = numbers.index(edge)
        beside = place - 1 if side == "left" else place + 1
        near = 1 if rule.whole else 0.1
        assert beside == -1 or abs(numbers[beside] - edge) <= near + 1e-9, edge


def test_no_scale_without_a_table() -> None:
    """Every rule of every scale is specified, and every enumeration of grades."""
    rules = {(t["function"], t.get("options", {}).get("rule")) for t in SCALES}
    expected: set[tuple[str, str | None]] = {
        ("hip_flexion_grade", None),
        ("hemophilia_severity", None),
    }
    expected |= {("pain_severity", rule) for rule in scales.PAIN_RULES}
    expected |= {("anemia_grade", rule) for rule in scales.ANEMIA_RULES}
    expected |= {("ellipsoid_volume_ml", rule) for rule in scales.VOLUME_RULES}
    expected |= {("is_responder", None), ("coagulation_status", None)}
    expected |= {("NumbnessGrade.from_li2023", None), ("parse_mrc", None)}
    expected |= {("isth_bleeding", None), ("barc_bleeding", None)}
    expected |= {("SENSORY_RECOVERY.grade", None), ("NERVE_MOTOR.grade", None)}
    expected |= {("axon_loss", None), ("ct_bleeding_type", None)}
    expected |= {("harris_hip_grade", None), ("oxford_hip_grade", None)}
    expected |= {("neuropathic_pain", r) for r in scales.NEUROPATHIC_PAIN_RULES}
    expected |= {("score_change", rule) for rule in scales.CHANGE_RULES}
    expected |= {("hjhs_above_healthy", None)}
    assert rules == expected
    enumerations = {
        name
        for name in scales.__all__
        if isinstance(kind := getattr(scales, name), type) and issubclass(kind, Grade)
    }
    # Where a value lies to a range is a step on the way to the coagulation status.
    used = {t["levels"] for t in SCALES if "levels" in t}
    assert used == enumerations - {"Grade", "RangeFinding"}


def test_scales_on_every_engine(on_engine: Load) -> None:
    """All tables of all scales at once, each row with its own question."""
    graded = [table for table in SCALES if table["function"] in EXPRESSIONS]
    names = dict.fromkeys(name for table in graded for name in table["inputs"])
    columns: dict[str, list[Any]] = {name: [] for name in names}
    asked = []
    for place, table in enumerate(graded):
        for *row, answer in table["cases"]:
            asked.append((place, answer))
            given = dict(zip(table["inputs"], cells(row), strict=True))
            for name, values in columns.items():
                values.append(given.get(name))
    expressions = {
        f"scale_{place}": EXPRESSIONS[table["function"]](**table.get("options", {}))
        for place, table in enumerate(graded)
    }
    frame = nw.from_native(on_engine(as_table(columns)))
    found = answers_of(frame, expressions)
    for row_number, (place, answer) in enumerate(asked):
        value = found[row_number][f"scale_{place}"]
        expected = None if answer in {"-", "refused"} else float(answer)
        assert value == (None if expected is None else pytest.approx(expected)), (
            title(graded[place]),
            row_number,
        )
