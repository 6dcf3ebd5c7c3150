"""Files that take long, made in threads of their own, without a page."""

import asyncio
import itertools
import tempfile
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from threading import Event, Semaphore

from PIL import Image

from conv.dashboard.jobs import Workshop, closed_with_the_server
from conv.figures.files import Order
from conv.figures.film import Reel, film_file
from conv.figures.sheet import Sheet
from conv.ops import ConvError
from conv.sources import load
from tests.views import legal_view, scene_of

PATIENCE = 60  # seconds


def let_end(*jobs):
    for job in jobs:
        with suppress(CancelledError):
            job.work.exception(PATIENCE)


class Browser:
    """In place of a Chromium: it can break, and be closed."""

    def __init__(self):
        self.broken = self.closed = False

    def close(self):
        self.closed = True


def test_a_few_jobs_are_made_at_a_time_and_the_others_wait():
    shop, begun, gate = Workshop(Browser, at_once=2), Semaphore(0), Event()

    def make(*_):
        begun.release()
        return gate.wait(PATIENCE) and b"file"

    jobs = [shop.start(make) for _ in range(4)]
    assert all(begun.acquire(timeout=PATIENCE) for _ in range(2))
    assert sorted(job.state for job in jobs) == ["waiting", "waiting", "working", "working"]
    cancelled = next(job for job in jobs if job.state == "waiting")
    cancelled.cancel()
    let_end(cancelled)
    gate.set()
    let_end(*jobs)
    assert sorted(job.state for job in jobs) == ["done", "done", "done", "stopped"]
    assert {job.file for job in jobs if job.state == "done"} == {b"file"}


def test_a_cancelled_job_and_one_that_nobody_waits_for_end_at_their_next_step():
    shop, begun, here = Workshop(Browser, at_once=1), Semaphore(0), [True]

    def count(_, told):
        for step in itertools.count():
            told(step, 10**6)
            if step == 3:
                begun.release()

    cancelled = shop.start(count)
    assert begun.acquire(timeout=PATIENCE)
    assert cancelled.progress[0] >= 3
    assert cancelled.progress[1] == 10**6
    cancelled.cancel()
    assert cancelled.state == "stopped"
    let_end(cancelled)
    left = shop.start(count, lambda: here[0])
    assert begun.acquire(timeout=PATIENCE)
    here[0] = False
    unseen = shop.start(lambda *_: here.append("made"), lambda: False)
    let_end(left, unseen)
    assert [left.state, unseen.state] == ["stopped", "stopped"]
    assert here == [False]


def test_a_job_that_fails_says_why_and_its_place_is_free_again():
    made = []
    shop = Workshop(lambda: made.append(Browser()) or made[-1], at_once=1)

    def refuse(browser, _):
        browser.broken = True
        raise ConvError("error.no_chromium")

    def stumble(*_):
        raise ZeroDivisionError

    refused, stumbled, done = (shop.start(make) for make in (refuse, stumble, lambda *_: b"file"))
    let_end(refused, stumbled, done)
    assert (refused.state, refused.fault.key) == ("failed", "error.no_chromium")
    assert (stumbled.state, stumbled.fault) == ("failed", None)
    assert (done.state, done.file) == ("done", b"file")
    # The broken browser is closed, and another one has taken its place.
    assert [browser.closed for browser in made] == [True, False]


def test_the_server_s_end_is_that_of_its_jobs_and_its_browser(monkeypatch):
    made, shop = [], Workshop(lambda: made.append(Browser()) or made[-1], at_once=1)
    monkeypatch.setattr("conv.dashboard.jobs.workshop", lambda: shop)
    begun = Event()

    def endless(_, told):
        begun.set()
        while True:
            told(1, 2)

    async def live():
        async with closed_with_the_server(None):
            jobs = [shop.start(endless) for _ in range(2)]
            assert begun.wait(PATIENCE)
            return jobs

    # In a thread of its own, as this one has the browser's loop.
    with ThreadPoolExecutor(1) as thread:
        jobs = thread.submit(asyncio.run, live()).result()
    let_end(*jobs)
    assert [job.state for job in jobs] == ["stopped", "stopped"]
    assert [browser.closed for browser in made] == [True]


def test_films_that_are_made_at_once_are_each_the_one_that_was_ordered(
    drawing, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shop, reel = Workshop(lambda: drawing, at_once=2), Reel(every=8)
    orders = [
        Order(
            legal_view("paper", scene=scene),
            load("paper").default,
            Sheet(width=300, panel=panel),
        )
        for scene, panel in [("dw", "dw_patches"), ("dx", "dx_scatter"), ("dw", "dw_patches")]
    ]

    def film(order):
        scene = scene_of(order.view)
        return shop.start(lambda browser, told: film_file(browser, scene, order, reel, "gif", told))

    begun = Event()

    def long(browser, told):
        def heard(done, of):
            told(done, of)
            if done:
                begun.set()

        return film_file(browser, scene_of(orders[0].view), orders[0], Reel(), "gif", heard)

    cancelled = shop.start(long)
    assert begun.wait(PATIENCE)
    cancelled.cancel()
    let_end(cancelled)
    assert cancelled.state == "stopped"
    jobs = [film(order) for order in orders]
    for job, order in zip(jobs, orders, strict=True):
        let_end(job)
        assert (job.state, job.fault) == ("done", None)
        with Image.open(BytesIO(job.file)) as gif:
            frames = len(reel.steps(scene_of(order.view)))
            assert (gif.n_frames, gif.width) == (frames, 300)
            assert gif.info["comment"].decode().split("\n")[0] == order.link
    assert jobs[0].file == jobs[2].file != jobs[1].file
    assert cancelled.progress[0] < cancelled.progress[1]
    assert list(tmp_path.iterdir()) == []
