"""What no plan can be made of is refused in words, whatever stands in an argument."""

from typing import Any

import numpy as np
import pytest

from iph.design import courses, detectable, plan, planning_values, power, power_curves
from iph.errors import InputError
from iph.evidence import li2023_claims
from iph.protocol import LI_2023_PROTOCOL


@pytest.mark.parametrize(
    ("test", "control", "n", "options"),
    [
        ("icc", 0.75, np.array(3.0), {"readers": 2}),
        ("kappa", [0.5, 0.5], 20, {"null": b"0.4"}),
        ("kappa", [0.5, 0.5], 20, {"null": [[1], [2, 3]]}),
        ("sign", [0.5, 0.5], 20, {"values": ["a", 2]}),
        ("sign", [0.5, 0.5], 20, {"values": [None, 2]}),
        ("scores-within-margins", [0.5, 0.5], 20, {"values": "12"}),
        ("fisher", 0.3, [[1], [2, 3]], {}),
    ],
)
def test_a_difference_of_other_kinds(
    test: Any, control: Any, n: Any, options: dict[str, Any]
) -> None:
    """Texts, tables and arrays without axes are no numbers."""
    with pytest.raises(
        InputError, match=r"^(n|n\[0\]|null|values|values\[0\]) must be"
    ):
        detectable(test, control, n, **options)


@pytest.mark.parametrize("sized", [3, "text", [3], [("found", "words")], [()]])
def test_sizes_that_are_no_pairs(sized: Any) -> None:
    """A size stands beside what was assumed."""
    with pytest.raises(InputError, match=r"^sized"):
        plan(LI_2023_PROTOCOL, sized=sized)


@pytest.mark.parametrize("words", [["ethics"], {"ethics": 3}, {"ethics": "\ud800"}])
def test_words_that_are_no_texts(words: Any) -> None:
    """What the authors say is text of whole characters."""
    with pytest.raises(InputError, match=r"^words"):
        plan(LI_2023_PROTOCOL, words=words)


def test_arguments_of_other_kinds() -> None:
    """A number that is too large, an array without axes, a list for a text."""
    arms = {"as seen": [0.64, 0.32]}
    with pytest.raises(InputError, match=r"^n\[1\] must be a whole number from 1"):
        power_curves("fisher", arms, [20, 10**400])
    with pytest.raises(InputError, match=r"^assumptions must be a mapping"):
        power_curves("fisher", [[0.64, 0.32]], [20])  # type: ignore[arg-type] # wrong
    with pytest.raises(InputError, match=r"^arms must be"):
        power("fisher", np.array(3.0), 20)
    with pytest.raises(InputError, match=r"^arms must be"):
        courses(0.5)
    with pytest.raises(InputError, match=r"^partition must be one of"):
        planning_values(li2023_claims(), partition=np.ones(3))  # type: ignore[arg-type] # wrong
