"""The stage in the frame of another page: what is round it scrolls as if there were no frame."""

from playwright.sync_api import TimeoutError as TooLate

from conv.figures.stage import stage_page
from tests.browser import PAINTED
from tests.dashboard.driving import swipe_up, touching
from tests.dashboard.on_page import OPEN, WAIT
from tests.dashboard.test_stage_alone import data_of, view_of

AROUND = """<!doctype html>
<body style="margin: 0">
<div style="height: 300px"></div>
<iframe src="{source}" width="{width}" height="500" style="border: 0"></iframe>
<div style="height: 3000px"></div>
"""
WIDE, NARROW = 1000, 360  # pixels of a frame that the stage fills, and where it is scrolled
INSIDE = """() => Math.max(document.scrollingElement.scrollTop,
    document.querySelector("[data-stage]").scrollTop)"""
TO = """(top) => {
    for (const one of [document.scrollingElement, document.querySelector("[data-stage]")]) {
        one.scrollTop = top;
    }
}"""
LEAST, MOST = 180, 500  # pixels of height in which a motion begins
# Puts the page where it is to be, and waits until no scrolling of before goes on.
AT_REST = """(to) => new Promise((resolve) => {
    let calm = 0;
    const look = () => {
        calm = scrollY === to ? calm + 1 : 0;
        scrollTo(0, to);
        if (calm < 8) requestAnimationFrame(look);
        else resolve();
    };
    look();
})"""
SHAPE = "(scrolls) => document.querySelector('[data-stage]').matches('.scrolls') === scrolls"


class Framed:
    """A page round a frame with the stage in it."""

    def __init__(self, page):
        self.page, self.frame = page, page.frames[1]
        self.frame.wait_for_selector(PAINTED, timeout=OPEN)

    def resize(self, width, *, scrolls):
        self.page.locator("iframe").evaluate("(frame, width) => { frame.width = width; }", width)
        self.frame.wait_for_function(SHAPE, arg=scrolls, timeout=WAIT)

    def expect_scroll(self, move, *, inside):
        """That a motion over a panel in sight scrolls what is in the frame, or what is round it."""
        page = self.page
        page.evaluate(AT_REST, 280)
        before = self.frame.evaluate(INSIDE)
        # A browser holds on to what it has scrolled last for a moment, and a reader tries again.
        for wait in (WAIT,) if inside else (1000, 2000, WAIT):
            move(*self.panel_in_sight())
            try:
                if inside:
                    self.frame.wait_for_function(f"({INSIDE})() > {before + 40}", timeout=wait)
                else:
                    page.wait_for_function("scrollY > 320", timeout=wait)
            except TooLate:
                if wait == WAIT:
                    raise
            else:
                break
        assert not inside or page.evaluate("scrollY") == 280

    def panel_in_sight(self):
        """A point of a panel that has room for a finger above; of the foot where none is seen."""
        for cells in self.frame.locator("[data-cells]").all():
            box = cells.bounding_box()
            top, bottom = max(box["y"], LEAST), min(box["y"] + box["height"], MOST)
            if bottom - top > 10:
                return box["x"] + 15, (top + bottom) / 2
        return 150, (LEAST + MOST) / 2

    def wheel(self, x, y):
        self.page.mouse.move(x, y)
        self.page.mouse.wheel(0, 100)

    def expect_all(self, *, scrolls):
        with touching(self.page) as touch:
            moves = (self.wheel, lambda x, y: swipe_up(touch, x, y))
            for move in moves:
                if scrolls:
                    self.frame.evaluate(TO, 0)
                    self.expect_scroll(move, inside=True)
                    self.frame.evaluate(TO, 9999)
                self.expect_scroll(move, inside=False)


def test_the_page_round_an_embedded_one_scrolls(open_in_browser, server):
    page = open_in_browser(width=1000, height=700, fresh=True)
    source = f"{server}/?embed=true&scene=dx&data=paper"
    page.set_content(AROUND.format(source=source, width=WIDE))
    framed = Framed(page)
    framed.resize(WIDE, scrolls=False)
    framed.expect_all(scrolls=False)
    framed.resize(NARROW, scrolls=True)
    framed.expect_all(scrolls=True)


def test_the_page_round_a_page_of_its_own_scrolls(load_file, tmp_path):
    """Also where it fills its frame, as by the key F."""
    scene = tmp_path / "scene.html"
    scene.write_text(stage_page(data_of(view_of("data=paper", "dx")), "A scene"), encoding="utf-8")
    outer = tmp_path / "outer.html"
    outer.write_text(AROUND.format(source=scene.name, width=WIDE), encoding="utf-8")
    framed = Framed(load_file(outer, width=1000, height=700))
    framed.expect_all(scrolls=True)
    framed.frame.evaluate(TO, 0)
    framed.frame.locator(".heading").first.click()
    framed.page.keyboard.press("f")
    framed.frame.wait_for_selector(".fills")
    framed.expect_all(scrolls=False)
