"""Audit random true manuscripts: nothing honest may be called a fault.

Each manuscript has made-up patients in two groups. Its figures are printed as programs
and journals print them: by four rules of rounding, with a decimal point, comma or
raised dot, percentages with bounds, p-values by the variants of R, SPSS and SAS, ratios
and differences with intervals, curves with numbers at risk. They come from SciPy, from
textbook formulas and from enumeration (`true_figures.py`), never from iph.

Then one digit of a figure is changed: of a share, a sum, a p-value or an odds ratio. If
enumeration shows that no patients could give what is printed now, the audit must find
it.

    python benchmarks/true_manuscripts.py --manuscripts 20000 --write
"""

import argparse
import itertools
import json
import math
import multiprocessing
import random
import re
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

import attrs
import numpy as np
from scipy import stats

import true_figures as true
from iph.evidence import Claim, Verdict, audit

OUT = Path(__file__).parents[1] / "docs" / "reference" / "true-manuscripts.json"
ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN, ROUND_DOWN)
FAULTS = {Verdict.IMPOSSIBLE, Verdict.CONTRADICTS}
FOUND = FAULTS | {Verdict.OTHER_DENOMINATOR}
_SOME = 0.15  # of the manuscripts have a figure that takes long to check
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
    used += compared(table, style, rng, add)
    used += followed(sizes, style, rng, add)
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


def compared(
    table: list[list[int]], style: Style, rng: random.Random, add: Callable[..., None]
) -> Counter[str]:
    """Add ratios, differences and shares with intervals, and a larger Fisher test."""
    used: Counter[str] = Counter()
    cells = [cell for row in table for cell in row]
    level = rng.choice([0.9, 0.95, 0.95, 0.95, 0.99])

    def printed(figures: tuple[float, ...], digits: int) -> str:
        one, low, high = (style(f"{x:.{digits}f}").strip("*$") for x in figures)
        frame = rng.choice(["{} ({}% CI {}-{})", "{} ({}% CI {} to {})"])
        return frame.format(one, f"{100 * level:g}", low, high)

    if all(cells) and rng.random() < _SOME:
        way = rng.choice(list(true.ESTIMATES))
        test, compute = true.ESTIMATES[way]
        used[f"{test}: {way}"] += 1
        text = printed(compute(cells, level), rng.choice([2, 3]))
        add("ratio", text, "estimate", test=test, table=table)
    if rng.random() < _SOME:
        way = rng.choice(["exact", "wilson", "wilsoncc"])
        used[f"proportion: {way}"] += 1
        text = printed(true.share(cells[0], sum(cells[:2]), level, way), 3)
        add("share", text, "estimate", test="proportion", count="c0", of="n0")
    if rng.random() < _SOME:
        wide = [[rng.randint(0, 5) for _ in range(3)] for _ in range(2)]
        if all(map(any, wide)) and all(map(any, zip(*wide, strict=True))):
            used["fisher: r x c"] += 1
            p = print_p(true.fisher(wide), style, rng)
            add("p-wide", p, "p-value", test="fisher", table=wide)
    return used


def followed(
    sizes: list[int], style: Style, rng: random.Random, add: Callable[..., None]
) -> Counter[str]:
    """Add what is printed of patients seen again: curves, changes, statistics."""
    used: Counter[str] = Counter()
    if rng.random() < _SOME:
        people = true.patients(sizes, rng)
        p = true.log_rank(people)
        if math.isfinite(p):
            used["log-rank"] += 1
            rows = true.at_risk(people, sorted({t for t, _, _ in people}))
            add(
                "p-curve",
                print_p(p, style, rng),
                "p-value",
                test="log-rank",
                table=rows,
            )
        rows = true.at_risk(people, [0, 3, 6])
        used["kaplan-meier"] += 1
        add(
            "curve",
            f"{100 * true.survival(people, 3):.{rng.randint(0, 2)}f} %",
            "percentage",
            test="kaplan-meier",
            table=[row[:2] for row in rows],
            at_row=2,
        )
    if rng.random() < _SOME:
        changes = [rng.randint(-2, 3) for _ in range(rng.randint(4, 10))]
        if len([change for change in changes if change]) > 1:
            way, p = true.signed_ranks(changes, rng)
            used[f"wilcoxon: {way}"] += 1
            square = [[0] * 6 for _ in range(6)]
            for change in changes:
                square[max(-change, 0)][max(change, 0)] += 1
            text = print_p(p, style, rng)
            add("p-changes", text, "p-value", test="wilcoxon signed-rank", table=square)
    if rng.random() < _SOME:
        grades = [
            [rng.randint(1, 4) for _ in range(3)] for _ in range(rng.randint(3, 8))
        ]
        if any(len(set(row)) > 1 for row in grades):
            used["friedman"] += 1
            text = print_p(true.friedman(grades), style, rng)
            add("p-visits", text, "p-value", test="friedman", table=grades)
    kind, text, p = true.statistic(rng)
    used[f"statistic: {kind}"] += 1
    add("p-statistic", print_p(p, style, rng), "p-value", statistic=text)
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
    ages, skewed = [rng.randint(18, 90) for _ in range(n)], rng.random() < 0.5
    if skewed:
        ages = [min(int(rng.lognormvariate(3, 0.7)), 100) for _ in range(n)]
    mean = Fraction(sum(ages), n)
    squares = sum((Fraction(age) - mean) ** 2 for age in ages) / (n - 1)
    sd = (Decimal(squares.numerator) / Decimal(squares.denominator)).sqrt()
    figures = (shown(mean, decimals, rounding), shown(sd, decimals, rounding))
    frame = rng.choice(["{} ± {}", "{} ({})", "{} (SD {})"])
    add(
        "skewed" if skewed else "age",
        frame.format(*figures),
        "mean-sd",
        of="n",
        step=1,
        low=0,
    )

    df = n - 2
    t = float(stats.ttest_ind(ages[: sizes[0]], ages[sizes[0] :]).statistic)
    if math.isfinite(t):
        text = f"t({df}) = {shown(Decimal(t), 2, ROUND_HALF_UP)}"
        p = float(2 * stats.t.sf(abs(t), df))
        add("p-t", print_p(p, style, rng), "p-value", statistic=text)


def changed_digit(printed: str, rng: random.Random) -> str:
    """Change one digit of a print, but none of a power of ten."""
    whole = printed.partition(" ×")[0]
    places = [i for i, sign in enumerate(whole) if sign.isdigit()]
    place = rng.choice(places)
    digit = rng.choice([d for d in "0123456789" if d != printed[place]])
    return printed[:place] + digit + printed[place + 1 :]


def number_in(printed: str) -> tuple[Fraction, Fraction]:
    """Return the first number of a print, and one in its last digit."""
    bare = printed.replace(",", ".").replace("·", ".").replace("$", "")
    (number,) = re.findall(r"\d+\.\d+|\.\d+|\d+", bare)[:1]
    unit = Fraction(1, 10 ** len(number.partition(".")[2]))
    value = Fraction(f"0{number}" if number.startswith(".") else number)
    if power := re.search(r"× 10−(\d+)", printed):
        scale = Fraction(1, 10 ** int(power[1]))
        return value * scale, unit * scale
    return value, unit


def could_be(printed: str, exact: float | Fraction) -> bool:
    """Say whether a value can be printed so, rounded or cut off, or bounded."""
    value, unit = number_in(printed)
    if "<" in printed:
        return exact <= value
    if ">" in printed:
        return exact >= value
    slack = Fraction(1, 10**12)
    return value - unit / 2 - slack <= exact < value + unit + slack


def is_wrong(claim: Claim, printed: str, by_code: dict[str, Claim]) -> bool:
    """Say whether enumeration shows that no patients give a print."""
    if claim.code in {"s0", "s1"}:
        count = int(by_code[claim.count].printed)
        of = int(by_code[claim.of].printed)
        return not could_be(printed, Fraction(100 * count, of))
    if claim.code == "both":
        parts = [int(by_code[part].printed) for part in claim.parts]
        return int(printed) != sum(parts)
    if claim.code == "p-sign":
        every = true.sign_variants(*claim.table[0])
        # A print between two that a correction gives may be that of a third program.
        low, high = min(every) * 0.99, max(every)
        return not any(could_be(printed, p) for p in (*every, low, high))
    if claim.code == "p-t":
        df, at = re.findall(r"-?\d+\.?\d*", claim.statistic)
        low, high = true.t_variants(at, int(df))
        ends = (low, high, low / 2, high / 2, 1 - low / 2, 1 - high / 2)
        value, unit = number_in(printed)
        between = any(
            one - unit < value <= other + unit
            for one, other in ((low, high), (low / 2, high / 2), (ends[5], ends[4]))
        )
        return not between and not any(could_be(printed, p) for p in ends)
    return False


KINDS = {
    "s0": "share",
    "s1": "share",
    "both": "sum",
    "p-sign": "p-value of counts",
    "p-t": "p-value of a statistic",
}


def corrupted(
    claims: list[Claim], rng: random.Random
) -> tuple[list[Claim], str] | None:
    """Change one digit so that enumeration shows the print to be impossible."""
    by_code = {c.code: c for c in claims}
    claim = by_code.get(rng.choice(list(KINDS)))
    if claim is None or not any(sign.isdigit() for sign in claim.printed):
        return None
    printed = changed_digit(claim.printed, rng)
    if not is_wrong(claim, printed, by_code):
        return None
    wrong = attrs.evolve(claim, printed=printed)
    beside = [c for c in claims if c is not claim and c.kind.value in {"count", "size"}]
    return [*beside, wrong], claim.code


Tally = dict[str, Counter[str]]


def one_job(seed: int, manuscripts: int, end: float) -> tuple[Tally, list[str]]:
    """Audit the manuscripts of a seed; count what is found, and list false alarms."""
    rng = random.Random(seed)  # noqa: S311 - made-up patients, no secret
    names = "manuscripts verdicts programs means remarks changed found p"
    tally: Tally = {name: Counter() for name in names.split()}
    alarms: list[str] = []
    for _ in range(manuscripts):
        if time.time() > end:
            break
        claims, used = manuscript(rng)
        tally["manuscripts"]["made"] += 1
        tally["programs"] += used
        for finding in audit(claims):
            code = finding.claim.code
            tally["verdicts"][finding.verdict.value] += 1
            tally["p"]["p"] += code.startswith("p-")
            if finding.verdict in FAULTS:
                alarms.append(f"{finding.claim.printed}: {finding.reason}")
            if code in {"age", "skewed"}:
                tally["means"][code] += 1
                tally["remarks"][code] += finding.verdict is Verdict.IMPLAUSIBLE
        wrong = corrupted(claims, rng)
        if wrong is not None:
            verdict = {f.claim.code: f.verdict for f in audit(wrong[0])}[wrong[1]]
            tally["changed"][KINDS[wrong[1]]] += 1
            tally["found"][KINDS[wrong[1]]] += verdict in FOUND
    return tally, alarms


def main() -> None:
    """Run the search and print or write its outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manuscripts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the first job")
    parser.add_argument("--jobs", type=int, default=1, help="at once, one seed each")
    parser.add_argument("--minutes", type=float, default=600, help="stop after these")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    began = time.monotonic()
    seeds = range(arguments.seed, arguments.seed + arguments.jobs)
    share = arguments.manuscripts // arguments.jobs
    with multiprocessing.Pool(arguments.jobs) as pool:
        end = time.time() + 60 * arguments.minutes
        parts = pool.starmap(one_job, [(seed, share, end) for seed in seeds])
    sums = {name: sum((t[name] for t, _ in parts), Counter()) for name in parts[0][0]}
    changed, found = sums["changed"], sums["found"]
    outcome = {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("iph", "numpy", "scipy")},
        "manuscripts": sums["manuscripts"].total(),
        "seeds": list(seeds),
        "claims": sums["verdicts"].total(),
        "p_values": sums["p"].total(),
        "false_alarms": [alarm for _, alarms in parts for alarm in alarms],
        "verdicts": dict(sorted(sums["verdicts"].items())),
        "programs": dict(sorted(sums["programs"].items())),
        "means_called_implausible": [sums[n]["age"] for n in ("remarks", "means")],
        "means_of_skewed_data_called_implausible": [
            sums[n]["skewed"] for n in ("remarks", "means")
        ],
        "impossible_after_one_digit": [found.total(), changed.total()],
        "found_by_kind": {
            kind: [found[kind], changed[kind]] for kind in sorted(changed)
        },
        "minutes": round((time.monotonic() - began) / 60, 1),
    }
    text = json.dumps(outcome, indent=1, ensure_ascii=False) + "\n"
    if arguments.write:
        OUT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
