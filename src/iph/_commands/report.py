"""The command that analyzes a cohort and writes a report."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from iph._cohort import Cohort
from iph._commands._counts_file import (
    holds_counts,
    holds_protected,
    read_counts,
    read_protected,
)
from iph._commands._exit import DONE
from iph._commands._output import progress, say
from iph._commands._parsing import (
    EPILOG,
    Commands,
    cohort,
    misplaced,
    protocol,
    protocol_argument,
    refuse_idle,
    refuse_reading,
    table_arguments,
)
from iph._commands._tables import count_where_they_lie, lies_elsewhere
from iph.errors import InputError

if TYPE_CHECKING:
    from iph.design import Plan
    from iph.protocol import Protocol
    from iph.report import FigureOptions
    from iph.study import Comparison, Study

# What a report that may leave the hospital does not hold.
_OPEN: Final[dict[str, object]] = {
    "compare": None,
    "figure": [],
    "listing": False,
    "p_values": False,
    "style": "si",
}
# What is chosen before patients are counted, or needs more than counts that are shown.
_CHOSEN: Final[dict[str, object]] = {
    "population": None,
    "by": None,
    "recovery_group": None,
    "primary_visit": None,
    "coagulation": "laboratory-or-history",
    "plan": None,
    "protected": False,
}


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "report",
        help="analyze a cohort and write a report",
        description=(
            "Analyze FILE (a table of patients, or counts that `count` wrote), or the "
            "bundled published cases, and write a folder with the "
            "report, its tables and its figures. Parquet files and tables of a "
            "database (registry.duckdb#TABLE, URL#TABLE) are counted where they lie; "
            "no row of a patient is fetched."
        ),
        epilog=EPILOG,
    )
    table_arguments(parser, optional=True)
    protocol_argument(parser)
    parser.add_argument(
        "--demo",
        action="store_true",
        help="a synthetic cohort that agrees with the figures of Li et al. 2023",
    )
    parser.add_argument(
        "--out",
        default="iph-report",
        metavar="FOLDER",
        help="the folder to write (default: %(default)s); a former report is replaced",
    )
    parser.add_argument(
        "--population",
        choices=("included", "not-excluded", "all"),
        help=(
            "which records to analyze (default: included; not-excluded for the "
            "published cases, whose eligibility is not known)"
        ),
    )
    parser.add_argument(
        "--by",
        metavar="GROUP",
        help=(
            "group the tables: etiology, conservative, "
            "treatments=surgical_evacuation, 'age_years>=60', ..."
        ),
    )
    parser.add_argument(
        "--recovery-group",
        metavar="GROUP",
        help=(
            "group recovery, by the same names (default: the group of the protocol; "
            "coagulation_status in that of Li et al. 2023)"
        ),
    )
    parser.add_argument(
        "--primary-visit",
        metavar="VISIT",
        help="the visit of the primary analysis (default: that of the protocol)",
    )
    parser.add_argument(
        "--p-values",
        action="store_true",
        help="test each row of the grouped tables",
    )
    parser.add_argument(
        "--coagulation",
        choices=(
            "laboratory",
            "laboratory-or-history",
            "platelets-or-laboratory-or-history",
        ),
        default="laboratory-or-history",
        help="what makes coagulation abnormal (default: %(default)s)",
    )
    parser.add_argument(
        "--compare",
        metavar="CLAIMS",
        help=(
            "the published study to compare with: li2023, the claims of a paper (TOML "
            "or CSV), or none (default: that of the protocol)"
        ),
    )
    parser.add_argument(
        "--plan",
        metavar="PLAN",
        help=(
            "the plan of the analysis (plan.json, as `plan --out` wrote it): what was "
            "done otherwise is listed"
        ),
    )
    parser.add_argument(
        "--protected",
        action="store_true",
        help=(
            "write a report that may leave the hospital: small counts are hidden, and "
            "no figure, test or course of a patient is in it"
        ),
    )
    parser.add_argument(
        "--style",
        choices=("si", "ama", "bmj", "lancet"),
        default="si",
        help="how numbers stand in the documents (default: %(default)s)",
    )
    parser.add_argument(
        "--figure",
        action="append",
        default=[],
        metavar="OPTION=VALUE",
        help=(
            "how figures are drawn and saved: formats=pdf,tiff dpi=600 width_mm=85 "
            "size_pt=8 font=Arial palette=gray text=text; once for each option; "
            "what is left out is as the study file says"
        ),
    )
    parser.add_argument(
        "--listing",
        action="store_true",
        help="list each patient in a line; not to be sent or published",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from iph.protocol import LI_2023_PROTOCOL
    from iph.report import write
    from iph.study import analyze

    if arguments.demo and arguments.file is not None:
        raise misplaced("--demo", "given without FILE")
    if arguments.protocol is not None and arguments.file is None:
        raise misplaced("--protocol", "given with FILE")
    if arguments.demo:
        refuse_reading(arguments, "given with FILE, and not with --demo")
    if arguments.protected:
        refuse_idle(arguments, _OPEN, "given without --protected, which prints none")
    own = protocol(arguments)
    if holds_protected(arguments.file):
        return _pooled(arguments, own)
    plan = _plan(arguments)
    bundled = arguments.file is None and not arguments.demo
    records: Any
    if arguments.demo:
        records = _twin()
    elif holds_counts(arguments.file):
        refuse_reading(arguments, "given with a table of patients, not with counts")
        records = read_counts(arguments.file, own)
    elif lies_elsewhere(arguments.file):
        records = count_where_they_lie(
            arguments,
            own,
            population=arguments.population or "included",
            by=arguments.by,
            recovery_group=arguments.recovery_group,
            coagulation=arguments.coagulation,
            volume="ellipsoid",
        )
    else:
        records = cohort(arguments, own)
    population = arguments.population
    if population is None:
        population = "not-excluded" if bundled else "included"
    study = analyze(
        records,
        protocol=LI_2023_PROTOCOL if own is None else own,
        population=population,
        by=arguments.by,
        p_values=arguments.p_values,
        coagulation=arguments.coagulation,
        recovery_group=arguments.recovery_group,
        primary_visit=arguments.primary_visit,
    )
    if arguments.protected:
        from iph.report import write_protected

        outside = write_protected(study, arguments.out)
        say(*outside.summary, sep="\n")
        say(f"Wrote {len(outside.files)} files to {outside.folder}")
        return DONE
    comparison = _comparison(study, arguments.compare)
    written = write(
        study,
        arguments.out,
        comparison=comparison,
        listing=arguments.listing,
        plan=plan,
        source=None if lies_elsewhere(arguments.file) else arguments.file,
        style=arguments.style,
        figure_options=_figure_options(arguments.figure, study.protocol.figures),
        progress=progress(),
    )
    say(*written.summary, sep="\n")
    if not study.patients and study.screening.n_assessed:
        say(
            f"None of {study.screening.n_assessed} records is known to meet all "
            "criteria; the eligibility of"
            f" {study.screening.n_unknown} could not be determined. To "
            "analyze those as well: --population not-excluded"
        )
    say(f"Wrote {len(written.files)} files to {written.folder}")
    return DONE


def _pooled(arguments: argparse.Namespace, own: "Protocol[Any] | None") -> int:
    """Report counts of hospitals that hide small ones: there is nothing to choose."""
    from iph.report import write_pooled

    rule = "given with patients or counts of which none is hidden"
    refuse_idle(arguments, {**_OPEN, **_CHOSEN}, rule)
    refuse_reading(arguments, rule)
    pooled = write_pooled(read_protected(arguments.file, own), arguments.out)
    say(*pooled.summary, sep="\n")
    say(f"Wrote {len(pooled.files)} files to {pooled.folder}")
    return DONE


def _plan(arguments: argparse.Namespace) -> "Plan | None":
    """Read the plan that the study is held against."""
    if arguments.plan is None:
        return None
    if arguments.protected:
        hint = "a deviation can point to a patient: hold the whole report against it"
        raise misplaced("--plan", "given without --protected", hint)
    from iph.design import read_plan_file

    return read_plan_file(arguments.plan)


def _figure_options(told: list[str], of_study: "FigureOptions") -> "FigureOptions":
    """Read what is asked of figures, beside what the study file asks for."""
    from iph.report import FigureOptions

    options: dict[str, Any] = {}
    names = [field.name for field in attrs.fields(FigureOptions)]
    for text in told:
        name, given, value = text.partition("=")
        if not given or name not in names or name in options:
            rule = f"OPTION=VALUE, each option once, of {', '.join(names)}"
            raise InputError("--figure", rule, text)
        if name == "formats":
            options[name] = value.split(",")
        elif name in {"width_mm", "size_pt", "dpi"}:
            try:
                options[name] = float(value)
            except ValueError:
                raise InputError("--figure", f"{name}=NUMBER", text) from None
        else:
            options[name] = value
    return attrs.evolve(of_study, **options)


def _twin() -> Cohort:
    from iph.evidence import Infeasible, li2023_claims, twin

    made = twin(li2023_claims(), rng=2023)
    if isinstance(made, Infeasible):  # pragma: no cover - the claims are bundled
        raise InputError("claims", "such that patients can stand behind them", made)
    return made


def _comparison(study: "Study", name: str | None) -> "Comparison | None":
    """Compare with the study that is named, or the protocol's; None if with none."""
    from iph.study import compare_with_claims

    if name is None:
        single = study.screening.decisions is not None  # claims are put to patients
        asked = single and study.protocol.compare_with is not None
        name = "li2023" if asked else "none"
    if name == "none":
        return None
    if name == "li2023":
        return compare_with_claims(study)
    from iph.evidence import read_claims

    claims = read_claims(name, protocol=study.protocol)
    return compare_with_claims(study, claims, source=Path(name).stem)
