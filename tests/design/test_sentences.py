"""Plans in words, and from a terminal."""

import pytest

import iph.__main__ as command
from iph._commands._exit import DONE, WRONG
from iph.design import power, precision, sample_size, sentence


def test_what_an_ethics_form_reads() -> None:
    """Patients, test, power, level, method and size stand in the sentence."""
    found = sample_size("fisher", [0.9, 0.3], loss=0.2, allocation=(2, 1))
    text = sentence(found, assumed="90 % against 30 %")
    first, second = found.n_arms
    assert text.startswith(f"With {first} and {second} patients analyzed in the arms (")
    assert f"({found.n_recruited[0]} and {found.n_recruited[1]} recruited)" in text
    assert "Fisher's exact test has a power of" in text
    assert "to find 90 % against 30 % at a two-sided level of 5 %" in text
    size = f"{100 * found.size:.1f}".removesuffix(".0")
    assert text.endswith(f"true size is {size} %.")
    one = power("one-share", 0.9, 20, null=0.5, alternative="greater")
    assert "With 20 patients analyzed, the exact" in sentence(one, assumed="90 %")
    assert "one-sided" in sentence(one, assumed="90 %")


def test_simulations_are_told_as_such() -> None:
    """The interval of a simulated power stands beside it."""
    found = power("fisher", [0.9, 0.3], 5, method="simulated", n_simulations=50)
    assert "simulated (99 % interval of the power" in sentence(found, assumed="it")


def test_widths_in_words() -> None:
    """The expected and the assured width, in percentage points."""
    text = sentence(precision("proportion", 18 / 28, 28), assumed="a share of 64 %")
    assert "95 % confidence interval for a share of 64 %" in text
    assert "expected width of 37 percentage points" in text
    assert "not wider than 39 with a probability of 90 %." in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("shares", "0.9", "0.3", "--n", "12"), "12 patients analyzed in each arm"),
        (("shares", "0.9", "0.3"), "power of"),
        (("shares", "0.9", "0.3", "--test", "barnard", "--n", "9"), "Barnard"),
        (("shares", "0.9", "--against", "0.5", "--n", "20"), "a known 50 %"),
        (("grades", "0.5,0.3,0.2", "--odds-ratio", "9", "--n", "8"), "higher grade"),
        (("width", "0.64", "--n", "28"), "percentage points"),
        (
            ("visits", "0.2,0.8", "0.7,0.3", "--days", "30", "--n", "4"),
            "recovery by day 30 in 20 % against 70 %",
        ),
        (("readers", "0.9", "--against", "0.75"), "an ICC of 0.9 of 2 readers"),
        (
            ("readers", "0.4,0.1,0.1,0.4", "--against", "0", "--n", "5"),
            "a weighted kappa of 0.60 against 0",
        ),
    ],
)
def test_a_question_from_a_terminal(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer is one sentence."""
    assert command.main(["plan", *arguments]) == DONE
    printed = capsys.readouterr().out
    assert words in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("shares", "0.9"), "two shares"),
        (("shares", "0.9", "0.3", "--against", "0.5"), "one share"),
        (("shares", "many", "0.3"), "decimal number"),
        (("shares", "0.9", "3"), "from 0 to 1"),
        (("grades", "0.5,0.5"), "--odds-ratio"),
        (("width", "0.5"), "--n"),
        (("visits", "0.2,0.8", "0.7,0.3", "--n", "4"), "--days"),
        (("visits", "0.2,0.8", "0.7,0.3", "--days", "soon", "--n", "4"), "7,30,91"),
        (("visits", "0.2,0.8", "--days", "30"), "two arms"),
        (("readers", "0.9"), "--against"),
        (("readers", "0.4,0.1,0.5", "--against", "0.2"), "each pair of grades"),
    ],
)
def test_a_question_that_cannot_be_answered(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says what is missing; the exit code is 2."""
    assert command.main(["plan", *arguments]) == WRONG
    assert words in capsys.readouterr().err
