"""python -m conv present: the dashboard in a browser, for a lecture along a playlist."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

from conv.ops import ConvError
from conv.playlist import FILE_VARIABLE, bundled, bundled_playlist, read_playlist
from conv.sources import sizes_of
from conv.words import LANGUAGES, Words

from .parser import Commands, Parser
from .reading import whole

_APP = Path(__file__).parents[2] / "app.py"
_HOST = "127.0.0.1"
_PORTS = range(8501, 8551)
_START_SECONDS = 60


def add_present(commands: Commands[Parser], say: Words) -> None:
    """Adds the command."""
    about = say("cli.present_long")
    present = commands.add_parser(
        "present", help=say("cli.present"), description=about, allow_abbrev=False
    )
    present.add_argument("file", nargs="?", type=Path, metavar="FILE", help=say("cli.present_file"))
    present.add_argument("--lang", choices=LANGUAGES, help=say("cli.present_lang"))
    present.add_argument("--port", type=whole(say, 1, 65535), metavar="N", help=say("cli.port"))
    present.add_argument("--no-browser", action="store_true", help=say("cli.no_browser"))
    present.set_defaults(run=_present)


def _present(options: argparse.Namespace, say: Words) -> int:
    """Runs the dashboard until it is stopped; its own status where it fails."""
    asked = options.file or Path(bundled()[0])
    needs_no_file = str(asked) in bundled() and not asked.is_file()
    if needs_no_file:
        name = bundled_playlist(str(asked), options.lang or LANGUAGES[0], sizes_of).name
    else:
        name = read_playlist(asked, sizes_of).name
    if not _APP.is_file() or find_spec("streamlit") is None:
        raise ConvError("error.no_app")
    ports = range(options.port, options.port + 1) if options.port else _PORTS
    port = _free_port(ports)
    query = {"present": "1", "playlist": name} | ({"lang": options.lang} if options.lang else {})
    environment = dict(os.environ)
    environment.pop(FILE_VARIABLE, None)
    if not needs_no_file:
        environment[FILE_VARIABLE] = str(asked.resolve())
    # Whichever way it is ended, it takes its server with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = subprocess.Popen(_command(port), cwd=_APP.parent, env=environment)  # noqa: S603
    try:
        _tell_when_it_answers(server, f"http://{_HOST}:{port}", query, options, say)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def _tell_when_it_answers(
    server: subprocess.Popen[bytes],
    address: str,
    query: Mapping[str, str],
    options: argparse.Namespace,
    say: Words,
) -> None:
    if not _answers(f"{address}/_stcore/health", server):
        return
    link = f"{address}/?{urlencode(query)}"
    print(say("cli.presenting", link=link), flush=True)
    if not options.no_browser:
        webbrowser.open(link)


def _command(port: int) -> list[str]:
    options = ["--server.headless=true", f"--server.address={_HOST}", f"--server.port={port}"]
    return [sys.executable, "-m", "streamlit", "run", str(_APP), *options]


def _free_port(ports: range) -> int:
    for port in ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind((_HOST, port))
            return port
    if len(ports) == 1:
        raise ConvError("error.taken_port", port=ports[0])
    raise ConvError("error.no_port", first=ports[0], last=ports[-1])


def _answers(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers before it ends or the time is up."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):  # noqa: S310
            return True
        time.sleep(0.1)
    return False
