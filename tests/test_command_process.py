"""What a command does to its own process: signals, consoles, and outputs that end."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import iph.__main__ as command
from iph import _stopping
from iph._commands import _output
from iph._commands._exit import DONE, WRONG

STOPPED = 130  # as shells count it: 128 and the number of the signal


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave signals, streams and the environment as they were."""
    handlers = {one: signal.getsignal(one) for one in _stopping._SIGNALS}
    monkeypatch.setattr(_stopping, "asked", 0)
    monkeypatch.setenv("MPLBACKEND", "agg")
    yield
    for one, handler in handlers.items():
        signal.signal(one, handler)


def test_a_command_reads_the_arguments_of_its_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those of the process count where none are given; later Ctrl-C is left alone."""
    monkeypatch.setattr(sys, "argv", ["iph", "audit"])
    monkeypatch.setenv("MPLBACKEND", "nonsense")
    code = command.main()
    assert code in {DONE, 1}
    assert os.environ["MPLBACKEND"] == "agg"
    assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert "46.15" in capsys.readouterr().out


def test_an_interruption_is_remembered() -> None:
    """While a command works, Ctrl-C is raised, and known whatever it is turned into."""
    _stopping.stop_tidily()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert _stopping.asked
    assert command._ended(ValueError("made of it by a library")) == STOPPED


def test_an_interruption_while_modules_load_ends_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing was begun, so the process says a word and ends."""
    said: list[object] = []
    _stopping.stop_at_once()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda _, text: said.append(text))
        patch.setattr(os, "_exit", said.append)
        signal.raise_signal(signal.SIGINT)
    assert said == [b"\niph: stopped; nothing was half-written\n", STOPPED]


@pytest.mark.parametrize("one", _stopping._SIGNALS, ids=lambda one: one.name)
def test_the_code_tells_which_signal_came(one: signal.Signals) -> None:
    """The system, a closed terminal and Ctrl-C are told apart, as shells do it."""
    _stopping.stop_tidily()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(one)
    assert command._ended(KeyboardInterrupt()) == 128 + one


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot ask a process")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_stopped_command_leaves_no_draft(name: str, tmp_path: Path) -> None:
    """A command that is stopped while it writes removes its draft, whoever stops it."""
    one = signal.Signals[name]
    # The library that writes stops the process in the middle of its work.
    (tmp_path / "openpyxl.py").write_text(
        f"import os\nos.kill(os.getpid(), {one.value})\nfor _ in range(99): 1\n"
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    folder = tmp_path / "folder"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "iph", "template", "new.xlsx"],
        cwd=folder,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
        preexec_fn=lambda: signal.signal(one, signal.SIG_DFL),
    )
    assert done.returncode == 128 + one
    assert done.stderr.strip() == b"iph: stopped; nothing was half-written"
    assert list(folder.iterdir()) == []


def test_an_ignored_interruption_stays_ignored() -> None:
    """A job in the background, whose shell ignores Ctrl-C, goes on ignoring it."""
    for one in _stopping._SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    _stopping.stop_tidily()
    _stopping.stop_no_more()
    assert {signal.getsignal(one) for one in _stopping._SIGNALS} == {signal.SIG_IGN}


@pytest.mark.parametrize(
    ("argv", "original", "expected"),
    [
        (["/usr/bin/iph", "audit"], ["python", "/usr/bin/iph", "audit"], True),
        (["x.py"], ["python", "-m", "iph", "audit"], True),
        (["x.py"], ["python", "x.py"], False),
        ([], ["python"], False),
    ],
    ids=["script", "module", "other", "shell"],
)
def test_a_command_knows_that_it_is_one(
    argv: list[str],
    original: list[str],
    expected: bool,  # noqa: FBT001 - a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Signals are changed in the command's own process, never in a user's."""
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(sys, "orig_argv", original)
    assert _stopping.is_command() == expected


def test_a_console_gets_plain_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a console cannot show is written with what it has."""
    held = io.BytesIO()
    console = io.TextIOWrapper(held, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    _output.print_on_any_console()
    _output.say("\N{MINUS SIGN}1 \N{EN DASH} 2 \N{GREEK SMALL LETTER MU}")
    console.flush()
    assert held.getvalue().split() == [b"-1", b"-", b"2", b"\\u03bc"]
    with pytest.raises(UnicodeDecodeError):
        _output._plainly(UnicodeDecodeError("ascii", b"\xff", 0, 1, "no such byte"))


def test_without_an_error_output_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process without a standard error still ends with its code."""
    monkeypatch.setattr(sys, "stderr", None)
    assert command._ended(FileNotFoundError(2, "No such file", "nowhere.csv")) == WRONG


def test_outputs_that_go_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reader that left is no fault; a full disk under the output is."""
    monkeypatch.setattr(sys, "stdout", None)
    assert command._ended(BrokenPipeError()) == DONE
    assert command._ended(OSError(28, "No space left on device")) == WRONG
    assert "cannot be written (No space left" in capsys.readouterr().err
    with pytest.raises(RuntimeError):
        command._ended(RuntimeError("a fault of iph"))


def test_a_library_that_finds_itself_broken_lacked_memory(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The cause tells of memory, where the words on top tell of an installation."""
    broken = ImportError("seems to be broken, please try reinstalling")
    with pytest.raises(ImportError):
        command._ended(broken)
    broken.__cause__ = ImportError("libx.so: failed to map segment from shared object")
    assert command._ended(broken) == WRONG
    assert "not enough memory" in capsys.readouterr().err
