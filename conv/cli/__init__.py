"""The command line: python -m conv."""

from .main import main

__all__ = ["main"]
