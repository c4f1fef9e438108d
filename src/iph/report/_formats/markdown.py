"""A report as Markdown."""

from iph.report._document import Bullets, Document, Paragraph, Picture, numbered
from iph.report._sheet import Sheet, escaped


def document_markdown(document: Document) -> str:
    """Return a report as Markdown, its figures beside it in ``figures/``."""
    called = numbered(document)
    parts = [f"# {escaped(document.title)}", escaped(document.subtitle)]
    if document.banner:
        parts.append(f"**{escaped(document.banner)}**")
    for section in document.sections:
        parts.append(f"## {escaped(section.title)}")
        for block in section.blocks:
            parts += _block(block, called)
    return "\n\n".join(parts) + "\n"


def _block(
    block: Paragraph | Bullets | Sheet | Picture, called: dict[Sheet | Picture, str]
) -> list[str]:
    if isinstance(block, Paragraph):
        return [escaped(block.text)]
    if isinstance(block, Bullets):
        return ["\n".join(f"- {escaped(item)}" for item in block.items)]
    title = f"**{called[block]}.** {escaped(block.title)}"
    if isinstance(block, Sheet):
        return [title, block.markdown()]
    return [
        f"![{escaped(block.alt)}](figures/{block.name}.png)",
        f"{title}. {escaped(block.caption)}",
        f"Numbers: {called[block.data]}."
        if block.data in called
        else block.data.markdown(),
    ]
