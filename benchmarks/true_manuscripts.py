"""Audit random true manuscripts: nothing honest may be called a fault.

Each manuscript has made-up patients in two groups. Its figures are printed as programs
and journals print them: by four rules of rounding, with a decimal point, comma or
raised dot, percentages with bounds, p-values by the variants of R, SPSS and SAS. The
p-values come from SciPy and from enumeration, never from iph.

Then one digit of a figure is changed. If enumeration shows that no patients could give
what is printed now, the audit must find it.

    python benchmarks/true_manuscripts.py --manuscripts 20000 --write
"""

import argparse
import itertools
import json
import math
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
)
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import stats

from iph.evidence import Claim, Verdict, audit

OUT = Path(__file__).parents[1] / "docs" / "reference" / "true-manuscripts.json"
ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN, ROUND_DOWN)
FAULTS = {Verdict.IMPOSSIBLE, Verdict.CONTRADICTS}
FOUND = FAULTS | {Verdict.OTHER_DENOMINATOR}
Style = Callable[[str], str]
STYLES: dict[str, Style] = {
    "point": lambda text: text,
    "no zero": lambda text: text.removeprefix("0") if "." in text else text,
    "comma": lambda text: text.replace(".", ","),
    "raised dot": lambda text: text.replace(".", "·"),
    "LaTeX": lambda text: f"${text}$",
    "star": lambda text: f"{text}*",
}


def shown(value: Fraction | Decimal, decimals: int, rounding: str) -> str:
    """Print a number by a rule of rounding."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return str(value.quantize(Decimal(1).scaleb(-decimals), rounding))


def rank_sum_exact(x: list[int], y: list[int]) -> float:
    """Return the exact p of two groups from all allocations, ties and all."""
    ranks = stats.rankdata([*x, *y])
    mean = len(x) * (len(ranks) + 1) / 2
    here = abs(ranks[: len(x)].sum() - mean)
    chosen = np.array(list(itertools.combinations(range(len(ranks)), len(x))))
    sums = np.abs(ranks[chosen].sum(axis=1) - mean)
    return float(np.mean(sums >= here - 1e-9))


def rank_sum(x: list[int], y: list[int], rng: random.Random) -> tuple[str, float]:
    """Return a p-value of two groups by the program that is drawn."""
    ways = ["R", "SPSS", "kruskal", "one-sided"]
    if math.comb(len(x) + len(y), len(x)) < 20_000:
        ways += ["exact", "exact"]
    way = rng.choice(ways)
    how = {"method": "asymptotic", "use_continuity": way != "SPSS"}
    if way == "exact":
        return way, rank_sum_exact(x, y)
    if way == "kruskal":
        return way, float(stats.kruskal(x, y).pvalue)
    if way == "one-sided":
        sides = ("less", "greater")
        found = (stats.mannwhitneyu(x, y, alternative=s, **how).pvalue for s in sides)
        return way, float(min(found))
    return way, float(stats.mannwhitneyu(x, y, **how).pvalue)


def fourfold(table: list[list[int]], rng: random.Random) -> tuple[str, str, float]:
    """Return a test of a fourfold table, and its p by the program that is drawn."""
    way = rng.choice(["fisher", "fisher one-sided", "pearson", "yates", "G"])
    if way == "fisher":
        return "fisher", way, float(stats.fisher_exact(table).pvalue)
    if way == "fisher one-sided":
        sides = ("less", "greater")
        found = (stats.fisher_exact(table, alternative=s).pvalue for s in sides)
        return "fisher", way, float(min(found))
    lambda_ = "log-likelihood" if way == "G" else None
    found = stats.chi2_contingency(table, correction=way == "yates", lambda_=lambda_)
    return "chi-square", way, float(found.pvalue)


def print_p(p: float, style: Callable[[str], str], rng: random.Random) -> str:
    """Print a p-value as a journal would."""
    form = rng.choice(["equal", "equal", "equal", "bound", "zero", "power"])
    digits = rng.choice([2, 3, 4])
    if form == "bound":
        limits = [limit for limit in (0.001, 0.01, 0.05) if p < limit]
        return f"P < {style(str(limits[0]))}" if limits else f"P > {style('0.05')}"
    if form == "power" and 0 < p < 0.001:
        figure, power = f"{p:.1e}".split("e")
        return f"p = {style(figure)} × 10−{abs(int(power))}"
    if form == "zero" or p >= 0.5 * 10**-digits:
        return f"p = {style(f'{p:.{digits}f}')}"
    return f"p < {style(f'{10**-digits:.{digits}f}')}"


def manuscript(rng: random.Random) -> tuple[list[Claim], Counter[str]]:
    """Make the claims of a true manuscript, and count what they are made by."""
    rounding, style = rng.choice(ROUNDINGS), STYLES[rng.choice(list(STYLES))]
    decimals = rng.choice([0, 1, 1, 2])
    sizes = [rng.randint(3, 16) for _ in range(2)]
    n = sum(sizes)
    used: Counter[str] = Counter()
    claims = [Claim(code="n", where="Methods", printed=str(n), kind="size")]

    def add(code: str, printed: str, kind: str, **more: object) -> None:
        claims.append(
            Claim(code=code, where="Table", printed=printed, kind=kind, **more)
        )

    counts = [rng.randint(0, size) for size in sizes]
    for group, (count, size) in enumerate(zip(counts, sizes, strict=True)):
        add(f"n{group}", str(size), "size")
        add(f"c{group}", str(count), "count", of=f"n{group}")
        share = Fraction(100 * count, size)
        text = style(shown(share, decimals, rounding)) + rng.choice(["%", " %"])
        if 0 < share < 5 and rng.random() < 0.5:
            text = "<5%"
        elif 95 < share < 100 and rng.random() < 0.5:
            text = "> 95 %"
        add(f"s{group}", text, "percentage", count=f"c{group}", of=f"n{group}")
    add("both", str(sum(counts)), "count", of="n", parts="c0; c1")
    table = [[c, s - c] for c, s in zip(counts, sizes, strict=True)]
    if all(map(sum, zip(*table, strict=True))):
        test, way, p = fourfold(table, rng)
        used[f"{test}: {way}"] += 1
        add("p-table", print_p(p, style, rng), "p-value", test=test, table=table)

    used += graded(sizes, style, rng, add)
    measured(sizes, rounding, decimals, style=style, rng=rng, add=add)
    return claims, used


def graded(
    sizes: list[int], style: Style, rng: random.Random, add: Callable[..., None]
) -> Counter[str]:
    """Add the p-values of grades of two groups, and of fallen against risen."""
    used: Counter[str] = Counter()
    levels = rng.choice([2, 3, 4, 6])
    grades = [[rng.randrange(levels) for _ in range(size)] for size in sizes]
    if len({*grades[0], *grades[1]}) > 1:
        way, p = rank_sum(grades[0], grades[1], rng)
        used[f"mann-whitney: {way}"] += 1
        rows = [[g.count(level) for level in range(levels)] for g in grades]
        name = "kruskal-wallis" if way == "kruskal" else "mann-whitney"
        add("p-ranks", print_p(p, style, rng), "p-value", test=name, table=rows)

    better, worse = rng.randint(0, 12), rng.randint(0, 12)
    if better + worse:
        p = float(stats.binomtest(better, better + worse).pvalue)
        used["sign"] += 1
        signs = [[better, worse]]
        add("p-sign", print_p(p, style, rng), "p-value", test="sign", table=signs)
    return used


def measured(
    sizes: list[int],
    rounding: str,
    decimals: int,
    *,
    style: Style,
    rng: random.Random,
    add: Callable[..., None],
) -> None:
    """Add the mean and SD of the ages, and the t-test of the two groups."""
    n = sum(sizes)
    ages = [rng.randint(18, 90) for _ in range(n)]
    if rng.random() < 0.5:
        ages = [min(int(rng.lognormvariate(3, 0.7)), 100) for _ in range(n)]
    mean = Fraction(sum(ages), n)
    squares = sum((Fraction(age) - mean) ** 2 for age in ages) / (n - 1)
    sd = (Decimal(squares.numerator) / Decimal(squares.denominator)).sqrt()
    figures = (shown(mean, decimals, rounding), shown(sd, decimals, rounding))
    frame = rng.choice(["{} ± {}", "{} ({})", "{} (SD {})"])
    add("age", frame.format(*figures), "mean-sd", of="n", step=1, low=0)

    df = n - 2
    t = float(stats.ttest_ind(ages[: sizes[0]], ages[sizes[0] :]).statistic)
    if math.isfinite(t):
        text = f"t({df}) = {shown(Decimal(t), 2, ROUND_HALF_UP)}"
        p = float(2 * stats.t.sf(abs(t), df))
        add("p-t", print_p(p, style, rng), "p-value", statistic=text)


def corrupted(
    claims: list[Claim], rng: random.Random
) -> tuple[list[Claim], str] | None:
    """Change one digit so that enumeration shows the print to be impossible."""
    shares = [c for c in claims if c.code in {"s0", "s1"} and c.printed[0].isdigit()]
    if not shares:
        return None
    claim = rng.choice(shares)
    places = [i for i, sign in enumerate(claim.printed) if sign.isdigit()]
    place = rng.choice(places)
    digit = rng.choice([d for d in "0123456789" if d != claim.printed[place]])
    printed = claim.printed[:place] + digit + claim.printed[place + 1 :]
    bare = printed.replace(",", ".").replace("·", ".")
    number = "".join(c for c in bare if c.isdigit() or c == ".")
    value, unit = Fraction(number), Fraction(1, 10 ** len(number.partition(".")[2]))
    by_code = {c.code: c for c in claims}
    count = int(by_code[claim.count].printed)
    of = int(by_code[claim.of].printed)
    exact = Fraction(100 * count, of)
    if value - unit / 2 <= exact < value + unit:
        return None
    changed = [
        Claim(
            code=c.code,
            where=c.where,
            printed=printed,
            kind=c.kind,
            count=c.count,
            of=c.of,
        )
        if c is claim
        else c
        for c in claims
    ]
    return changed, claim.code


def main() -> None:
    """Run the search and print or write its outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manuscripts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)  # noqa: S311 - made-up patients, no secret
    began = time.monotonic()
    verdicts: Counter[str] = Counter()
    programs: Counter[str] = Counter()
    alarms: list[str] = []
    means = implausible = changed = found = p_values = 0
    for _ in range(arguments.manuscripts):
        claims, used = manuscript(rng)
        programs += used
        for finding in audit(claims):
            verdicts[finding.verdict.value] += 1
            p_values += finding.claim.code.startswith("p-")
            if finding.verdict in FAULTS:
                alarms.append(f"{finding.claim.printed}: {finding.reason}")
            if finding.claim.code == "age":
                means += 1
                implausible += finding.verdict is Verdict.IMPLAUSIBLE
        wrong = corrupted(claims, rng)
        if wrong is not None:
            changed += 1
            verdict = {f.claim.code: f.verdict for f in audit(wrong[0])}[wrong[1]]
            found += verdict in FOUND
    outcome = {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("iph", "numpy", "scipy")},
        "manuscripts": arguments.manuscripts,
        "seed": arguments.seed,
        "claims": sum(verdicts.values()),
        "p_values": p_values,
        "false_alarms": alarms,
        "verdicts": dict(sorted(verdicts.items())),
        "programs": dict(sorted(programs.items())),
        "means_called_implausible": [implausible, means],
        "impossible_after_one_digit": [found, changed],
        "minutes": round((time.monotonic() - began) / 60, 1),
    }
    text = json.dumps(outcome, indent=1, ensure_ascii=False) + "\n"
    if arguments.write:
        OUT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
