"""Samples moved to a mean and SD, and what is left to the solver."""

import statistics

import numpy as np
import pytest

from iph.evidence import Claim, _moments
from iph.evidence._block_samples import sample_numbers
from iph.evidence._blocks import Block, blocks_of, values_of
from iph.evidence._ledger import Ledger
from iph.evidence._moments import move_to_moments


def block_of(n: int, *printed: str) -> Block:
    """Return a block with these means and SDs of a whole number."""
    claims = [Claim(code="n", where="A", printed=str(n), kind="size")]
    claims += [
        Claim(
            code=text,
            where="A",
            printed=text,
            kind="mean-sd",
            variable="vas",
            visit="baseline",
            step=1,
            of="n",
        )
        for text in printed
    ]
    (block,) = blocks_of(Ledger(claims), claims, n)
    return block


def moved(block: Block, start: list[float]) -> list[float] | None:
    """Move a start to the moments of a block."""
    found = move_to_moments(
        block, values_of(block), np.array(start), rng=np.random.default_rng(1)
    )
    return None if found is None else [float(value) for value in found]


def test_moved() -> None:
    """The sample has the printed mean and SD."""
    found = moved(block_of(10, "4.5 ± 2.1"), [0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert found is not None
    assert statistics.fmean(found) == 4.5
    assert round(statistics.stdev(found), 1) == 2.1


def test_means_that_no_sum_has() -> None:
    """Two means without a common sum leave nothing to move to."""
    assert moved(block_of(10, "4.5 ± 2.1", "4.6 ± 2.1"), [1.0] * 10) is None


def test_sd_out_of_reach() -> None:
    """An SD that moves do not reach is given up."""
    assert moved(block_of(3, "5.00 ± 0.50"), [4.0, 5.0, 6.0]) is None


def test_too_few_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without moves no sample is found here, and the solver finds it."""
    monkeypatch.setattr(_moments, "_MOVES", 0)
    block = block_of(10, "4.5 ± 2.1")
    assert moved(block, [0.0] * 10) is None
    found = sample_numbers(block, rule="weibull", rng=np.random.default_rng(1))
    assert found is not None
    assert float(sum(found)) == 45
