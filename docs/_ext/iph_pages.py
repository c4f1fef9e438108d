"""Pages that are printed from the code, so that they cannot drift from it.

Each function below returns one page's part in Markdown. They are written to
docs/generated before the pages are read, which include them.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from iph_searches import SEARCHES
from iph_try import try_page
from sphinx.application import Sphinx

import iph
from iph import criteria, evidence, scales, stats, study
from iph._fields import DeclaredField, Kind
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.criteria import Criteria
from iph.scales import BleedingRule, Codes, Cutpoints, Grade

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "src" / "iph"
OUT = ROOT / "docs" / "generated"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    text = text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
    return re.sub(r"(?<!`)\b(?:doi:)(10\.\S+?)(?=[.,;)]*(?:\s|$))", _doi, text)


def _doi(found: re.Match[str]) -> str:
    return f"{{doi}}`{found[1].replace('&lt;', '<')}`"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:g}"


def _intervals(rule: Cutpoints[Any]) -> list[tuple[Grade, str]]:
    """Say for each grade which values it holds, as an interval."""
    closed = list(rule.closed)
    low: list[tuple[float, bool]] = [(rule.low, True)]
    low += [(e, c == "left") for e, c in zip(rule.edges, closed, strict=True)]
    high = [(e, c == "right") for e, c in zip(rule.edges, closed, strict=True)]
    high.append((rule.high, True))
    found = []
    for level, (a, with_a), (b, with_b) in zip(rule.levels, low, high, strict=True):
        if a == b:
            found.append((level, _number(a)))
            continue
        left, right = "[" if with_a else "(", "]" if with_b else ")"
        found.append((level, f"{left}{_number(a)}, {_number(b)}{right}"))
    return found


def _cutpoints(rule: Cutpoints[Any]) -> str:
    head = f"**{rule.name}** ({rule.measure}, {rule.unit})\n\n"
    body = _table(
        ("grade", "value", "holds", "meaning"),
        (
            (level.numeral, level.value, f"`{interval}`", level.meaning)
            for level, interval in _intervals(rule)
        ),
    )
    tail = f"\nSource: {_cell(rule.reference)}.\n"
    return head + body + tail + (f"\nNote: {_cell(rule.note)}.\n" if rule.note else "")


def _grades(scale: type[Grade]) -> str:
    return _table(
        ("grade", "value", "label", "meaning"),
        ((g.numeral, g.value, g.label, g.meaning) for g in scale),
    )


def _bleeding(rule: BleedingRule[Any]) -> str:
    rows = [
        (c.level.numeral, c.level.label, f"`{c.finding}`", c.statement)
        for c in rule.criteria
    ]
    mildest = rule.levels[0]
    rows.append((mildest.numeral, mildest.label, "", "none of these"))
    table = _table(("class", "label", "finding", "criterion"), rows)
    tail = f"\nSource: {_cell(rule.reference)}.\n\nNote: {_cell(rule.note)}.\n"
    return f"**{rule.name}**\n\n{table}{tail}\n"


def _codes(rule: Codes[Any]) -> str:
    note = f"\nNote: {_cell(rule.note)}.\n" if rule.note else ""
    table = _grades(type(rule.levels[0]))
    return f"**{rule.name}**\n\n{table}\nSource: {_cell(rule.reference)}.\n{note}\n"


def _instruments() -> str:
    rows = [
        (
            f"`{one.name}`",
            f"{one.title}, {one.version}",
            f"{one.low:g} to {one.high:g}, {one.better} is better",
            one.license,
            one.languages,
            " ".join(f"{part}." for part in (one.reference, one.note) if part),
        )
        for one in scales.INSTRUMENTS.values()
    ]
    head = ("name", "instrument", "totals", "use", "languages", "source")
    return _table(head, rows)


def _changes() -> str:
    rows = [
        (
            f"`{rule.name}`",
            rule.kind,
            f"{rule.points:g} of {rule.low:g} to {rule.high:g}",
            f"{rule.better} is better",
            f"{rule.reference}. {rule.note}.",
        )
        for rule in scales.CHANGE_RULES.values()
    ]
    return _table(("name", "kind", "points", "direction", "source"), rows)


def scales_page() -> str:
    """Print every scale, cut point, rule and range."""
    parts = ["## Numbness of the leg\n", _grades(scales.NumbnessGrade)]
    parts += ["\n## Muscle strength\n", _grades(scales.MRCGrade)]
    parts.append("\n## Recovery of a nerve\n")
    parts += [_codes(scales.SENSORY_RECOVERY), _codes(scales.NERVE_MOTOR)]
    parts += ["\n## Loss of axons\n", _cutpoints(scales.AXON_LOSS)]
    parts += ["\n## Hip flexion\n", _cutpoints(scales.HIP_FLEXION)]
    parts.append("\n## Severity of pain\n")
    parts += [f"{_cutpoints(rule)}\n" for rule in scales.PAIN_RULES.values()]
    parts.append("\n## Neuropathic pain\n")
    rules = scales.NEUROPATHIC_PAIN_RULES.values()
    parts += [f"{_cutpoints(rule)}\n" for rule in rules]
    parts.append("\n## Hip scores\n")
    parts += [_cutpoints(scales.HARRIS_HIP), "\n", _cutpoints(scales.OXFORD_HIP)]
    parts += ["\n## Questionnaires and scores\n", _instruments()]
    parts += ["\n## Change that counts\n", _changes()]
    parts.append("\n## Anemia\n")
    for anemia in scales.ANEMIA_RULES.values():
        levels = list(scales.AnemiaGrade)[::-1]
        rows = []
        for group in anemia.groups:
            held = dict(_intervals(group.cutpoints))
            rows.append(
                (group.name, *(f"`{held[g]}`" if g in held else "" for g in levels))
            )
        parts.append(f"**{anemia.name}** (hemoglobin, g/L)\n\n")
        parts.append(_table(("group", *(g.label for g in levels)), rows))
        parts.append(f"\nSource: {_cell(anemia.reference)}.\n")
        parts.append(f"\nNote: {_cell(anemia.note)}.\n\n")
    parts += ["\n## Severity of hemophilia\n", _cutpoints(scales.HEMOPHILIA)]
    parts.append("\n## Severity of a bleed\n")
    parts.append(
        "One criterion of a class is enough; what is not known is not a no.\n\n"
    )
    parts += [_bleeding(scales.ISTH_BLEEDING), _bleeding(scales.BARC_BLEEDING)]
    parts += ["\n## Active bleeding on CT\n", _grades(scales.CTBleedingType)]
    parts.append(
        "\nSource: Popov M, et al. Cardiovasc Intervent Radiol 2017;40:537-545. "
        "{doi}`10.1007/s00270-017-1590-8`.\n"
    )
    parts.append("\n## Volume from three diameters\n")
    parts.append(
        _table(
            ("rule", "factor", "source"),
            (
                (r.name, f"{r.factor:.6f}", r.reference)
                for r in scales.VOLUME_RULES.values()
            ),
        )
    )
    parts.append("\n## Reference ranges of clotting tests\n")
    parts.append(
        "Both limits are still normal.\nA laboratory's own ranges go before these.\n\n"
    )
    parts.append(
        _table(
            ("test", "low", "high", "unit", "source"),
            (
                (f"`{r.test}`", r.low, r.high, r.unit, r.reference)
                for r in scales.DEFAULT_RANGES
            ),
        )
    )
    return "\n".join(parts)


def _fields_of(rule_fields: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(rule_fields))


def _criteria(chosen: Criteria) -> str:
    rows = [("include", c) for c in chosen.include]
    rows += [("exclude", c) for c in chosen.exclude]
    return _table(
        ("code", "kind", "statement", "how it is read", "fields"),
        (
            (c.code, kind, c.statement, c.reading, _fields_of(c.rule.fields))
            for kind, c in rows
        ),
    )


def criteria_page() -> str:
    """Print every set of criteria and the diagnoses searched for."""
    parts = []
    for name, chosen in (
        ("LI_2023", criteria.LI_2023),
        ("LI_2023_AS_PRINTED", criteria.LI_2023_AS_PRINTED),
    ):
        parts.append(f"## `{name}`: {chosen.name}\n")
        parts.append(f"Source: {_cell(chosen.reference)}.\n")
        parts.append(_criteria(chosen))
    parts.append("## `LI_2023_SEARCH`: diagnoses to search a hospital log for\n")
    parts.append(
        _table(
            ("diagnosis", "ICD-10-CM codes or stems", "note"),
            ((t.term, ", ".join(t.icd_10_cm), t.note) for t in criteria.LI_2023_SEARCH),
        )
    )
    return "\n".join(parts)


def _values(field: DeclaredField) -> str:
    declared = field.declaration
    if declared.options is not None:
        codes = []
        for option in declared.options:
            word = getattr(option, "label", "")
            plain = str(option.value).replace("_", " ")
            code = f"`{option.value}`"
            codes.append(f"{code} {word}" if word and word != plain else code)
        several = declared.kind is Kind.CHOICES
        return (
            "; ".join(codes) if not several else f"any of: {'; '.join(codes)}; `none`"
        )
    if declared.kind is Kind.YES_NO:
        return "`yes`; `no`"
    if declared.kind is Kind.IDENTIFIER:
        return "text without line breaks"
    bounds = f"{declared.low:g} to {declared.high:g}"
    return f"{bounds}, step {float(declared.step or 0):g}"


def _units(field: DeclaredField) -> str:
    others = ", ".join(unit.unit for unit in field.declaration.other_units)
    unit = field.declaration.unit or ""
    return f"{unit} (asks for: {others})" if others else unit


def _dictionary(fields: Iterable[DeclaredField]) -> str:
    return _table(
        ("column", "label", "of", "values", "unit", "LOINC", "note"),
        (
            (
                f"`{f.name}`",
                f.declaration.label,
                f.owner.__name__,
                _values(f),
                _units(f),
                f.declaration.loinc,
                f.declaration.note,
            )
            for f in fields
        ),
    )


def dictionary_page() -> str:
    """Print the data dictionary from the declarations."""
    parts = [
        "## Patients: one row a patient\n",
        _dictionary(PATIENT_FIELDS),
        "## Assessments: one row a patient and visit\n",
        "The first column is `patient_id`, as in the patients table.\n",
        _dictionary(ASSESSMENT_FIELDS),
        "## Visits\n",
        _table(
            ("visit", "nominal day"),
            (
                (
                    f"`{v.value}`",
                    "not scheduled" if v.nominal_day is None else v.nominal_day,
                )
                for v in iph.Visit
            ),
        ),
        "## What counts as recovered\n",
        _table(
            ("endpoint", "outcome"),
            ((f"`{e.name}`", e.label) for e in study.ENDPOINTS.values()),
        ),
    ]
    return "\n".join(parts)


def words_page() -> str:
    """Print the words that sheets may use, by topic."""
    files = [HOUSE / "records" / name for name in ("words.toml", "times.toml")]
    words, times = (tomllib.loads(f.read_text(encoding="utf-8")) for f in files)
    headers = (
        (f"`{field}`", ", ".join(names)) for field, names in words["headers"].items()
    )
    cells = (
        (topic, f"`{code}`", ", ".join(names))
        for topic, codes in words["cells"].items()
        for code, names in codes.items()
    )
    units = (
        (unit, ", ".join([*names, *times["also"].get(unit, ())]))
        for unit, names in (times["short"] | times["units"]).items()
    )
    months = ((number, ", ".join(names)) for number, names in times["months"].items())
    return "\n".join(
        [
            "## Headers\n",
            _table(("field", "a column may be called"), headers),
            "## Words in cells\n",
            _table(("field", "code", "words"), cells),
            "## Spans of time\n",
            _table(("unit", "words"), units),
            "## Months of dates\n",
            _table(("month", "words"), months),
            "## Dates\n",
            _table(("what happened", "words in the header"), _listed(words["dates"])),
            "## Rows under a table\n",
            _table(("kind", "words"), _listed(words["footer"])),
            "## Visits, in the draft of a study file\n",
            _table(
                ("visit", "words behind the name of a column"), _listed(words["visits"])
            ),
            "## Not recorded, in the draft of a study file\n",
            ", ".join(words["missing"]["words"]) + "\n",
            "## Columns that name a person\n",
            _table(("looks like", "a column may be called"), _listed(words["persons"])),
        ]
    )


def _listed(topic: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    return ((name, ", ".join(words)) for name, words in topic.items())


def _day(visit: iph.Visit) -> object:
    return "not scheduled" if visit.nominal_day is None else visit.nominal_day


_PROGRAMS = (
    ("SPSS, Minitab, Prism", "spss"),
    ("Excel QUARTILE.EXC, SAS 4", "excel-exc"),
    ("R, NumPy, Excel QUARTILE", "r"),
    ("SAS (default), Stata", "sas"),
    ("MATLAB", "matlab"),
)


def quartiles_page() -> str:
    """Print what programs say of the same sample, by the rules of the code."""
    sample = [1, 2, 3, 4, 5, 6, 7, 8]
    rows, because = [], []
    for program, alias in _PROGRAMS:
        number = stats.QUANTILE_RULES[alias]
        name = next(n for n, k in stats.QUANTILE_RULES.items() if k == number)
        found = stats.quartiles(sample, method=alias)
        quarters = (f"{q:g}" for q in (found.q1, found.median, found.q3))
        rows.append((f"your {program} says", *quarters, f"type {number}, `{name}`"))
        because.append(f"Type {number}\n: Because {_BECAUSE[number]}.\n")
    head = _table(("", "Q1", "median", "Q3", "rule"), rows)
    return head + "\n" + "\n".join(dict.fromkeys(because))


_BECAUSE = {
    2: "the quartile is a value of the sample, or the mean of two where the share "
    "falls between them",
    5: "the k-th of n values stands in the middle of its share, at (k - 1/2)/n",
    6: "the k-th of n values cuts off k/(n + 1), so a quarter lies at place (n + 1)/4",
    7: "the smallest value is the share 0 and the largest the share 1, so a quarter "
    "lies at place 1 + (n - 1)/4",
}


def house_page() -> str:
    """Print the rooms in the order that import-linter holds them to."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(
        c["layers"]
        for c in settings["tool"]["importlinter"]["contracts"]
        if c["type"] == "layers"
    )
    rows: list[tuple[int, str, str]] = []
    for floor, layer in enumerate(reversed(layers)):
        for room in layer.split("|"):
            name = room.strip()
            if not (HOUSE / name).is_dir() and not (HOUSE / f"{name}.py").exists():
                continue
            rows.append((floor, f"`iph.{name}`", _caption(name)))
    rows.append((len(layers), "`iph`", _first_line(ROOT / "src/iph/__init__.py")))
    return _table(("floor", "room", "what it is for"), reversed(rows))


def _caption(room: str) -> str:
    folder = ROOT / "src" / "iph" / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return _first_line(path)


def _first_line(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return text.split('"""', 2)[1].strip().splitlines()[0]


def _versions(source: Mapping[str, Any]) -> str:
    versions = source["versions"]
    if isinstance(versions, dict):
        return ", ".join(f"{name} {number}" for name, number in versions.items())
    return str(versions).replace(" Patched (2022-11-10 r83330)", "")


def proof_page() -> str:
    """Print what each reference file holds, who made it, and which tests read it."""
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    readers = {path: path.read_text(encoding="utf-8") for path in tests}
    measured = tomllib.loads(
        (ROOT / "tests/reference/measured.toml").read_text(encoding="utf-8")
    )
    parts, rows = [], []
    for path in sorted((ROOT / "tests/reference").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        source, cases = content["source"], content["cases"]
        used = [p for p, text in readers.items() if f'"{path.name}"' in text]
        topic = measured["topic"][path.stem]
        rows.append(
            (
                f"`{path.stem}`",
                topic["what"],
                len(cases),
                topic["largest_difference"],
            )
        )
        parts.append(
            f"`{path.stem}`\n"
            f": {source['obtained']}.\n"
            f"  Made by `tests/reference/{source.get('generator', '')}` with "
            f"{_versions(source)}, {source['date']}.\n"
            f"  Data: {source['citation'].rstrip('.')}.\n"
            f"  Read by {', '.join(f'`{p.name}`' for p in used)}.\n"
        )
    head = _table(("file", "what is compared", "cases", "largest difference"), rows)
    sources = "\n## Where the numbers come from\n\n" + "\n".join(parts)
    return head + sources + "\n" + _mutation_section()


def _mutation_section() -> str:
    """Print how many small changes of the code the tests notice, and which not."""
    text = (ROOT / "tools/mutation/survivors.toml").read_text(encoding="utf-8")
    kept = {"room": {}, "survivor": [], **tomllib.loads(text)}
    if not kept["room"]:
        return ""
    rows = []
    for name, room in kept["room"].items():
        which = "all"
        if room["run"] + room["no_mutant"] < room["drawn"]:
            which = "incomplete: functions first"
        elif room["drawn"] < room["mutants"]:
            which = "drawn at random within each module"
        rows.append(
            (
                ", ".join(f"`{part}`" for part in room["what"].split(", ")),
                room["mutants"],
                room["drawn"],
                room["run"],
                room["killed"],
                f"{room['killed'] / max(room['run'], 1):.1%}",
                which,
                sum(s["room"] == name for s in kept["survivor"]),
                room["date"],
            )
        )
    counts = ("mutants", "drawn", "run", "killed", "score")
    head = ("room", *counts, "which")
    table = _table((*head, "survivors", "date"), rows)
    tools = {(r["cosmic_ray"], r["python"]) for r in kept["room"].values()}
    by = ", ".join(f"cosmic-ray {c} on Python {p}" for c, p in sorted(tools))
    parts = ["## Mutation testing\n", _MUTATION.format(by=by), table]
    if kept["survivor"]:
        parts.append("\n### What no test noticed, and why\n")
    for name, room in kept["room"].items():
        if not any(survivor["room"] == name for survivor in kept["survivor"]):
            continue
        parts.append(f"`{room['what']}`\n")
        parts.append("| module | in | before | after | why it may stay |")
        parts.append("| --- | --- | --- | --- | --- |")
        for survivor in kept["survivor"]:
            if survivor["room"] == name:
                keys = ("module", "where", "before", "after")
                code = " | ".join(_code(survivor[key]) for key in keys)
                parts.append(f"| {code} | {_cell(survivor['why'])} |")
        parts.append("")
    return "\n".join(parts)


_MUTATION = """\
Each mutant is the code with one small change: a comparison at the other side of its \
bound, a plus for a minus, a number larger or smaller by one, a condition denied, a \
loop that never runs, a decorator left out.
A test that fails, or that does not end, kills it.
Left alone are messages, types, and lines that only decide how much is held at a time \
or which of two ways to the same result is taken.
The rules are in `tools/mutation/settings.toml`; made by {by}.
Scores are of all mutants that were run, without any allowance for those that change \
nothing.
Tests have been written for what survived; so where only a part was drawn, the score \
is that of the part, and the rest will fare somewhat worse.
"""
_LONG = 120


def _code(text: str) -> str:
    """Return a line as code in a cell of a table, where only pipes are escaped."""
    short = text if len(text) <= _LONG else f"{text[: _LONG - 3]}..."
    return f"`` {short} ``".replace("|", "\\|") if short else ""


def _outcome(row: Mapping[str, Any]) -> str:
    """Say how a run ended."""
    if row["code"] == 0:
        return "report written"
    if str(row["said"]).startswith("stopped"):
        return "no end: a library waits for memory while it loads; stopped from outside"
    return (
        "a traceback" if row["traceback"] else f"exit code {row['code']}: {row['said']}"
    )


def _found(found: Mapping[str, Any]) -> str:
    """Say what the folder held after each of several runs."""
    return ", ".join(f"{name} {times} times" for name, times in found.items())


def faults_page() -> str:
    """Print what reports do when the machine fails them."""
    path = ROOT / "docs" / "reference" / "faults.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    rows: list[tuple[str, str, str]] = []
    for trial, key, what in (
        ("memory", "limit_mb", "address space of {} MB"),
        ("full_disk", "room_share", "a disk with room for {} of the new report"),
        ("file_sizes", "limit_bytes", "no file above {} bytes"),
        ("read_only", "how", "{}"),
    ):
        rows += [
            (what.format(row[key]), _outcome(row), row["folder"])
            for row in found.get(trial, ())
        ]
    if "kills" in found:
        kills = found["kills"]
        ended = f"{kills['ended']} had ended before" if kills["ended"] else "all hit"
        what = f"killed at a random moment, {kills['times']} times"
        rows.append((what, ended, _found(kills["folder"])))
    if "two_at_once" in found:
        two = found["two_at_once"]
        codes = ", ".join(f"{n} with exit code {c}" for c, n in two["codes"].items())
        what = f"two reports at once into one folder, {two['times']} times"
        rows.append(
            (what, f"{codes}; {two['traceback']} tracebacks", _found(two["folder"]))
        )
    for row in found.get("every_writer", ()):
        codes = ", ".join(f"{n} with exit code {c}" for c, n in row["codes"].items())
        harm = f"{len(row['wrong'])} harmed" if row["wrong"] else "whole in each"
        rows.append((f"every writer: {row['way']}", codes, harm))
    text = _table(("what failed", "how the run ended", "the folder afterwards"), rows)
    many = found.get("many_runs")
    if many is None:
        return text
    marks = _table(
        ("after", "memory of the process", "open files"),
        (
            (f"{turn} reports", f"{mark['resident_mb']} MB", mark["open_files"])
            for turn, mark in sorted(many["after"].items(), key=lambda m: int(m[0]))
        ),
    )
    return f"{text}\nReports of one process, one after the other:\n\n{marks}"


def fuzz_page() -> str:
    """Print how far a coverage-guided search for crashes of readers got."""
    path = ROOT / "docs" / "reference" / "fuzz.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    return _table(
        ("files", "trials", "edges of code reached, first and last", "crashes"),
        (
            (
                f"`{ending}`",
                f"{row['runs']:,}",
                f"{row['edges_at_first']}, {row['edges_at_last']}",
                row["findings"],
            )
            for ending, row in found.items()
        ),
    )


def true_manuscripts_page() -> str:
    """Print what the audit said of random true manuscripts."""
    path = ROOT / "docs" / "reference" / "true-manuscripts.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    implausible, means = found["means_called_implausible"]
    odd, skewed = found["means_of_skewed_data_called_implausible"]
    caught, changed = found["impossible_after_one_digit"]
    kinds = "; ".join(
        f"{kind} {right:,} of {every:,}"
        for kind, (right, every) in found["found_by_kind"].items()
    )
    seeds = found["seeds"]
    return _table(
        ("what", "how many"),
        (
            ("true manuscripts", f"{found['manuscripts']:,}"),
            ("printed figures in them", f"{found['claims']:,}"),
            ("p-values among these", f"{found['p_values']:,}"),
            (
                'figures called "impossible" or "contradicts another claim"',
                len(found["false_alarms"]),
            ),
            (
                'means with a remark on their shape, "implausible distribution"',
                f"{implausible:,} of {means:,}; of skewed data {odd:,} of {skewed:,}",
            ),
            (
                "figures that one changed digit made impossible, and found",
                f"{caught:,} of {changed:,} ({kinds})",
            ),
            ("seeds and date", f"{seeds[0]} to {seeds[-1]}, {found['date']}"),
        ),
    )


def cases_page() -> str:
    """Print the sources of the published cases."""
    rows = []
    for case in evidence.published_case_sources():
        where = f"doi:{case.doi}" if case.doi else case.address
        rows.append((case.patient_id, case.author, case.year, where, case.license))
    return _table(("case", "author", "year", "where", "license"), rows)


def audit_page() -> str:
    """Print what the audit finds in the published study."""
    return evidence.findings_markdown(evidence.audit(evidence.li2023_claims()))


def _specification(name: str) -> list[dict[str, Any]]:
    """Return the tables that the tests read."""
    text = (ROOT / f"tests/specification/{name}.toml").read_text(encoding="utf-8")
    (found,) = tomllib.loads(text).values()
    return list(found)


def _given(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return {"-": "–", "": "(empty)"}.get(str(value), str(value))


def _options(given: Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}={value!r}`" for name, value in given.items())


def _specified(names: Iterable[str], cases: Iterable[Iterable[Any]]) -> str:
    head = [f"`{name}`" for name in names]
    return _table((*head, "answer"), ([_given(v) for v in case] for case in cases))


def _graded(table: Mapping[str, Any]) -> list[list[Any]]:
    """Write the label of a grade beside its number."""
    rows = []
    for *given, answer in table["cases"]:
        said = _given(answer)
        if "levels" in table and isinstance(answer, int):
            said = f"{answer} ({getattr(scales, table['levels'])(answer).label})"
        rows.append([*given, said])
    return rows


def specification_page() -> str:
    """Print the tables that every criterion, rule and scale is held against."""
    every = {c.code: c for c in criteria.LI_2023_AS_PRINTED.all}
    every |= {c.code: c for c in criteria.LI_2023.all}
    parts = ["## Criteria of Li et al. 2023\n"]
    for table in _specification("criteria"):
        found = every[table["code"]]
        parts.append(f"### {found.code}: {found.statement}\n")
        parts.append(_specified(table["fields"], table["cases"]))
    parts.append("## Scales\n")
    last = ""
    for table in _specification("scales"):
        if table["title"] != last:
            last = table["title"]
            parts.append(f"### {last}\n")
        options = _options(table.get("options", {}))
        parts.append(f"`{table['function']}`{' with ' if options else ''}{options}\n")
        parts.append(_specified(table["inputs"], _graded(table)))
    parts.append("## Kinds of rules\n")
    for table in _specification("rules"):
        parts.append(f"`{table['kind']}` with {_options(table['arguments'])}\n")
        parts.append(_specified([table["arguments"]["field"]], table["cases"]))
    return "\n".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "audit": audit_page,
    "cases": cases_page,
    "criteria": criteria_page,
    "data-dictionary": dictionary_page,
    "faults": faults_page,
    "fuzz": fuzz_page,
    "true-manuscripts": true_manuscripts_page,
    "try-it": try_page,
    "house": house_page,
    "proof": proof_page,
    "quartiles": quartiles_page,
    "scales": scales_page,
    "specification": specification_page,
    "words": words_page,
    **SEARCHES,
}


def write_pages() -> None:
    """Write the pages that have changed."""
    OUT.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        path, text = OUT / f"{name}.md", make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for what to read."""
    app.connect("config-inited", lambda _app, _config: write_pages())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
