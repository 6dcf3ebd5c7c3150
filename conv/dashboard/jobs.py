"""Files that take long: each is made in a thread of its own, while the page stays alive."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Literal

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from conv.ops import ConvError

if TYPE_CHECKING:  # it takes long to import, which no page waits for
    from conv.figures.chromium import Chromium

AT_ONCE = 2  # files that the server makes; more would only wait for one another
Told = Callable[[int, int], None]
Make = Callable[["Chromium", Told], bytes]
State = Literal["waiting", "working", "stopped", "failed", "done"]
_AWAY = 15.0  # seconds for which a browser may be gone, whose network fails for a moment
_PATIENCE = 20.0  # seconds in which a job ends that is told to
_LOG = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """A job's file is not wanted any more."""


class Job:
    """A file that is being made, by `work`, which its workshop gives it. `progress` is how much is
    done and of how much, where that is known."""

    work: Future[bytes]

    def __init__(self, is_wanted: Callable[[], bool]) -> None:
        self.progress = (0, 0)
        self._is_wanted = is_wanted
        self._cancelled = False

    @property
    def state(self) -> State:
        """How it stands; what is cancelled counts as stopped at once."""
        if self._cancelled or self.work.cancelled():
            return "stopped"
        if not self.work.done():
            return "working" if self.work.running() else "waiting"
        error = self.work.exception()
        if isinstance(error, Stopped):
            return "stopped"
        return "failed" if error else "done"

    @property
    def is_on(self) -> bool:
        """Whether its file may still come."""
        return self.state in {"waiting", "working"}

    @property
    def file(self) -> bytes:
        """What has been made, where it is done."""
        return self.work.result()

    @property
    def fault(self) -> ConvError | None:
        """Why it failed; None where the reason is in the server's log."""
        error = self.work.exception()
        return error if isinstance(error, ConvError) else None

    def cancel(self) -> None:
        """Ends the job at once where it waits, or else as soon as it says what it has done."""
        self._cancelled = True
        self.work.cancel()

    def told(self, done: int, of: int) -> None:
        """Takes note of what is done; raises Stopped where the file is not wanted any more."""
        if self._cancelled or not self._is_wanted():
            raise Stopped
        self.progress = (done, of)


class Workshop:
    """Makes files, a few at a time, with one browser for all of them."""

    def __init__(self, new_chromium: Callable[[], Chromium], at_once: int = AT_ONCE) -> None:
        self._new_chromium = new_chromium
        self._pool = ThreadPoolExecutor(at_once)
        self._is_open = True
        self._lock = Lock()
        self._chromium: Chromium | None = None
        self._users: Counter[Chromium] = Counter()
        self._unfinished: set[Future[bytes]] = set()

    def start(self, make: Make, is_wanted: Callable[[], bool] = lambda: True) -> Job:
        """A job that `make` does, as soon as there is a place. It ends where its file is no longer
        wanted, which is asked before it begins and whenever it says what it has done."""
        job = Job(lambda: self._is_open and is_wanted())
        job.work = self._pool.submit(self._run, make, job.told)
        self._unfinished.add(job.work)
        job.work.add_done_callback(self._unfinished.discard)
        return job

    def close(self) -> None:
        """Ends every job and the browser, so that nothing of them stays on the disk."""
        self._is_open = False
        self._pool.shutdown(wait=False, cancel_futures=True)
        # The pool itself would wait without an end for one whose browser does not answer.
        wait([*self._unfinished], _PATIENCE)
        if self._chromium:
            self._chromium.close()

    def _run(self, make: Make, told: Told) -> bytes:
        try:
            told(0, 0)
            with self._browser() as chromium:
                return make(chromium, told)
        except (Stopped, ConvError):
            raise
        except Exception:
            _LOG.exception("a file could not be made")
            raise

    @contextmanager
    def _browser(self) -> Iterator[Chromium]:
        """The browser for all; in place of a broken one, which the last of its users closes,
        another."""
        with self._lock:
            if self._chromium is None or self._chromium.broken:
                self._chromium = self._new_chromium()
            chromium = self._chromium
            self._users[chromium] += 1
        try:
            yield chromium
        finally:
            with self._lock:
                self._users[chromium] -= 1
                is_over = chromium.broken and not self._users[chromium]
                if is_over:
                    del self._users[chromium]
            if is_over:
                chromium.close()


class Visitor:
    """Who looks at the page that this is made in: here, or gone for good. Streamlit tells nobody
    that a session has ended, but answers who asks."""

    def __init__(self) -> None:
        context = get_script_run_ctx()
        self._session = context.session_id if context else ""
        self._seen_at = time.monotonic()

    def is_here(self) -> bool:
        """Whether the browser is connected, or was a moment ago. From any thread."""
        now = time.monotonic()
        if get_instance().is_active_session(self._session):
            self._seen_at = now
        return now - self._seen_at < _AWAY


@st.cache_resource(show_spinner=False)
def workshop() -> Workshop:
    """The server's."""
    return Workshop(_chromium)


@asynccontextmanager
async def closed_with_the_server(_: object) -> AsyncIterator[None]:
    """The server's life, which ends by a signal that leaves no time for anything later."""
    yield
    await asyncio.to_thread(workshop().close)


def _chromium() -> Chromium:
    from conv.figures.chromium import Chromium  # noqa: PLC0415 - it takes long

    return Chromium()
