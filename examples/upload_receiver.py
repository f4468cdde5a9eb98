#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes files by PUT and answers with their size and SHA-256, which it worked out while they came.

    upload_receiver.py PORT DIRECTORY

    curl -T FILE http://localhost:PORT/            201, "SIZE bytes, sha256 ..."
    curl http://localhost:PORT/FILE                the file; names and ranges as of any file server

An upload has its name when it is complete. One that breaks off leaves nothing behind, and an empty one is refused
after it came: what was received decides about the answer. (A server that only stores needs no Python:
gpac httpout:port=PORT:wdir=DIRECTORY.)
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import libgpac as gpac


class Upload(gpac.HTTPOutRequest):
    directory = Path()

    def on_request(self, method: str, url: str, auth_code: int, headers: list[str]) -> None:
        self.part = ""
        name = url.partition("?")[0].removeprefix("/")
        if method == "PUT" and (not name or "/" in name or name.startswith(".")):
            self.reply, self.body = 400, "a name without folders, and without a dot in front\n"
        elif method == "PUT":
            self.reply = 201
            self.path = self.directory / name
            descriptor, self.part = tempfile.mkstemp(dir=self.directory, prefix=".")
            self.file = os.fdopen(descriptor, "wb")
            self.digest = hashlib.sha256()
        self.send()  # anything else is left to the server

    def write(self, buf: Any, size: int) -> None:
        if buf is not None:
            self.digest.update(buf)
            self.file.write(buf)
            return
        size = self.file.tell()
        self.file.close()
        if size:
            os.replace(self.part, self.path)
            self.body = f"{size} bytes, sha256 {self.digest.hexdigest()}\n"
        else:
            self.reply, self.body = 422, "the file is empty\n"

    def close(self, reason: int) -> None:
        if self.part:
            self.file.close()
            Path(self.part).unlink(missing_ok=True)  # unless it got its name


def main() -> None:
    port, directory = sys.argv[1:]
    Upload.directory = Path(directory)
    gpac.set_logs("http@info")  # tells the port
    session = gpac.FilterSession()
    session.load(f"httpout:dst=http://127.0.0.1:{int(port)}/:gpac:rdirs={directory}:maxs=4000M").bind(Upload())
    session.run()  # until Ctrl-C


if __name__ == "__main__":
    main()
