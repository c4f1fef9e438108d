"""The publications that a report names, in words and as BibTeX.

The bibliography of all that iph rests on is a file beside this module, and the pages of
the documentation print the same file.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.resources import files
from typing import Final

import attrs

from iph.report._document import Bullets, Paragraph, Picture, Section

REFERENCES: Final = "references.bib"
OF_METHODS: Final = {
    "Bonett and Wright": ("bonett2000",),
    "Bonett's interval": ("bonett2008",),
    "Barnard's exact test": ("barnard1947",),
    "Chan and Zhang": ("chan1999",),
    "Clopper and Pearson": ("clopper1934",),
    "Clopper-Pearson": ("clopper1934",),
    "Dunn's comparisons": ("dunn1964",),
    "Fisher,": ("fisher1935",),
    "Gray's test": ("gray1988",),
    "Holm's adjustment": ("holm1979",),
    "Kaplan-Meier": ("kaplan1958",),
    "Kruskal-Wallis": ("kruskal1952",),
    "Mann-Whitney": ("mann1947",),
    "Miettinen and Nurminen": ("miettinen1985",),
    "Newcombe's score-type": ("newcombe2006",),
    "Skillings-Mack": ("skillings1981",),
    "Turnbull": ("turnbull1976",),
    "Welch's interval": ("welch1947",),
    "beta product": ("fay2013",),
    "cumulative incidence": ("aalen1978",),
    "effective sample size": ("dorey1987", "korn1998"),
    "(Aalen-Johansen)": ("aalen1978",),
    "interval of order statistics": ("conover1999",),
    "interval-censored log-rank": ("sun1996", "fay2010"),
    "log-rank tests with": ("mantel1966",),
    "quartiles follow": ("hyndman1996",),
    "sign test": ("dixon1946",),
    "standardized differences": ("yang2012",),
    "Yang and Dalton": ("yang2012",),
}
"""What is said of a method in the methods in sentences, and where it was published."""

_SOFTWARE: Final = """@misc{{iph,
  author = {{{{The iph developers}}}},
  title = {{{{iph: clinical studies of iliopsoas hematoma}}}},
  note = {{Version {version}}},
}}
"""
_ENTRY: Final = re.compile(r"^@\w+\{(?P<key>\w+),\n.*?^\}\n", re.DOTALL | re.MULTILINE)
_FIELD: Final = re.compile(r"^  (?P<name>\w+) = \{(?P<text>.*)\},$", re.MULTILINE)
_ACCENT: Final = re.compile(r"\{\\(?P<sign>[\"'])(?P<letter>\w)\}")
_SIGNS: Final = {'"': "\N{COMBINING DIAERESIS}", "'": "\N{COMBINING ACUTE ACCENT}"}


@attrs.frozen(kw_only=True)
class Publication:
    """One entry of the bibliography.

    Attributes
    ----------
    key : str
        What it is cited by.
    source : str
        The entry, as BibTeX.
    fields : dict
        Its fields in words.
    """

    key: str
    source: str
    fields: dict[str, str]

    @property
    def doi(self) -> str | None:
        """The DOI, if there is one."""
        return self.fields.get("doi")

    def __str__(self) -> str:
        """Return the reference in words, as a list of references prints it."""
        told = self.fields
        where = [told[name] for name in _PLACES if name in told]
        issue = told["year"]
        if "volume" in told:
            issue += f";{told['volume']}:{told['pages']}"
        place = f"{where[0]} {issue}" if where else issue
        if where and where[0].endswith(f" {issue}"):  # a meeting named by its year
            place = where[0]
        doi = "" if self.doi is None else f" doi:{self.doi}"
        by = f"{told['author']}. " if "author" in told else ""
        return f"{by}{told['title']}. {place}.{doi}"


_PLACES: Final = ("journal", "booktitle", "publisher", "institution", "howpublished")


@functools.cache
def bibliography() -> dict[str, Publication]:
    """Return every publication of the bibliography, by key."""
    text = (files("iph.report") / REFERENCES).read_text(encoding="utf-8")
    return {
        found["key"]: Publication(
            key=found["key"], source=found[0], fields=_fields(found[0])
        )
        for found in _ENTRY.finditer(text)
    }


def _fields(entry: str) -> dict[str, str]:
    told = {f["name"]: _in_words(f["text"]) for f in _FIELD.finditer(entry)}
    if "author" in told:
        told["author"] = ", ".join(
            "et al" if name == "others" else name.replace(", ", " ")
            for name in told["author"].split(" and ")
        )
    return told


def _in_words(text: str) -> str:
    """Return a text of BibTeX without its braces, accents and marks of TeX."""

    def accented(found: re.Match[str]) -> str:
        return unicodedata.normalize("NFC", found["letter"] + _SIGNS[found["sign"]])

    text = _ACCENT.sub(accented, text)
    for sign, plain in (("``", '"'), ("''", '"'), ("--", "-"), ("{", ""), ("}", "")):
        text = text.replace(sign, plain)
    return text


def publications(sections: Iterable[Section]) -> tuple[Publication, ...]:
    """Return what the chapters of a report name, by method or by DOI, in order."""
    sections = tuple(sections)
    methods = " ".join(
        text
        for section in sections
        if section.name == "methods"
        for text in _texts(section)
    )
    said = " ".join(text for section in sections for text in _texts(section))
    named = {
        key
        for name, keys in OF_METHODS.items()
        if name in (said if " and " in name else methods)  # two authors, anywhere
        for key in keys
    }
    return tuple(
        entry
        for key, entry in bibliography().items()
        if key in named
        or (entry.doi and re.search(rf"{re.escape(entry.doi)}(?![\w/-])", said))
    )


def _texts(section: Section) -> Iterator[str]:
    """Yield each text that a reader sees."""
    for block in section.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Bullets):
            yield from block.items
        elif isinstance(block, Picture):
            yield block.caption
        else:
            yield from (cell for row in block.rows for cell in row.cells)
            yield from block.notes


def references_section(sections: Iterable[Section]) -> Section:
    """Return the chapter that lists what the others name."""
    listed = tuple(str(one) for one in publications(sections))
    said = (
        "The sources of the methods of this report, and what it cites. The file "
        "references.bib in its folder holds them, and iph, for a reference manager."
    )
    blocks = (Paragraph(said), Bullets(listed))
    return Section(name="references", title="References", blocks=blocks)


def bibtex(sections: Iterable[Section]) -> str:
    """Return what the chapters name, and iph itself, as BibTeX."""
    own = _SOFTWARE.format(version=version("iph"))
    return "\n".join([own, *(one.source for one in publications(sections))])
