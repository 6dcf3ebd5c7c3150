"""Pages of the dashboard that are handed on from test to test.

Loading the page takes several times as long as following a link inside of it. So a page that a test
has done with follows a link to a view where no test begins, and from there the next test's link.
All of a view comes from its link, as with the browser's back button; the stage is built anew."""

from contextlib import suppress

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as TooLate

from tests.browser import PAINTED, probe
from tests.dashboard.on_page import OPEN

SIZE = {"width": 1100, "height": 800}  # where size is not the question
SPEED = "4"
# Leaves out what is not of the stage: the page is drawn in two thirds of the time.
LEAN = "hide=toolbar,formulas,terms"
# Where no test begins: no other view has its sizes and its place of the item, channel and filter.
REST, REST_VIEW = f"scene=mistakes&n=9&c=31&f=15&kernel=1&lang=en&{LEAN}", "9,31,15"
FOLLOW = 15_000  # milliseconds
MOST_USED = 40  # tests, in which a page grows to half a gigabyte
BLANK = "about:blank"
FAULT = "[data-testid=stException], [data-testid=stErrorElementStack]"  # Python's, JavaScript's
FORGET = "() => { localStorage.clear(); sessionStorage.clear(); document.activeElement?.blur(); }"


class Window:
    """A page that links are opened in."""

    def __init__(self, context, server):
        self.context, self.server = context, server
        self.take_page()

    def take_page(self):
        self.page, self.rests, self.used = self.context.new_page(), False, 0

    def open(self, link, *, width, height, scheme, fresh):
        """Opens a link from where the page rests. A page that does not rest, or is to be `fresh`,
        is loaded anew."""
        page = self.page
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="no-preference")
        loads = fresh or not self.rests or "embed" in link or "present" in link
        if not loads:
            self.follow(link, [REST_VIEW, False], OPEN)
        else:
            if self.rests:
                page.goto(BLANK)
            page.goto(f"{self.server}/?{link}")
            page.wait_for_selector(f"{PAINTED}, {FAULT}", state="attached", timeout=OPEN)
            # What keeps the stage from being drawn would keep every test waiting.
            assert page.locator(FAULT).all_inner_texts() == []
        self.rests = False
        return page

    def follow(self, link, arrived, patience):
        self.page.evaluate(probe("follow_link"), link)
        self.page.wait_for_function(probe("has_arrived"), arg=arrived, timeout=patience)

    def rest(self, *, kept=True):
        """Leaves nothing of a test in the page."""
        self.page.mouse.move(0, 0)
        self.page.evaluate(FORGET)
        self.rests = kept and self.goes_to_rest()
        if not self.rests:
            self.page.goto(BLANK)

    def goes_to_rest(self):
        page = self.page
        if not page.locator(PAINTED).count() or not page.evaluate(probe("is_as_opened"), SPEED):
            return False
        page.set_viewport_size(SIZE)
        with suppress(TooLate):
            self.follow(REST, [REST_VIEW, True], FOLLOW)
            return page.evaluate(probe("is_as_opened"), SPEED)
        return False

    def hand_on(self, *, kept):
        """Leaves the page to the next test; another for one that has grown or answers no more."""
        self.used += 1
        try:
            self.rest(kept=kept)
            done = self.used == MOST_USED
        except Error:
            done = True
        if done:
            self.page.close()
            self.take_page()
