"""Pages of the dashboard that are handed on from test to test.

Loading the page takes several times as long as following a link inside of it. So a page that a test
has done with follows a link to a view where no test begins, and from there the next test's link.
All of a view comes from its link, as with the browser's back button; the stage is built anew."""

from playwright.sync_api import Error

from tests.browser import PAINTED, probe
from tests.dashboard.on_page import OPEN

SIZE = {"width": 1100, "height": 800}  # where size is not the question
SPEED = "4"
# Leaves out what is not of the stage: the page is drawn in two thirds of the time.
LEAN = "hide=toolbar,formulas,terms"
# Where no test begins: no other view has its sizes and its place of the item, channel and filter.
REST, REST_VIEW = f"scene=mistakes&n=9&c=31&f=15&kernel=1&lang=en&{LEAN}", "9,31,15"
FOLLOW = 15_000  # milliseconds
BLANK = "about:blank"
FAULT = "[data-testid=stException], [data-testid=stErrorElementStack]"  # Python's, JavaScript's
FORGET = "() => { localStorage.clear(); sessionStorage.clear(); document.activeElement?.blur(); }"


class Window:
    """A page that links are opened in."""

    def __init__(self, context, server):
        self.context, self.server = context, server
        self.page = context.new_page()
        self.rests = False

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
        """Leaves nothing of a test in the page; one that answers no more is replaced."""
        try:
            self.page.mouse.move(0, 0)
            self.page.evaluate(FORGET)
            self.rests = kept and self.goes_to_rest()
            if not self.rests:
                self.page.goto(BLANK)
        except Error:
            self.page.close()
            self.page, self.rests = self.context.new_page(), False

    def goes_to_rest(self):
        page = self.page
        if not page.locator(PAINTED).count() or not page.evaluate(probe("is_as_opened"), SPEED):
            return False
        page.set_viewport_size(SIZE)
        self.follow(REST, [REST_VIEW, True], FOLLOW)
        return page.evaluate(probe("is_as_opened"), SPEED)
