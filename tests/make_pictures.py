"""Makes the README's pictures anew: python -m tests.make_pictures [another folder]."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import FITS, FLAGS, chromium, dashboard, wait

FOLDER = Path(__file__).parents[1] / ".github" / "pictures"
# A picture's name: its link, the window's width and height, the look, and the cell that the mouse
# is on.
PICTURES = {
    "overview": ("", 1440, 960, "light", None),
    "pointed": ("", 1440, 900, "dark", ("input_pad", 6, 5)),
    "forward": ("scene=forward", 1440, 1130, "dark", None),
    "dw": ("scene=dw", 1440, 1420, "light", None),
    "dx": ("scene=dx&stride=2&lang=zh", 1440, 1500, "dark", None),
    "paper": ("data=paper&scene=dx", 1440, 1200, "light", None),
    "update": ("scene=update&t=24", 1440, 1240, "light", None),
    "mistakes": ("scene=mistakes&data=paper", 1440, 820, "light", None),
    "phone": ("data=sobel&i=14&j=27", 390, 1070, "light", None),
}


def point(page, panel, row, column):
    cells = page.locator(f"[data-panel={panel}] [data-cells]")
    frame = cells.bounding_box()
    rows, columns = (int(cells.get_attribute(f"data-{side}")) for side in ("rows", "columns"))
    x = frame["x"] + (column + 0.5) * frame["width"] / columns
    page.mouse.move(x, frame["y"] + (row + 0.5) * frame["height"] / rows)
    wait(page, "(stage, at) => stage.dataset.at === at", f"{row},{column}")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with dashboard() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, (link, width, height, look, cell) in PICTURES.items():
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=look, locale="en-US"
            )
            page.goto(f"{address}/?{link}")
            wait(page, FITS)
            page.wait_for_load_state("networkidle")
            # Controls whose script is on its way are grey boxes.
            page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
            if cell:
                point(page, *cell)
            page.screenshot(path=folder / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
