"""axe-core finds nothing that keeps anyone from the stage."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from conv.state.rooms import SCENES
from tests.browser import probe, wait
from tests.dashboard.on_page import says, stage

GRAVE = ("serious", "critical")


@pytest.mark.parametrize(
    ("link", "looks", "scenes"),
    [
        ("lang=en&data=paper", (("light", 1440), ("dark", 390)), [*SCENES][1::2]),
        ("lang=zh", (("dark", 1440), ("light", 390)), [*SCENES][::2]),
    ],
)
def test_nothing_keeps_anyone_from_the_stage(open_in_browser, link, looks, scenes):
    """The looks take turns from scene to scene."""
    page = open_in_browser(link)
    for k, scene in enumerate(scenes):
        stage(page).focus()
        page.keyboard.press(str(1 + [*SCENES].index(scene)))
        says(page, scene=scene)
        scheme, width = looks[k % len(looks)]
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        says(page, look=scheme)
        wait(page, probe("fits"))
        found = Axe().run(page, "[data-stage]").response["violations"]
        grave = [violation for violation in found if violation["impact"] in GRAVE]
        assert not grave, f"{scene} {scheme} {width}\n" + "\n".join(map(told, grave))


def told(violation):
    nodes = [f"    {node['html']}" for node in violation["nodes"]]
    return "\n".join([f"{violation['id']}: {violation['help']}", *nodes])
