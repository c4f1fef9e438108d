"""How figures look, in a study file: the options that `FigureOptions` declares."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from iph._drawing.options import HOUSE_OPTIONS, FigureOptions
from iph.errors import InputError
from iph.protocol._shape import FLAWED, NUMBER, TEXT, Shape, among, several
from iph.protocol._told import Told

FIGURES: Final[Mapping[str, Shape]] = {
    "width_mm": NUMBER,
    "size_pt": NUMBER,
    "font": TEXT,
    "palette": among("okabe-ito", "gray"),
    "formats": several(among("pdf", "tiff"), least=0),
    "dpi": NUMBER,
    "text": among("outlines", "text"),
}
"""The keys of the table, by the kind of value that each has in a file."""


def figures_of(given: Mapping[str, Any], told: Told) -> FigureOptions:
    """Return the options that a file states; tell each that cannot be."""
    options = {key: _plain(one) for key, one in given.items() if one is not FLAWED}
    if given.get("width_mm") is FLAWED:  # told; letters must fit the widest at least
        options["width_mm"] = 180.0
    try:
        return FigureOptions(**options)
    except InputError as refused:
        first = refused
    width = {key: options[key] for key in options if key == "width_mm"}
    if _refused(width):
        width = {}
    tried = {key: _refused({**width, key: value}) for key, value in options.items()}
    alone = {key: found for key, found in tried.items() if found is not None}
    for key, found in (alone or {first.name: first}).items():
        problem = f"must be {found.rule}, got {found.value}"
        told.tell(("figures", key), problem, found.hint)
    return HOUSE_OPTIONS


def _refused(options: Mapping[str, Any]) -> InputError | None:
    try:
        FigureOptions(**options)
    except InputError as refused:
        return refused
    return None


def _plain(value: Any) -> Any:
    """Return a value with numbers as the options hold them."""
    return value if isinstance(value, (str, list)) else float(value)


def stated(options: FigureOptions) -> dict[str, Any]:
    """Return the options that are not those of the house, as a file states them."""
    return {
        field.name: _brief(getattr(options, field.name))
        for field in attrs.fields(FigureOptions)
        if getattr(options, field.name) != field.default
    }


def _brief(value: Any) -> Any:
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole else value


def in_words(options: FigureOptions) -> list[str]:
    """Return a line for each option that is not that of the house."""
    return [
        f"{name}: {', '.join(value) if isinstance(value, tuple) else value}"
        for name, value in stated(options).items()
    ]
