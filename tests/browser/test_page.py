"""The page in Chromium: a sheet is mended and reported, by any means and in silence.

`local` is served by `python -m iph page`; `alone` is the page that web/build.py made,
which runs Python itself. The variable ``IPH_PAGE`` names the folder of the latter.
"""

import json
import math
import os
import re
import threading
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs
import pytest

from iph._page import LARGEST, answer
from iph._page._server import PageServer
from iph.evidence import published_cases
from iph.records import write

BUILT = os.environ.get("IPH_PAGE")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
FORMS = ["alone" if BUILT else "local"]
PATIENT = 600_000  # milliseconds that a busy machine may take
ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs" / "tutorial" / "files"
HOSTILE = sorted(
    path
    for path in (ROOT / "tests" / "records" / "sheets").iterdir()
    if path.suffix != ".py" and path.is_file()
)

# Seconds that are to be reached on two cores with nothing else to do; a busy machine
# may take four times as long.
READY, REPORT, CHECK = 15, 12, 2
SLACK = 4

SHEET = (
    "patient_id;age_years;gender;hemoglobin_g_l;vas_baseline;vas_week_1\n"
    "P01;48;F;13.0;7,5;4\n"
    "P02;61;M;128;9;12\n"
)
# What depends on the version of a library or the moment, and not on the data.
VERSIONS = re.compile(r"version|software", re.IGNORECASE)
NAMED = re.compile(r"\b(Python|NumPy|SciPy|matplotlib|narwhals|attrs) \d[\w.]*")


@pytest.fixture(params=FORMS, scope="module")
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return where the page is."""
    if request.param == "alone":
        yield (Path(BUILT or "") / "iph.html").resolve().as_uri()
        return
    with PageServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


@attrs.define
class Opened:
    """A page that is open, and what it did."""

    page: Any
    said: list[str]
    fetched: list[str]
    seconds: float

    def new_requests(self, address: str) -> list[str]:
        """Return what was asked for since it was loaded, beside its own questions.

        A worker that is started anew is read from memory, by an address of its own.
        """
        own = {f"{address}ask", f"{address}stop"}
        fetched = [url for url in self.fetched if not url.startswith("blob:")]
        return [url for url in fetched if url not in own]


@pytest.fixture(scope="module")
def opened(chromium: Any, address: str) -> Iterator[Opened]:
    """Return the page, once it is ready to be asked."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-US", accept_downloads=True
    )
    if address.startswith("file:"):
        context.set_offline(True)
    page = context.new_page()
    page.set_default_timeout(PATIENT)
    said: list[str] = []
    fetched: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    started = time.monotonic()
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    seconds = time.monotonic() - started
    page.on("request", lambda request: fetched.append(request.url))
    yield Opened(page, said, fetched, seconds)
    context.close()


@pytest.fixture
def quiet(opened: Opened, address: str) -> Iterator[Opened]:
    """Return the page; nothing may be fetched or said on the console meanwhile."""
    opened.page.set_viewport_size({"width": 1280, "height": 900})
    yield opened
    assert opened.new_requests(address) == []
    assert opened.said == []


def paste(page: Any, text: str) -> None:
    """Paste a table and wait until it was checked."""
    details = page.locator("details:has(#pasted)")
    details.evaluate("found => { found.open = true }")
    page.fill("#pasted", text)
    page.click("#take-pasted")
    page.wait_for_selector("#working", state="hidden")
    page.wait_for_selector("#found")


def saved(page: Any, name: str) -> bytes:
    """Return a file that the page offers."""
    with page.expect_download() as waiting:
        page.click(f"a[download='{name}']")
    return Path(waiting.value.path()).read_bytes()


def test_a_sheet_is_mended_in_the_grid(quiet: Opened) -> None:
    """Wrong cells are marked and mended, guesses confirmed; then it is sound."""
    page = quiet.page
    paste(page, SHEET)
    assert "2 errors" in page.inner_text("#verdict")
    assert page.locator("td.wrong input").count() == 2
    field = page.get_by_label("row 2, hemoglobin_g_l")
    described = field.get_attribute("aria-describedby")
    assert "is it in g/dL?" in page.inner_text(f"#{described}")
    field.fill("130")
    page.get_by_label("row 3, vas_week_1").fill("1,2")
    page.get_by_label("The guess is right: gender is sex").check()
    page.click("#look-again")
    page.wait_for_selector("#verdict:not(.wrong)")
    assert "no errors" in page.inner_text("#verdict")
    assert page.locator("td.mended input").count() == 2
    assert page.locator("#report").is_visible()
    page.click("text=Keep the answers as a mapping file", trial=True)


def test_wrong_files_are_answered_in_words(quiet: Opened) -> None:
    """No stack is shown, and the page can be asked again."""
    page = quiet.page
    for name, content in {"a.exe": b"MZ", "a.csv": b"", "b.json": b"{"}.items():
        file = {"name": name, "mimeType": "text/plain", "buffer": content}
        page.set_input_files("#file", [file])
        page.wait_for_selector("#trouble:not([hidden])")
        page.wait_for_selector("#working", state="hidden")
        words = page.inner_text("#trouble")
        assert words.startswith(f"{name}:"), words
        assert "Traceback" not in words
    paste(page, SHEET)
    assert page.locator("#trouble").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_legible_and_accessible(
    opened: Opened, chromium: Any, address: str, width: int, scheme: str
) -> None:
    """Nothing scrolls sideways and axe finds nothing, in any tab."""
    page = opened.page
    paste(page, SHEET)
    page.click("#describe")
    page.wait_for_selector("#describing:not([hidden])")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    # What is scrolled out of sight lies beneath what follows.
    page.evaluate(
        "document.querySelectorAll('.scroll').forEach(d => d.style.maxHeight = 'none')"
    )
    assert page.evaluate(LAYOUT) == []
    # The policy forbids foreign scripts; a copy of the page without it is looked at.
    html = page.evaluate("document.documentElement.outerHTML")
    still = re.sub(
        r"<script.*?</script>|<meta http-equiv[^>]*>", "", html, flags=re.DOTALL
    )
    style = Path(answer.__code__.co_filename).parent / "interface" / "style.css"
    text = style.read_text(encoding="utf-8")
    copy = chromium.new_page(viewport={"width": width, "height": 900})
    copy.emulate_media(color_scheme=scheme)
    for name in ("sheet", "audit", "plan"):
        copy.set_content(still.replace("</head>", f"<style>{text}</style></head>"))
        copy.evaluate(
            "name => document.querySelectorAll('[role=tabpanel]')"
            ".forEach(panel => { panel.hidden = panel.id !== name })",
            name,
        )
        copy.add_script_tag(content=AXE)
        found = copy.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert len(found["passes"]) > 10
        assert [
            (one["id"], node["html"][:90], node.get("failureSummary", "")[:200])
            for one in found["violations"]
            for node in one["nodes"][:3]
        ] == []
    copy.close()
    page.emulate_media(color_scheme="light")
    assert opened.new_requests(address) == []
    assert opened.said == []


def test_the_keyboard_reaches_every_tab_and_language(quiet: Opened) -> None:
    """Arrows change the tab; the texts change with the language."""
    page = quiet.page
    page.focus("#tab-sheet")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-audit"
    assert page.locator("#audit").is_visible()
    page.keyboard.press("ArrowRight")
    page.click("#planned button")
    page.wait_for_selector("#sentence:not(:empty)")
    assert page.inner_text("#sentence").startswith("With ")
    for language, title in {"de": "Studie planen", "zh": "规划研究"}.items():
        page.select_option("#language", language)
        assert page.inner_text("#plan h2") == title
        assert page.evaluate("document.documentElement.lang") == language
    page.select_option("#language", "en")
    page.click("#tab-sheet")


def leaves(found: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value and where it stands; versions aside."""
    if isinstance(found, dict):
        for key, value in found.items():
            if not VERSIONS.search(str(key)):
                yield from leaves(value, f"{path}/{key}")
    elif isinstance(found, list):
        for place, value in enumerate(found):
            yield from leaves(value, f"{path}/{place}")
    else:
        yield path, found


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, numbers to 1e-11."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-11, abs_tol=1e-11)
    if isinstance(one, str) and isinstance(other, str):
        return NAMED.sub(r"\1", one) == NAMED.sub(r"\1", other)
    return bool(one == other)


def in_time(what: str, seconds: float, reach: float) -> None:
    """Print how long something took, and limit it.

    Where more processes want to run than there are cores, the page has its share alone.
    """
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    told = f"{what}: {seconds:.1f} s, of which {seconds / busy:.1f} s are its share"
    print(f"\n{told}; to be reached: {reach} s")  # noqa: T201 - told
    assert seconds / busy < SLACK * reach


def drop(page: Any, *paths: Path) -> None:
    """Choose files, and wait until the first was checked or refused."""
    page.set_input_files("#file", [str(path) for path in paths])
    page.wait_for_function(
        """name => {
          const find = id => document.getElementById(id);
          const said = find("trouble").hidden ? find("verdict") : find("trouble");
          return find("working").hidden && said.textContent.includes(name);
        }""",
        arg=paths[0].name,
    )


def make_report(page: Any, population: str = "included") -> None:
    """Press the button, and wait until the report is shown."""
    page.select_option("#population", population)
    page.click("#report")
    page.wait_for_selector("#made:not([hidden]), #trouble:not([hidden])")
    assert page.locator("#trouble").is_hidden(), page.inner_text("#trouble")


def check_same(page: Any, native: Any) -> None:
    """See that results.json is that of the package in each value."""
    expected = dict(leaves(json.loads(native.files["results.json"])))
    got = dict(leaves(json.loads(saved(page, "results.json"))))
    assert got.keys() == expected.keys()
    assert len(got) > 1_000
    assert [p for p in got if not same(got[p], expected[p])] == []


def test_the_page_is_soon_ready(opened: Opened) -> None:
    """With Python and the statistics loaded."""
    in_time("ready", opened.seconds, READY)


def test_a_sheet_of_300_rows_is_soon_checked(quiet: Opened, tmp_path: Path) -> None:
    """And shown, with nothing to mend."""
    head, *rows = (FILES / "hospital.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{turn}-{row}" for turn in range(10) for row in rows]
    path = tmp_path / "three_hundred.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    started = time.monotonic()
    drop(quiet.page, path)
    in_time("check of 300 rows", time.monotonic() - started, CHECK)
    assert "300 patients" in quiet.page.inner_text("#verdict")


def test_the_report_of_a_hospital_is_that_of_the_package(quiet: Opened) -> None:
    """Shown in the page, to be kept, equal in each value, and soon there."""
    page, path = quiet.page, FILES / "hospital.csv"
    started = time.monotonic()
    drop(page, path)
    make_report(page)
    in_time("report of 30 patients", time.monotonic() - started, REPORT)
    frame = page.frame_locator("#shown")
    assert "Iliopsoas hematoma" in frame.locator("h1").inner_text()
    assert frame.locator("figure svg").count() > 2
    assert saved(page, "iph-report.zip").startswith(b"PK")
    files = {path.name: path.read_bytes()}
    check_same(page, answer("report", {"file": path.name}, files))


def test_the_report_of_a_workbook_is_that_of_the_package(
    quiet: Opened, tmp_path: Path
) -> None:
    """The published cases, patients and assessments on two sheets."""
    path = tmp_path / "cases.xlsx"
    write(published_cases(), path)
    drop(quiet.page, path)
    assert quiet.page.locator("#sheet-name option").count() == 3
    make_report(quiet.page, "not-excluded")
    given = {"file": path.name, "population": "not-excluded"}
    check_same(quiet.page, answer("report", given, {path.name: path.read_bytes()}))


def test_the_demo_is_that_of_the_package(quiet: Opened) -> None:
    """The same made-up patients, and the same figures."""
    page = quiet.page
    page.evaluate("document.getElementById('made').hidden = true")
    page.click("#demo")
    page.wait_for_selector("#made:not([hidden]), #trouble:not([hidden])")
    check_same(page, answer("demo", {}, {}))


def test_a_study_is_described_and_reported(quiet: Opened) -> None:
    """The form is drafted from the columns, corrected, kept, used and left again."""
    page, path = quiet.page, FILES / "hands.csv"
    drop(page, path)
    page.click("#describe")
    page.click("#use-study")
    page.wait_for_selector(".mistakes")
    assert "condition is missing" in page.inner_text(".mistakes")
    page.get_by_label("Title", exact=True).fill("Carpal tunnel release")
    page.get_by_label("Patients with").fill("carpal tunnel syndrome")
    page.get_by_label("What happens on day 0").fill("operation")
    page.get_by_label("What symptom holds").select_option("grades")
    words = "none; mild; moderate; severe; very severe"
    page.get_by_label("symptom: Grades in order").fill(words)
    page.get_by_label("Follow symptom as an outcome").select_option("low")
    page.get_by_label("Follow grip_kg as an outcome").select_option("high")
    page.get_by_label("Primary outcome").select_option("symptom")
    page.get_by_label("at the visit").select_option("week_12")
    page.click("#use-study")
    page.wait_for_selector("#describing", state="hidden")
    page.wait_for_selector("#making:not([hidden])")
    assert "93 assessments, no errors" in page.inner_text("#verdict")
    assert "Carpal tunnel release" in page.inner_text("#belongs")
    study = page.input_value("#study-text").encode()
    make_report(page)
    given = {"file": path.name, "study": "study.toml"}
    files = {path.name: path.read_bytes(), "study.toml": study}
    check_same(page, answer("report", given, files))
    page.click("#leave-study")
    page.wait_for_selector("#making", state="hidden")
    assert "Iliopsoas hematoma" in page.inner_text("#belongs")


def test_two_tables_are_read_together(quiet: Opened, tmp_path: Path) -> None:
    """Dropped at once, in any order; both can be mended."""
    page = quiet.page
    patients, visits = tmp_path / "people.csv", tmp_path / "a_visits.csv"
    patients.write_text("patient_id,sex\nP01,F\n", encoding="utf-8")
    visits.write_text("patient_id,visit,vas\nP01,week_1,12\n", encoding="utf-8")
    page.set_input_files("#file", [str(visits), str(patients)])
    page.wait_for_selector("#verdict.wrong:has-text('people.csv')")
    page.get_by_label("row 2, vas").fill("1.2")
    page.click("#look-again")
    page.wait_for_selector("#verdict:not(.wrong)")
    assert "1 patients and 1 assessments" in page.inner_text("#verdict")


def test_hostile_files_do_no_more_harm_than_in_python(quiet: Opened) -> None:
    """What the page can read is judged as the package judges it; else there are words.

    A page without a server cannot read some kinds, and names them beforehand.
    """
    page = quiet.page
    unread = page.inner_text("#unread") if page.locator("#unread").is_visible() else ""
    kinds = {"SPSS": (".sav", ".dta", ".xpt"), "Parquet": (".parquet", ".feather")}
    kinds["OpenDocument"] = (".xls", ".ods", ".xlsb")
    closed = {end for kind, ends in kinds.items() if kind in unread for end in ends}
    assert len(HOSTILE) > 50
    for path in HOSTILE:
        drop(page, path)
        files = {path.name: path.read_bytes()}
        native = answer("look", {"file": path.name}, files).said
        words = page.inner_text("#trouble") if "error" in native else ""
        if path.suffix in closed:
            assert "read it with iph installed" in page.inner_text("#trouble")
        elif "error" in native:
            assert words.splitlines()[0] == native["error"].splitlines()[0]
        else:
            said = page.inner_text("#verdict")
            sound = "no errors" if native["ok"] else f"{native['n_errors']} errors"
            assert sound in said, path.name
            assert f"{native['n_patients']} patients" in said, path.name


def test_a_file_of_50_mb_is_refused_in_words(quiet: Opened, tmp_path: Path) -> None:
    """Before it is read."""
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    drop(quiet.page, path)
    words = "large.csv is larger than 50 MB. Split it, or use the Python package."
    assert quiet.page.inner_text("#trouble") == words


def test_work_can_be_stopped(quiet: Opened) -> None:
    """It ends with a word, and the page can be asked again."""
    page = quiet.page
    page.click("#demo")
    page.click("#stop")
    page.wait_for_selector("#working", state="hidden")
    assert page.inner_text("#trouble") == "Stopped."
    page.click("#tab-plan")
    page.click("#planned button")
    page.wait_for_selector("#working", state="hidden")
    assert page.inner_text("#sentence").startswith("With ")
    page.click("#tab-sheet")
