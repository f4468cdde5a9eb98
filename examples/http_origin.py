#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An HTTP origin: files for those who have the token, a page made on the way, uploads counted as they come.

    http_origin.py PORT DIRECTORY TOKEN

    curl -H "Authorization: Bearer TOKEN" http://localhost:PORT/FILE
    curl http://localhost:PORT/status
    curl -T FILE http://localhost:PORT/count
"""

from __future__ import annotations

import hmac
import sys
from typing import Any

import libgpac as gpac


class Origin(gpac.HTTPOutRequest):
    """One request: files are left to the server, the rest is answered here."""

    token = ""
    nb_files = 0

    def on_request(self, method: str, url: str, auth_code: int, headers: list[str]) -> None:
        given = dict(zip((name.lower() for name in headers[::2]), headers[1::2]))
        authorization = given.get("authorization")
        if url == "/status":
            self.reply, self.body = 200, f"{Origin.nb_files} files asked for\n"
        elif method == "PUT" and url == "/count":
            self.reply, self.nb_bytes = 200, 0
        elif authorization is None:
            self.reply, self.body = 401, "a token is needed\n"
            self.headers_out = ["WWW-Authenticate", "Bearer"]
        elif not hmac.compare_digest(authorization.encode(), f"Bearer {self.token}".encode()):
            self.reply, self.body = 403, "not this token\n"
        else:
            Origin.nb_files += 1
            self.headers_out = ["Cache-Control", "private"]
        self.send()

    def write(self, buf: Any, size: int) -> None:
        """A piece of an upload, then (None, 0), after which the answer is sent."""
        self.nb_bytes += size
        self.body = f"{self.nb_bytes} bytes\n"

    def throttle(self, done: int, total: int) -> int:
        """Files go out at 10 000 bytes (a block) in 100 microseconds: 800 Mbit/s at most."""
        return 100

    def close(self, reason: int) -> None:
        if reason < 0:
            print("a client went away:", gpac.e2s(reason))


def main() -> None:
    port, directory, Origin.token = sys.argv[1:]
    gpac.set_logs("http@info")  # tells the port
    session = gpac.FilterSession()
    session.load(f"httpout:dst=http://127.0.0.1:{int(port)}/:gpac:rdirs={directory}").bind(Origin())
    session.run()  # until Ctrl-C


if __name__ == "__main__":
    main()
