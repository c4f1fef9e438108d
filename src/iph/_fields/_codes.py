"""What a text says of a choice: its code, its label, or nothing at all."""

import enum
import re
from collections import Counter
from typing import Any, Final

from iph._fields._declaration import Declaration
from iph._fields._declared import label_of

NOT_RECORDED: Final = frozenset({"na", "n/a", "#n/a", "nan", "<na>", "null", "."})
"""Words of statistical programs for an empty cell."""


def plain_word(text: str) -> str:
    """Return a text as words are told apart: without case, edges, and underscores."""
    return re.sub(r"[\s_]+", " ", text.strip()).lower()


def option_of_word(declared: Declaration) -> dict[str, enum.Enum]:
    """Return the option that each word means: its code, or a label of its own."""
    options = list(declared.options or ())
    words: dict[str, Any] = {plain_word(str(one.value)): one for one in options}
    labels = [plain_word(label_of(option)) for option in options]
    times = Counter(labels)
    for option, label in zip(options, labels, strict=True):
        if label and times[label] == 1:
            words.setdefault(label, option)
    return words
