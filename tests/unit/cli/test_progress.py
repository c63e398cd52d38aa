"""Progress is for people who wait at a terminal, and for nobody else."""

import io
import time

from cubec.cli import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_quick_work_says_nothing():
    """What is done at once leaves no trace."""
    terminal = Terminal()
    with progress.showing("compiling", terminal):
        pass

    assert terminal.getvalue() == ""


def test_long_work_says_what_it_is(monkeypatch):
    """After a while the line says what is going on, and goes away at the end."""
    monkeypatch.setattr(progress, "PATIENCE", 0.01)
    terminal = Terminal()
    with progress.showing("compiling", terminal):
        deadline = time.monotonic() + 10
        while "compiling" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)

    assert "compiling … 0 s" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_log_gets_no_progress(monkeypatch):
    """Where nobody watches, nothing is written."""
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    log = io.StringIO()
    with progress.showing("compiling", log):
        time.sleep(0.05)

    assert log.getvalue() == ""
