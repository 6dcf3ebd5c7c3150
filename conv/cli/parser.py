"""The parser of a command."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the list of all options."""

    def error(self, message: str) -> NoReturn:
        """Ends the program with 2."""
        sys.stderr.write(f"{self.prog}: {message}\n")
        sys.exit(2)


Commands = argparse._SubParsersAction  # noqa: SLF001 - it has no other name
