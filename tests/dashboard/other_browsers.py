"""Firefox and WebKit, where they are installed: a page in each, under one set of names."""

import base64
import io
import json
import os
import shutil
import subprocess
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser import probe

with warnings.catch_warnings():
    # Packages that it brings along, of which nothing here is used, import and call these.
    for name in ("distro.linux_distribution", "'telnetlib'"):
        warnings.filterwarnings("ignore", name, DeprecationWarning)
    from marionette_driver.marionette import Marionette

SMOKE = probe("other_browsers")
RIGHT = "\ue014"  # the arrow key, as WebDriver writes it
WAIT = 60  # seconds
POLL = 0.1
SCREEN = "1600x1200x24"
# Nothing is asked for from elsewhere, which a closed network answers slowly.
PREFERENCES = {
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "marionette.port": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "data:,",
}


class Page:
    """A page; what differs from browser to browser is below."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, address, width, height):
        around = self.run("return [outerWidth - innerWidth, outerHeight - innerHeight];")
        self.resize(width + around[0], height + around[1])
        self.go(address)
        self.ask("listen")

    def ask(self, name, *arguments):
        """What one of the functions of probes/other_browsers.js answers."""
        return self.run(f"const page = {SMOKE};\nreturn page.{name}(...arguments);", *arguments)

    def until(self, condition, message):
        WebDriverWait(self.driver, WAIT, POLL).until(lambda _: condition(), message)

    def wait(self, name, *arguments):
        """Waits until a function of probes/other_browsers.js answers yes."""
        self.until(lambda: self.ask(name, *arguments), f"{name} {arguments}")

    def look(self):
        return json.loads(self.ask("look"))

    def picture(self):
        """The window's pixels, one for each of the page's."""
        return Image.open(io.BytesIO(base64.b64decode(self.screenshot()))).convert("RGB")


class Firefox(Page):
    def go(self, address):
        self.driver.navigate(address)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, script_args=arguments, sandbox=None)

    def resize(self, width, height):
        self.driver.set_window_rect(width=width, height=height)

    def press(self, key):
        self.driver.actions.sequence("key", "keyboard").send_keys(key).perform()

    def point(self, x, y):
        mouse = self.driver.actions.sequence("pointer", "mouse", {"pointerType": "mouse"})
        mouse.pointer_move(round(x), round(y)).perform()

    def screenshot(self):
        return self.driver.screenshot(full=False)


class WebKit(Page):
    def go(self, address):
        self.driver.get(address)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def resize(self, width, height):
        self.driver.set_window_size(width, height)

    def press(self, key):
        ActionChains(self.driver).send_keys(key).perform()

    def point(self, x, y):
        chain = ActionChains(self.driver, duration=0)
        chain.w3c_actions.pointer_action.move_to_location(round(x), round(y))
        chain.perform()

    def screenshot(self):
        return self.driver.get_screenshot_as_base64()


@contextmanager
def firefox():
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder)
        write_preferences(profile)
        options = ["--headless", "--marionette", "--no-remote", "--profile", folder]
        with _running([program("firefox-esr", "firefox"), *options]):
            port = WebDriverWait(profile, WAIT, POLL).until(port_of)
            driver = Marionette(port=port)
            driver.start_session({"pageLoadStrategy": "eager"}, timeout=WAIT)
            try:
                yield Firefox(driver)
            finally:
                driver.delete_session()


@contextmanager
def webkit():
    """It has no mode without a display: it gets one that nobody sees."""
    screen = [program("Xvfb"), "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with _running(screen, stdout=subprocess.PIPE, text=True) as xvfb:
        display = f":{xvfb.stdout.readline().strip()}"
        environment = {**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"}
        service = Service(program("WebKitWebDriver"), env=environment)
        service.start()
        try:
            options = Options()
            # WebKitGTK's own class makes this connection in a way that selenium warns of.
            connection = RemoteConnection(client_config=ClientConfig(service.service_url))
            with webdriver.Remote(connection, options=options) as driver:
                yield WebKit(driver)
        finally:
            service.stop()


# By name: the programs that each needs, the first of each row that there is, and its start.
BROWSERS = {
    "firefox": ((("firefox-esr", "firefox"),), firefox),
    "webkit": ((("WebKitWebDriver",), ("Xvfb",)), webkit),
}


def write_preferences(profile):
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in PREFERENCES.items()
    ]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")


def port_of(profile):
    """The port that Firefox listens on, as it writes into its profile; None before."""
    told = profile / "MarionetteActivePort"
    return int(told.read_text() or 0) if told.exists() else None


def program(*names):
    """The path of the first of these programs that is installed; None where none is."""
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def _running(command, stdout=subprocess.DEVNULL, **options):
    with subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, **options) as process:
        try:
            yield process
        finally:
            process.terminate()
