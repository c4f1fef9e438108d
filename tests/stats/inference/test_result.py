"""Result types that several statistics share."""

import attrs
import numpy as np
import pytest

from iph.stats._inference.result import Estimate, read_only


def test_an_estimate_is_frozen_and_named() -> None:
    """No number of an estimate can be changed, or given without its name."""
    values = (0.5, 0.2, 0.8, 0.95, "exact", 10, 2)
    names = [field.name for field in attrs.fields(Estimate)]
    found = Estimate(**dict(zip(names, values, strict=True)))  # type: ignore[arg-type] # by name
    assert attrs.astuple(found) == values
    assert names[:3] == ["estimate", "low", "high"]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        found.low = 0.0  # type: ignore[misc] # that is the test
    with pytest.raises(TypeError):
        Estimate(*values)  # type: ignore[call-arg] # that is the test


@pytest.mark.parametrize("kind", ["f8", "i8", "?"])
def test_read_only_is_a_copy(kind: str) -> None:
    """The result cannot be written into, and the original still can."""
    values = np.array([1, 0, 1], dtype=kind)
    found = read_only(values)
    assert found.dtype == values.dtype
    assert found.tolist() == values.tolist()
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 0
    values[0] = 0
    assert found[0] == 1
