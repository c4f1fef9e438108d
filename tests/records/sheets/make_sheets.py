"""Write the sheets of this folder, and beside them what is right to read in each.

Run by hand: ``python make_sheets.py``, with openpyxl, xlsxwriter, xlwt, odfpy, pandas,
pyreadstat, and LibreOffice (``soffice``) installed. The right values are written here
by hand, from what a person sees on the sheet; no reader made them.
"""
# ruff: noqa: DTZ001, D401, E501, S603, S607, T201

import datetime as dt
import json
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LISTED: list[dict[str, Any]] = []


def sheet(name: str, program: str, says: str, **right: Any) -> Path:
    """List a sheet with what is right, and return where to write it.

    `values` holds what each patient has; `errors` the cells (row, column) that must be
    refused; `not_read` words that must stand in what is said not to have been read.
    """
    LISTED.append({"file": name, "program": program, "says": says, **right})
    return HERE / name


def text(
    name: str, says: str, *lines: str, encoding: str = "utf-8", **right: Any
) -> None:
    """Write lines as they stand, as a person types them in an editor."""
    path = sheet(name, "typed", says, **right)
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))


def openpyxl_book(
    name: str,
    says: str,
    rows: list[list[Any]],
    change: Callable[..., Any] = lambda _: None,
    **right: Any,
) -> None:
    """Write rows with openpyxl, then let `change` do what a user does in Excel."""
    import openpyxl

    path = sheet(name, f"openpyxl {version('openpyxl')}", says, **right)
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = "data"
    for row in rows:
        page.append(row)
    change(book)
    book.save(path)


def office(name: str, source: Path, kind: str, says: str, **right: Any) -> None:
    """Let LibreOffice save a file as another kind."""
    shown = subprocess.run(
        ["soffice", "--version"], capture_output=True, text=True, check=True
    )
    path = sheet(name, " ".join(shown.stdout.split()[:2]), says, **right)
    subprocess.run(
        [
            "soffice",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(HERE / "made"),
            str(source),
        ],
        check=True,
        capture_output=True,
    )
    (HERE / "made" / f"{source.stem}.{kind.partition(':')[0]}").replace(path)
    (HERE / "made").rmdir()


def percent_formats() -> None:
    """Factor activities that the sheet shows as 5 % and 80 %."""
    says = "a cell in percent format is what it shows: 5 %, not 0.05"
    right = {
        "values": {
            "A": {"factor_viii_percent": 5.0},
            "B": {"factor_viii_percent": 80.0},
            "C": {"factor_viii_percent": 12.0},
        }
    }
    rows: list[list[Any]] = [
        ["patient_id", "factor_viii_percent"],
        ["A", 0.05],
        ["B", 0.8],
        ["C", 12],
    ]

    def formats(book: Any) -> None:
        book.active["B2"].number_format = "0%"
        book.active["B3"].number_format = "0.0%"
        book.active["B4"].number_format = '0"%"'  # a sign that scales nothing

    openpyxl_book("percent.xlsx", says, rows, formats, **right)

    import xlwt

    path = sheet("percent.xls", f"xlwt {version('xlwt')}", says, **right)
    book = xlwt.Workbook()
    page = book.add_sheet("data")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            form = {(1, 1): "0%", (2, 1): "0.0%", (3, 1): '0"%"'}.get((r, c), "General")
            page.write(r, c, value, xlwt.easyxf(num_format_str=form))
    book.save(str(path))
    office("percent.ods", HERE / "percent.xlsx", "ods", says, **right)

    import xlsxwriter

    path = sheet(
        "percent_elsewhere.xlsx",
        f"xlsxwriter {version('xlsxwriter')}",
        "a percent format in a column that is no percentage is refused, not divided by 100",
        errors=[[2, "volume_ml"]],
    )
    made = xlsxwriter.Workbook(str(path))
    page = made.add_worksheet("data")
    page.write_row(0, 0, ["patient_id", "volume_ml"])
    page.write(1, 0, "A")
    page.write(1, 1, 1.5, made.add_format({"num_format": "0%"}))
    page.write_row(2, 0, ["B", 150])
    made.close()


def error_cells() -> None:
    """Errors and formulas that were never computed."""
    says = "an error, or a formula without a value, is no missing value"
    right = {"errors": [[2, "age_years"], [3, "inr"], [4, "age_years"]]}
    import xlwt

    path = sheet("errors.xls", f"xlwt {version('xlwt')}", says, **right)
    book = xlwt.Workbook()
    page = book.add_sheet("data")
    for c, head in enumerate(["patient_id", "age_years", "inr"]):
        page.write(0, c, head)
    for r, name in enumerate("ABCD", start=1):
        page.write(r, 0, name)
    page.row(1).set_cell_error(1, 0x07)  # #DIV/0!
    page.row(2).set_cell_error(2, 0x17)  # #REF!
    page.write(3, 1, xlwt.Formula("12*4"))  # a formula; xlwt computes none
    page.write(4, 1, 44)
    book.save(str(path))

    from odf import opendocument, table
    from odf import text as odf_text

    path = sheet("errors.ods", f"odfpy {version('odfpy')}", says, **right)
    document = opendocument.OpenDocumentSpreadsheet()
    page_ods = table.Table(name="data")

    def line(*cells: Any) -> None:
        row = table.TableRow()
        for cell in cells:
            row.addElement(cell)
        page_ods.addElement(row)

    def word(said: str) -> Any:
        made = table.TableCell(valuetype="string")
        made.addElement(odf_text.P(text=said))
        return made

    wrong = table.TableCell(valuetype="string", stringvalue="", formula="of:=1/0")
    wrong.setAttrNS(
        "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
        "value-type",
        "error",
    )
    wrong.addElement(odf_text.P(text="#DIV/0!"))
    lost = table.TableCell(valuetype="float", value="0", formula="of:=#REF!+1")
    lost.addElement(odf_text.P(text="Err:524"))
    never = table.TableCell(formula="of:=12*4")
    line(word("patient_id"), word("age_years"), word("inr"))
    line(word("A"), wrong, table.TableCell())
    line(word("B"), table.TableCell(), lost)
    line(word("C"), never, table.TableCell())
    good = table.TableCell(valuetype="float", value="44")
    good.addElement(odf_text.P(text="44"))
    line(word("D"), good, table.TableCell())
    document.spreadsheet.addElement(page_ods)
    document.save(str(path))


def merged_cells() -> None:
    """A sex that was merged over two patients."""
    says = "a cell merged over two patients is refused for the second"
    rows: list[list[Any]] = [
        ["patient_id", "age_years", "sex"],
        ["A", 40, "male"],
        ["B", 41, None],
        ["C", 42, "female"],
    ]
    right = {"errors": [[3, "sex"]]}
    openpyxl_book(
        "merged.xlsx", says, rows, lambda b: b.active.merge_cells("C2:C3"), **right
    )
    import xlwt

    path = sheet("merged.xls", f"xlwt {version('xlwt')}", says, **right)
    book = xlwt.Workbook()
    page = book.add_sheet("data")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None and (r, c) != (1, 2):
                page.write(r, c, value)
    page.write_merge(1, 2, 2, 2, "male")
    book.save(str(path))
    office("merged.ods", HERE / "merged.xlsx", "ods", says, **right)


def hidden() -> None:
    """Rows, columns and sheets that nobody sees."""
    rows: list[list[Any]] = [
        ["patient_id", "age_years"],
        ["A", 40],
        ["B", 41],
        ["C", 42],
    ]
    values = {"A": {"age_years": 40}, "B": {"age_years": 41}, "C": {"age_years": 42}}
    says = "hidden rows are patients, and it is said which"

    def hide(book: Any) -> None:
        book.active.row_dimensions[3].hidden = True

    openpyxl_book("hidden_row.xlsx", says, rows, hide, values=values, warns=["row 3 "])
    office(
        "hidden_row.ods",
        HERE / "hidden_row.xlsx",
        "ods",
        says,
        values=values,
        warns=["row 3 "],
    )
    office(
        "hidden_row.xls",
        HERE / "hidden_row.xlsx",
        "xls",
        says,
        values=values,
        warns=["row 3 "],
    )

    def two(book: Any) -> None:
        old = book.create_sheet("patients")
        old.append(["patient_id", "age_years"])
        old.append(["A", 99])
        old.sheet_state = "hidden"

    openpyxl_book(
        "hidden_sheet.xlsx",
        "a hidden sheet is left aside, also one called patients, and it is said",
        rows,
        two,
        values=values,
        not_read=["sheet 'patients'", "hidden"],
    )


def footers() -> None:
    """Means, totals and notes below the patients."""
    rows: list[list[Any]] = [
        ["patient_id", "age_years", "sex", "vas_baseline"],
        ["A", 40, "male", 7],
        ["B", 50, "male", 8],
        ["Mean", 45, None, 7.5],
        ["SD", 7.1, None, 0.7],
        ["n =", 2, None, 2],
        ["Note: yellow cells were checked", None, None, None],
    ]
    values = {
        "A": {"age_years": 40, "vas_baseline": 7.0},
        "B": {"age_years": 50, "vas_baseline": 8.0},
    }
    said = ["row 4", "row 5", "row 6", "row 7", "Mean"]
    says = "rows of statistics and notes below the table are never patients"
    openpyxl_book("footer.xlsx", says, rows, values=values, not_read=said)
    lines = [",".join("" if v is None else str(v) for v in row) for row in rows]
    text("footer.csv", says, *lines, values=values, not_read=said)
    text(
        "footer_blank.csv",
        says,
        *lines[:3],
        ",,,",
        "Total,2,,",
        "* seen on admission,,,",
        values=values,
        not_read=["row 5", "row 6"],
    )
    text(
        "footer_zh.csv",
        says,
        "patient_id,age_years",
        "A,40",
        "B,50",
        "合计,90",
        "平均,45",
        "注：黄色为待核实,",
        values=values | {"A": {"age_years": 40}, "B": {"age_years": 50}},
        not_read=["row 4", "row 5", "row 6"],
    )
    text(
        "footer_de.csv",
        says,
        "patient_id;age_years",
        "A;40",
        "B;50",
        "Mittelwert;45",
        "Summe;90",
        "Anmerkung: n = 2;",
        values={"A": {"age_years": 40}, "B": {"age_years": 50}},
        not_read=["row 4", "row 5", "row 6"],
    )
    text(
        "footer_inside.csv",
        "a row of statistics between patients is asked about",
        "patient_id,age_years",
        "A,40",
        "Mean,45",
        "B,50",
        errors=[[3, "patient_id"]],
    )
    import pandas as pd

    path = sheet(
        "footer_pandas.xlsx",
        f"pandas {version('pandas')}",
        says,
        values={"A": {"age_years": 40}, "B": {"age_years": 50}},
        not_read=["row 4", "Total"],
    )
    frame = pd.DataFrame({"patient_id": ["A", "B"], "age_years": [40, 50]})
    frame.loc[2] = ["Total", 90]
    frame.to_excel(path, index=False)


def above() -> None:
    """Titles above the header."""
    rows: list[list[Any]] = [
        ["Iliopsoas hematoma, 2015 to 2020"],
        ["Department of Orthopedics"],
        [],
        ["patient_id", "age_years", "sex"],
        ["A", 40, "male"],
        ["B", 50, "female"],
    ]
    values = {
        "A": {"age_years": 40, "sex": "male"},
        "B": {"age_years": 50, "sex": "female"},
    }
    says = "the header is found below titles, and it is said which rows were not read"
    openpyxl_book("title.xlsx", says, rows, values=values, not_read=["row 1", "row 2"])
    text(
        "title.csv",
        says,
        "Iliopsoas hematoma,,",
        ",,",
        "patient_id,age_years,sex",
        "A,40,male",
        "B,50,female",
        values=values,
        not_read=["row 1"],
    )


def numbers() -> None:
    """Numbers as people write them."""
    text(
        "thousands_de.csv",
        "a thousands point beside decimal commas is asked about",
        "patient_id;age_years;hemoglobin_g_dl;volume_ml;platelets_10e9_l",
        "A;40;9,8;1.250;286",
        "B;50;10,4;350;1.050",
        errors=[[2, "volume_ml"], [3, "platelets_10e9_l"]],
    )
    text(
        "thousands_semicolon.csv",
        "a thousands point in a file with semicolons is asked about",
        "patient_id;volume_ml",
        "A;1.250",
        "B;900",
        errors=[[2, "volume_ml"]],
    )
    text(
        "point_us.csv",
        "a decimal point with three digits in a file of decimal points is one",
        "patient_id,volume_ml,hemoglobin_g_dl",
        "A,1.250,9.8",
        "B,900,10.4",
        values={
            "A": {"volume_ml": 1.25, "hemoglobin_g_l": 98.0},
            "B": {"volume_ml": 900.0, "hemoglobin_g_l": 104.0},
        },
    )
    text(
        "full_width.csv",
        "full-width digits and signs are digits and signs",
        "patient_id,age_years,vas_baseline,strength_baseline",
        "A,４８,７．５,Ⅳ",
        "B,５０,８,３",
        values={
            "A": {"age_years": 48, "vas_baseline": 7.5, "strength_baseline": 4},
            "B": {"age_years": 50, "vas_baseline": 8.0, "strength_baseline": 3},
        },
    )
    text(
        "out_of.csv",
        "8/10 on a scale to 10 is 8",
        "patient_id,vas_baseline,strength_baseline",
        "A,8/10,3/5",
        "B,7.5 / 10,V/V",
        values={
            "A": {"vas_baseline": 8.0, "strength_baseline": 3},
            "B": {"vas_baseline": 7.5, "strength_baseline": 5},
        },
    )
    text(
        "out_of_wrong.csv",
        "8/100 and 5/10 on other scales are asked about",
        "patient_id,vas_baseline,strength_baseline",
        "A,8/100,3/6",
        errors=[[2, "vas_baseline"], [2, "strength_baseline"]],
    )
    text(
        "units_in_headers.csv",
        "units in headers are read in their common spellings",
        "patient_id;Hb [g/dl];Fibrinogen, mg/dL;Platelets (10^9/L)",
        "A;9,8;320;286",
        "B;10,4;180;150",
        values={
            "A": {
                "hemoglobin_g_l": 98.0,
                "fibrinogen_g_l": 3.2,
                "platelets_10e9_l": 286.0,
            },
            "B": {
                "hemoglobin_g_l": 104.0,
                "fibrinogen_g_l": 1.8,
                "platelets_10e9_l": 150.0,
            },
        },
    )
    text(
        "diameters.csv",
        "three diameters in one cell are three diameters",
        "patient_id,diameters_cm",
        "A,4x5x8",
        "B,4.5 × 5 × 8.5",
        "C,",
        values={
            "A": {"diameter_a_cm": 4.0, "diameter_b_cm": 5.0, "diameter_c_cm": 8.0},
            "B": {"diameter_a_cm": 4.5, "diameter_b_cm": 5.0, "diameter_c_cm": 8.5},
            "C": {"diameter_a_cm": None},
        },
    )
    text(
        "bounds.csv",
        "a bound is a value",
        "patient_id,inr,aptt_s,factor_viii_percent,hemoglobin_g_l",
        "A,>8,> 180,<1,<70",
        "B,1.0,30,≤ 20,≥200",
        "C,＞８,30 s,< 1 %,120",
        errors=[[4, "aptt_s"]],
        bounds={
            "A": {
                "inr": [">", 8],
                "aptt_s": [">", 180],
                "factor_viii_percent": ["<", 1],
                "hemoglobin_g_l": ["<", 70],
            },
            "B": {"factor_viii_percent": ["<=", 20], "hemoglobin_g_l": [">=", 200]},
            "C": {"inr": [">", 8], "factor_viii_percent": ["<", 1]},
        },
    )


def excel_dates() -> None:
    """What Excel makes of 3/5."""
    rows: list[list[Any]] = [
        ["patient_id", "strength_baseline", "vas_baseline"],
        ["A", dt.datetime(2024, 5, 3), 7],
        ["B", 4, dt.datetime(2024, 8, 10)],
    ]

    def formats(book: Any) -> None:
        book.active["B2"].number_format = "d-mmm"
        book.active["C3"].number_format = "d/m"

    openpyxl_book(
        "dates.xlsx",
        "3/5 that became a date is refused",
        rows,
        formats,
        errors=[[2, "strength_baseline"], [3, "vas_baseline"]],
    )
    office(
        "dates.ods",
        HERE / "dates.xlsx",
        "ods",
        "3/5 that became a date is refused",
        errors=[[2, "strength_baseline"], [3, "vas_baseline"]],
    )


def labels() -> None:
    """Codes with value labels."""
    import pandas as pd
    import pyreadstat

    program = f"pyreadstat {version('pyreadstat')}"
    frame = pd.DataFrame(
        {
            "patient_id": ["A", "B", "C"],
            "strength_baseline": [1.0, 3.0, 4.0],
            "lost_to_follow_up": [0.0, 1.0, 0.0],
            "sex": [1.0, 2.0, 1.0],
        }
    )
    names = {
        "strength_baseline": {
            1.0: "0",
            2.0: "1",
            3.0: "2",
            4.0: "3",
            5.0: "4",
            6.0: "5",
        },
        "lost_to_follow_up": {0.0: "yes", 1.0: "no"},
        "sex": {1.0: "female", 2.0: "male"},
    }
    values = {
        "A": {"strength_baseline": 0, "lost_to_follow_up": True, "sex": "female"},
        "B": {"strength_baseline": 2, "lost_to_follow_up": False, "sex": "male"},
        "C": {"strength_baseline": 3, "lost_to_follow_up": True},
    }
    says = "the label of a code says what it is"
    pyreadstat.write_sav(
        frame,
        str(sheet("labels.sav", program, says, values=values)),
        variable_value_labels=names,
    )
    pyreadstat.write_dta(
        frame,
        str(sheet("labels.dta", program, says, values=values)),
        variable_value_labels={
            n: {int(k): v for k, v in m.items()} for n, m in names.items()
        },
    )
    wrong = frame.assign(numbness_baseline=[2.0, 3.0, 2.0])
    path = sheet(
        "labels_unclear.sav",
        program,
        "a label that is no level of the scale is refused",
        errors=[[1, "numbness_baseline"], [3, "numbness_baseline"]],
    )
    pyreadstat.write_sav(
        wrong,
        str(path),
        variable_value_labels={
            **names,
            "numbness_baseline": {2.0: "somewhat", 3.0: "III"},
        },
    )
    yes = pd.DataFrame({"patient_id": ["A", "B"], "died": [1.0, 2.0]})
    path = sheet(
        "yes_no_12.sav",
        program,
        "yes and no coded 1 and 2 are read by their labels",
        values={"A": {"died": True}, "B": {"died": False}},
    )
    pyreadstat.write_sav(
        yes, str(path), variable_value_labels={"died": {1.0: "Yes", 2.0: "No"}}
    )
    path = sheet(
        "plain.xpt",
        program,
        "a SAS transport file is a table",
        values={"A": {"inr": 2.5}, "B": {"inr": 1.0}},
    )
    pyreadstat.write_xport(
        pd.DataFrame({"patient_id": ["A", "B"], "inr": [2.5, 1.0]}), str(path)
    )
    table = pd.DataFrame(
        {"patient_id": ["A", "B"], "inr": [2.5, 1.0], "sex": ["female", "male"]}
    )
    right = {"A": {"inr": 2.5, "sex": "female"}, "B": {"inr": 1.0, "sex": "male"}}
    program = f"pandas {version('pandas')}, pyarrow {version('pyarrow')}"
    table.to_parquet(
        sheet("plain.parquet", program, "a Parquet file is a table", values=right)
    )
    table.to_feather(
        sheet("plain.feather", program, "a Feather file is a table", values=right)
    )


def identity() -> None:
    """Who is who."""
    text(
        "same_id.csv",
        "one id in two rows of a wide sheet is an error even where no cell collides",
        "patient_id,vas_baseline,vas_week_1",
        "P1,7,",
        "P2,6,2",
        "P1,,5",
        errors=[[4, "patient_id"]],
    )
    text(
        "accents.csv",
        "composed and decomposed accents are one name",
        "patient_id,visit,vas",
        "José,baseline,7",
        "Jose\u0301,week_1,3",
        values={"José": {"vas_baseline": 7.0, "vas_week_1": 3.0}},
    )
    text(
        "python_none.csv",
        "None, as a program writes a missing value, is not the finding none",
        "patient_id,anticoagulant,comorbidities,sex",
        "A,None,None,None",
        "B,warfarin,none,male",
        values={
            "A": {"anticoagulant": None, "comorbidities": None, "sex": None},
            "B": {"anticoagulant": ["warfarin"], "comorbidities": [], "sex": "male"},
        },
    )
    openpyxl_book(
        "long_ids.xlsx",
        "text ids of 18 digits stay apart",
        [
            ["patient_id", "age_years"],
            ["110101199003070012", 40],
            ["110101199003070013", 50],
        ],
        values={
            "110101199003070012": {"age_years": 40},
            "110101199003070013": {"age_years": 50},
        },
    )
    openpyxl_book(
        "rounded_ids.xlsx",
        "numbers that a spreadsheet rounded are no ids",
        [["patient_id", "age_years"], [110101199003070012, 40], [12, 50]],
        errors=[[2, "patient_id"]],
    )
    text(
        "numbness_0_3.csv",
        "a scale coded from 0 in the sheet is asked about in each cell",
        "patient_id,numbness_baseline,numbness_month_6",
        "A,3,1",
        "B,2,1",
        "C,1,0",
        errors=[
            [2, "numbness_baseline"],
            [2, "numbness_month_6"],
            [3, "numbness_baseline"],
            [3, "numbness_month_6"],
            [4, "numbness_baseline"],
            [4, "numbness_month_6"],
        ],
    )
    text(
        "unknown_column.csv",
        "a column that is not known is named",
        "patient_id,age_years,sex,vas_baseline,pain_wk_1",
        "P1,40,male,7,3",
        "P2,50,female,6,2",
        values={
            "P1": {"vas_baseline": 7.0, "vas_week_1": None},
            "P2": {"vas_baseline": 6.0},
        },
        not_read=["pain_wk_1"],
    )


def other_sheets() -> None:
    """Workbooks of several sheets."""
    rows: list[list[Any]] = [["patient_id", "age_years"], ["A", 40], ["B", 41]]
    values = {"A": {"age_years": 40}, "B": {"age_years": 41}}

    def empty(book: Any) -> None:
        book.create_sheet("Sheet2")
        book.create_sheet("Sheet3")

    openpyxl_book(
        "empty_sheets.xlsx", "empty sheets are left aside", rows, empty, values=values
    )

    def visits(book: Any) -> None:
        book.active.title = "patients"
        other = book.create_sheet("Follow-up")
        for row in (["patient_id", "visit", "vas"], ["A", "week_1", 3]):
            other.append(row)

    openpyxl_book(
        "follow_up.xlsx",
        "a follow-up sheet of any name is never dropped in silence",
        rows,
        visits,
        values={"A": {"age_years": 40, "vas_week_1": 3.0}, "B": {"age_years": 41}},
    )

    def codebook(book: Any) -> None:
        other = book.create_sheet("Legend")
        other.append(["color", "meaning"])
        other.append(["yellow", "checked"])

    openpyxl_book(
        "codebook.xlsx",
        "a sheet of which no column is known is left aside and said",
        rows,
        codebook,
        values=values,
        not_read=["Legend"],
    )


def main() -> None:
    """Write all sheets and the list."""
    for made in (
        percent_formats,
        error_cells,
        merged_cells,
        hidden,
        footers,
        above,
        numbers,
        excel_dates,
        labels,
        identity,
        other_sheets,
    ):
        made()
    (HERE / "right.json").write_text(
        json.dumps(LISTED, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    real = sum(one["program"] != "typed" for one in LISTED)
    print(f"{len(LISTED)} sheets, {real} written by programs")


if __name__ == "__main__":
    main()
