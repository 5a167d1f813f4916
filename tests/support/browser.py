"""A headless Chromium for tests, over its DevTools protocol: loads pages, runs JavaScript, takes screenshots."""

from __future__ import annotations

import asyncio
import base64
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import aiohttp

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
START = 30.0  # seconds
OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # tests run as root, and look at their own files
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
)


def program() -> str | None:
    """The path of Chromium, None if it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Browser:
    """One window of a Chromium that lives as long as the ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[dict[str, Any]] = []
        self.number = 0
        self.loop = asyncio.new_event_loop()

    def __enter__(self) -> Browser:
        command = [str(program()), *OPTIONS, f"--user-data-dir={self.folder}", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.loop.run_until_complete(self._connect())
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.send(f"{domain}.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_unused: object) -> None:
        if hasattr(self, "session"):
            self.loop.run_until_complete(self.session.close())
        self.process.terminate()
        self.process.wait(START)
        self.loop.close()

    async def _connect(self) -> None:
        file = self.folder / "DevToolsActivePort"
        end = time.monotonic() + START
        while not (file.exists() and file.read_text().count("\n")):
            assert self.process.poll() is None and time.monotonic() < end, "Chromium does not start"
            await asyncio.sleep(0.05)
        port = file.read_text().splitlines()[0]
        self.session = aiohttp.ClientSession()
        async with self.session.get(f"http://127.0.0.1:{port}/json/list") as response:
            pages = [target for target in await response.json() if target["type"] == "page"]
        self.socket = await self.session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command, and return its answer. Events that arrive meanwhile are in *events*."""
        return self.loop.run_until_complete(asyncio.wait_for(self._send(method, parameters), START))

    async def _send(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        await self.socket.send_json({"id": self.number, "method": method, "params": parameters})
        while True:
            message = await self.socket.receive_json()
            if message.get("id") == self.number:
                assert "error" not in message, message
                answer: dict[str, Any] = message["result"]
                return answer
            self.events.append(message)

    def happened(self, method: str) -> list[dict[str, Any]]:
        """The parameters of all events of a kind since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") == method]

    def open(self, file: Path, place: str = "") -> None:
        """Load a file, and wait until it is drawn. place: an anchor in it, such as ``#place``."""
        self.events.clear()
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=file.absolute().as_uri() + place)
        self.ask("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))")
        self.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def open_without_script(self, file: Path, place: str) -> None:
        """Load a file while scripts are disabled. :meth:`open` needs scripts to wait."""
        # Wait for each page: otherwise the event of the empty page counts as that of the file.
        for url in ("about:blank", file.absolute().as_uri() + place):
            self.events.clear()
            self.send("Page.navigate", url=url)
            end = time.monotonic() + START
            while not self.happened("Page.loadEventFired"):
                assert time.monotonic() < end, "the page does not load"
                self.send("Page.getLayoutMetrics")

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression, or of its promise."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def prefers(self, scheme: str) -> None:
        """light or dark"""
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def point(self, x: float, y: float) -> None:
        """Move the mouse."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def screenshot(self, file: Path, width: int = 1200) -> None:
        """The whole page as a picture."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        picture = self.send("Page.captureScreenshot", captureBeyondViewport=True, format="png", **self._whole_page())
        file.write_bytes(base64.b64decode(picture["data"]))

    def _whole_page(self) -> dict[str, Any]:
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
