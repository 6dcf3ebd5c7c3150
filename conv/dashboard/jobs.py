"""Files that take long: each is made in a thread of its own, while the page stays alive."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import BoundedSemaphore, Event, Lock, Thread
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
_LOOK = 0.2  # seconds between two looks of who waits
_AWAY = 15.0  # seconds for which a browser may be gone, whose network fails for a moment
_PATIENCE = 20.0  # seconds in which a job ends that is told to
_LOG = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """A job's file is not wanted any more."""


class Job:
    """A file that is being made. `progress` is how much is done and of how much, where that is
    known; `file` is there when it is done, and `fault` when it failed; None where the reason
    is in the server's log."""

    def __init__(self, is_wanted: Callable[[], bool]) -> None:
        self._state: State = "waiting"
        self.progress = (0, 0)
        self.file = b""
        self.fault: ConvError | None = None
        self.ended = Event()
        self._is_wanted = is_wanted
        self._cancelled = False

    @property
    def state(self) -> State:
        """How it stands; what is cancelled counts as stopped at once."""
        return "stopped" if self._cancelled else self._state

    @property
    def is_on(self) -> bool:
        """Whether its file may still come."""
        return self.state in {"waiting", "working"}

    def cancel(self) -> None:
        """Ends the job as soon as it says what it has done."""
        self._cancelled = True

    def told(self, done: int, of: int) -> None:
        """Takes note of what is done; raises Stopped where the file is not wanted any more."""
        if self._cancelled or not self._is_wanted():
            raise Stopped
        self.progress = (done, of)

    def work(self, make: Make, chromium: Chromium) -> None:
        """Makes the file; raises what `make` raises."""
        self._state = "working"
        self.end("done", file=make(chromium, self.told))

    def end(self, state: State, *, file: bytes = b"", fault: ConvError | None = None) -> None:
        """Says what has become of it."""
        self.file, self.fault, self._state = file, fault, state
        self.ended.set()


class Workshop:
    """Makes files, a few at a time, with one browser for all of them."""

    def __init__(self, new_chromium: Callable[[], Chromium], at_once: int = AT_ONCE) -> None:
        self._new_chromium = new_chromium
        self._at_once = at_once
        self._places = BoundedSemaphore(at_once)
        self._is_open = True
        self._lock = Lock()
        self._chromium: Chromium | None = None
        self._users: dict[Chromium, int] = {}

    def start(self, make: Make, is_wanted: Callable[[], bool] = lambda: True) -> Job:
        """A job that `make` does, as soon as there is a place. It ends where its file is no longer
        wanted, which is asked whenever it says what it has done."""
        job = Job(lambda: self._is_open and is_wanted())
        Thread(target=self._run, args=(job, make), daemon=True).start()
        return job

    def close(self) -> None:
        """Ends every job and the browser, so that nothing of them stays on the disk."""
        self._is_open = False
        for _ in range(self._at_once):
            self._places.acquire(timeout=_PATIENCE)
        if self._chromium:
            self._chromium.close()

    def _run(self, job: Job, make: Make) -> None:
        try:
            with self._place(job), self._browser() as chromium:
                job.work(make, chromium)
        except Stopped:
            job.end("stopped")
        except ConvError as error:
            job.end("failed", fault=error)
        except Exception:  # noqa: BLE001 - who waits for the file must hear of it
            _LOG.exception("a file could not be made")
            job.end("failed")

    @contextmanager
    def _place(self, job: Job) -> Iterator[None]:
        while not self._places.acquire(timeout=_LOOK):
            job.told(0, 0)
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def _browser(self) -> Iterator[Chromium]:
        """The browser for all; in place of a broken one, which the last of its users closes,
        another."""
        with self._lock:
            if self._chromium is None or self._chromium.broken:
                self._chromium = self._new_chromium()
            chromium = self._chromium
            self._users[chromium] = self._users.get(chromium, 0) + 1
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
    """Who looks at the page that this is made in: here, or gone for good."""

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
