"""Print the words for spans of time and for months, from the Unicode CLDR.

Run by hand, with Babel installed, and paste the result into
``src/iph/records/times.toml``: ``python tools/cldr_words.py``.
"""

import json
import re
import unicodedata
from importlib.metadata import version
from typing import Any

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "tr", "zh", "zh_Hant", "ja")
UNITS = ("day", "week", "month", "year")
KEPT = {"day": "d", "week": "w", "month": "m", "year": "y"}
_UNCLEAR = re.compile(r"[\d/{} ’每]|^[a-z]$")  # a single letter has several meanings


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip(" .")


def main() -> None:
    """Print the tables."""
    from babel import Locale

    print(f"# Babel {version('babel')}, Unicode CLDR: unit patterns and months.")
    print("\n[units]")
    found: dict[str, None]
    for unit in UNITS:
        found = {KEPT[unit]: None}
        for language in LANGUAGES:
            data: Any = Locale.parse(language)._data["unit_patterns"]
            for patterns in data.get(f"duration-{unit}", {}).values():
                for pattern in dict(patterns).values():
                    word = _plain(re.sub(r"\{0\}", "", str(pattern)))
                    if word and not _UNCLEAR.search(word):
                        found[word] = None
        print(f"{unit} = {json.dumps(list(found), ensure_ascii=False)}")
    print("\n[months]")
    for number in range(1, 13):
        found = {}
        for language in LANGUAGES:
            if language in ("zh", "zh_Hant", "ja"):
                continue  # which number their months
            months: Any = Locale.parse(language).months
            for width in ("wide", "abbreviated"):
                for form in ("format", "stand-alone"):
                    found[_plain(months[form][width][number])] = None
        print(f"{number} = {json.dumps(list(found), ensure_ascii=False)}")


if __name__ == "__main__":
    main()
