"""Makes the README's pictures anew: python -m tests.make_pictures [another folder]."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import FITS, FLAGS, chromium, dashboard, wait

FOLDER = Path(__file__).parents[1] / ".github" / "pictures"
# A picture's name: its link, the window's width and height, and the look.
PICTURES = {
    "overview": ("", 1440, 960, "light"),
    "forward": ("scene=forward", 1440, 1130, "dark"),
    "dw": ("scene=dw", 1440, 1190, "light"),
    "dx": ("scene=dx&stride=2&lang=zh", 1440, 1310, "dark"),
    "paper": ("data=paper&scene=dx", 1440, 1260, "light"),
    "phone": ("data=sobel&i=14&j=27", 390, 1070, "light"),
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with dashboard() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, (link, width, height, look) in PICTURES.items():
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=look, locale="en-US"
            )
            page.goto(f"{address}/?{link}")
            wait(page, FITS)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
