"""Balances between categories that exchange cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.stats._inference.laplacian import solver


@given(
    k=st.integers(2, 6),
    data=st.data(),
)
def test_it_is_the_pseudoinverse(k: int, data: st.DataObject) -> None:
    """Form and rank are those of the Moore-Penrose inverse, connected or not."""
    upper = data.draw(
        st.lists(st.integers(0, 3), min_size=k * k, max_size=k * k).map(np.array)
    )
    exchanges = np.triu(upper.reshape(k, k), 1).astype(float)
    flows = data.draw(st.lists(st.integers(-3, 3), min_size=k * k, max_size=k * k))
    moved = np.array(flows).reshape(k, k) * (exchanges > 0)
    exchanges = exchanges + exchanges.T
    balance = (moved.sum(axis=1) - moved.sum(axis=0)).astype(float)
    covariance = np.diag(exchanges.sum(axis=1)) - exchanges
    found = solver(exchanges)
    assert found.df == np.linalg.matrix_rank(covariance)
    expected = balance @ np.linalg.pinv(covariance) @ balance
    assert float(found.statistic(balance)) == pytest.approx(expected, abs=1e-9)


def test_many_balances_at_once() -> None:
    """Each row of balances has its own form; none is negative by rounding."""
    solved = solver(np.array([[0.0, 4.0], [4.0, 0.0]]))
    found = solved.statistic(np.array([[2.0, -2.0], [0.0, 0.0], [-4.0, 4.0]]))
    assert found.tolist() == [1.0, 0.0, 4.0]
