"""Errors say what is wrong, keep their fields, and survive a trip elsewhere."""

import pickle

import pytest

from iph.errors import (
    DataError,
    DoubtWarning,
    FieldError,
    FileError,
    InputError,
    IphError,
    IphWarning,
    NotReadWarning,
    RuleError,
    WorkError,
)

EXAMPLES = [
    InputError("vas", "from 0 to 10", 11, "is it in mm?"),
    FieldError("sex", "one of: female, male", "f"),
    RuleError("zones-contiguous", "zones leave a gap", ("zones",)),
    DataError("too few events"),
    WorkError("too many tables"),
    FileError("a.csv", "is empty", "save the sheet first"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_a_trip(error: IphError) -> None:
    """Type, text and fields are the same after pickling."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_can_be_caught_as_what_it_is(error: IphError) -> None:
    """Each error is of the base of iph and of the builtin that fits."""
    assert isinstance(error, IphError)
    builtin = OSError if isinstance(error, FileError) else ValueError
    assert isinstance(error, builtin)


def test_messages() -> None:
    """A message says what, what it must be, what it is, and what to do."""
    assert str(EXAMPLES[0]) == "vas must be from 0 to 10, got 11; is it in mm?"
    assert str(EXAMPLES[1]) == "sex must be one of: female, male, got 'f'"
    assert str(EXAMPLES[2]) == "zones leave a gap (rule zones-contiguous)"
    assert str(EXAMPLES[5]) == "a.csv: is empty; save the sheet first"
    assert str(FileError("a.csv", "is empty")) == "a.csv: is empty"


def test_a_long_value_does_not_flood() -> None:
    """A value is cut to a length that fits a line."""
    message = str(InputError("x", "short", "a" * 10_000))
    assert len(message) < 100
    assert message.endswith("...")


def test_warnings_are_a_category_of_our_own() -> None:
    """What iph warns of can be filtered by its category."""
    assert issubclass(IphWarning, UserWarning)


@pytest.mark.parametrize("kind", [DoubtWarning, NotReadWarning])
def test_warnings_of_a_table_survive_a_trip_to_another_process(
    kind: type[DoubtWarning | NotReadWarning],
) -> None:
    """They keep the file and each sentence."""
    one = kind("a.csv", ("first", "second"))
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 - our own
    assert vars(again) == vars(one)
    assert str(again).splitlines()[1:] == ["first", "second"]
