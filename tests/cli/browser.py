"""A headless Chromium, driven by the DevTools protocol over a pipe: no port, no other program, no package."""

import json
import os
import shutil
import subprocess
import tempfile
import time

import pytest

# The last flags keep it from asking for Google's hosts; a page may play sound without a click.
FLAGS = ("--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required --mute-audio").split()


class Browser:
    """One page. Messages are JSON texts, each ended by a null byte, on descriptors 3 and 4 of the browser."""

    def __init__(self, chromium):
        self.folder = tempfile.mkdtemp(prefix="chromium-")
        to_browser, self.to = os.pipe()
        self.answers, from_browser = os.pipe()
        # Popen keeps numbers; a shell gives the pipes theirs
        command = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", command, chromium, *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={self.folder}",
             "about:blank"], pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self.rest = b""
        self.number = 0
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def _message(self):
        while b"\0" not in self.rest:
            piece = os.read(self.answers, 1 << 16)
            assert piece, "the browser ended"
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while (answer := self._message()).get("id") != self.number:
            pass  # an event
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, url):
        self.call("Page.navigate", url=url)
        self.wait(f"location.href == {json.dumps(url)} && document.readyState != 'loading'")

    def run(self, script):
        """The value of an expression, or of the promise that it is."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not self.run(f"!!({condition})"):
            assert time.monotonic() < end, f"it does not happen: {condition}"
            time.sleep(0.05)

    def close(self):
        os.close(self.to)  # the browser ends then
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.answers)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("chromium is not installed (Debian package chromium): media are not played in a browser")
    b = Browser(chromium)
    yield b
    b.close()
