"""Show the figures of a report as they look in gray and with color blindness.

    python -m iph report --demo --listing --out REPORT
    python tools/figure_looks.py REPORT SHEETS

Each sheet holds all figures of the report: as drawn, in gray, and as people with
deuteranopia and protanopia see them, after Machado, Oliveira and Fernandes (2009),
doi:10.1109/TVCG.2009.113. Someone must look at them: no program does it.
"""

import sys
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.float64]
BRIGHTNESS: Final = [[0.2126, 0.7152, 0.0722]] * 3
LOOKS: Final[dict[str, list[list[float]]]] = {
    "as-drawn": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "gray": BRIGHTNESS,
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
ACROSS: Final = 4
CELL: Final = (420, 480)


def linear(pixels: Pixels) -> Pixels:
    """Return light from the values of sRGB."""
    low = pixels <= 0.04045
    return np.where(low, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)


def coded(light: Pixels) -> Pixels:
    """Return the values of sRGB from light."""
    held = np.clip(light, 0, 1)
    low = held <= 0.0031308
    return np.where(low, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055)


def seen(image: Image.Image, look: list[list[float]]) -> Image.Image:
    """Return a picture as it looks."""
    light = linear(np.asarray(image, dtype=float) / 255)
    values = coded(light @ np.array(look).T) * 255
    return Image.fromarray(np.round(values).astype(np.uint8))


def main(report: Path, sheets: Path) -> None:
    """Write a sheet for each look."""
    sheets.mkdir(parents=True, exist_ok=True)
    pictures = []
    for path in sorted((report / "figures").glob("*.png")):
        picture = Image.open(path).convert("RGB")
        picture.thumbnail(CELL, Image.Resampling.LANCZOS)
        pictures.append(picture)
    down = -(-len(pictures) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * CELL[0], down * CELL[1]), "white")
    for place, picture in enumerate(pictures):
        row, column = divmod(place, ACROSS)
        sheet.paste(picture, (column * CELL[0], row * CELL[1]))
    for name, look in LOOKS.items():
        seen(sheet, look).save(sheets / f"{name}.png")
        print(sheets / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
