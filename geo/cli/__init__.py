"""The command line: run the dashboard, check the data, take views away as files.

Exit codes: 0 done, 1 the data is at fault (the report says where), 2 the call is wrong or
cannot be carried out. Nothing that a user can cause ends in a traceback.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Final

from geo.cli.options import parser
from geo.errors import DataError, TansiqError

DONE: Final = 0
AT_FAULT: Final = 1
WRONG_USE: Final = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; argparse itself exits with 0 or 2."""
    _be_patient_with_terminals()
    given = parser().parse_args(argv)
    # imported after parsing: the libraries take a second to load, help should not
    from geo.cli import commands  # noqa: PLC0415

    try:
        return commands.COMMANDS[given.command](given)
    except DataError as error:
        commands.refuse(error.faults, given)
        return AT_FAULT
    except BrokenPipeError:
        # who reads the output has enough; nothing may be written at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (TansiqError, OSError, ModuleNotFoundError, KeyboardInterrupt) as error:
        print(f"tansiq: {_sentence(error)}", file=sys.stderr)
        return WRONG_USE


def _sentence(error: BaseException) -> str:
    """Return what a user needs to know of an error that is not the data's."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, ModuleNotFoundError):
        # the driver of an engine that --store names is not among our requirements
        return f"the Python package {error.name} is needed for this, and not installed"
    return str(error) or "stopped"


def _be_patient_with_terminals() -> None:
    """Write escapes where a terminal's encoding lacks a letter, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
