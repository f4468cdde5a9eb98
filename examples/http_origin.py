#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An HTTP origin: files for those who have the token, a page made on the way, uploads counted as they come.

    http_origin.py PORT DIRECTORY TOKEN

    curl -H "Authorization: Bearer TOKEN" http://localhost:PORT/FILE
    curl http://localhost:PORT/status
    curl -T FILE http://localhost:PORT/count
"""

from __future__ import annotations

import sys
from typing import Any

import libgpac as gpac


class Origin(gpac.HTTPOutRequest):
    """One request: files are left to the server, the rest is answered here."""

    token = ""
    served = 0

    def on_request(self, method: str, url: str, auth_code: int, headers: list[str]) -> None:
        given = dict(zip((name.lower() for name in headers[::2]), headers[1::2]))
        if url == "/status":
            self.reply, self.body = 200, f"{Origin.served} files served\n"
        elif method == "PUT" and url == "/count":
            self.reply, self.nb_bytes = 200, 0
        elif given.get("authorization") != f"Bearer {self.token}":
            self.reply, self.body = 403, "a token is needed\n"
        else:
            Origin.served += 1
            self.headers_out = ["Cache-Control", "private"]
        self.send()

    def write(self, buf: Any, size: int) -> None:
        """A piece of an upload, then (None, 0): the answer that follows tells its size."""
        self.nb_bytes += size

    def throttle(self, done: int, total: int) -> int:
        """Files go out at 10 000 bytes (a block) in 100 microseconds: 800 Mbit/s at most."""
        return 100

    def close(self, reason: int) -> None:
        if reason < 0:
            print("a client went away:", gpac.e2s(reason))
        elif hasattr(self, "nb_bytes"):
            print(f"received {self.nb_bytes} bytes", flush=True)


def main() -> None:
    port, directory, Origin.token = sys.argv[1:]
    session = gpac.FilterSession()
    session.load(f"httpout:port={int(port)}:rdirs={directory}").bind(Origin())
    print("ready", flush=True)
    session.run()


if __name__ == "__main__":
    main()
