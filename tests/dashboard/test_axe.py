"""axe-core finds nothing that keeps anyone from the stage."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from conv.view import SCENES
from tests.browser import FITS, wait

STAGE = "[data-stage]"
LOOK = "(stage, look) => stage.dataset.look === look"
GRAVE = ("serious", "critical")


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_keeps_anyone_from_the_stage(open_in_browser, scene, lang):
    page = open_in_browser(f"scene={scene}&lang={lang}")
    for scheme, width in product(("light", "dark"), (1440, 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        wait(page, LOOK, scheme)
        wait(page, FITS)
        found = Axe().run(page, STAGE).response["violations"]
        grave = [violation for violation in found if violation["impact"] in GRAVE]
        assert not grave, "\n".join(map(told, grave))


def told(violation):
    nodes = [f"    {node['html']}" for node in violation["nodes"]]
    return "\n".join([f"{violation['id']}: {violation['help']}", *nodes])
