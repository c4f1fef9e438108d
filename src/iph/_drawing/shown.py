"""A figure that a notebook shows, whether or not pyplot was loaded."""

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_NOTEBOOK_DPI = 144  # sharp on a screen; a file has its own


class ShownFigure(Figure):
    """A figure of matplotlib that brings its own picture.

    Notebooks ask an object for its picture. Figures of matplotlib have none to give
    until its inline backend was switched on, which nothing here does.
    """

    def _repr_png_(self) -> bytes:
        held, own = io.BytesIO(), self.dpi
        try:
            self.set_dpi(_NOTEBOOK_DPI)
            canvas: object = FigureCanvasAgg(self)
            canvas.print_png(held)  # type: ignore[attr-defined] # its stubs lack it
        finally:
            self.set_dpi(own)
        return held.getvalue()
