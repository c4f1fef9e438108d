"""What iph raises and what it warns of.

::

    IphError
    ├── InputError (also ValueError)    an argument is not what it must be
    │   └── FieldError                  a clinical field refuses its value
    ├── RuleError (also ValueError)     two fields contradict each other
    ├── DataError (also ValueError)     the data cannot carry the analysis
    │   └── WorkError                   an exact answer would take too long
    └── FileError (also OSError)        a file cannot be read or written

    IphWarning (UserWarning)            the formula is undefined or an
    │                                   assumption fails; never for bad input
    ├── DoubtWarning                    something of a table was guessed
    └── NotReadWarning                  parts of a table were not used

Every message has one form: what it is about, what it must be, what it is, and,
where there is something to do, what to do.
"""

from typing import Any

from iph._scalars import shown

__all__ = [
    "DataError",
    "DoubtWarning",
    "FieldError",
    "FileError",
    "InputError",
    "IphError",
    "IphWarning",
    "NotReadWarning",
    "RuleError",
    "WorkError",
]


class IphError(Exception):
    """The base of everything that iph raises on purpose."""


class IphWarning(UserWarning):
    """A result is undefined here, or rests on an assumption that fails."""


class NotReadWarning(IphWarning):
    """Columns, rows or cells of a table were not used.

    Parameters
    ----------
    path : str
        The file, or the frame.
    not_read : tuple of str
        What was not used, and why; a sentence each.
    """

    def __init__(self, path: str, not_read: tuple[str, ...]) -> None:
        self.path = path
        self.not_read = not_read
        super().__init__("\n".join([f"{path}: not everything was read", *not_read]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a trip to another process with all fields."""
        return type(self), (self.path, self.not_read)


class DoubtWarning(IphWarning):
    """Something of a whole table was guessed, or should not stand in it.

    Parameters
    ----------
    path : str
        The file, or the frame.
    doubts : tuple of str
        What to look at; a sentence each.
    """

    def __init__(self, path: str, doubts: tuple[str, ...]) -> None:
        self.path = path
        self.doubts = doubts
        super().__init__("\n".join([f"{path}: look at this", *doubts]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a trip to another process with all fields."""
        return type(self), (self.path, self.doubts)


class InputError(IphError, ValueError):
    """An argument is not what it must be.

    Parameters
    ----------
    name : str
        The argument or field.
    rule : str
        What it must be, as it follows the words "must be".
    value : object
        What it is.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, name: str, rule: str, value: object, hint: str = "") -> None:
        self.name = name
        self.rule = rule
        self.value = value
        self.hint = hint
        message = f"{name} must be {rule}, got {shown(value)}"
        super().__init__(f"{message}; {hint}" if hint else message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a trip to another process with all fields."""
        return type(self), (self.name, self.rule, self.value, self.hint)


class FieldError(InputError):
    """A clinical field refuses its value."""


class RuleError(IphError, ValueError):
    """Two fields of one patient contradict each other.

    Parameters
    ----------
    rule : str
        The name of the rule, such as ``"zones-contiguous"``.
    message : str
        What contradicts what, and what is allowed.
    fields : tuple of str
        The fields concerned.
    """

    def __init__(self, rule: str, message: str, fields: tuple[str, ...] = ()) -> None:
        self.rule = rule
        self.message = message
        self.fields = fields
        super().__init__(f"{message} (rule {rule})")

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a trip to another process with all fields."""
        return type(self), (self.rule, self.message, self.fields)


class DataError(IphError, ValueError):
    """The data cannot carry the analysis; the message says why and what can."""


class WorkError(DataError):
    """An exact answer would take more work than the stated limit."""


class FileError(IphError, OSError):
    """A file cannot be read or written; nothing was half-written.

    Parameters
    ----------
    path : str
        The file or folder.
    problem : str
        What is wrong with it.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, path: str, problem: str, hint: str = "") -> None:
        self.path = path
        self.problem = problem
        self.hint = hint
        message = f"{path}: {problem}"
        super().__init__(f"{message}; {hint}" if hint else message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a trip to another process with all fields."""
        return type(self), (self.path, self.problem, self.hint)
