"""Findings as tables: complete, ordered, and safe to show."""

from html.parser import HTMLParser

from iph.evidence import (
    Claim,
    audit,
    findings_html,
    findings_markdown,
    li2023_claims,
)


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows = 0
        self.cells: list[str] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - its base's
        self.rows += tag == "tr"
        self.open = tag == "td"
        if self.open:
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.cells[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag != "td"


def test_html_holds_every_finding() -> None:
    """One row a finding, and nothing from elsewhere."""
    findings = audit(li2023_claims())
    page = findings_html(findings)
    parser = _Rows()
    parser.feed(page)
    assert parser.rows == len(findings) + 1
    assert "http" not in page
    assert parser.cells[1] in {"46.15%", "21.41%"}


def test_text_is_escaped() -> None:
    """What is printed in a paper never becomes markup."""
    claim = Claim(
        code="c", where="<b>|Table</b>", printed="<script>12", kind="count", of=28
    )
    page, table = findings_html(audit([claim])), findings_markdown(audit([claim]))
    for text in (page, table):
        assert "<script>" not in text
        assert "&lt;script&gt;12" in text
    assert "\\|Table" in table


def test_markdown_starts_with_the_most_serious() -> None:
    """The counts come first, then what is impossible."""
    lines = findings_markdown(audit(li2023_claims())).splitlines()
    assert lines[0].startswith("252 claims: 2 impossible, 18 contradicts")
    assert "impossible" in lines[4]
    assert len(lines) == 252 + 4


def test_no_findings() -> None:
    """An empty audit is an empty table."""
    assert findings_markdown([]).startswith("0 claims.")
