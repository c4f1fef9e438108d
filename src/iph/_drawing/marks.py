"""What a part of a drawing says when it is pointed at, and which group it belongs to.

A drawing as SVG can be asked: each marked part has a title, which browsers show beside
the pointer, and the name of its group, by which a page can hide it. Until the drawing
is written, both stand in the identifier of the part, where matplotlib keeps them.
"""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIGN: Final = "mark"
_MARKED: Final = re.compile(rf'<g id="{_SIGN}/(?P<group>[^"/]*)/(?P<says>[^"/]*)">')
_SIZE: Final = 11  # points: a finger or a pointer finds it


def mark(artist: "Artist", says: str = "", *, group: str = "") -> None:
    """Give a part its words and its group."""
    artist.set_gid(f"{_SIGN}/{quote(group, safe='')}/{quote(says, safe='')}")


def spot(ax: "Axes", at: tuple[float, float], says: str) -> None:
    """Put a place into axes that is not seen, and speaks when pointed at."""
    (place,) = ax.plot(*at, ls="none", marker="o", ms=_SIZE, alpha=0.0, clip_on=False)
    place.set_in_layout(False)  # what is not seen takes no room
    mark(place, says)


@contextmanager
def as_group(ax: "Axes", name: str) -> Iterator[None]:
    """Give all that is drawn into axes meanwhile to one group."""
    before = {id(artist) for artist in ax.get_children()}
    yield
    for artist in ax.get_children():
        if id(artist) not in before:
            _, _, says = (artist.get_gid() or "//").split("/")
            mark(artist, unquote(says), group=name)


def without_spots(figure: "Figure") -> None:
    """Take out the places that are not seen; an editor of drawings would find them."""
    for ax in figure.axes:
        for line in list(ax.lines):
            if line.get_alpha() == 0.0:
                line.remove()


def titled(svg: bytes) -> bytes:
    """Return a drawing in which each marked part has its title and its group."""
    return _MARKED.sub(_opened, svg.decode("utf-8")).encode()


def _opened(found: "re.Match[str]") -> str:
    group, says = (html.escape(unquote(found[k])) for k in ("group", "says"))
    named = f' data-group="{group}"' if group else ""
    return f'<g class="says"{named}><title>{says}</title>' if says else f"<g{named}>"
