"""A study file that is wrong: every error, with its line and what to do."""

from pathlib import Path

import pytest

from iph.protocol import ProtocolError, ProtocolErrors
from iph.protocol._file_reading import protocol_of

STUDIES = sorted((Path(__file__).parent / "studies").glob("*.toml"))

SOUND = """\
title = "A study"
condition = "a condition"
group = "arm"
primary = { outcome = "score", visit = "week_2" }
[visits]
before = 0
week_2 = { day = "2 weeks", window = [10, 20] }
week_6 = { day = "6 weeks", window = [35, 50] }
[patient]
age_years = {}
arm = { label = "Arm", codes = ["open", "closed"] }
sick = { label = "Sick", yes_no = true }
drugs = { label = "Drugs", choices = ["a", "b"] }
left_day = { label = "Left", days = true }
weight_kg = { label = "Weight", low = 30, high = 250, step = "0.1" }
[at_visit]
score = { label = "Score", low = 0, high = 100, missing = [999] }
grade = { label = "Grade", grades = ["none", "some", "much"] }
[derived]
heavy = { label = "Heavy", cut = "weight_kg", at = [90] }
old = "age_years >= 65"
[outcomes]
score = { better = "high", response = "50 %" }
grade = { better = "low", response = 1 }
[endpoints]
well = "grade = none"
left = { label = "left", reached = "sick", at = "left_day" }
[include]
I1 = { rule = "age_years >= 18", statement = "adults" }
[exclude]
E1 = "drugs has a or sick"
[table]
rows = ["age_years", "heavy"]
"""

WEIGHT = 'weight_kg = { label = "Weight", low = 30, high = 250, step = "0.1" }'
GRADE = 'grade = { label = "Grade", grades = ["none", "some", "much"] }'

# What is written instead of a line; the line of the error, and what is told.
WRONG: dict[str, list[tuple[str, int | None, str]]] = {
    'title = "A study"': [
        ("", None, "title is missing; write title"),
        ('titl = "A study"', 1, "titl: is no key here; did you mean title?"),
        ("title = 5", 1, "title: must be a text in quotes, got 5"),
        ('title = ""', 1, "title: must be a text in quotes, got ''"),
        ('title = "x"\nformat = 2', 2, "format 2 is not known"),
        ('title = "x"\nbased_on = "li"', 2, "li is no published protocol"),
        ('title = "x"\ntime_unit = "weeks"', 2, "must be one of: days, hours"),
        ('title = "x"\nparts = ["zones"]', 2, "zones needs the field zones"),
        ('title = "x"\ncompare_with = "me"', 2, "me is no published study"),
    ],
    'group = "arm"': [
        ('group = "arms"', 3, "did you mean arm?"),
        ('group = "weight_kg"', 3, "weight_kg is not a choice"),
        ('group = "drugs"', 3, "declare it by codes, of which a patient has one"),
        ('group = { by = "arm", reference = "shut" }', 3, "arm has no code shut"),
        ("group = { reference = 'open' }", 3, "by is missing"),
    ],
    'primary = { outcome = "score", visit = "week_2" }': [
        ('primary = { outcome = "scor", visit = "week_2" }', 4, "mean score?"),
        ('primary = { outcome = "score", visit = "week_3" }', 4, "week_3 is no visit"),
        ('primary = "score"', 4, "must be false or a table in braces"),
    ],
    "before = 0": [
        ("", 5, "no visit is on day 0"),
        ("before = 0.5", 6, "must be a whole number or a time"),
        ('before = "soon"', 6, "a time such as \"6 weeks\", got 'soon'"),
        ('before = 0\n"Week 1" = 7', 7, "cannot be the name of a visit"),
        ('before = 0\nlast = "12 hours"', 7, "must be given in days, weeks"),
        ('before = 0\nlast = "0.5 weeks"', 7, "must be a whole number of days"),
        ("before = 0\nlast = { label = 'last' }", 7, "day is missing"),
        ("before = 0\nlast = false", 7, "false takes away"),
    ],
    'week_6 = { day = "6 weeks", window = [35, 50] }': [
        ("week_6 = 14", 8, "week_2 and week_6 are both on day 14"),
        ("week_6 = { day = 42, window = [50, 35] }", 8, "its first day before"),
        ("week_6 = { day = 42, window = [35] }", 8, "a list of 2"),
        ("week_6 = { day = 42, window = [43, 50] }", 8, "day 42 is not in the window"),
        ("week_6 = { day = 42, window = [15, 50] }", 8, "overlap"),
        ("week_6 = { day = 42, windows = [35, 50] }", 8, "did you mean window?"),
    ],
    "age_years = {}": [
        ("age_year = {}", 10, "did you mean age_years?"),
        ("age_years = {}\nage = {}", 11, "age is no field that iph knows"),
        ("age_years = { low = 0 }", 10, "high is missing; both bounds"),
        ("age_years = { unit = 'weeks' }", 10, "cannot change the built-in"),
        ("age_years = 5", 10, "must be true or a table in braces, got 5"),
        ("age_years = false", 10, "a field cannot be taken away"),
    ],
    'arm = { label = "Arm", codes = ["open", "closed"] }': [
        ('Arm = { codes = ["open", "closed"] }', 11, "cannot be the name of a field"),
        (
            'arm = { codes = ["open", "a"] }\nclass = { yes_no = true }',
            12,
            "cannot be the name",
        ),
        (
            'arm = { codes = ["open", "a"] }\nvisit = { yes_no = true }',
            12,
            "a field of every study",
        ),
        (
            'arm = { codes = ["open", "a"] }\nsynthetic = { yes_no = true }',
            12,
            "what a table says of its cohort",
        ),
        ('arm = { codes = ["open", "Open"] }', 11, "are read as the same"),
        ('arm = { codes = ["open", "open"] }', 11, "each different"),
        ('arm = { codes = ["open", ""] }', 11, "each different and a text"),
        ("arm = { codes = [1, 2] }", 11, "a text in quotes"),
        ("arm = { codes = ['unknown'] }", 11, "one code beside unknown"),
        ('arm = { codes = ["open"], low = 0 }', 11, "holds one kind of value"),
        ('arm = { codes = ["open"], unit = "kg" }', 11, "does not belong"),
        ('arm = { label = "Arm" }', 11, "say what it holds"),
        ('arm = { label = "Arm", code = ["open"] }', 11, "did you mean codes?"),
    ],
    'drugs = { label = "Drugs", choices = ["a", "b"] }': [
        ('drugs = { choices = ["a", "none"] }', 13, "where no choice applies"),
        ('drugs = { choices = ["a", "b;c"] }', 13, "stands between the codes"),
    ],
    'left_day = { label = "Left", days = true }': [
        ('left_day = { label = "Left", days = false }', 14, "must be true"),
        ("left_day = { days = true, low = 5, high = 5 }", 14, "must lie above low"),
        ("left_day = { days = true, low = 0.5 }", 14, "must be a whole number"),
        ('left_day = { label = "Left", yes_no = true }', 27, "no time of the patient"),
    ],
    WEIGHT: [
        ("weight_kg = { low = 30, high = 30 }", 15, "must lie above low (30)"),
        ("weight_kg = { low = 30.5, high = 250 }", 15, 'add step = "0.1"'),
        ("weight_kg = { low = 0, high = 250, step = 0 }", 15, "a number above 0"),
        ("weight_kg = { low = 0, high = 9, step = 10 }", 15, "larger than the way"),
        ("weight_kg = { low = '0', high = 9 }", 15, "must be a number, got '0'"),
        ("weight_kg = { low = nan, high = 9 }", 15, "must be a number"),
        ("weight_kg = { low = 0, high = 250, missing = [99] }", 15, "it is a value"),
    ],
    GRADE: [
        (GRADE + '\nscore_week_2 = { grades = ["none", "some"] }', 19, "could be"),
        (
            GRADE + '\nsick = { grades = ["none", "some"] }',
            19,
            "the name of two fields",
        ),
        ('grade = { grades = ["none"] }', 18, "a list"),
        ('grade = { grades = ["none", "some"], from = "1" }', 18, "a whole number"),
        ('grade = { grades = ["none", "b"], better = "high" }', 24, "say it once"),
    ],
    'heavy = { label = "Heavy", cut = "weight_kg", at = [90] }': [
        ('heavy = { cut = "weight", at = [90] }', 20, "did you mean weight_kg?"),
        ('heavy = { cut = "arm", at = [90] }', 20, "no number that could be cut"),
        ('heavy = { cut = "weight_kg", at = [900] }', 20, "does not part the values"),
        ('heavy = { cut = "weight_kg", at = [90, 80] }', 20, "rise"),
        ('heavy = { cut = "weight_kg", at = [90], labels = ["a", "b", "c"] }', 20, ""),
        ('heavy = { cut = "weight_kg" }', 20, "at is missing"),
        ('heavy = { label = "Heavy" }', 20, "must have when or cut"),
        ('heavy = { when = "weight_kg > 90", at = [1] }', 20, "at needs cut"),
        ('heavy = { when = "weight_kg > 90 and score > 5" }', 20, "mixes fields"),
        (
            'heavy = "sick"\nscore = { when = "weight_kg > 90" }',
            21,
            "the name of two fields",
        ),
    ],
    'old = "age_years >= 65"': [
        ('old = "age_years >= 165"', 21, "never at 165"),
        ('old = "sick and age_yeers > 3"', 21, "character 10 of"),
        ("old = 65", 21, "must be a text in quotes or a table"),
    ],
    'score = { better = "high", response = "50 %" }': [
        ('scores = { better = "high" }', 23, "did you mean score?"),
        ('score = { response = "50 %" }', 23, "which end is better"),
        ('score = { better = "up" }', 23, "must be one of: low, high"),
        ('score = { better = "high", response = "half" }', 23, 'such as "50 %"'),
        ('score = { better = "high", response = 0 }', 23, "above 0"),
        ('score = { better = "high", strict = true }', 23, "needs a response"),
    ],
    'grade = { better = "low", response = 1 }': [
        ('grade = { better = "low", response = "50 %" }', 24, "no percent"),
    ],
    'well = "grade = none"': [
        ('well = "grade = nothing"', 26, "has no grade 'nothing'"),
        ('well = "grade > 5"', 26, "between 0 and 2, never at 5"),
        ('well = "arm = open"', 26, "arm is no field that this rule can use"),
        ('well = { label = "well" }', 26, "must have when, or reached and at"),
    ],
    'left = { label = "left", reached = "sick", at = "left_day" }': [
        ('left = { reached = "sick" }', 27, "must have when, or reached and at"),
        ('left = { reached = "sick", at = "weight_kg" }', 27, "is no time"),
        ('left = { reached = "score > 1", at = "left_day" }', 27, "score is no field"),
    ],
    'I1 = { rule = "age_years >= 18", statement = "adults" }': [
        ('I1 = { statement = "adults" }', 29, "rule is missing"),
        ('I1 = "drugs = a"', 29, "drugs is followed by has"),
        ('E1 = "sick"', 31, "includes and excludes by one name"),
    ],
    'rows = ["age_years", "heavy"]': [
        ('rows = ["age_years", "height"]', 33, "height is no field"),
        ('rows = "age_years"', 33, "a list, each different"),
        ('rows = ["age_years"]\n[rules]\nquartiles = "mine"', 35, "must be"),
        ('rows = ["age_years"]\n[rules]\ndescription = "mode"', 35, "median"),
    ],
}
CASES = [(line, *one) for line, cases in WRONG.items() for one in cases]


def wrong(text: str) -> tuple[ProtocolError, ...]:
    """Return the errors of a text."""
    with pytest.raises(ProtocolErrors) as caught:
        protocol_of(text, "study.toml")
    return caught.value.errors


def test_rules_are_told_all_at_once() -> None:
    """A key that no rule has hides no wrong rule beside it."""
    rules = '[rules]\nmedian = "x"\nquartiles = "mine"\ndescription = "mode"\n'
    found = [(one.line, one.key) for one in wrong(f"{SOUND}\n{rules}")]
    first = (SOUND.count("\n") + 1) + 2
    names = ("rules.median", "rules.quartiles", "rules.description")
    assert found == [(first + k, name) for k, name in enumerate(names)]


def test_the_sound_file_is_sound() -> None:
    """The file that the errors are planted in has none."""
    assert protocol_of(SOUND, "study.toml").title == "A study"


@pytest.mark.parametrize(("line", "instead", "place", "said"), CASES)
def test_each_error_is_told_with_its_line(
    line: str, instead: str, place: int | None, said: str
) -> None:
    """One wrong line is one error, and nothing follows from it."""
    assert line in SOUND
    text = SOUND.replace(line, instead, 1)
    errors = wrong(text)
    assert len(errors) == 1, errors
    found = errors[0].line
    assert found == place, errors
    assert said in str(errors[0])


def test_all_errors_are_told_at_once_in_the_order_of_the_file() -> None:
    """A file with a wrong line in each table has an error in each."""
    text = SOUND
    expected = []
    for line, cases in WRONG.items():
        if line in text and line not in {'title = "A study"', "before = 0"}:
            instead, place, _ = cases[-1]
            if "\n" not in instead:
                text = text.replace(line, instead, 1)
                expected.append(place)
    found = [error.line for error in wrong(text)]
    assert found == sorted(found, key=lambda line: line or 0)
    assert len(set(found)) >= 8
    assert set(found) <= {*expected, 3, 4}


@pytest.mark.parametrize(
    "instead",
    [
        'weight_kg = { low = 0, high = 250, step = "1e999999999" }',
        "weight_kg = { low = 1e-999999999, high = 250 }",
        "weight_kg = { low = 0, high = 1e999999999 }",
        "weight_kg = { low = 0, high = 250, other_units = { lb = '1e-999999999' } }",
        "weight_kg = { low = 0, high = 250, other_units = { lb = '1/0' } }",
        f"weight_kg = {{ low = 0, high = {'9' * 4000} }}",
    ],
)
def test_numbers_that_would_fill_the_memory_are_refused(instead: str) -> None:
    """A number has at most 15 digits before the point, and 15 behind it."""
    (error,) = wrong(SOUND.replace(WEIGHT, instead, 1))
    assert error.line == 15


def test_huge_times_and_shares_are_refused() -> None:
    """They are no times and no shares."""
    for line, instead in [
        ("before = 0", f'before = 0\nlate = "{"9" * 50} weeks"'),
        ('response = "50 %"', f'response = "{"9" * 500} %"'),
        ('"age_years >= 65"', f'"age_years = {"9" * 500}"'),
        ('"age_years >= 65"', '"age_years = 1e999"'),
    ]:
        assert len(wrong(SOUND.replace(line, instead, 1))) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('time_unit = "hours"', "the protocol below counts in days"),
        (
            "[patient]\nage_years = { low = 0, high = 9 }",
            "a field of the protocol below",
        ),
        ("[at_visit]\nvas = false", "leave its column empty"),
        ("[endpoints]\nnone = false", "false takes away"),
        ('[outcomes]\nvas = { better = "high" }', "declared with low"),
        ('[patient]\nck = { codes = [" "] }', "a text in quotes"),
        ('[patient]\nck = { codes = ["a "] }', "is no code"),
        ('[visits]\nlate = { day = 400, window = ["1 hour", 500] }', "given in days"),
        ("visits = 5", "visits: must be a table, got 5"),
        ("criteria = { name = 5 }", "must be a text in quotes, got 5"),
        ("outcomes = { vas = 1979-05-27 }", "must be true or a table"),
    ],
)
def test_errors_of_a_file_that_is_based_on_another(line: str, said: str) -> None:
    """What contradicts the protocol below is told, and how to leave it."""
    (error,) = wrong(f'based_on = "li_2023"\n{line}\n')
    assert error.line in {2, 3}
    assert said in str(error)
