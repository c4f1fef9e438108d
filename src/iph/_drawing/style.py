"""The one style of all figures: sizes, colors, fonts, and files with the same bytes."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from iph._checks import Floats
from iph._drawing.fonts import families
from iph._drawing.marks import titled, without_spots
from iph._drawing.options import chosen
from iph._options import instance, wording
from iph._wide import repeat
from iph.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ONE_COLUMN: Final = 3.5  # inches: the width of a column of most journals
TWO_COLUMNS: Final = 7.0
LEGEND_WIDTH: Final = 44  # characters of a line of the legend in one column

# Okabe and Ito: told apart with any of the three kinds of color blindness.
BLUE, VERMILION, GREEN = "#0072b2", "#d55e00", "#009e73"
ORANGE, SKY, PURPLE, BLACK = "#e69f00", "#56b4e9", "#cc79a7", "#000000"
GROUP_COLORS: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
_GROUP_GRAYS: Final = (BLACK, "#707070", "#a0a0a0", "#484848", "#bcbcbc", "#8a8a8a")
GROUP_LINES: Final = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
PAPER_SHADE: Final = "#f4f4f4"
INK, FAINT, PAPER, EMPTY = "#1a1a1a", "#6b6b6b", "#ffffff", "#e4e4e4"

Kind: TypeAlias = Literal["png", "svg", "pdf", "tiff"]
_DPI: Final = 300
_LINEAR: Final = 0.04045  # up to here sRGB is linear
_SETTINGS: Final[dict[str, Any]] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 8,
    "axes.unicode_minus": True,
    "figure.facecolor": PAPER,
    "font.size": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "pdf.fonttype": 42,
    "savefig.facecolor": PAPER,
    "text.color": INK,
    "text.parse_math": False,  # a label of a patient's group is no formula
    "xtick.color": INK,
    "xtick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.color": INK,
    "ytick.labelsize": 7,
    "ytick.major.width": 0.6,
}


def time_axis(time_unit: str, day_zero: str) -> str:
    """Name the axis of time: the unit, and what it is counted from."""
    wording(time_unit, "time_unit", "such as 'days'")
    wording(day_zero, "day_zero", "such as 'start of treatment'")
    the = "the " if " of " in day_zero else ""
    return f"{time_unit.capitalize()} since {the}{day_zero}"


def group_color(place: int) -> str:
    """Return the color of a group by its place."""
    colors = GROUP_COLORS if chosen().palette == "okabe-ito" else _GROUP_GRAYS
    return colors[place % len(colors)]


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style; the settings of the caller come back afterwards."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in _SETTINGS.items():
            mpl.rcParams[name] = value  # type: ignore[index] # checked there
        options = chosen()
        mpl.rcParams["font.family"] = list(dict.fromkeys((options.font, *families())))
        mpl.rcParams["svg.fonttype"] = "path" if options.text == "outlines" else "none"
        yield


def canvas(
    ax: "Axes | None", *, width: float = ONE_COLUMN, height: float = 2.8
) -> "tuple[Figure, Axes]":
    """Return the figure and axes to draw on: those given, or new ones."""
    if ax is not None:
        from matplotlib.axes import Axes

        instance(ax, "ax", Axes, "Axes of a figure, or None")
        figure = root_figure(ax)
        if figure is None:
            hint = "they were removed from it"
            raise InputError("ax", "Axes of a figure", ax, hint)
        return figure, ax
    from iph._drawing.shown import ShownFigure

    new = ShownFigure(figsize=(width, height), layout="constrained")
    return new, new.add_subplot()


def root_figure(ax: "Axes") -> "Figure | None":
    """Return the figure in which axes stand; None if they were removed from it."""
    parent: Any = ax.figure  # a part of a figure knows the whole
    found: Figure | None = None if parent is None else parent.figure
    return found


def image(figure: "Figure", kind: Kind, *, name: str) -> bytes:
    """Return a figure as the bytes of a file: the same bytes for the same figure."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    held = io.BytesIO()
    figure.set_dpi(_DPI)
    with house_style(), warnings.catch_warnings():
        # Who writes figures says once for all of them what no font draws.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing", UserWarning)
        mpl.rcParams["svg.hashsalt"] = name
        # Figure.savefig draws everything twice, the first time for its size alone.
        if kind == "svg":
            metadata = {"Date": None, "Creator": None}
            vector: Any = FigureCanvasSVG(figure)  # its stubs lack the two methods
            vector.print_svg(held, metadata=metadata)
            return titled(held.getvalue())
        pixels: Any = FigureCanvasAgg(figure)
        if kind == "png":
            pixels.print_png(held, metadata={"Software": None})
        elif kind == "tiff":
            figure.set_dpi(chosen().dpi)
            pixels.print_tif(held, pil_kwargs={"compression": "tiff_lzw"})
        else:
            from matplotlib.backends.backend_pdf import FigureCanvasPdf

            without_spots(figure)
            undated = dict.fromkeys(("CreationDate", "Creator", "Producer"))
            paper: Any = FigureCanvasPdf(figure)
            paper.print_pdf(held, metadata=undated)
    return held.getvalue()


def draw_band(
    ax: "Axes", time: Floats, low: Floats, high: Floats, *, color: str
) -> None:
    """Shade a pointwise interval in percent; each stretch stands by itself.

    A bound that is undefined at a time leaves out the stretch from that time on, and
    not the one before it, as a filled step plot would.
    """
    ax.fill_between(
        repeat(time, 2)[1:],
        repeat(low, 2)[:-1] * 100,
        repeat(high, 2)[:-1] * 100,
        color=color,
        alpha=0.15,
        lw=0,
        zorder=1,
    )


def steps(name: str, count: int) -> tuple[str, ...]:
    """Return evenly spaced colors of a color map, from its first to its last."""
    import matplotlib as mpl
    from matplotlib.colors import to_hex

    colors = mpl.colormaps[name]
    last = max(count - 1, 1)
    return tuple(to_hex(colors(0.06 + 0.88 * k / last)) for k in range(count))


def grade_colors(count: int) -> tuple[str, ...]:
    """Return a color a grade, from the worst (dark) to the best (light)."""
    return steps("viridis", count)


def share_color(share: float) -> str:
    """Return the color of a share: white for nobody, then from light to dark."""
    import matplotlib as mpl
    from matplotlib.colors import to_hex

    return PAPER_SHADE if share <= 0 else to_hex(mpl.colormaps["viridis"](1 - share))


def ink_on(color: str) -> str:
    """Return the ink, black or white, that is read best on a color."""
    return BLACK if luminance(color) > 0.18 else PAPER  # noqa: PLR2004 - equal contrast


def luminance(color: str) -> float:
    """Return the relative luminance of a color (WCAG 2)."""
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= _LINEAR else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def shortened(text: str, width: int) -> str:
    """Cut a label that is too long, and show that it was cut."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}\u2026"


def wrapped(text: str, width: int) -> str:
    """Break a label into lines; only a word much longer than a line is broken."""
    import textwrap

    longest = max((len(word) for word in text.split()), default=0)
    fitting = max(width, min(longest, width * 2))
    return "\n".join(textwrap.wrap(text, fitting)) or text
