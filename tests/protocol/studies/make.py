"""Draw the sheets of the five studies and write what is right for each.

Run by hand: ``python make.py && Rscript logrank.R``; needs the standard library alone.
The sheets are made up. What is right is counted here from the text of the sheets, by
plain loops that know nothing of iph: quartiles by `statistics.quantiles`, whose rule is
that of SPSS, flows by comparing words.
"""

import csv
import json
import random
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Rows = list[dict[str, Any]]
Step = tuple[str, Callable[[dict[str, Any]], bool | None], bool]


def rows_of(name: str) -> Rows:
    """Read a sheet as its text."""
    with (HERE / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def save(name: str, rows: Rows) -> None:
    """Write a sheet."""
    with (HERE / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def carpal_tunnel(rng: random.Random) -> Rows:
    """Two arms, wide: a grade and a grip strength, one or the other missing."""
    rows: Rows = []
    for number in range(1, 61):
        arm = "open" if number % 2 else "endoscopic"
        row = {
            "patient_id": f"C{number:02}",
            "age_years": rng.choice([16, 17, *range(24, 80)]),
            "sex": rng.choice(["female", "female", "male"]),
            "arm": arm,
            "diabetes": rng.choice(["yes", "no", "no", "no", ""]),
        }
        symptom, grip = rng.choice([2, 3, 3, 4]), rng.uniform(12, 30)
        for place, visit in enumerate(["week_0", "week_1", "week_6", "week_12"]):
            if place:
                symptom = max(
                    0, symptom - rng.choice([0, 0, 1, 1, 1 + (arm != "open")])
                )
                grip += rng.uniform(-1, 4)
            here = rng.random() > 0.1 or not place
            row[f"symptom_{visit}"] = symptom if here else ""
            row[f"grip_kg_{visit}"] = (
                f"{grip:.1f}" if here and rng.random() > 0.1 else ""
            )
        rows.append(row)
    return rows


def migraine(rng: random.Random) -> Rows:
    """Three arms, long: who leaves has no further row, 999 is a missing score."""
    rows: Rows = []
    for number in range(1, 76):
        arm = ["placebo", "mg70", "mg140"][number % 3]
        start = {
            "patient_id": f"M{number:02}",
            "age_years": rng.randint(16, 70),
            "sex": rng.choice(["female", "female", "female", "male"]),
            "arm": arm,
            "prior_drugs": rng.choice([0, 1, 2, 2, 3, 4, 5, 6, ""]),
        }
        leaves = rng.choice([2, 3, 4, 4, 4, 4, 4])
        reason = (
            rng.choice(["adverse event", "no effect", "other"]) if leaves < 4 else ""
        )
        score, headache = rng.randint(40, 180), rng.randint(15, 26)
        effect = {"placebo": 0.95, "mg70": 0.75, "mg140": 0.7}[arm]
        for place, visit in enumerate(["baseline", "week_4", "week_8", "week_12"]):
            if place >= leaves:
                break
            if place:
                score = round(score * rng.uniform(effect - 0.2, effect + 0.1))
                headache = round(headache * rng.uniform(effect - 0.15, effect + 0.1))
            rows.append(
                {
                    **start,
                    "dropout": reason,
                    "visit": visit,
                    "disability": 999 if rng.random() < 0.06 else min(score, 270),
                    "headache_days": "" if rng.random() < 0.04 else min(headache, 28),
                }
            )
    return rows


def interscalene_block(rng: random.Random) -> Rows:
    """Two arms, wide, in minutes: a grade at visits and a time that was recorded."""
    rows: Rows = []
    for number in range(1, 41):
        drug = "saline" if number % 2 else "dexamethasone"
        time = round(rng.gauss(830 if drug == "saline" else 1010, 240))
        given = rng.random() < 0.85
        row = {
            "patient_id": f"B{number:02}",
            "drug": drug,
            "weight_kg": f"{rng.uniform(46, 105):.1f}",
            "rescue": "yes" if given else "no",
            "rescue_time": max(90, time) if given else 1440,
        }
        block = 0
        for visit in ["start", "min_10", "min_20", "min_30", "hour_24"]:
            if visit.startswith("min"):
                block = min(2, block + rng.choice([0, 1, 1, 2]))
            if visit == "hour_24":
                block = rng.choice([0, 0, 0, 1])
            row[f"block_{visit}"] = "" if rng.random() < 0.08 else block
        rows.append(row)
    return rows


def pelvic_floor(rng: random.Random) -> Rows:
    """One series, wide: a count that may reach nothing, and a set of diseases."""
    rows: Rows = []
    for number in range(1, 46):
        diseases = [
            "none",
            "none",
            "diabetes",
            "diabetes;stroke",
            "Parkinson disease",
            "",
        ]
        row = {
            "patient_id": f"P{number:02}",
            "age_years": rng.randint(52, 78),
            "radiotherapy": rng.choice(["yes", "no", "no", "no"]),
            "comorbid": rng.choice(diseases),
        }
        pads, bother = rng.randint(2, 9), rng.choice([3, 4, 4])
        for place, visit in enumerate(["before", "month_1", "month_3", "month_6"]):
            if place:
                pads = max(0, pads - rng.choice([0, 1, 1, 2, 3]))
                bother = max(1, bother - rng.choice([0, 0, 1]))
            here = rng.random() > 0.12 or not place
            row[f"pads_{visit}"] = pads if here else ""
            row[f"bother_{visit}"] = bother if here else ""
        rows.append(row)
    return rows


def foot_ulcer(rng: random.Random) -> Rows:
    """Two arms, wide: a wound that heals, unless the foot or the patient is lost."""
    rows: Rows = []
    days = {"before": 0, "week_4": 28, "week_8": 56, "week_12": 84}
    for number in range(1, 49):
        dressing = "moist" if number % 2 else "pressure"
        fate = rng.choice([*[""] * 5, *["amputation"] * 2, "death", "death", "both"])
        amputated = rng.randint(5, 90) if fate in {"amputation", "both"} else None
        died = rng.randint(5, 120) if fate == "death" else None
        if amputated is not None and fate == "both":
            died = amputated + rng.randint(0, 40)
        until = 120 if died is None else min(died, 120)
        admitted = rng.random() < 0.4
        row = {
            "patient_id": f"F{number:02}",
            "age_years": rng.choice([*[17] * 3, *range(41, 88)]),
            "sex": "male" if number % 3 else "female",
            "dressing": dressing,
            "amputation_day": "" if amputated is None else amputated,
            "died_day": "" if died is None else died,
            "admitted": "yes" if admitted else "no",
            "admitted_day": rng.randint(1, until) if admitted else until,
        }
        area = rng.uniform(0.8, 14)
        for visit, day in days.items():
            if day:
                area *= rng.uniform(0.05, 0.9 if dressing == "moist" else 0.7)
            area = 0 if area < 0.3 else area
            # Whoever lost the toe is seen at visits still, with a wound or without.
            here = (died is None or day <= died) and (not day or rng.random() > 0.12)
            row[f"closed_{visit}"] = ("yes" if not area else "no") if here else ""
            row[f"area_cm2_{visit}"] = f"{area:.1f}" if here else ""
        rows.append(row)
    return rows


def flow(people: Rows, steps: Sequence[Step]) -> dict[str, Any]:
    """Pass people through criteria: who fails is removed, who cannot be told stays."""
    found = []
    left = [(person, False) for person in people]
    for code, answer, wanted in steps:
        said = [(person, unknown, answer(person)) for person, unknown in left]
        removed = [one for one in said if one[2] is not None and one[2] != wanted]
        left = [
            (person, unknown or one is None)
            for person, unknown, one in said
            if one is None or one == wanted
        ]
        found.append({"code": code, "removed": len(removed), "remaining": len(left)})
    return {
        "steps": found,
        "included": [person["patient_id"] for person, unknown in left if not unknown],
        "unknown": [person["patient_id"] for person, unknown in left if unknown],
    }


def number(text: str, missing: Sequence[str] = ()) -> float | None:
    """Read a number; None if it is not there."""
    return None if text in {"", *missing} else float(text)


def summary(values: list[float | None]) -> dict[str, Any]:
    """Count, and quartiles by the rule (n + 1) p."""
    known = sorted(value for value in values if value is not None)
    if len(known) < 3:
        return {"n": len(known), "missing": len(values) - len(known)}
    q1, median, q3 = statistics.quantiles(known, n=4, method="exclusive")
    return {
        "n": len(known),
        "missing": len(values) - len(known),
        "quartiles": [q1, median, q3],
    }


def at_visits(
    people: Rows,
    by: tuple[str, ...],
    fields: Sequence[str],
    visits: Sequence[str],
    missing: Sequence[str] = (),
) -> dict[str, Any]:
    """Summarize every field at every visit, for all and for each group."""
    group, *levels = by
    found = {}
    for field in fields:
        for visit in visits:
            for level in (None, *levels):
                own = [p for p in people if level is None or p[group] == level]
                values = [number(p[f"{field}_{visit}"], missing) for p in own]
                found[f"{field} {visit} {level or 'all'}"] = summary(values)
    return found


def counts(
    people: Rows, field: str, visits: Sequence[str], codes: Sequence[int]
) -> dict[str, Any]:
    """Count the grades of a field at every visit."""
    return {
        visit: [sum(p[f"{field}_{visit}"] == str(c) for p in people) for c in codes]
        for visit in visits
    }


def responders(
    people: Rows,
    field: str,
    visits: Sequence[str],
    reached: Callable[[float, float], bool],
    missing: Sequence[str] = (),
) -> dict[str, Any]:
    """Count responders and those with both values at every later visit."""
    found = {}
    for visit in visits[1:]:
        pairs = [
            (
                number(p[f"{field}_{visits[0]}"], missing),
                number(p[f"{field}_{visit}"], missing),
            )
            for p in people
        ]
        known = [(b, now) for b, now in pairs if b is not None and now is not None]
        found[visit] = [sum(reached(b, now) for b, now in known), len(known)]
    return found


def first_reached(
    people: Rows,
    field: str,
    visits: Sequence[str],
    days: Sequence[int],
    reached: Callable[[float], bool],
) -> dict[str, Any]:
    """Return (last day seen without, first day seen with, already at the start)."""
    found: dict[str, Any] = {}
    for person in people:
        after, by = None, None
        for visit, day in zip(visits, days, strict=True):
            value = number(person[f"{field}_{visit}"])
            if value is None:
                continue
            if reached(value):
                by = day
                break
            after = day
        found[person["patient_id"]] = [after, by, by == 0]
    return found


def healed(people: Rows, visits: Sequence[str], days: Sequence[int]) -> dict[str, Any]:
    """Count what became of those with an open wound: first of all, and by each visit.

    A wound that is closed on the day of the amputation, or before, has healed; what is
    seen later says nothing. Of both on one day, the amputation comes before the death.
    """
    ends, states = {"healed": 0, "died": 0, "amputation": 0, "open": 0}, {}
    counted: dict[str, dict[str, int]] = {
        visit: dict.fromkeys(("healed", "died", "amputation", "not", "unknown"), 0)
        for visit in visits[1:]
    }
    for person in people:
        if person[f"closed_{visits[0]}"] != "no":
            continue
        amputated = number(person["amputation_day"])
        died = number(person["died_day"])
        seen = [
            (day, person[f"closed_{visit}"])
            for visit, day in zip(visits, days, strict=True)
            if person[f"closed_{visit}"] and (amputated is None or day <= amputated)
        ]
        by = min((day for day, closed in seen if closed == "yes"), default=None)
        gone, why = None, ""
        if died is not None and (amputated is None or died < amputated):
            gone, why = died, "died"
        elif amputated is not None:
            gone, why = amputated, "amputation"
        end = "healed" if by is not None else why or "open"
        ends[end] += 1
        states[person["patient_id"]] = [end, by if end == "healed" else gone]
        last = max(day for day, closed in seen if closed == "no")
        for visit, day in zip(visits[1:], days[1:], strict=True):
            if by is not None:
                after = max(d for d, _ in seen if d < by)
                state = "healed" if by <= day else "not" if after >= day else "unknown"
            elif gone is not None and gone <= day:
                state = why
            else:
                state = "not" if last >= day else "unknown"
            counted[visit][state] += 1
    return {"ends": ends, "patients": states, "by_visit": counted}


def chosen(people: Rows, screened: dict[str, Any]) -> Rows:
    """Return the people who were included."""
    return [p for p in people if p["patient_id"] in set(screened["included"])]


def wide_of(rows: Rows) -> Rows:
    """Turn long rows into one row a person."""
    people: dict[str, dict[str, Any]] = {}
    for row in rows:
        person = people.setdefault(row["patient_id"], {**row})
        for field in ("disability", "headache_days"):
            person[f"{field}_{row['visit']}"] = row[field]
    for person in people.values():
        for visit in ("baseline", "week_4", "week_8", "week_12"):
            for field in ("disability", "headache_days"):
                person.setdefault(f"{field}_{visit}", "")
    return list(people.values())


def yes(text: str) -> bool | None:
    """Read yes or no; None if it is not there."""
    return {"yes": True, "no": False, "": None}[text]


def right() -> dict[str, Any]:
    """Count what is right for the five studies."""
    found: dict[str, Any] = {}

    people = rows_of("carpal_tunnel")
    visits = ["week_0", "week_1", "week_6", "week_12"]
    screened = flow(
        people,
        [
            ("I1", lambda p: float(p["age_years"]) >= 18, True),
            ("E1", lambda p: yes(p["diabetes"]), False),
        ],
    )
    own = chosen(people, screened)
    found["carpal_tunnel"] = {
        "patients": len(people),
        "assessments": sum(
            any(p[f"{f}_{v}"] for f in ("symptom", "grip_kg"))
            for p in people
            for v in visits
        ),
        "flow": screened,
        "at_visits": at_visits(
            own, ("arm", "open", "endoscopic"), ["symptom", "grip_kg"], visits
        ),
        "grades": counts(own, "symptom", visits, range(5)),
        "responders": responders(own, "grip_kg", visits, lambda b, now: now - b >= 5),
        "relief": first_reached(
            own, "symptom", visits, [0, 7, 42, 84], lambda v: v <= 1
        ),
    }

    rows = rows_of("migraine")
    people = wide_of(rows)
    visits = ["baseline", "week_4", "week_8", "week_12"]
    screened = flow(
        people,
        [
            ("I1", lambda p: 18 <= float(p["age_years"]) <= 65, True),
            (
                "I2",
                lambda p: (
                    None if not p["prior_drugs"] else float(p["prior_drugs"]) <= 4
                ),
                True,
            ),
        ],
    )
    own = chosen(people, screened)
    found["migraine"] = {
        "patients": len(people),
        "assessments": len(rows),
        "missing_codes": sum(row["disability"] == "999" for row in rows),
        "flow": screened,
        "at_visits": at_visits(
            own,
            ("arm", "placebo", "mg70", "mg140"),
            ["disability", "headache_days"],
            visits,
            ("999",),
        ),
        "responders": responders(
            own,
            "disability",
            visits,
            lambda b, now: b > 0 and b - now >= b / 2,
            ("999",),
        ),
    }

    people = rows_of("interscalene_block")
    visits = ["start", "min_10", "min_20", "min_30", "hour_24"]
    screened = flow(people, [("I1", lambda p: float(p["weight_kg"]) >= 50, True)])
    own = chosen(people, screened)
    found["interscalene_block"] = {
        "patients": len(people),
        "assessments": sum(p[f"block_{v}"] != "" for p in people for v in visits),
        "flow": screened,
        "grades": counts(own, "block", visits, range(3)),
        "onset": first_reached(
            own, "block", visits, [0, 10, 20, 30, 1440], lambda v: v == 2
        ),
        "rescue": {
            p["patient_id"]: [int(p["rescue_time"]), p["rescue"] == "yes", p["drug"]]
            for p in own
        },
    }

    people = rows_of("pelvic_floor")
    visits = ["before", "month_1", "month_3", "month_6"]
    wrong = {"stroke", "Parkinson disease"}
    screened = flow(
        people,
        [
            (
                "E1",
                lambda p: (
                    bool(wrong & set(p["comorbid"].split(";")))
                    if p["comorbid"]
                    else None
                ),
                False,
            )
        ],
    )
    own = chosen(people, screened)
    found["pelvic_floor"] = {
        "patients": len(people),
        "assessments": sum(p[f"pads_{v}"] != "" for p in people for v in visits),
        "flow": screened,
        "at_visits": at_visits(own, ("patient_id",), ["pads"], visits),
        "grades": counts(own, "bother", visits, range(1, 5)),
        "responders": responders(
            own, "pads", visits, lambda b, now: b > 0 and b - now >= b / 2
        ),
        "dry": first_reached(own, "pads", visits, [0, 30, 91, 182], lambda v: v == 0),
    }
    people = rows_of("foot_ulcer")
    visits, days = ["before", "week_4", "week_8", "week_12"], [0, 28, 56, 84]
    screened = flow(people, [("I1", lambda p: float(p["age_years"]) >= 18, True)])
    own = chosen(people, screened)
    found["foot_ulcer"] = {
        "patients": len(people),
        "assessments": sum(p[f"closed_{v}"] != "" for p in people for v in visits),
        "flow": screened,
        "at_visits": at_visits(
            own, ("dressing", "moist", "pressure"), ["area_cm2"], visits
        ),
        "responders": responders(
            own, "area_cm2", visits, lambda b, now: b > 0 and b - now >= b / 2
        ),
        "healed": healed(own, visits, days),
    }
    return found


if __name__ == "__main__":
    for make in (carpal_tunnel, migraine, interscalene_block, pelvic_floor, foot_ulcer):
        save(make.__name__, make(random.Random(make.__name__)))  # noqa: S311 - made-up sheets
    text = json.dumps(right(), indent=1, ensure_ascii=False)
    (HERE / "right.json").write_text(text + "\n", encoding="utf-8")
