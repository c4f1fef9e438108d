"""What a journal asks of figures: width, letters, colors, kinds of files."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from iph._checks import one_of
from iph._display import Displayed
from iph._drawing.fonts import HOUSE_FONT
from iph._options import each, instance, one_number
from iph.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FigureFormat: TypeAlias = Literal["pdf", "tiff"]
Palette: TypeAlias = Literal["okabe-ito", "gray"]

HOUSE_WIDTH_MM: Final = 88.9  # of one column
HOUSE_SIZE_PT: Final = 7.0
_WIDTHS: Final = (80.0, 180.0)
_SIZES: Final = (5.0, 12.0)
_RESOLUTIONS: Final = (72.0, 1200.0)
_BRIGHTNESS: Final = (0.299, 0.587, 0.114)  # of red, green and blue
_CROWDED: Final = 1.15  # how much faster than the width the letters may grow


def _formats(given: object) -> tuple[FigureFormat, ...]:
    kinds = each(given, "formats", 'a list of "pdf" and "tiff"')
    for kind in kinds:
        one_of(kind, "formats", ("pdf", "tiff"))
    return tuple(dict.fromkeys(kinds))


@attrs.frozen(kw_only=True)
class FigureOptions(Displayed):
    """How figures are drawn and saved, as a journal asks for them.

    Parameters
    ----------
    width_mm : float, default 88.9
        Width of a figure of one column, in millimeters, 80 to 180; the others, and
        the heights, change in proportion.
    size_pt : float, default 7.0
        Size of most letters, in points, 5 to 12; the others change in proportion.
        Letters that grow much more than the width would not find room.
    font : str, default "DejaVu Sans"
        A font that is installed. A character that it lacks is taken from the default.
    palette : {"okabe-ito", "gray"}, default "okabe-ito"
        Colors that are told apart with any color blindness; or grays, for print.
    formats : sequence of {"pdf", "tiff"}, default ()
        Files written of each figure beside SVG and PNG.
    dpi : float, default 600.0
        Resolution of TIFF, in dots per inch, 72 to 1,200.
    text : {"outlines", "text"}, default "outlines"
        Letters in SVG: as shapes, which look the same everywhere; or as text, which an
        editor can change, and which looks right only where the font is installed. PDF
        keeps text as text, with its font inside.

    Raises
    ------
    InputError
        If an option is none of these, or the letters are too large for the width.

    Notes
    -----
    EPS is not offered: PostScript knows no transparency, so that the bands of two
    curves would hide each other. Journals that take EPS take PDF.

    Examples
    --------
    For single figures, `applied` sets width, letters and colors of what is drawn.

    >>> from iph.report import FigureOptions, recovery_figure
    >>> from iph.stats import kaplan_meier
    >>> options = FigureOptions(palette="gray", formats=["pdf"])
    >>> with options.applied():
    ...     figure = recovery_figure({"all": kaplan_meier([7, 30, 91], [1, 1, 0])})
    >>> figure.axes[0].lines[0].get_color()
    '#000000'

    The figures of a report: ``write(study, folder, figure_options=options)``.
    """

    width_mm: float = HOUSE_WIDTH_MM
    size_pt: float = HOUSE_SIZE_PT
    font: str = HOUSE_FONT
    palette: Palette = "okabe-ito"
    formats: tuple[FigureFormat, ...] = attrs.field(default=(), converter=_formats)
    dpi: float = 600.0
    text: Literal["outlines", "text"] = "outlines"

    def __attrs_post_init__(self) -> None:
        for name, (low, high) in (
            ("width_mm", _WIDTHS),
            ("size_pt", _SIZES),
            ("dpi", _RESOLUTIONS),
        ):
            rule = f"a number from {low:g} to {high:g}"
            if not low <= one_number(getattr(self, name), name, rule) <= high:
                raise InputError(name, rule, getattr(self, name))
        one_of(self.palette, "palette", ("okabe-ito", "gray"))
        one_of(self.text, "text", ("outlines", "text"))
        instance(self.font, "font", str, "the name of a font")
        most = math.floor(HOUSE_SIZE_PT * _CROWDED * self.widened * 10) / 10
        if self.size_pt > most:
            rule = f"at most {most:g} for a width of {self.width_mm:g} mm"
            raise InputError("size_pt", rule, self.size_pt, "make the figures wider")
        if self.font != HOUSE_FONT:
            _installed(self.font)

    @property
    def widened(self) -> float:
        """How much wider than by default figures are."""
        return self.width_mm / HOUSE_WIDTH_MM

    @property
    def enlarged(self) -> float:
        """How much larger than by default letters are."""
        return self.size_pt / HOUSE_SIZE_PT

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Draw the figures of iph with these options meanwhile."""
        before = _CHOSEN.set(self)
        try:
            yield
        finally:
            _CHOSEN.reset(before)


HOUSE_OPTIONS: Final = FigureOptions()
"""How figures are drawn where nobody asks for anything else."""


def _installed(font: str) -> None:
    from matplotlib.font_manager import FontProperties, fontManager

    try:
        fontManager.findfont(FontProperties(family=[font]), fallback_to_default=False)
    except ValueError:
        hint = "install it, or leave out the font"
        raise InputError("font", "a font that is installed", font, hint) from None


_CHOSEN: Final[ContextVar[FigureOptions | None]] = ContextVar("options", default=None)


def chosen() -> FigureOptions:
    """Return the options with which figures are drawn now."""
    return _CHOSEN.get() or HOUSE_OPTIONS


def fitted(figure: "Figure", options: FigureOptions) -> None:
    """Give a figure its width and its letters, once all is drawn."""
    wider, larger = options.widened, options.enlarged
    across, down = figure.get_size_inches()
    figure.set_size_inches(across * wider, down * max(wider, larger))
    if options.palette == "gray":
        _grayed(figure)
    if larger == 1:
        return
    from matplotlib.text import Text

    ticks: set[int] = set()
    for ax in figure.axes:
        for axis, which in ((ax.xaxis, "x"), (ax.yaxis, "y")):
            labels = axis.get_ticklabels()
            ticks |= {id(label) for label in labels}
            if labels:
                size = float(labels[0].get_fontsize()) * larger
                ax.tick_params(axis=which, labelsize=size)  # type: ignore[arg-type] # x or y
    for text in figure.findobj(Text):
        if id(text) not in ticks:
            text.set_fontsize(float(text.get_fontsize()) * larger)


def _grayed(figure: "Figure") -> None:
    """Turn every color into the gray that is as bright."""
    from matplotlib.collections import Collection
    from matplotlib.colors import to_rgba_array
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    def gray(colors: Any) -> Any:
        shades = to_rgba_array(colors)
        shades[:, :3] = (shades[:, :3] @ _BRIGHTNESS)[:, None]
        return shades

    for artist in figure.findobj():
        if isinstance(artist, Line2D):
            artist.set_markeredgecolor(gray(artist.get_markeredgecolor())[0])
            if artist.get_markerfacecolor() != "none":
                artist.set_markerfacecolor(gray(artist.get_markerfacecolor())[0])
            artist.set_color(gray(artist.get_color())[0])
        elif isinstance(artist, Text):
            artist.set_color(gray(artist.get_color())[0])
        elif isinstance(artist, Patch):
            artist.set_edgecolor(gray(artist.get_edgecolor())[0])
            artist.set_facecolor(gray(artist.get_facecolor())[0])
        elif isinstance(artist, Collection):
            artist.set_edgecolor(gray(artist.get_edgecolor()))
            artist.set_facecolor(gray(artist.get_facecolor()))
