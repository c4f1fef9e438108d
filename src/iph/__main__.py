"""The command line: check, template, screen, report, share, audit and pool."""

import argparse
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from iph._cohort import Cohort
from iph.errors import FileError, InputError, IphError, NotReadWarning

if TYPE_CHECKING:
    from iph.criteria import Decision
    from iph.evidence import RecoverySeries
    from iph.study import Comparison, Study

DONE, FOUND, WRONG, STOPPED = 0, 1, 2, 130

# What the system says when a library does not fit into memory any more.
_NO_ROOM = re.compile(r"failed to map segment|cannot (map|allocate) ", re.IGNORECASE)

_EPILOG = (
    "exit codes: 0 done; 1 the check or audit found something; 2 wrong input or a file "
    "that cannot be used, nothing was written; 130 stopped. Not a medical device."
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m iph",
        description="Clinical studies of iliopsoas hematoma.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=version("iph"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    report = commands.add_parser(
        "report",
        help="analyze a cohort and write a report",
        description=(
            "Analyze FILE, or the bundled published cases, and write a folder with the "
            "report, its tables and its figures."
        ),
        epilog=_EPILOG,
    )
    _table_arguments(report, optional=True)
    report.add_argument(
        "--demo",
        action="store_true",
        help="a synthetic cohort that agrees with the figures of Li et al. 2023",
    )
    report.add_argument(
        "--out",
        default="iph-report",
        metavar="FOLDER",
        help="the folder to write (default: %(default)s); a former report is replaced",
    )
    report.add_argument(
        "--population",
        choices=("included", "not-excluded", "all"),
        help=(
            "which records to analyze (default: included; not-excluded for the "
            "published cases, of which eligibility cannot be told)"
        ),
    )
    report.add_argument(
        "--by",
        metavar="GROUP",
        help=(
            "group the tables: etiology, conservative, "
            "treatments=surgical_evacuation, 'age_years>=60', ..."
        ),
    )
    report.add_argument(
        "--recovery-group",
        metavar="GROUP",
        default="coagulation_status",
        help="group recovery, by the same names (default: %(default)s)",
    )
    report.add_argument(
        "--primary-visit",
        metavar="VISIT",
        default="month_6",
        help="the visit of the primary analysis (default: %(default)s)",
    )
    report.add_argument(
        "--p-values",
        action="store_true",
        help="test each row of the grouped tables",
    )
    report.add_argument(
        "--coagulation",
        choices=(
            "laboratory",
            "laboratory-or-history",
            "platelets-or-laboratory-or-history",
        ),
        default="laboratory-or-history",
        help="what makes coagulation abnormal (default: %(default)s)",
    )
    report.add_argument(
        "--compare",
        default="li2023",
        metavar="CLAIMS",
        help=(
            "the published study to compare with: li2023 (default), the claims of a "
            "paper (TOML or CSV), or none"
        ),
    )
    report.set_defaults(run=_report)

    screen = commands.add_parser(
        "screen",
        help="count which records meet the criteria of Li et al. 2023",
        description="Print the flow of records through the criteria.",
        epilog=_EPILOG,
    )
    screen.add_argument(
        "file",
        nargs="*",
        metavar="FILE",
        help=(
            "a table of patients, or Parquet files (also a pattern or a folder), which "
            "are counted where they lie (default: the bundled published cases)"
        ),
    )
    _reading_arguments(screen)
    screen.add_argument(
        "--as-printed",
        action="store_true",
        help="require CT, MRI and operation, as the published list reads",
    )
    screen.add_argument(
        "--list",
        action="store_true",
        help="list each record with its decision, what fails and what is missing",
    )
    screen.set_defaults(run=_screen)

    check = commands.add_parser(
        "check",
        help="list every error of a table",
        description="List every error of a table, cell by cell, and change nothing.",
        epilog=_EPILOG,
    )
    _table_arguments(check, optional=False)
    check.add_argument(
        "--marked",
        metavar="OUT",
        help="write the table to a workbook in which every wrong cell is marked",
    )
    check.add_argument(
        "--ask",
        metavar="OUT",
        help=(
            "write a file (CSV) that asks for the meaning of unknown columns and "
            "words; fill in read_as and give it with --mapping"
        ),
    )
    check.set_defaults(run=_check)

    template = commands.add_parser(
        "template",
        help="write an empty workbook, or a REDCap project, to enter patients in",
        description=(
            "Write a workbook with drop-downs, units and a codebook (FILE.xlsx), or "
            "the data dictionary and events of a REDCap project into a FOLDER."
        ),
        epilog=_EPILOG,
    )
    template.add_argument("path", metavar="FILE.xlsx", help="the workbook to write")
    template.add_argument(
        "--redcap",
        action="store_true",
        help="write a REDCap project into the folder of that name instead",
    )
    template.set_defaults(run=_template)

    share = commands.add_parser(
        "share",
        help="write tables in which no patient can be found",
        description=(
            "Write tables of counts of FILE that may leave the hospital, with small "
            "counts hidden and protected, and an account of what was done."
        ),
        epilog=_EPILOG,
    )
    _table_arguments(share, optional=False)
    share.add_argument(
        "--out",
        default="iph-shared",
        metavar="FOLDER",
        help="the folder to write (default: %(default)s)",
    )
    share.add_argument(
        "--by", metavar="FIELD", help="group the patients, for example by sex"
    )
    share.add_argument(
        "--least",
        type=int,
        default=5,
        metavar="N",
        help="the smallest count to show (default: %(default)s)",
    )
    share.set_defaults(run=_share)

    audit = commands.add_parser(
        "audit",
        help="check printed figures against each other",
        description=(
            "Check the claims of FILE (TOML or CSV), or those of Li et al. 2023: can "
            "data of that size give the printed figures, and do they agree?"
        ),
        epilog=_EPILOG,
    )
    audit.add_argument("file", nargs="?", metavar="FILE", help="claims, TOML or CSV")
    audit.add_argument("--html", metavar="OUT", help="write the findings as a page")
    audit.set_defaults(run=_audit)
    _pool_arguments(commands)
    return parser


def _pool_arguments(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    pool = commands.add_parser(
        "pool",
        help="pool recovery over series, and keep a file of them up to date",
        description=(
            "Pool recovery over the series of FILE (CSV), or the published ones. With "
            "--add, enter a series into FILE and say what it changes."
        ),
        epilog=_EPILOG,
    )
    pool.add_argument("file", nargs="?", metavar="FILE", help="series, CSV")
    pool.add_argument(
        "--new", action="store_true", help="write FILE first, with the published series"
    )
    pool.add_argument("--add", metavar="STUDY", help="the name of a series to enter")
    pool.add_argument(
        "--replace",
        action="store_true",
        help="with --add: in place of the series of that name and year",
    )
    for name in ("year", "recovered", "n"):
        pool.add_argument(f"--{name}", type=int, metavar="N", help="of the series")
    for name in ("outcome", "follow-up", "source", "doubt"):
        pool.add_argument(f"--{name}", default="", metavar="TEXT", help="of the series")
    pool.add_argument("--figure", metavar="OUT", help="draw them (.svg or .png)")
    pool.set_defaults(run=_pool)


def _table_arguments(parser: argparse.ArgumentParser, *, optional: bool) -> None:
    many = "?" if optional else None
    parser.add_argument(
        "file",
        nargs=many,
        metavar="FILE",
        help="a table of patients"
        + (" (default: the bundled published cases)" if optional else ""),
    )
    _reading_arguments(parser)


def _reading_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--assessments", metavar="FILE", help="a second table, one row a visit"
    )
    parser.add_argument("--mapping", metavar="FILE", help="which column is which field")
    parser.add_argument("--sheet", help="the sheet of a workbook")
    parser.add_argument(
        "--header-row", type=int, metavar="N", help="the row of the column names"
    )
    parser.add_argument(
        "--decimal", choices=(".", ","), help="the decimal mark of numbers in text"
    )
    parser.add_argument("--encoding", help="of a text file, for example gb18030")
    parser.add_argument(
        "--missing",
        action="append",
        metavar="CODE",
        help="a text that means missing throughout, such as -99; may be repeated",
    )


def _cohort(arguments: argparse.Namespace) -> Cohort:
    """Read the cohort that the arguments name."""
    if arguments.file is None:
        given = (arguments.assessments, *_said(arguments).values())
        if any(given):
            raise InputError("FILE", "given with these options", None)
        from iph.evidence import published_cases

        return published_cases()
    from iph.records import read

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotReadWarning)  # said below, line by line
        cohort = read(
            arguments.file,
            assessments=arguments.assessments,
            progress=_progress(),
            **_said(arguments),  # type: ignore[arg-type] # as parsed
        )
    for said in cohort.not_read:
        print(f"iph: not read: {said}", file=sys.stderr)
    return cohort


def _twin() -> Cohort:
    from iph.evidence import Infeasible, li2023_claims, twin

    made = twin(li2023_claims(), rng=2023)
    if isinstance(made, Infeasible):  # pragma: no cover - the claims are bundled
        raise InputError("claims", "such that patients can stand behind them", made)
    return made


def _report(arguments: argparse.Namespace) -> int:
    from iph.report import write
    from iph.study import analyze

    if arguments.demo and arguments.file is not None:
        raise InputError("--demo", "without FILE", arguments.file)
    bundled = arguments.file is None and not arguments.demo
    cohort = _twin() if arguments.demo else _cohort(arguments)
    population = arguments.population
    if population is None:
        population = "not-excluded" if bundled else "included"
    study = analyze(
        cohort,
        population=population,
        by=arguments.by,
        p_values=arguments.p_values,
        coagulation=arguments.coagulation,
        recovery_group=arguments.recovery_group,
        primary_visit=arguments.primary_visit,
    )
    comparison = _comparison(study, arguments.compare)
    written = write(study, arguments.out, comparison=comparison, progress=_progress())
    print(*written.summary, sep="\n")
    if not study.patients and len(cohort):
        print(
            f"None of {len(cohort)} records is known to meet all criteria; the "
            f"eligibility of {study.screening.n_unknown} could not be determined. To "
            "analyze those as well: --population not-excluded"
        )
    print(f"Wrote {len(written.files)} files to {written.folder}")
    return DONE


def _comparison(study: "Study", name: str) -> "Comparison | None":
    """Compare with the study that is named; None if with none."""
    from iph.study import compare_with_claims

    if name == "none":
        return None
    if name == "li2023":
        return compare_with_claims(study)
    from iph.evidence import read_claims

    return compare_with_claims(study, read_claims(name), source=Path(name).stem)


def _progress() -> Callable[[str, int, int], None] | None:
    """Return a progress line for a terminal; nothing if nobody watches."""
    if not sys.stderr.isatty():
        return None

    def show(what: str, done: int, total: int) -> None:
        bar = f"{'#' * (20 * done // total):<20}"
        line = f"\r[{bar}] {done}/{total} {what[:30]}"
        sys.stderr.write(f"{line:<70}" if done < total else "\r" + " " * 70 + "\r")
        sys.stderr.flush()

    return show


def _screen(arguments: argparse.Namespace) -> int:
    from iph.criteria import li_2023, screen
    from iph.criteria._tables import is_parquet

    criteria = li_2023(confirmation="all" if arguments.as_printed else "any")
    files: list[str] = arguments.file
    if any(is_parquet(file) or Path(file).is_dir() for file in files):
        from iph.criteria import open_table

        result = screen(open_table(files), criteria)
    elif len(files) > 1:
        raise InputError("FILE", "one table, or Parquet files", files)
    else:
        arguments.file = files[0] if files else None
        result = screen(_cohort(arguments), criteria)
    print(f"{criteria.name}: {result.n_assessed} records assessed")
    width = max(len(step.code) for step in result.flow)
    print(f"{'':{width}}  removed  unknown  remaining")
    for step in result.flow:
        print(
            f"{step.code:{width}}  {step.n_removed:7}  {step.n_unknown:7}  "
            f"{step.n_remaining:9}  {step.statement}"
        )
    print(
        f"included {result.n_included}, excluded {result.n_excluded}, "
        f"unknown {result.n_unknown}"
    )
    if arguments.list and result.decisions is None:
        raise InputError("--list", "given for a table, not for Parquet files", files)
    if arguments.list:
        print(*_decisions(result.decisions or ()), sep="\n")
    return DONE


def _decisions(decisions: "Sequence[Decision]") -> Iterator[str]:
    """Yield a line for each record: the decision, what fails, what is missing."""
    for one in decisions:
        failed = f"; fails {', '.join(one.failed)}" if one.failed else ""
        unknown = f"; missing for {', '.join(one.unknown)}" if one.unknown else ""
        yield f"{one.patient_id}: {one.eligibility.value}{failed}{unknown}"


def _said(arguments: argparse.Namespace) -> dict[str, object]:
    """Return what the arguments say of a table."""
    return {
        "mapping": arguments.mapping,
        "sheet": arguments.sheet,
        "header_row": arguments.header_row,
        "decimal": arguments.decimal,
        "encoding": arguments.encoding,
        "missing": arguments.missing or (),
    }


def _check(arguments: argparse.Namespace) -> int:
    from iph.records import check, errors_text, mark, suggest_mapping

    said = _said(arguments)
    if arguments.ask is not None:
        asked = suggest_mapping(arguments.file, arguments.ask, **said)  # type: ignore[arg-type] # as parsed
        print(
            f"Wrote {asked}: fill in read_as, remove the mark ? of guesses that are "
            "right, and give it with --mapping"
        )
    options = {**said, "assessments": arguments.assessments, "progress": _progress()}
    try:
        if arguments.marked is None:
            found = check(arguments.file, **options)
        else:
            found = mark(arguments.file, arguments.marked, **options)
    except FileError as problem:
        if arguments.ask is None:
            raise
        print(f"iph: {problem}", file=sys.stderr)  # the questions are written
        return FOUND
    print(errors_text(found))
    if arguments.marked is not None:
        print(f"Wrote {arguments.marked}")
    return FOUND if found.errors else DONE


def _template(arguments: argparse.Namespace) -> int:
    from iph.records import redcap_dictionary, template

    if arguments.redcap:
        folder = Path(arguments.path)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise FileError(str(folder), f"cannot be made ({error.strerror})") from None
        written = redcap_dictionary().write(folder)
        print(*(f"Wrote {path}" for path in written), sep="\n")
    else:
        print(f"Wrote {template(arguments.path)}")
    return DONE


def _share(arguments: argparse.Namespace) -> int:
    from iph.records import share

    shared = share(
        _cohort(arguments), arguments.out, by=arguments.by, least=arguments.least
    )
    print(
        f"{shared.n} patients, {len(shared.tables)} tables, "
        f"{shared.n_hidden} numbers hidden"
    )
    print(f"Wrote {len(shared.files)} files to {shared.folder}; look at them before")
    print("they leave: not every risk can be computed")
    return DONE


def _audit(arguments: argparse.Namespace) -> int:
    from iph.evidence import (
        Verdict,
        audit,
        findings_html,
        findings_markdown,
        li2023_claims,
        read_claims,
    )

    claims = li2023_claims() if arguments.file is None else read_claims(arguments.file)
    findings = audit(claims)
    print(findings_markdown(findings))
    if arguments.html is not None:
        _write_page(Path(arguments.html), findings_html(findings))
        print(f"Wrote {arguments.html}")
    wrong = (Verdict.IMPOSSIBLE, Verdict.CONTRADICTS)
    return FOUND if any(finding.verdict in wrong for finding in findings) else DONE


def _pool(arguments: argparse.Namespace) -> int:
    from iph.evidence import published_recovery, read_recovery_series
    from iph.evidence._pooled_text import pooled_lines, pooled_recovery

    given = [arguments.add, arguments.year, arguments.recovered, arguments.n]
    given += [arguments.outcome, arguments.follow_up, arguments.source, arguments.doubt]
    if arguments.add is None and (
        arguments.replace or any(x not in (None, "") for x in given)
    ):
        raise InputError("--add", "given with what is said of a series", None)
    if arguments.file is None:
        if arguments.new or arguments.add is not None:
            raise InputError("FILE", "given with --new and --add", None)
        series = published_recovery()
    else:
        file = Path(arguments.file)
        if arguments.new and file.exists():
            raise FileError(str(file), "is there already", "leave out --new")
        series = published_recovery() if arguments.new else read_recovery_series(file)
    figure = _figure_kind(arguments.figure)
    before = series
    if arguments.add is not None:
        series = _with_one_more(series, arguments)
    lines = list(pooled_lines(series))
    if arguments.new or arguments.add is not None:
        from iph.evidence import write_recovery_series
        from iph.evidence._pooled_text import changed_lines

        if arguments.add is not None:
            lines += changed_lines(before, series)
        lines.append(f"Wrote {write_recovery_series(series, arguments.file)}")
    print(*lines, sep="\n")
    if figure is not None:
        from iph.report import forest_figure
        from iph.report._style import image

        drawn = forest_figure(pooled_recovery(series), label="Recovered (%)")
        path = Path(arguments.figure)
        _write_page(path, image(drawn, figure, name="forest"))
        print(f"Wrote {path}")
    return DONE


def _figure_kind(name: str | None) -> Literal["png", "svg"] | None:
    """Return the kind of a figure by the end of its name; None if none is asked for."""
    if name is None:
        return None
    for kind in ("png", "svg"):
        if Path(name).suffix.lower() == f".{kind}":
            return kind
    raise InputError("--figure", "a file that ends in .svg or .png", name)


def _with_one_more(
    series: "tuple[RecoverySeries, ...]", arguments: argparse.Namespace
) -> "tuple[RecoverySeries, ...]":
    """Return the series with the one that the arguments describe."""
    from iph.evidence import RecoverySeries

    added = RecoverySeries(
        study=arguments.add,
        year=arguments.year,
        recovered=arguments.recovered,
        n=arguments.n,
        outcome=arguments.outcome,
        follow_up=arguments.follow_up,
        source=arguments.source,
        doubt=arguments.doubt,
    )
    there = [one.label for one in series]
    if arguments.replace:
        if added.label not in there:
            raise InputError("--add", f"one of {', '.join(there)}", added.label)
        return tuple(added if one.label == added.label else one for one in series)
    if added.label in there:
        hint = "to put it in the place of that one, give --replace"
        raise InputError("--add", "a series that is not there yet", added.label, hint)
    return (*series, added)


def _write_page(path: Path, page: str | bytes) -> None:
    """Write a page in one step, so that a former one is never half replaced."""
    part = path.with_name(path.name + ".part")
    content = page.encode() if isinstance(page, str) else page
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise FileError(str(path), f"cannot be written ({error.strerror})") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process if not given.

    Returns
    -------
    int
        0 done; 1 the check or audit found something; 2 wrong input; 130 stopped.
    """
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except IphError as error:
        print(f"iph: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("\niph: stopped; nothing was half-written", file=sys.stderr)
        return STOPPED
    except (MemoryError, ImportError) as error:
        if isinstance(error, ImportError) and not _NO_ROOM.search(str(error)):
            raise
        print("iph: not enough memory; nothing was half-written", file=sys.stderr)
        return WRONG
    except BrokenPipeError:  # the reader of our output (head, less) went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


if __name__ == "__main__":
    sys.exit(main())
