"""python -m conv."""

import io
import sys

from .cli import main

for stream in (sys.stdout, sys.stderr):
    # A console of another encoding shows a question mark for a sign that it lacks.
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
sys.exit(main())
