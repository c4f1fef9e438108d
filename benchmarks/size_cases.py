"""What a study of the size of tests is made of."""

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np


@attrs.frozen(kw_only=True)
class Family:
    """Tests that are tried on the same samples.

    Attributes
    ----------
    name : str
        The function of `iph.stats`.
    what : str
        What is drawn, in words.
    columns : sequence of str
        The names of the tests.
    settings : sequence
        Where they are tried.
    name_of : callable
        Takes a setting; returns its name, as the page prints it.
    p_values : callable
        Takes a setting and a generator; returns the p-value of each test in one sample
        in which all their hypotheses are true.
    """

    name: str
    what: str
    columns: Sequence[str]
    settings: Sequence[Any]
    name_of: Callable[[Any], str]
    p_values: Callable[[Any, np.random.Generator], Sequence[float]]
