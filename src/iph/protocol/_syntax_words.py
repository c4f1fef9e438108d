"""What is wrong with a statement of a study file, in words that need no TOML."""

import re
from typing import Final

Problem = tuple[str, str]

_CURLY: Final = re.compile("[\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb]")
_QUOTED: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_AFTER_EQUALS: Final = re.compile(r"^[^=]*=[ \t]*")
_COMMA_NUMBER: Final = re.compile(r"[=\[,][ \t]*[+-]?[0-9]+,[0-9]+[ \t]*(?:[,}\]#]|$)")
_ZERO_FIRST: Final = re.compile(r"(?:^|[^0-9A-Za-z_.:-])[+-]?0[0-9]+(?![0-9:-])")
_YES_NO: Final = re.compile(
    r"[=\[,][ \t]*(true|false|yes|no|on|off)\b", flags=re.IGNORECASE
)
_TRUE: Final = {"true": "true", "yes": "true", "on": "true"}
_WORD: Final = re.compile(
    r"[=\[,][ \t]*([^\W\d_][^\"'\[\]{},#=]*|[0-9]+[ \t]*[^\W\d_]"
    r"[^\"'\[\]{},#=]*)"
)
_COLON: Final = re.compile(r"^[ \t]*[\w-]+[ \t]*:")
_NAME: Final = re.compile(r"^[ \t]*\[*[ \t]*([^=\]\"']*?)[ \t]*(?:[=\]]|$)")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+(?:[ \t]*\.[ \t]*[A-Za-z0-9_-]+)*")
_KEY_IN: Final = re.compile(r"\('?([^)]*?)'?,?\)|'([^']*)'")

_ABOUT_A_VALUE: Final = ("Invalid", "Expected newline", "Unclosed")
_SAID: Final = (
    ("Cannot declare", "the table {key} stands twice", "put its lines together"),
    ("Cannot overwrite", "a name is given two meanings", "keep one of them"),
    ("Cannot mutate", "{key} was already given in braces", "put its keys together"),
    ("Cannot redefine", "{key} is already something else", "choose another name"),
    ("Duplicate inline", "{key} stands twice in the braces", "keep one of them"),
    ("Unescaped", r"a \ in a text needs a second one", r"write \\"),
    ("Invalid hex", r"a \ in a text needs a second one", r"write \\"),
    ("Escaped character", r"this \u names no character", ""),
    ("Illegal character", "a character that cannot be seen stands in a text", ""),
    ("Found invalid char", "a character that cannot be seen stands here", ""),
    ("Invalid date", "this is no date", 'texts stand in quotes: "..."'),
    ("Unclosed array", "a comma or a ] is missing in the list", ""),
    ("Unclosed inline", "a comma or a } is missing in the braces", ""),
    ("Expected newline", "more stands behind the value", "one statement a line"),
    ("Expected ']", "the name of a table stands between [ and ]", "such as [visits]"),
    ("Expected '='", "= is missing behind the name", 'such as title = "..."'),
    (
        "Invalid value",
        "a value is missing or unreadable",
        'texts stand in quotes: "..."',
    ),
)


def in_words(message: str, statement: str) -> Problem:
    """Return what is wrong and what to do, from a message and the statement."""
    plain = _QUOTED.sub('""', statement)
    problem = _name_words(plain)
    if problem is None and message.startswith(_ABOUT_A_VALUE):
        problem = _value_words(plain)
    return problem or _message_words(message)


def _name_words(plain: str) -> Problem | None:
    """Say what is wrong with the marks of a statement, or with its name."""
    if found := _CURLY.search(plain):
        return f"text needs straight quotes, found {found[0]}", 'write "..."'
    if _COLON.match(plain):
        return "= stands between a name and its value, not :", ""
    name = _NAME.match(plain)
    if name and name[1] and not _BARE.fullmatch(name[1]):
        hint = "names have letters a to z, digits and _; others stand in quotes"
        return f"{name[1]!r} is no name", hint
    return None


def _message_words(message: str) -> Problem:
    """Say what a message of the standard library means."""
    found = _KEY_IN.search(message)
    key = (found[1] or found[2] or "").replace("', '", ".") if found else ""
    for start, problem, hint in _SAID:
        if message.startswith(start):
            return problem.replace("{key}", key), hint
    if "recursion" in message:
        return "brackets stand too deep in one another", ""
    return message[:1].lower() + message[1:], ""


def _value_words(plain: str) -> Problem | None:
    """Say what is wrong with a value that is no text in quotes."""
    for found in _YES_NO.finditer(plain):
        meant = _TRUE.get(found[1].lower(), "false")
        if found[1] != meant:
            return f"{found[1]} is no value", f"write {meant}, in lower case"
    if _COMMA_NUMBER.search(plain) and "[" not in plain:
        return "a decimal number needs a point", "write 0.1, not 0,1"
    if _ZERO_FIRST.search(plain):
        return "a number begins with a needless 0", "remove the 0"
    for found in _WORD.finditer(plain):
        word = found[1].strip()
        is_key = plain[found.end() : found.end() + 1] == "="  # a comma is missing
        if not is_key and word not in {"true", "false", "inf", "nan"}:
            return "a text needs quotes", f'write "{word}"'
    return None
