"""Write the page of size and coverage of survival methods from the measured figures.

    python benchmarks/survival_page.py ../docs/reference

The folder holds what `logrank_size.py`, `restricted_mean_size.py` and
`survival_coverage.py` wrote.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from iph.stats import smallest_attainable_p
from logrank_size import TESTS, sample

HEAD = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")


def shares(counts: dict[str, int], places: int) -> list[str]:
    """Return the share of rejections of each test."""
    return [f"{counts[test] / counts['runs']:.{places}f}"[1:] for test in TESTS]


def smallest(row: dict[str, Any]) -> str:
    """Return the median of the smallest p-values of some series of a setting."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(15):
        time, event, group = sample(row, row["rate"], 1.0, rng)
        found.append(smallest_attainable_p(time, event, group).p_value)
    return f"{float(np.median(found)):.1g}"


def logrank_part(state: dict[str, Any]) -> list[str]:
    """Return the table of the log-rank tests."""
    rows = state["settings"]

    def worst(test: str, kept: Any) -> str:
        sizes = [r["size"][test] / r["size"]["runs"] for r in rows if kept(r)]
        return f"{100 * max(sizes):.1f}"

    runs = rows[0]["size"]["runs"]
    lines = HEAD.format(
        runs=f"{runs:,}",
        power_runs=f"{rows[0]['power']['runs']:,}",
        date=state["date"],
        error=f"{np.sqrt(0.05 * 0.95 / runs):.4f}"[1:],
        resamples=state["resamples"],
        worst_permutation=worst("permutation", lambda _: True),
        worst_imputed=worst("imputed", lambda r: r["expected"] >= 10),
        few_imputed=worst("imputed", lambda r: r["expected"] < 10),
        worst_asymptotic=worst("asymptotic", lambda _: True),
    ).splitlines()
    for row in rows:
        sizes = " v ".join(map(str, row["sizes"]))
        lead = [row["times"], sizes, row["follow_up"], str(row["expected"])]
        cells = [
            *lead,
            smallest(row),
            *shares(row["size"], 3),
            *shares(row["power"], 2),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def means_part(state: dict[str, Any]) -> list[str]:
    """Return the table of restricted means."""
    lines = [
        "",
        "## Difference of restricted means",
        "",
        (
            "Share of runs without a difference in which `restricted_mean_difference` "
            f"rejects at the 5 % level ({state['runs']:,} runs, {state['date']}); "
            "1 minus this is the coverage of its 95 % interval."
        ),
        "",
        "| sizes | follow-up | normal | studentized permutation |",
        "| --- | --- | --: | --: |",
    ]
    for row in state["settings"]:
        sizes = " v ".join(map(str, row["sizes"]))
        cells = [f"{row[name]:.3f}"[1:] for name in ("normal", "permutation")]
        lines.append(f"| {sizes} | {row['follow_up']} | {' | '.join(cells)} |")
    return lines


def coverage_part(state: dict[str, Any]) -> list[str]:
    """Return the tables of curves, bands, differences and hazard ratios."""
    parts = {
        "curves": curves,
        "bands": bands,
        "differences": differences,
        "hazard_ratios": ratios,
    }
    return [
        line
        for name, lines in parts.items()
        if name in state
        for line in lines(state[name])
    ]


def made(part: dict[str, Any]) -> str:
    """Return in how many runs a part was made, and when."""
    return f"{part['runs']:,} runs a setting ({part['date']})."


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * share:.0f} %"


def curves(part: dict[str, Any]) -> list[str]:
    """Return the table of curves and medians."""
    lines = [
        "",
        "## Survival curves and medians",
        "",
        (
            "Coverage of the 95 % interval of S(t) over 19 true values from .05 to "
            ".95: mean, minimum and where it lies; and of the median.\nExponential "
            f"recovery, uniform censoring; {made(part)}\n"
            "An interval that is not defined counts as a miss.\n"
            "Without censoring the beta product interval is that of Clopper and "
            "Pearson, whose coverage is at least nominal by enumeration."
        ),
        "",
        "| n | censored | interval | mean | minimum | at S = | median |",
        "| --: | --: | --- | --: | --: | --: | --: |",
    ]
    for row in part["rows"]:
        covered = np.array(row["coverage"])
        least = int(covered.argmin())
        lines.append(
            f"| {row['n']} | {percent(row['censored'])} | {row['interval']} | "
            f"{covered.mean():.3f} | {covered[least]:.3f} | {(least + 1) / 20:.2f} | "
            f"{row['median']:.3f} |"
        )
    return lines


def bands(part: dict[str, Any]) -> list[str]:
    """Return the table of simultaneous bands."""
    lines = [
        "",
        "## Simultaneous bands",
        "",
        (
            "How often the 95 % band of a whole curve holds all of it: "
            "`SurvivalCurve.band` and `CumulativeIncidence.band`, the latter with "
            f"another event half as frequent.\n{made(part)}\n"
            "Without censoring the band of a survival curve holds in exactly 95 %."
        ),
        "",
        "| n | censored | survival | incidence |",
        "| --: | --: | --: | --: |",
    ]
    lines += [
        f"| {row['n']} | {percent(row['censored'])} | {row['survival']:.3f} | "
        f"{row['incidence']:.3f} |"
        for row in part["rows"]
    ]
    return lines


def differences(part: dict[str, Any]) -> list[str]:
    """Return the table of differences at a day."""
    lines = [
        "",
        "## Differences of two curves at a day",
        "",
        "Coverage of the melded 95 % interval of `kaplan_meier_difference`; "
        + made(part),
        "",
        "| sizes | censored | S of both | beta-product | beta-product-mid-p |",
        "| --- | --: | --- | --: | --: |",
    ]
    for row in part["rows"]:
        sizes = " v ".join(map(str, row["sizes"]))
        first, second = row["shares"]
        lines.append(
            f"| {sizes} | {percent(row['censored'])} | {first} and {second} | "
            f"{row['beta-product']:.3f} | {row['beta-product-mid-p']:.3f} |"
        )
    return lines


def ratios(part: dict[str, Any]) -> list[str]:
    """Return the table of hazard ratios."""
    names = ("mantel-haenszel", "peto", "logrank")
    lines = [
        "",
        "## Hazard ratios",
        "",
        "Coverage of the 95 % intervals of `hazard_ratio` under proportional hazards; "
        + made(part),
        "An interval that is not defined counts as a miss.",
    ]
    for name in names:
        found = [row[name] for row in part["rows"]]
        mean, least = float(np.mean(found)), min(found)
        lines.append(f"Of {name}: {mean:.3f} on average, {least:.3f} at least.")
    lines += [
        "",
        "| sizes | censored | true ratio | mantel-haenszel | peto | logrank |",
        "| --- | --: | --: | --: | --: | --: |",
    ]
    for row in part["rows"]:
        sizes = " v ".join(map(str, row["sizes"]))
        cells = " | ".join(f"{row[name]:.3f}" for name in names)
        lines.append(
            f"| {sizes} | {percent(row['censored'])} | {row['ratio']:g} | {cells} |"
        )
    return lines


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    parts = (
        ("logrank_size.json", logrank_part),
        ("restricted_mean_size.json", means_part),
        ("survival_coverage.json", coverage_part),
    )
    lines: list[str] = []
    for name, part in parts:
        if (folder / name).exists():
            lines += part(json.loads((folder / name).read_text()))
    (folder / "survival-size.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
