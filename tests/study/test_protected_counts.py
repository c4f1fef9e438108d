"""Protected counts: what they show, what their sum is, and what nobody can find."""

import copy
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Assessment, Cohort, FollowUp, Patient
from iph.errors import DataError, InputError
from iph.evidence import published_cases
from iph.protocol import LI_2023_PROTOCOL, place_visits
from iph.records import SharedTable
from iph.study import (
    CountRange,
    PooledCount,
    ProtectedCounts,
    StudyCounts,
    analyze,
    count,
)
from iph.testing import cohorts, cohorts_of, protocols

ALL: dict[str, Any] = {"population": "all"}
_BANDED = {"quantity", "days"}


def found(counts: ProtectedCounts, **wanted: str) -> dict[str, PooledCount]:
    """Return the pooled counts of a variable, by level."""
    asked = {"visit": "", "group": "all"} | wanted
    return {
        one.level: one
        for one in counts.counts()
        if all(getattr(one, name) == value for name, value in asked.items())
    }


def codes_of(value: Any) -> set[str]:
    """Return the levels of a category that a patient has, worked out anew."""
    if isinstance(value, frozenset):
        codes = {one.value for one in value} or {"none"}
    elif isinstance(value, bool):
        codes = {"yes" if value else "no"}
    else:
        codes = {"unknown" if value is None else str(getattr(value, "value", value))}
    return {"not recorded"} if "unknown" in codes else codes


def true_events(cohort: Cohort[Any], one: PooledCount, pooled: Any) -> int:
    """Count the patients with an event, or without it, one by one."""
    own = {field.name: field for field in pooled.protocol.patient_fields}
    name = one.field.removeprefix("event ")
    who = {event.patient_id for event in cohort.events or () if event.event == name}
    return sum(
        one.group == "all" or one.group in codes_of(own[pooled.by].value_of(patient))
        for patient in cohort
        if ("yes" if patient.patient_id in who else "no") in one.levels
    )


def true_count(cohort: Cohort[Any], one: PooledCount, pooled: Any) -> int | None:
    """Count the patients of a pooled figure one by one; None for numbers in bands."""
    protocol = pooled.protocol
    own = {field.name: field for field in protocol.patient_fields}
    fields = {field.name: field for field in protocol.assessment_fields}
    fields = fields if one.visit else own
    if one.field.startswith("event "):
        return true_events(cohort, one, pooled)
    if one.field not in fields or fields[one.field].declaration.kind.value in _BANDED:
        return None
    visits = {visit.value: visit for visit in protocol.visits}
    group = pooled.recovery_group if one.visit else pooled.by
    true = 0
    for patient in place_visits(cohort, protocol).cohort:
        of = patient.follow_up.at(visits[one.visit]) if one.visit else patient
        inside = one.group == "all" or one.group in codes_of(
            own[group].value_of(patient)
        )
        true += inside and bool(
            codes_of(fields[one.field].value_of(of)).intersection(one.levels)
        )
    return true


def check(cohort: Cohort[Any], pooled: ProtectedCounts) -> None:
    """Each range holds the count of the pooled patients, and each share theirs."""
    for one in pooled.counts():
        true = true_count(cohort, one, pooled)
        assert (one.count is None) == bool(one.unavailable)
        if one.count is None:
            continue
        assert 0 <= one.count.low <= one.count.high <= pooled.n
        if true is not None:
            assert one.count.low <= true <= one.count.high, one
        if len(one.levels) > 1 and one.group == "all":
            assert one.count.exact
        if one.share is not None:
            low, high = one.share
            assert 0 <= low <= high <= 1


def no_small_count(pooled: ProtectedCounts) -> None:
    """In the JSON that leaves the hospital, no number of patients is small."""
    least = pooled.least
    for hospital in json.loads(pooled.to_json())["hospitals"]:
        numbers = [hospital["n"]]
        for table in hospital["tables"]:
            numbers += table["group_sizes"]
            numbers += itertools.chain(*table["counts"])
            numbers += [n for one in table["together"] for n in one["counts"]]
        assert all(n is None or n == 0 or n >= least for n in numbers)


def protected_parts(
    cohort: Cohort[Any], places: list[int], least: int, **options: Any
) -> ProtectedCounts | None:
    """Return the sum of what the hospitals show, through JSON; None if none may."""
    parts = []
    for part in sorted(set(places)):
        some = [p for p, k in zip(cohort, places, strict=True) if k == part]
        names = {patient.patient_id for patient in some}
        events = (
            None
            if cohort.events is None
            else tuple(e for e in cohort.events if e.patient_id in names)
        )
        counts = count(attrs.evolve(cohort, patients=some, events=events), **options)
        try:
            text = counts.protected(least).to_json()
        except DataError:
            return None
        protocol = options.get("protocol", LI_2023_PROTOCOL)
        parts.append(ProtectedCounts.from_json(text, protocol=protocol))
    return sum(parts[1:], parts[0]) if parts else None


@settings(max_examples=20)  # each counts up to three cohorts
@given(protocols(), st.data(), st.integers(3, 6))
def test_each_range_holds_the_count_of_all_patients(
    protocol: Any, data: st.DataObject, least: int
) -> None:
    """Whatever the study is, and however its patients are dealt out to hospitals."""
    cohort = data.draw(cohorts_of(protocol, min_size=3, max_size=30))
    places = data.draw(
        st.lists(st.integers(0, 1), min_size=len(cohort), max_size=len(cohort))
    )
    pooled = protected_parts(cohort, places, least, protocol=protocol, **ALL)
    if pooled is not None:
        check(cohort, pooled)
        no_small_count(pooled)


@settings(max_examples=15)  # each counts up to three cohorts of the large model
@given(cohorts(max_size=30), st.data(), st.sampled_from(["sex", "side", "muscle"]))
def test_the_same_by_groups(cohort: Cohort[Any], data: st.DataObject, by: str) -> None:
    """Of patients grouped by a recorded field, also where groups were joined."""
    places = data.draw(
        st.lists(st.integers(0, 1), min_size=len(cohort), max_size=len(cohort))
    )
    pooled = protected_parts(cohort, places, 3, by=by, **ALL)
    if pooled is not None:
        check(cohort, pooled)
        no_small_count(pooled)


SIDES = ("left", "right", "bilateral")


def of_sides(*sizes: int) -> Cohort[Any]:
    """Return so many patients of each side."""
    sides = [side for side, n in zip(SIDES, sizes, strict=True) for _ in range(n)]
    return Cohort(
        [Patient(patient_id=f"P{k}", side=side) for k, side in enumerate(sides)]
    )


def test_sums_by_hand() -> None:
    """Two hospitals show a side, one shows the other, and none shows the third."""
    north = count(of_sides(8, 9, 0), **ALL).protected()
    south = count(of_sides(10, 2, 6), **ALL).protected()
    both = north + south
    assert (both.n, both.n_left_out) == (35, 0)
    sides = {level: str(one.count) for level, one in found(both, field="side").items()}
    # South: halves are left + right and bilateral + not recorded, then left and right;
    # two on the right are few, so 12 patients are on the left or right.
    assert sides == {
        "left": "8 to 20",
        "right": "9 to 21",
        "bilateral": "6",
        "not recorded": "0",
        "left + right": "29",
    }
    left = found(both, field="side")["left"]
    assert left.n == CountRange(low=35, high=35)
    assert left.share == (8 / 35, 20 / 35)
    exact = found(north + north, field="side")
    assert [str(one.count) for one in exact.values()] == ["16", "18", "0", "0"]
    assert found(both, field="side", group="all")["left"].group == "all"


def test_what_no_hospital_shows() -> None:
    """Where all that is known is how many patients there are, the reason is said."""
    hidden = count(of_sides(2, 1, 2), **ALL).protected(3)
    assert hidden.hospitals[0].withheld == ()
    sides = found(hidden, field="side")
    assert {one.unavailable for one in sides.values()} == {"no hospital shows it"}
    assert all(one.count is None and one.share is None for one in sides.values())
    few = count(of_sides(1, 1, 1), **ALL).protected(3)
    assert ("side", "") in few.hospitals[0].withheld
    (reason,) = {one.unavailable for one in found(few, field="side").values()}
    assert reason == "no hospital shows the table"
    more = found(few + count(of_sides(9, 9, 9), **ALL).protected(3), field="side")
    assert str(more["left"].count) == "9 to 12"


def test_groups_that_are_joined() -> None:
    """A small group is joined with its neighbor: who is in it is not known."""
    options: dict[str, Any] = {"by": "side", "recovery_group": "side", **ALL}
    first = of_sides(2, 10, 6)
    aged = Cohort([attrs.evolve(p, sex="male") for p in first])
    joined = count(aged, **options).protected()
    (table,) = (one for one in joined.hospitals[0].tables if one.field == "sex")
    assert table.groups == ("left or right", "bilateral", "all")
    sexes = found(joined, field="sex", group="left")
    assert str(sexes["male"].count) == "None"
    sexes = found(joined, field="sex", group="bilateral")
    assert str(sexes["male"].count) == "6"
    both = joined + count(of_sides(7, 0, 0), **options).protected()
    left = found(both, field="sex", group="left")
    assert str(left["not recorded"].count) == "7"
    assert str(left["male"].count) == "0 to 12"
    assert left["male"].n == CountRange(low=0, high=12)
    assert left["male"].share == (0.0, 1.0)


def test_who_died_is_not_recorded_at_the_visit() -> None:
    """Deaths would stand in the table of every outcome, and could be subtracted."""
    seen = [Assessment(visit="baseline", vas=8), Assessment(visit="month_1", vas=3)]
    alive = [
        Patient(patient_id=f"A{k}", follow_up=FollowUp(assessments=seen))
        for k in range(6)
    ]
    dead = [
        Patient(
            patient_id=f"D{k}", follow_up=FollowUp(assessments=seen[:1], died_day=9)
        )
        for k in range(5)
    ]
    counts = count(Cohort([*alive, *dead]), **ALL)
    assert any("died" in key for key in counts.table("values", "vas", "month_1"))
    at_month = found(counts.protected(), field="vas", visit="month_1")
    assert str(at_month["not recorded"].count) == "5"
    assert "died" not in counts.protected().to_json()


def test_one_table_a_variable() -> None:
    """Nothing derived, nothing at two visits together, no number, and no gap of all."""
    protected = count(published_cases(), **ALL).protected()
    (hospital,) = protected.hospitals
    names = [(one.field, one.visit) for one in hospital.tables]
    assert len(set(names)) == len(names)
    fields = {field for field, _ in names}
    assert not fields & {"coagulation_status", "treated_conservatively"}
    own = {field.name for field in LI_2023_PROTOCOL.patient_fields}
    assert fields - own == {"vas", "numbness", "strength", "hip_flexion"}
    # The groups of recovery are derived from these fields, and are not shown.
    assert protected.recovery_group == "coagulation_status"
    assert {one.groups for one in hospital.tables} == {("all",)}
    for one in hospital.tables:
        assert "unknown" not in one.levels  # nobody can have it: it counts as missing


def compositions(n: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways to deal out so many patients."""
    if parts == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for rest in compositions(n - first, parts - 1):
            yield (first, *rest)


@pytest.mark.parametrize("n", [5, 8])
def test_who_knows_the_rule_finds_three_values_or_more(n: int) -> None:
    """Every cohort of so many patients is shown; those shown alike are not told apart.

    Two variables that depend on each other in no way: one of four levels, and another
    of which half of the patients have a value.
    """
    alike: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for sizes in compositions(n, 3):
        alike[count(of_sides(*sizes), **ALL).protected(3).to_json()].append(sizes)
    assert sum(map(len, alike.values())) == len(list(compositions(n, 3)))
    for text, candidates in alike.items():
        (table,) = (
            one
            for one in json.loads(text)["hospitals"][0]["tables"]
            if one["field"] == "side"
        )
        for place, (shown,) in enumerate(table["counts"][:3]):
            values = {sizes[place] for sizes in candidates}
            assert values == {shown} if shown is not None else len(values) >= 3


def test_what_others_have_already() -> None:
    """Two patients more are not told by what was shown before and what is shown now."""
    before = count(of_sides(9, 9, 9), **ALL).protected()
    more = count(of_sides(11, 9, 9), **ALL)
    assert str(found(more.protected(), field="side")["left"].count) == "11"
    now = more.protected(earlier=[before])
    assert ("side", "") in now.hospitals[0].withheld
    again = count(of_sides(15, 9, 9), **ALL).protected(earlier=[before])
    assert str(found(again, field="side")["left"].count) == "15"
    assert again.n_left_out == 0


def test_records_that_are_left_out() -> None:
    """How many records are not analyzed is shown unless it is small, now or before."""
    some = published_cases().patients
    whole = count(Cohort(some), population="not-excluded").protected(3)
    assert whole.n_left_out == 3
    assert count(Cohort(some), population="not-excluded").protected().n_left_out is None
    hides = count(Cohort(some), population="not-excluded").protected()
    assert (hides + hides).n_left_out is None
    shows = attrs.evolve(
        hides, hospitals=[attrs.evolve(hides.hospitals[0], n_left_out=7)]
    )
    assert (shows + shows).n_left_out == 14
    later = count(Cohort(some), population="not-excluded").protected(earlier=[shows])
    assert later.n_left_out is None


def test_what_does_not_add_up() -> None:
    """Counts that were made otherwise, or that hide nothing, are refused in words."""
    exact = count(of_sides(8, 9, 0), **ALL)
    shown = exact.protected()
    with pytest.raises(InputError, match=r"no count hidden.*protect these as well"):
        _ = exact + shown
    with pytest.raises(InputError, match="of one least"):
        _ = shown + exact.protected(4)
    with pytest.raises(InputError, match="of one by"):
        _ = shown + count(of_sides(8, 9, 0), by="side", **ALL).protected()
    with pytest.raises(TypeError):
        _ = shown + 3
    with pytest.raises(TypeError):
        _ = 3 + shown
    with pytest.raises(InputError, match=r"none is hidden.*what they show"):
        analyze(shown)
    with pytest.raises(DataError, match="4 patients are too few"):
        count(of_sides(2, 2, 0), **ALL).protected()
    with pytest.raises(InputError, match="least"):
        exact.protected(2)
    with pytest.raises(InputError, match="what `protected` returned"):
        exact.protected(earlier=[exact])  # type: ignore[list-item] # on purpose
    other = count(of_sides(8, 9, 0), by="side", **ALL).protected()
    with pytest.raises(InputError, match="of the same by"):
        exact.protected(earlier=[other])
    with pytest.raises(InputError, match="of this hospital alone"):
        exact.protected(earlier=[shown + shown])
    assert "17" in repr(shown)
    assert sum([shown], shown).n == 34
    assert 0 + shown == shown


Change = Callable[[dict[str, Any]], object]


def _table(content: dict[str, Any], field: str) -> dict[str, Any]:
    tables = content["hospitals"][0]["tables"]
    (found,) = (one for one in tables if one["field"] == field and not one["visit"])
    table: dict[str, Any] = found
    return table


def _small(content: dict[str, Any]) -> None:
    table = _table(content, "side")
    table["counts"] = [[15], [2], [0], [0]]


def _opened(content: dict[str, Any]) -> None:
    _table(content, "anticoagulant")["together"] = []


CHANGES: list[Change] = [
    lambda c: c.update(format="iph-protected-counts/2"),
    lambda c: c.update(more=1),
    lambda c: c.update(protocol="0" * 64),
    lambda c: c.update(population=1),
    lambda c: c.update(synthetic="no"),
    lambda c: c.update(least=2),
    lambda c: c.update(least=True),
    lambda c: c.update(hospitals=[]),
    lambda c: c.update(hospitals=[None]),
    lambda c: c["hospitals"][0].update(n=18),
    lambda c: c["hospitals"][0].update(n=0),
    lambda c: c["hospitals"][0].update(n_left_out=1),
    lambda c: c["hospitals"][0].update(more=1),
    lambda c: c["hospitals"][0]["withheld"].append(["side", ""]),
    lambda c: c["hospitals"][0]["withheld"].append(["nothing", ""]),
    lambda c: c["hospitals"][0]["tables"].append(_table(c, "side")),
    lambda c: _table(c, "side").update(more=1),
    lambda c: _table(c, "side").update(visit="month_9"),
    lambda c: _table(c, "side").update(overlap=True),
    lambda c: _table(c, "side").update(levels=["left", "right", "both", ""]),
    lambda c: _table(c, "side").update(groups=["everybody"]),
    lambda c: _table(c, "side")["counts"].pop(),
    lambda c: _table(c, "side")["counts"][0].append(0),
    lambda c: _table(c, "sex").update(
        groups=["left", "all"],
        group_sizes=[17, 17],
        counts=[[0, 0], [0, 0], [17, 17]],
    ),
    _small,
    _opened,
]


@pytest.mark.parametrize("change", CHANGES, ids=map(str, range(len(CHANGES))))
def test_json_that_was_changed_is_refused(change: Change) -> None:
    """Whatever is not as it was made is none of ours."""
    text = count(of_sides(8, 9, 0), **ALL).protected().to_json(indent=1)
    assert ProtectedCounts.from_json(text).to_json(indent=1) == text
    content = json.loads(text)
    changed = copy.deepcopy(content)
    change(changed)
    with pytest.raises(InputError):
        ProtectedCounts.from_json(json.dumps(changed))


def test_a_count_shown_among_hidden_ones_is_refused() -> None:
    """Levels that are hidden together are all hidden."""
    content = json.loads(count(of_sides(10, 2, 6), **ALL).protected().to_json())
    _table(content, "side")["counts"][0] = [5]
    with pytest.raises(InputError, match="that add up"):
        ProtectedCounts.from_json(json.dumps(content))
    for text in ("[]", "{", "null"):
        with pytest.raises(InputError, match="text"):
            ProtectedCounts.from_json(text)


def test_counts_of_engines_are_protected_alike() -> None:
    """What was read from JSON hides what the counts of the cohort hide."""
    counts = count(published_cases(), by="sex", **ALL)
    read = StudyCounts.from_json(counts.to_json())
    assert read.protected() == counts.protected()
    shown = counts.protected().hospitals[0].table("age_years")
    assert isinstance(shown, SharedTable)
    assert Counter(type(n) for row in shown.counts for n in row) == {type(None): 44}
