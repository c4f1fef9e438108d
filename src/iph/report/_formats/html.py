"""A report as HTML: one file, nothing fetched.

Its script only adds what a reader can do with tables and figures. The policy of the
page names it by its hash, so that no other script runs.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from iph.report._document import Bullets, Document, Paragraph, Picture, numbered
from iph.report._sheet import Sheet, environment

_IDS = re.compile(r'\b(id="|href="#|url\(#)')
_SIZE = re.compile(r'<svg [^>]*?viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"')


def inline_svg(svg: bytes, picture: Picture) -> str:
    """Return a figure as SVG within a page: named, scaled, its ids made unique."""
    text = svg.decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = _IDS.sub(lambda found: f"{found.group(1)}{picture.name}-", text)
    size = _SIZE.search(text)
    if size is None:  # pragma: no cover - matplotlib writes the box first
        raise ValueError(picture.name)
    width = float(size["width"])
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" role="img" focusable="false" '
        f'aria-labelledby="{picture.name}-alt" '
        f'viewBox="0 0 {size["width"]} {size["height"]}" '
        f'style="width: {width * 1.9:.0f}px; '
        'stroke-linejoin: round; stroke-linecap: butt">'
    )
    return opened + text[text.index(">") + 1 :]


def document_html(document: Document, figures: Mapping[str, bytes]) -> str:
    """Return a report as one page; the figures are SVG by the names of the pictures."""
    from markupsafe import Markup

    called = numbered(document)

    def kind(block: Any) -> str:
        kinds = {Paragraph: "text", Bullets: "list", Sheet: "table", Picture: "figure"}
        return kinds[type(block)]

    def drawing(picture: Picture) -> Markup:
        # Made by matplotlib, which escapes the labels.
        return Markup(inline_svg(figures[picture.name], picture))  # noqa: S704 - see above

    def anchor(block: Sheet | Picture) -> str:
        return called[block].replace(" ", "-").lower()

    templates = environment()
    script = templates.get_template("report.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    template = templates.get_template("report.html.jinja")
    return template.render(
        document=document,
        called=called,
        kind=kind,
        drawing=drawing,
        anchor=anchor,
        script=Markup(script),  # noqa: S704 - a file of the package
        script_hash=f"sha256-{digest}",
    )
