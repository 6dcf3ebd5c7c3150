"""axe-core finds nothing that keeps anyone from the stage."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from conv.view import SCENES

STAGE = "[data-stage]"
GRAVE = ("serious", "critical")


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(
    ("scheme", "width", "lang"),
    [("light", 1440, "en"), ("dark", 1440, "zh"), ("light", 390, "zh"), ("dark", 390, "en")],
)
def test_nothing_keeps_anyone_from_the_stage(open_in_browser, scene, scheme, width, lang):
    link = f"scene={scene}&lang={lang}"
    page = open_in_browser(link, width=width, scheme=scheme, wait=False)
    page.wait_for_selector(f"{STAGE}[data-at]", timeout=60_000)
    found = Axe().run(page, STAGE).response["violations"]
    grave = [violation for violation in found if violation["impact"] in GRAVE]
    assert not grave, "\n".join(map(told, grave))


def told(violation):
    nodes = [f"    {node['html']}" for node in violation["nodes"]]
    return "\n".join([f"{violation['id']}: {violation['help']}", *nodes])
