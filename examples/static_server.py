#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server of the files in a directory: ranges, conditional requests, listings of directories, pages of other origins.

    static_server.py PORT DIRECTORY

    curl http://localhost:PORT/                    what there is
    curl -r 0-99 http://localhost:PORT/FILE        its first hundred bytes
    curl -z FILE http://localhost:PORT/FILE        if it is newer than the copy

The same on the command line: gpac httpout:port=PORT:rdirs=DIRECTORY:dlist:reqlog=*
"""

from __future__ import annotations

import sys

import libgpac as gpac


def main() -> None:
    port, directory = sys.argv[1:]
    gpac.set_logs("http@info")  # the port, and a line for each request
    session = gpac.FilterSession()
    server = f"httpout:dst=http://127.0.0.1:{int(port)}/:gpac:rdirs={directory}"
    session.load(f"{server}:dlist:reqlog=*:cache_control=max-age=60")
    session.run()  # until Ctrl-C


if __name__ == "__main__":
    main()
