import contextlib
import itertools
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.errors import InputError, WorkError
from iph.stats._inference import exact_dense as _exact_dense
from iph.stats._inference import exact_halves as _exact_halves
from iph.stats._inference import exact_joint as _exact_joint
from iph.stats._inference import exact_sums as _exact
from iph.stats._inference.exact_sums import Distribution, Tail

# Longer than two 64-bit words, so that every limb of a long sum is at work.
LONG = 10**45


def naive_tail(sums: Sequence[int], observed: int) -> Tail:
    """Count by looking at every assignment, with exact fractions."""
    mean = Fraction(sum(sums), len(sums))
    return Tail(
        less=sum(x < observed for x in sums),
        equal=sum(x == observed for x in sums),
        greater=sum(x > observed for x in sums),
        far=sum(abs(x - mean) >= abs(observed - mean) for x in sums),
        total=len(sums),
    )


def draws(scores: Sequence[int], counts: Sequence[int], size: int) -> list[int]:
    """List the sums of all draws of so many cases."""
    pool = [s for s, c in zip(scores, counts, strict=True) for _ in range(c)]
    return [sum(draw) for draw in itertools.combinations(pool, size)]


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[int], list[int], int, int]:
    """Draw scores short or long, with many ties, a size and a sum near the middle."""
    unit = draw(st.sampled_from([1, 7, 10**12, LONG]))
    k = draw(st.integers(1, 5))
    small = st.integers(-3, 3)
    scores = [unit * draw(small) + draw(small) for _ in range(k)]
    counts = draw(st.lists(st.integers(0, 3), min_size=k, max_size=k))
    size = draw(st.integers(0, sum(counts)))
    sums = draws(scores, counts, size)
    observed = draw(st.sampled_from(sums)) + draw(st.sampled_from([0, 0, 1, -1]))
    return scores, counts, size, observed


@given(pools())
def test_subset_sums_enumerated(pool: tuple[list[int], list[int], int, int]) -> None:
    """The distribution of a sum is that of all draws written down one by one."""
    scores, counts, size, _ = pool
    found = _exact.subset_sums(scores, counts, size)
    assert dict(zip(found.values, found.counts, strict=True)) == Counter(
        draws(scores, counts, size)
    )
    assert list(found.values) == sorted(found.values)
    assert found.total == math.comb(sum(counts), size)


@given(pools())
def test_subset_tail_enumerated(pool: tuple[list[int], list[int], int, int]) -> None:
    """Every tail count is that of all draws, and all three ways give the same."""
    scores, counts, size, observed = pool
    expected = naive_tail(draws(scores, counts, size), observed)
    assert _exact.subset_tail(scores, counts, size, observed) == expected
    assert _exact.subset_sums(scores, counts, size).tail(observed) == expected


@given(pools())
def test_halves_enumerated(pool: tuple[list[int], list[int], int, int]) -> None:
    """Two ordered halves count the draws below and at any cut, wherever it lies."""
    scores, counts, size, observed = pool
    base = min(scores)
    merged: Counter[int] = Counter()
    for score, count in zip(scores, counts, strict=True):
        merged[score - base] += count
    classes = [(score, count) for score, count in merged.items() if count]
    sums = [x - base * size for x in draws(scores, counts, size)]
    for split in range(len(classes) + 1):
        halves = _exact_halves.Halves(classes, size, split=split)
        for cut in (observed - base * size, -(10**60), 10**60, *set(sums)):
            assert halves.below_and_equal(cut) == (
                sum(x < cut for x in sums),
                sums.count(cut),
            )


@given(
    st.lists(st.integers(0, 12), min_size=2, max_size=6, unique=True),
    st.lists(st.integers(1, 3), min_size=6, max_size=6),
    st.integers(0, 9),
)
def test_bounds_of_lists(scores: list[int], counts: list[int], size: int) -> None:
    """Neither bound of the states of a half is below the keys that come up."""
    classes = list(zip(scores, counts, strict=False))
    plain = _exact_halves._states_of_prefixes(classes, size)
    closer = _exact_halves._merged_of_prefixes(classes)
    for i in range(len(classes) + 1):
        keys = {
            (len(draw), sum(draw))
            for m in range(size + 1)
            for draw in itertools.combinations(
                [s for s, c in classes[:i] for _ in range(c)], m
            )
        }
        assert len(keys) <= plain[i]
        assert len(keys) <= closer[i]


def test_visit_grid_bound() -> None:
    """Log-rank scores of visits merge, and the estimate knows."""
    common = math.lcm(180, 141, 105, 72, 33)
    scores, risen = [], 0
    for at_risk, events in ((180, 21), (141, 18), (105, 18), (72, 21), (33, 15)):
        risen += common // at_risk * events
        scores += [common - risen, -risen]
    counts = [21, 18, 18, 18, 18, 15, 21, 18, 15, 18]
    low = min(scores)
    classes = [(score - low, n) for score, n in zip(scores, counts, strict=True)]
    found = _exact_halves.plan_halves(classes, 90)
    assert found.states < 2 * math.prod(count + 1 for count in counts[:5])
    halves = _exact_halves.Halves(classes, 90, split=found.split)
    listed = halves._first.limbs[0].size + halves._second.limbs[0].size
    assert listed <= found.states <= 3 * listed
    below, equal = halves.below_and_equal(-low * 90)
    # The scores sum to zero over all cases, and 90 is half of them.
    assert below + equal >= math.comb(180, 90) // 2 >= below


def test_hopeless() -> None:
    """The estimate of work beyond all floats is infinite, without a warning."""
    counts = [7] * 2000
    scores = [3**i for i in range(2000)]
    assert math.isinf(_exact.estimate_subset_tail(scores, counts, 7000))
    with pytest.raises(WorkError, match="inf states"):
        _exact.subset_tail(scores, counts, 7000, 0)


def test_memory_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of counts beyond 64 bits are stopped before they fill the memory."""
    monkeypatch.setattr(_exact_halves, "_MOST_LONG", 100)
    scores = [LONG * 3**i for i in range(6)]
    with pytest.raises(WorkError, match="limit"):
        _exact.subset_tail(scores, [15] * 6, 45, 0)


@pytest.mark.parametrize(("first", "is_long"), [(33, False), (34, True)])
def test_counts_in_machine_words(
    monkeypatch: pytest.MonkeyPatch,
    first: int,
    is_long: bool,  # noqa: FBT001 - a case
) -> None:
    """Counts are exact around 2**63, and only those above it take long memory."""
    classes = [(0, first), (1, 33)]
    draws = math.comb(first + 33, 33)  # 7.2e18 or 1.4e19
    assert (draws >= 2**63) == is_long
    halves = _exact_halves.Halves(classes, 33, split=1)
    assert halves.below_and_equal(40) == (draws, 0)
    below = draws - 1 - 33 * first
    assert halves.below_and_equal(32) == (below, 33 * first)
    monkeypatch.setattr(_exact_halves, "_MOST_LONG", 0)
    with pytest.raises(WorkError) if is_long else contextlib.nullcontext():
        _exact_halves.Halves(classes, 33, split=1)


@pytest.mark.parametrize("total", [1, 60, 61, 62, 121, 122, 181, 182, 183, 1000])
def test_limbs_hold_all_bits(total: int) -> None:
    """Long keys are cut in as few pieces as hold all bits and leave room for sums."""
    first, *others = _exact_halves._limb_bits(total)
    assert first == 0
    assert all(0 < bits <= 60 for bits in others)
    assert sum(others) >= total - 61
    assert len(others) == max(math.ceil((total - 61) / 60), 0)


def test_halves_long_near_ties() -> None:
    """Sums that agree in the first 61 bits are still told apart, and not merged."""
    scores = [LONG + i for i in range(12)]
    counts = [1] * 12
    sums = draws(scores, counts, 5)
    classes = [(score, 1) for score in scores]
    halves = _exact_halves.Halves(classes, 5, split=6)
    for cut in set(sums):
        assert halves.below_and_equal(cut) == (
            sum(x < cut for x in sums),
            sums.count(cut),
        )


@pytest.mark.parametrize(
    ("base", "step"), [(2**80, 1), (2**100, 1), (LONG, 1), (LONG, 2**50)]
)
def test_halves_keep_every_limb_apart(base: int, step: int) -> None:
    """Sums that differ in the second or in the third limb only are not merged."""
    scores = [base + step * i for i in (0, 1, 2, 3, 5, 8, 13, 21)]
    classes = [(score, 1) for score in scores]
    sums = draws(scores, [1] * 8, 3)
    for split in (0, 4, 8):
        halves = _exact_halves.Halves(classes, 3, split=split)
        for cut in set(sums):
            assert halves.below_and_equal(cut) == (
                sum(x < cut for x in sums),
                sums.count(cut),
            )
    found = _exact_halves.Halves(classes, 3, split=8).sums()
    assert dict(zip(*found, strict=True)) == Counter(sums)


def test_subset_tail_many_cases() -> None:
    """With 200 cases in few classes the counts pass 2**63 and stay exact."""
    scores = [1, LONG, LONG + 2]
    counts = [80, 70, 50]
    found = _exact.subset_tail(scores, counts, 90, 45 * LONG)
    expected: Counter[int] = Counter()
    for a, b in itertools.product(range(71), range(51)):
        if 0 <= 90 - a - b <= 80:
            ways = math.comb(80, 90 - a - b) * math.comb(70, a) * math.comb(50, b)
            expected[90 - a - b + a * LONG + b * (LONG + 2)] += ways
    mean = Fraction(sum(v * c for v, c in expected.items()), math.comb(200, 90))
    observed = 45 * LONG
    assert found.total == math.comb(200, 90)
    assert found.less == sum(c for v, c in expected.items() if v < observed)
    assert found.equal == expected[observed]
    assert found.far == sum(
        c for v, c in expected.items() if abs(v - mean) >= abs(observed - mean)
    )


def test_subset_tail_rank_sum_table() -> None:
    """P(W <= 17) for 5 and 6 cases is 5/231 on each side, as in rank-sum tables."""
    found = _exact.subset_tail(range(1, 12), [1] * 11, 5, 18)
    naive = naive_tail(draws(range(1, 12), [1] * 11, 5), 18)
    assert found == naive
    assert found.p_value("less") == (naive.less + naive.equal) / math.comb(11, 5)


@given(st.lists(st.integers(0, 6), max_size=9), st.integers(0, 20))
def test_signed_sums_enumerated(scores: list[int], observed: int) -> None:
    """Each choice of signs counts once."""
    sums = [
        sum(s for s, taken in zip(scores, choice, strict=True) if taken)
        for choice in itertools.product([False, True], repeat=len(scores))
    ]
    found = _exact.signed_sums(scores)
    assert dict(zip(found.values, found.counts, strict=True)) == Counter(sums)
    assert found.tail(observed) == naive_tail(sums, observed)


def test_signed_sums_long() -> None:
    """Scores too long for a grid give the same distribution."""
    scores = [3**i for i in range(9)] + [3**40]
    found = _exact.signed_sums(scores)
    assert set(found.counts) == {1}
    assert found.total == 2**10
    assert found.values[-1] == sum(scores)


def test_signed_sums_large() -> None:
    """The signed-rank distribution of 200 patients is symmetric and complete."""
    found = _exact.signed_sums(range(1, 201))
    assert found.total == 2**200
    assert found.counts == found.counts[::-1]
    assert found.mean == Fraction(200 * 201, 4)


@given(pools(), pools())
def test_convolve_enumerated(
    first: tuple[list[int], list[int], int, int],
    second: tuple[list[int], list[int], int, int],
) -> None:
    """The sum of two independent statistics has every pair of draws once."""
    a = _exact.subset_sums(*first[:3])
    b = _exact.subset_sums(*second[:3])
    pairs: Counter[int] = Counter()
    for (x, m), (y, n) in itertools.product(
        zip(a.values, a.counts, strict=True), zip(b.values, b.counts, strict=True)
    ):
        pairs[x + y] += m * n
    both = _exact.convolve(a, b)
    assert dict(zip(both.values, both.counts, strict=True)) == pairs
    observed = first[3] + second[3]
    assert _exact.sum_tail(a, b, observed) == both.tail(observed)


@given(
    st.lists(st.integers(-2, 3), min_size=1, max_size=6),
    st.lists(st.integers(0, 5), min_size=6, max_size=6),
    st.integers(1, 3),
    st.sampled_from([1, 10**6, 10**25]),
)
def test_partition_sums_enumerated(
    scores: list[int], group: list[int], k: int, unit: int
) -> None:
    """Joint group sums are those of all ways to hand out the group labels."""
    labels = [g % k for g in group[: len(scores)]]
    sizes = [labels.count(g) for g in range(k)]
    scores = [unit * s for s in scores]
    expected: Counter[tuple[int, ...]] = Counter()
    for arranged in set(itertools.permutations(labels)):
        expected[
            tuple(
                sum(s for s, g in zip(scores, arranged, strict=True) if g == j)
                for j in range(k)
            )
        ] += 1
    sums, ways = _exact.partition_sums([*scores, 99], [1] * len(scores) + [0], sizes)
    assert dict(zip(sums, ways, strict=True)) == expected
    assert len(sums) == len(set(sums))


def test_partition_sums_many_cases() -> None:
    """Ways beyond 2**63 stay exact and complete."""
    sums, ways = _exact.partition_sums([0, 1, 3], [30, 30, 20], [40, 20, 20])
    everything = math.factorial(80) // (
        math.factorial(40) * math.factorial(20) * math.factorial(20)
    )
    assert sum(ways) == everything
    assert {sum(row) for row in sums} == {90}


@given(
    st.lists(
        st.lists(st.integers(-2, 3), min_size=3, max_size=3), min_size=0, max_size=4
    ),
    st.sampled_from([1, 10**22]),
)
def test_block_sums_enumerated(rows: list[list[int]], unit: int) -> None:
    """Sorted column sums are those of all orders of all rows."""
    rows = [[unit * x for x in row] for row in rows]
    expected: Counter[tuple[int, ...]] = Counter()
    for orders in itertools.product(*(itertools.permutations(row) for row in rows)):
        expected[tuple(sorted(map(sum, zip(*orders, strict=True))))] += 1
    sums, ways = _exact.block_sums(rows)
    assert dict(zip(sums, ways, strict=True)) == expected


def test_block_sums_many_rows() -> None:
    """Ways beyond 2**63 stay exact and complete."""
    sums, ways = _exact.block_sums([[1, 2, 3]] * 40)
    assert sum(ways) == 6**40
    assert {sum(row) for row in sums} == {240}


def test_p_values() -> None:
    """Both two-sided rules and both sides are ratios of the counts."""
    tail = Tail(less=1, equal=2, greater=7, far=6, total=10)
    assert tail.p_value() == 0.6
    assert tail.p_value(two_sided="central") == 0.6
    assert tail.p_value("less") == 0.3
    assert tail.p_value("greater") == 0.9
    middle = Tail(less=4, equal=3, greater=4, far=11, total=11)
    assert middle.p_value(two_sided="central") == 1.0


def test_distribution_at_the_mean() -> None:
    """At the mean every assignment is at least as far from it."""
    found = Distribution((0, 1, 2), (1, 2, 1)).tail(1)
    assert found.far == found.total


def test_empty_pool() -> None:
    """Nothing drawn from nothing has one outcome, the sum 0."""
    assert _exact.subset_tail([], [], 0, 0) == Tail(
        less=0, equal=1, greater=0, far=1, total=1
    )
    assert _exact.signed_sums([]) == Distribution((0,), (1,))
    assert _exact.partition_sums([], [], [0, 0]) == ([(0, 0)], [1])


def test_estimates_bound_the_work() -> None:
    """A limit at the estimate lets the work through, one below it does not."""
    scores = [3**i for i in range(24)]
    counts = [1] * 24
    for estimate, run in (
        (
            _exact.estimate_subset_tail(scores, counts, 9),
            lambda limit: _exact.subset_tail(scores, counts, 9, 3**20, limit=limit),
        ),
        (
            _exact.estimate_subset_sums(scores, counts, 5),
            lambda limit: _exact.subset_sums(scores, counts, 5, limit=limit),
        ),
    ):
        assert run(estimate).total > 0
        with pytest.raises(WorkError, match=r"limit of .* method=\"monte-carlo\""):
            run(0.9 * estimate)


def test_joint_limits() -> None:
    """Joint distributions above the limit are refused with what to do instead."""
    with pytest.raises(WorkError, match="joint distribution"):
        _exact.partition_sums(range(12), [1] * 12, [4, 4, 4], limit=1000)
    with pytest.raises(WorkError, match="joint distribution"):
        _exact.block_sums([[1, 20, 300, 4000]] * 9, limit=1000)
    with pytest.raises(WorkError, match="distribution"):
        _exact.signed_sums([3**i for i in range(40)], limit=1000)


def test_estimate_partition_sums() -> None:
    """The estimate is at least the number of distinct outcomes, and finite."""
    sums, _ = _exact.partition_sums([0, 1, 5, 9], [3, 2, 2, 2], [3, 3, 3])
    assert _exact_joint.estimate_partition_sums([3, 2, 2, 2], [3, 3, 3]) >= len(sums)
    assert math.isfinite(_exact_joint.estimate_partition_sums([1] * 2000, [1000, 1000]))


@pytest.mark.parametrize(
    ("counts", "sizes", "outcomes"),
    [
        ([1] * 9, [3, 3, 3], 1680),  # 9! / 3!**3 allocations
        ([1] * 5, [4, 1], 5),
        ([4, 4], [4, 2, 2], 15 * 15),  # each four cases can be shared in 15 ways
        ([2, 1, 1], [2, 2], 6),  # as many as allocations; the shares are 12
        ([7], [7], 1),
    ],
)
def test_estimate_of_joint_work(
    counts: list[int], sizes: list[int], outcomes: int
) -> None:
    """All cases but the last few lead to about as many states as the last ones."""
    estimate = _exact_joint.estimate_partition_sums(counts, sizes)
    assert estimate == pytest.approx(2 * outcomes, rel=1e-9)


def test_p_value_words() -> None:
    """Only the named rules are taken."""
    tail = Tail(less=1, equal=2, greater=7, far=6, total=10)
    with pytest.raises(InputError, match="two_sided"):
        tail.p_value(two_sided="likelihood")
    with pytest.raises(InputError, match="alternative"):
        tail.p_value("both")


@given(pools())
def test_words_of_a_grid(pool: tuple[list[int], list[int], int, int]) -> None:
    """Each case moved reads a grid for each size, with a digit for every sum."""
    scores, counts, size, _ = pool
    base = min(scores)
    classes = [(s - base, c) for s, c in zip(scores, counts, strict=True) if c]
    largest = max(draws(scores, counts, size)) - base * size
    bits = math.log2(math.comb(sum(counts), size)) + 1
    moves = sum(min(count, size) for count in counts)
    words = moves * (size + 1) * (largest + 1) * bits / 64
    assert _exact_dense.largest_sum(classes, size) == largest
    assert _exact_dense.subset_words(classes, size) == pytest.approx(words, rel=1e-9)


def test_memory_of_a_grid() -> None:
    """A grid of 160 MB is used, and what needs a larger one is refused."""
    n, size = 200, 100  # hopeless without a grid
    others = range(n - 1)
    bytes_a_sum = math.log2(math.comb(n, size)) / 8 * (size + 1)
    longest = math.floor(160e6 / bytes_a_sum) - sum(sorted(others)[1 - size :])
    for estimate in (_exact.estimate_subset_sums, _exact.estimate_subset_tail):
        assert estimate([*others, longest], [1] * n, size) < _exact.DEFAULT_LIMIT
        assert estimate([*others, longest + 1], [1] * n, size) > 1e20
    with pytest.raises(WorkError, match="states"):
        _exact.subset_tail([*others, longest + 1], [1] * n, size, 10_000)


def test_memory_of_a_grid_of_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid of signed sums that just fits is used; without it there is too much."""
    scores = [*range(280, 293), 282]  # sums up to 4,000, in digits of 16 bits
    monkeypatch.setattr(_exact, "_MOST_WORDS", 4000 * 16 / 64)
    expected = _exact.signed_sums(scores, limit=500)
    assert expected.total == 2**14
    monkeypatch.setattr(_exact, "_MOST_WORDS", 4000 * 16 / 64 - 1)
    assert _exact.signed_sums(scores) == expected
    with pytest.raises(WorkError, match="distribution"):
        _exact.signed_sums(scores, limit=500)
