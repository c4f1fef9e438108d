"""Fonts beside that of the house, for scripts that it does not draw."""

import functools
from typing import Final

HOUSE_FONT: Final = "DejaVu Sans"
"""It comes with matplotlib: what it draws looks the same on every machine."""

_BESIDE: Final = (
    *("Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK JP", "Noto Sans CJK KR"),
    *("Source Han Sans SC", "Source Han Sans", "Microsoft YaHei", "SimHei", "SimSun"),
    *("PingFang SC", "Hiragino Sans GB", "Hiragino Sans", "Yu Gothic", "Meiryo"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Malgun Gothic", "Arial Unicode MS"),
    *("Noto Sans", "Noto Sans Devanagari", "Noto Sans Thai", "Nirmala UI", "Tahoma"),
)
"""What systems have for other scripts, in the order in which they are asked."""


@functools.cache
def families() -> tuple[str, ...]:
    """Return the font of the house and those beside it that are installed."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return (HOUSE_FONT, *(name for name in _BESIDE if name in installed))


def undrawn(text: str) -> str:
    """Return the characters of a text that no font here draws, each once."""
    from matplotlib.font_manager import findfont, get_font

    left = dict.fromkeys(sign for sign in text if not sign.isascii())
    for family in families():
        if left:
            font = get_font(findfont(family))
            left = {s: None for s in left if not font.get_char_index(ord(s))}
    return "".join(sign for sign in left if sign.isprintable())


def boxes_said(text: str) -> str:
    """Say which characters of a text figures cannot show; empty if they show all."""
    boxes = undrawn(text)
    if not boxes:
        return ""
    return (
        f"Figures show boxes for {boxes}: no font of this computer draws these "
        "characters; install one that does, such as Noto Sans CJK."
    )
