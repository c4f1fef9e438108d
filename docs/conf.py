"""Sphinx settings; everything is built without a network."""

import enum
import importlib.metadata
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

import iph_names  # noqa: E402 - it lies in docs/_ext

project = "iph"
copyright = "The iph developers"
author = "The iph developers"
release = importlib.metadata.version("iph")
version = ".".join(release.split(".")[:2])

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "numpydoc",
    "myst_nb",  # Markdown, and notebooks that are run
    "sphinx_design",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
    "iph_names",
    "iph_pages",
    "iph_figures",
    "iph_try",
]
# The first is what summaries of names are written as.
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb", ".ipynb": "myst-nb"}
exclude_patterns = ["_build", "_ext", "generated"]
templates_path = ["_templates"]
default_role = "iph"
language = "en"
nitpicky = True

extlinks = {
    "doi": ("https://doi.org/%s", "doi:%s"),
    "pmid": ("https://pubmed.ncbi.nlm.nih.gov/%s", "PMID %s"),
}
extlinks_detect_hardcoded_links = False

autosummary_generate = True
autosummary_context = {
    "enums": [
        f"{module}.{name}"
        for module, names in iph_names.PUBLIC.items()
        for name in names
        if isinstance(thing := iph_names.found(module, name), type)
        and issubclass(thing, enum.Enum)
    ]
}
autodoc_typehints = "none"  # the types stand in the docstring, once
autodoc_preserve_defaults = True
autodoc_default_options = {"member-order": "bysource"}
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"
numpydoc_xref_aliases = iph_names.ALIASES

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist", "substitution"]
myst_heading_anchors = 3
copybutton_exclude = ".linenos, .gp, .go"

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

bibtex_bibfiles = ["../src/iph/report/references.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"

html_theme = "pydata_sphinx_theme"
html_title = f"iph {version}"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"index": [], "citing": [], "changelog": []}
html_theme_options = {
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_center": ["not_a_device"],
    "footer_end": ["theme-version"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
myst_substitutions = {"release": release}
