"""The files of a report for readers outside: its formats, tables and results."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from iph.protocol._protocol import Protocol
from iph.report._document import Document
from iph.report._formats.html import document_html
from iph.report._formats.markdown import document_markdown
from iph.report._formats.word import can_write_word, document_word


def outside_files(
    document: Document,
    protocol: Protocol[Any],
    *,
    format_number: int,
    about: Mapping[str, Any],
) -> dict[str, bytes]:
    """Return the content of each file by its name."""
    results = {
        "format": format_number,
        "iph": version("iph"),
        **about,
        "protocol": {"title": protocol.title, "digest": protocol.digest},
        "tables": {
            sheet.name: {
                "title": sheet.title,
                "header": list(sheet.header),
                "rows": [list(row.cells) for row in sheet.rows],
                "notes": list(sheet.notes),
            }
            for sheet in document.sheets
        },
    }
    text = json.dumps(results, indent=1, allow_nan=False, ensure_ascii=False)
    files = {
        "report.md": document_markdown(document).encode(),
        "report.html": document_html(document, {}).encode(),
        "results.json": f"{text}\n".encode(),
    }
    if can_write_word():
        files["report.docx"] = document_word(document, {})
    for sheet in document.sheets:
        files[f"tables/{sheet.name}.csv"] = sheet.csv().encode("utf-8-sig")
        files[f"tables/{sheet.name}.tex"] = sheet.latex().encode()
    return files
