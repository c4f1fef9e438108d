"""Whole numbers are 64 bits wide, also where those of the machine have 32."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import iph
from iph import _wide
from iph.stats import (
    interval_logrank,
    kendall,
    kruskal_wallis,
    logrank,
    mann_whitney,
    spearman,
    wilcoxon_signed_rank,
)

SRC = Path(iph.__file__).parent
NARROW = np.dtype(np.int32)

CODES = st.lists(st.integers(0, 30), min_size=1, max_size=50)


@given(codes=CODES, data=st.data())
def test_counting_and_repeating_are_those_of_numpy(
    codes: list[int], data: st.DataObject
) -> None:
    """Counts are wide, weights are summed, each value comes as often as told."""
    given_codes = np.array(codes, dtype=np.int64)
    counts = _wide.bincount(given_codes, minlength=40)
    assert counts.dtype == np.int64
    assert counts.tolist() == [codes.count(code) for code in range(40)]
    weights = data.draw(
        st.lists(st.integers(0, 99), min_size=len(codes), max_size=len(codes))
    )
    summed = _wide.bincount(given_codes, np.array(weights, dtype=np.float64))
    assert summed.tolist() == np.bincount(codes, weights).tolist()
    repeated = _wide.repeat(given_codes, np.array(weights, dtype=np.int64))
    pairs = zip(codes, weights, strict=True)
    assert repeated.tolist() == [code for code, n in pairs for _ in range(n)]


def wide_or_real(call: ast.Call) -> bool:
    """Whether a call of `arange` states its width, or counts in floats."""
    states = any(keyword.arg == "dtype" for keyword in call.keywords)
    real = any(
        isinstance(part, ast.Constant) and isinstance(part.value, float)
        for part in ast.walk(call)
    )
    return states or real


def test_every_arange_states_its_width() -> None:
    """`numpy.arange` of whole numbers is as wide as the machine unless one says how."""
    found: list[str] = []
    wrong: list[str] = []
    for path in sorted(SRC.rglob("*.py")):
        if "report" in path.parts:  # places on figures
            continue
        text = path.read_text(encoding="utf-8")
        if "np.arange" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.arange":
                where = f"{path.relative_to(SRC)}:{node.lineno}"
                found.append(where)
                if not wide_or_real(node):
                    wrong.append(where)
    assert len(found) > 40
    assert wrong == []


def narrowed(array: Any) -> Any:
    """Return whole numbers in 32 bits where they fit."""
    if isinstance(array, np.ndarray) and array.dtype == np.int64 and array.size:
        small = array.astype(NARROW)
        return small if np.array_equal(small, array) else array
    return array.astype(NARROW) if getattr(array, "dtype", None) == np.int64 else array


@pytest.fixture
def narrow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let NumPy give 32 bits where it gives what the machine has, as in a browser."""

    def replace(name: str, is_given: Callable[..., bool]) -> None:
        own = getattr(np, name)

        def narrow(*args: Any, **kwargs: Any) -> Any:
            found = own(*args, **kwargs)
            if not is_given(*args, **kwargs):
                return found
            if isinstance(found, tuple):
                return tuple(narrowed(part) for part in found)
            return narrowed(found)

        monkeypatch.setattr(np, name, narrow)

    def always(*_: Any, **__: Any) -> bool:
        return True

    for name in ("flatnonzero", "nonzero", "argsort", "searchsorted", "lexsort"):
        replace(name, always)
    replace("arange", lambda *_, **named: "dtype" not in named)
    replace("array", lambda *args, **named: "dtype" not in named and len(args) == 1)
    replace("cumsum", lambda found, *_, **__: np.asarray(found).dtype == np.bool_)

    unique = np.unique

    def narrow_unique(*args: Any, **kwargs: Any) -> Any:
        found = unique(*args, **kwargs)
        if not isinstance(found, tuple):
            return found
        return (found[0], *(narrowed(part) for part in found[1:]))

    monkeypatch.setattr(np, "unique", narrow_unique)


def groups(n: int) -> tuple[list[int], list[int]]:
    """Return times without ties and two groups that mix."""
    return list(range(1, n + 1)), [int(i * i % 7 < 3) for i in range(n)]


def exact_answers() -> dict[str, float]:
    """Return p-values that rest on long whole numbers."""
    found: dict[str, float] = {}
    for n in (19, 28, 40):
        days, group = groups(n)
        ill = [1] * n
        found[f"logrank {n}"] = logrank(days, ill, group, method="exact").p_value
        visits = [(7, 30, 90, 180, 365)[day * 5 // (n + 1)] for day in days]
        left = [0 if day == 7 else day // 3 for day in visits]
        found[f"interval {n}"] = interval_logrank(
            left, visits, group, method="exact"
        ).p_value
        one = [day for day, arm in zip(days, group, strict=True) if arm]
        rest = [day for day, arm in zip(days, group, strict=True) if not arm]
        found[f"rank sum {n}"] = mann_whitney(one, rest, method="exact").p_value
        found[f"signed {n}"] = wilcoxon_signed_rank(
            days, [31] * n, method="exact"
        ).p_value
        found[f"curve {n}"] = float(
            logrank(days, ill, group, method="asymptotic").p_value
        )
    three = [list(range(k, 27, 3)) for k in range(3)]
    found["kruskal"] = kruskal_wallis(*three, method="monte-carlo", rng=7).p_value
    days, mixed = list(range(9)), [3, 1, 4, 1, 5, 9, 2, 6, 5]
    found["kendall"] = kendall(days, mixed).p_value
    found["spearman"] = spearman(days, mixed).p_value
    return found


@pytest.fixture(scope="module")
def wide() -> dict[str, float]:
    """Return the answers of the machine as it is."""
    return exact_answers()


@pytest.mark.usefixtures("narrow_machine")
def test_a_narrow_machine_answers_alike(wide: dict[str, float]) -> None:
    """No exact p-value changes where the machine's whole numbers have 32 bits."""
    assert np.arange(3).dtype == NARROW
    assert exact_answers() == wide
    # The sums of log-rank scores have more than 31 bits; cut off they gave 1.
    assert all(p < 1 for name, p in wide.items() if name.startswith("logrank"))
