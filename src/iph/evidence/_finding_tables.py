"""Findings as a table, in Markdown or HTML."""

import html
from collections import Counter
from collections.abc import Iterable

from iph._options import each
from iph.errors import InputError
from iph.evidence._verdict import SEVERITY, Finding, Verdict

__all__ = ["findings_html", "findings_markdown"]

_COLUMNS = ("Where", "Printed", "Verdict", "Reason", "Compared with")

_STYLE = """\
table.audit { border-collapse: collapse; font: 0.9rem/1.4 sans-serif; }
table.audit th, table.audit td { border-bottom: 1px solid #ccc; padding: 0.3rem 0.6rem;
  text-align: left; vertical-align: top; }
table.audit tr.impossible, table.audit tr.contradicts { background: #fbe9e7; }
table.audit tr.other-denominator, table.audit tr.implausible { background: #fff8e1; }
@media print {
  table.audit { font-size: 7.5pt; }
  table.audit tr { break-inside: avoid; }
}
"""


def findings_markdown(findings: Iterable[Finding]) -> str:
    """Return findings as a Markdown table, the most serious verdicts first.

    Findings with a remark (`Claim.note`) come before the others that are no problem.

    Parameters
    ----------
    findings : iterable of Finding
        What `audit` returns, or a selection of it.

    Returns
    -------
    str
        A line that counts the verdicts, and a table with one row a finding.

    See Also
    --------
    findings_html : The same as HTML.

    Examples
    --------
    >>> from iph.evidence import Claim, audit, findings_markdown
    >>> men = Claim(code="men", where="Table 1", printed="46.15%",
    ...             kind="percentage", count=12, of=26)
    >>> print(findings_markdown(audit([men])))
    1 claim: 1 consistent.
    <BLANKLINE>
    | Where | Printed | Verdict | Reason | Compared with |
    | --- | --- | --- | --- | --- |
    | Table 1 | 46.15% | consistent | 12 of 26 is 46.15 %. |  |
    """
    listed = _ordered(findings)
    lines = [
        _summary(listed),
        "",
        "| " + " | ".join(_COLUMNS) + " |",
        "| " + " | ".join("---" for _ in _COLUMNS) + " |",
    ]
    lines += [
        "| " + " | ".join(_escaped(cell) for cell in _row(finding)) + " |"
        for finding in listed
    ]
    return "\n".join(lines)


def findings_html(findings: Iterable[Finding]) -> str:
    """Return findings as an HTML page with one table, the most serious first.

    Parameters
    ----------
    findings : iterable of Finding
        What `audit` returns, or a selection of it.

    Returns
    -------
    str
        A page that stands alone: no script, nothing loaded from elsewhere.

    See Also
    --------
    findings_markdown : The same as Markdown.

    Examples
    --------
    >>> from iph.evidence import Claim, audit, findings_html
    >>> men = Claim(code="men", where="Table 1", printed="46.15%",
    ...             kind="percentage", count=12, of=26)
    >>> "<td>12 of 26 is 46.15 %.</td>" in findings_html(audit([men]))
    True
    """
    listed = _ordered(findings)
    head = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
    rows = "\n".join(
        f'<tr class="{finding.verdict.name.lower().replace("_", "-")}">'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in _row(finding))
        + "</tr>"
        for finding in listed
    )
    summary = html.escape(_summary(listed))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Audit of printed claims</title>\n<style>\n{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>Audit of printed claims</h1>\n<p>{summary} "
        "The verdicts are about numbers, not about people.</p>\n"
        f'<table class="audit">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n'
        "</tbody>\n</table>\n</body>\n</html>\n"
    )


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Put the serious ones first, then those with a remark, then the others."""
    listed = each(findings, "findings", "what audit returns")
    for at, one in enumerate(listed):
        if not isinstance(one, Finding):
            raise InputError(f"findings[{at}]", "a Finding", one)
    serious = SEVERITY.index(Verdict.TRUNCATED)

    def place(finding: Finding) -> tuple[bool, bool, int]:
        severity = SEVERITY.index(finding.verdict)
        mild = severity >= serious
        return mild, mild and not finding.claim.note, severity

    return sorted(listed, key=place)


def _summary(findings: list[Finding]) -> str:
    found = Counter(finding.verdict for finding in findings)
    parts = [
        f"{found[verdict]} {verdict.value}" for verdict in SEVERITY if found[verdict]
    ]
    remarked = sum(bool(finding.claim.note) for finding in findings)
    if remarked:
        parts.append(f"{remarked} with a remark")
    claims = "1 claim" if len(findings) == 1 else f"{len(findings)} claims"
    return f"{claims}: {', '.join(parts)}." if parts else f"{claims}."


def _row(finding: Finding) -> tuple[str, ...]:
    related = [f"{claim.printed} ({claim.where})" for claim in finding.related]
    return (
        finding.claim.where,
        finding.claim.printed,
        finding.verdict.value,
        finding.reason,
        "; ".join(dict.fromkeys(related)),
    )


def _escaped(cell: str) -> str:
    """Make text of a cell: no tag, link, picture or border of the table."""
    plain = html.escape(cell, quote=False).replace("\\", "\\\\").replace("\n", " ")
    for sign in "|[]`*~@":
        plain = plain.replace(sign, f"\\{sign}")
    # Some programs make links of bare addresses.
    return plain.replace("://", ":\\//").replace("www.", "www\\.")
