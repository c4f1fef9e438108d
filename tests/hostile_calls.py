"""Arguments that no function was made for, put into the examples of the docstrings.

The examples give a call that works; then one argument, or one value inside of it, is
exchanged. A call may work or raise an error of iph; anything else is a crash, and what
takes longer than ten seconds hangs.
"""

import collections
import contextlib
import copy
import datetime as dt
import doctest
import enum
import functools
import importlib
import inspect
import io
import random
import shutil
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import attrs
import numpy as np

from iph import Assessment, FollowUp, Patient
from iph.criteria import AnyOf, Compare
from iph.errors import IphError

NAMES = Path(__file__).parent / "public_names.txt"
LONGEST = 10  # seconds
WRITTEN: set[Path] = set()
"""What the examples write: taken away before each call, so that it can be written."""
Call = tuple[tuple[Any, ...], dict[str, Any]]


def _endless() -> list[Any]:
    """Return a list that holds itself."""
    made: list[Any] = []
    made.append(made)
    return made


# Each is made anew for every call, since an iterator can be used once.
HOSTILE: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "text": lambda: "text",
    "bytes": lambda: b"bytes",
    "empty text": lambda: "",
    "long text": lambda: "x" * 40_000,
    "control characters": lambda: "a\x00\x1b[31m\u202e",
    "a lone surrogate": lambda: "\ud800",
    "object": object,
    "a class": lambda: int,
    "a function": lambda: len,
    "empty list": list,
    "nested empty list": lambda: [[]],
    "ragged": lambda: [[1], [2, 3]],
    "a list in a list in a list": lambda: [[[1, 2]]],
    "mapping": lambda: {1: 7, 2: 3, 3: 9},
    "counter": lambda: collections.Counter([7, 7, 7, 3]),
    "set": lambda: {1, 2, 3},
    "masked": lambda: np.ma.masked,
    "masked array": lambda: np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False]),
    "signaling NaN": lambda: Decimal("sNaN"),
    "quiet NaN": lambda: Decimal("NaN"),
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "minus one": lambda: -1,
    "zero": lambda: 0,
    "half": lambda: 0.5,
    "a huge integer": lambda: 10**400,
    "2**63": lambda: 2**63,
    "uint64": lambda: np.array([1, 2**64 - 1], dtype=np.uint64),
    "one uint64": lambda: np.uint64(2**64 - 1),
    "int8": lambda: np.array([1, 100, 100], dtype=np.int8),
    "float16": lambda: np.array([1.0, 60_000.0], dtype=np.float16),
    "complex": lambda: 1j,
    "complex array": lambda: np.array([1j, 2.0]),
    "text array": lambda: np.array(["1", "x"]),
    "object array": lambda: np.array([{}, []], dtype=object),
    "0-d array": lambda: np.array(3.0),
    "3-d array": lambda: np.ones((2, 2, 2)),
    "dates": lambda: np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
    "a date": lambda: dt.date(2020, 1, 1),
    "range": lambda: range(3),
    "iterator": lambda: iter([1, 2, 3]),
    "fraction": lambda: Fraction(1, 3),
    "unhashable": lambda: [{}],
    "a list in itself": _endless,
    "path that is not there": lambda: Path("/nowhere/at/all.csv"),
    "device": lambda: "/dev/zero",
}


CALLED = ("a class", "a function")


class TooLongError(BaseException):
    """The call did not end in time."""


def _late(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def public_functions() -> Iterator[tuple[str, str, Any]]:
    """Yield each public function or class: its package, its name and itself."""
    for line in NAMES.read_text(encoding="utf-8").split():
        package, _, name = line.rpartition(".")
        if not package:
            continue
        found = getattr(importlib.import_module(package), name)
        # To look a member up is Python's own business, and so is its ValueError.
        members = isinstance(found, type) and issubclass(found, enum.Enum)
        if callable(found) and not members:
            yield package, name, found


class KeptFolder(tempfile.TemporaryDirectory[str]):
    """A folder of an example that is there for the calls made after it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        KEPT.append(self)  # it goes when nobody holds it any more

    def cleanup(self) -> None:
        """Leave everything."""


KEPT: list[KeptFolder] = []


def written_by(args: tuple[Any, ...]) -> list[Path]:
    """Return the paths among some arguments at which there is nothing yet."""
    paths = [Path(one) for one in args if isinstance(one, (str, Path)) and one]
    return [one for one in paths if one.is_absolute() and not one.exists()]


def example_calls(package: str, name: str, function: Any) -> list[Call]:
    """Return the calls that the examples of a docstring make."""
    calls: list[Call] = []
    module = importlib.import_module(package)

    @functools.wraps(function, updated=())
    def noting(*args: Any, **options: Any) -> Any:
        with contextlib.suppress(Exception):
            calls.append(copy.deepcopy((args, options)))
            WRITTEN.update(written_by(args))
        return function(*args, **options)

    text = inspect.getdoc(function) or ""
    space: dict[str, Any] = {}
    if isinstance(function, type):
        wrapped: Any = function
    else:
        setattr(module, name, noting)
        wrapped = noting
    kept = mock.patch.object(tempfile, "TemporaryDirectory", KeptFolder)
    kept.start()
    try:
        for example in doctest.DocTestParser().get_examples(text):
            with (
                contextlib.suppress(Exception),
                contextlib.redirect_stdout(io.StringIO()),
            ):
                source = example.source
                if isinstance(function, type):
                    source = source.replace(f"{name}(", f"_noting_{name}(")
                    space[f"_noting_{name}"] = noting
                exec(compile(source, name, "single"), space)  # noqa: S102 - our examples
    finally:
        kept.stop()
        if wrapped is noting:
            setattr(module, name, function)
    return calls


@functools.cache
def declared() -> dict[type, Any]:
    """Return one object of each class that the studies and scales of iph declare."""
    found: dict[type, Any] = {}
    queue: list[Any] = [
        getattr(importlib.import_module(package), name)
        for package, _, name in (
            line.rpartition(".") for line in NAMES.read_text("utf-8").split()
        )
        if package and not callable(getattr(importlib.import_module(package), name))
    ]
    course = FollowUp(assessments=[Assessment(visit="baseline")])
    queue.append(Patient(patient_id="P01", follow_up=course))
    queue.append(AnyOf((Compare("age_years", ">=", 18),)))
    while queue:
        one = queue.pop()
        if isinstance(one, (list, tuple)):
            queue += one
        elif isinstance(one, Mapping):
            queue += one.values()
        elif attrs.has(type(one)) and type(one) not in found:
            found[type(one)] = one
            queue += [getattr(one, field.name) for field in attrs.fields(type(one))]
    return found


def making(cls: type) -> list[Call]:
    """Return the call that makes the object that is declared; none if there is none."""
    one = declared().get(cls)
    if one is None:
        return []
    fields: Any = attrs.fields(cls)
    options = {field.alias: getattr(one, field.name) for field in fields if field.init}
    return [((), options)]


def exchanged(call: Call, function: Any) -> Iterator[tuple[str, str, Call]]:
    """Yield calls in which one argument, or one value inside of it, is another."""
    args, options = call
    try:
        known = [
            p.name
            for p in inspect.signature(function).parameters.values()
            if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        known = []
    places: list[int | str] = [*range(len(args))]
    places += list(dict.fromkeys([*options, *known[len(args) :]]))
    for place in places:
        given = args[place] if isinstance(place, int) else options.get(place)
        for what, make in HOSTILE.items():
            if (place == "progress" or callable(given)) and what in CALLED:
                continue  # what is called may raise what it likes
            yield f"{place}", what, _with(call, place, make())
            for at, inner in _inside(given):
                yield f"{place}[{at}]", what, _with(call, place, inner(make()))


def _with(call: Call, place: int | str, value: Any) -> Call:
    args, options = copy.deepcopy(call)
    if isinstance(place, int):
        return (*args[:place], value, *args[place + 1 :]), options
    return args, {**options, place: value}


def _inside(given: Any) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    """Yield ways to exchange one value of a list."""
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, (list, tuple)) and given:
        for at in {0, len(given) - 1}:
            yield at, functools.partial(_put, given, at)


def _put(given: Any, at: int, value: Any) -> list[Any]:
    return [*given[:at], value, *given[at + 1 :]]


def written_by_examples(args: tuple[Any, ...]) -> list[Path]:
    """Return which arguments are paths that an example wrote to."""
    paths = [Path(one) for one in args if isinstance(one, (str, Path)) and one]
    return [one for one in paths if one in WRITTEN]


def outcome(function: Any, call: Call) -> tuple[str, str]:
    """Return how a call ended, and where it crashed."""
    args, options = call
    for path in written_by_examples(args):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)  # of work, whatever else runs
    signal.alarm(12 * LONGEST)  # of waiting
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            made = function(*args, **options)
            repr(made)
    except IphError:
        return "refused", ""
    except TooLongError:
        return "hangs", ""
    except Exception as error:  # noqa: BLE001 - what is looked for
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        return "crashes", f"{type(error).__name__}: {str(error)[:120]} ({where})"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
    return "works", ""


def run(most: int, seed: int, package: str, seconds: float) -> dict[str, Any]:
    """Call what a package has with everything, or with a random part of it."""
    signal.signal(signal.SIGALRM, _late)
    signal.signal(signal.SIGPROF, _late)
    planned = []
    without = []
    for home, name, function in public_functions():
        if home != package:
            continue
        calls = example_calls(package, name, function)[:3]
        if isinstance(function, type):
            calls = calls or making(function)
        if not calls:
            without.append(f"{package}.{name}")
        for call in calls:
            for place, what, made in exchanged(call, function):
                planned.append((f"{package}.{name}", function, place, what, made))
    random.Random(seed).shuffle(planned)  # noqa: S311 - no secret
    found: collections.Counter[str] = collections.Counter()
    kinds: collections.Counter[tuple[str, str]] = collections.Counter()
    examples: dict[tuple[str, str], str] = {}
    end = time.monotonic() + seconds
    for name, function, place, what, made in planned[:most]:
        if time.monotonic() > end:
            break
        how, why = outcome(function, made)
        found[how] += 1
        if how in ("crashes", "hangs"):
            kinds[name, why] += 1
            examples.setdefault((name, why), f"{place} = {what}")
    return {
        "n_calls": sum(found.values()),
        "n_possible": len(planned),
        "n_functions": len({name for name, *_ in planned}),
        "without_example": without,
        "outcomes": dict(found),
        "crashes": [
            {"name": name, "why": why, "times": n, "first": examples[name, why]}
            for (name, why), n in kinds.most_common()
        ],
    }
