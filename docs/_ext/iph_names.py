"""What the public names of iph are, and how single backticks find them."""

import importlib
from typing import Any

from docutils import nodes
from numpydoc import xref
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

MODULES = (
    "iph",
    "iph.scales",
    "iph.criteria",
    "iph.stats",
    "iph.records",
    "iph.evidence",
    "iph.study",
    "iph.report",
    "iph.testing",
    "iph.errors",
    "iph.fields",
    "iph.protocol",
)


def _public() -> dict[str, tuple[str, ...]]:
    modules = {name: importlib.import_module(name) for name in MODULES}
    return {n: tuple(getattr(m, "__all__", ())) for n, m in modules.items()}


PUBLIC = _public()

# In a column of types, a class of iph becomes a link; all else stays as it is.
ALIASES = {
    name: f"{module}.{name}"
    for module, names in PUBLIC.items()
    for name in names
    if name[0].isupper()
}


def found(module: str, name: str) -> Any:
    """Return a public object."""
    return getattr(importlib.import_module(module), name)


def _target(text: str, current: str | None) -> str | None:
    """Return the full name that a text in backticks means, if it means any."""
    text = text.removesuffix("()")
    head, _, rest = text.partition(".")
    order = [current] if current in PUBLIC else []
    order += [module for module in PUBLIC if module != current]
    if head == "iph":
        if text in PUBLIC:
            return None  # rooms have pages, not module entries
        for module in sorted(PUBLIC, key=len, reverse=True):
            name, _, attribute = text.removeprefix(f"{module}.").partition(".")
            if text.startswith(f"{module}.") and name in PUBLIC[module]:
                return _checked(module, name, attribute)
        return None
    for module in order:
        if head in PUBLIC[module]:
            return _checked(module, head, rest)
    return None


def _checked(module: str, name: str, attribute: str) -> str | None:
    if not attribute:
        return f"{module}.{name}"
    documented = getattr(getattr(found(module, name), attribute, None), "__doc__", None)
    return f"{module}.{name}.{attribute}" if documented else f"{module}.{name}"


class NameRole(SphinxRole):
    """Link a public name; print anything else as code.

    Docstrings use single backticks for their own parameters, for attributes of the
    result and for other functions alike. Only the last have a page.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the node of the text in backticks."""
        code = nodes.literal(self.rawtext, self.text, classes=["xref", "py", "py-obj"])
        target = _target(self.text, self.env.ref_context.get("py:module"))
        if target is None:
            return [nodes.literal(self.rawtext, self.text)], []
        reference = pending_xref(
            self.rawtext,
            code,
            refdomain="py",
            reftype="obj",
            reftarget=target,
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )
        self.set_source_info(reference)
        return [reference], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role, and print Python's own types without a link.

    numpydoc links them into docs.python.org, which a build without a network cannot
    look up.
    """
    xref.DEFAULT_LINKS.clear()
    app.add_role("iph", NameRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
