"""Watches uploads: counts what comes and looks at it, nothing is stored.

    http_write.py DIRECTORY
"""

import sys
import zlib

import libgpac as gpac

gpac.set_logs("http@info")


class Request(gpac.HTTPOutRequest):
    def on_request(self, method, url, auth_code, headers):
        self.size = 0
        self.sum = 0
        self.name = url
        if method in ("PUT", "POST"):
            self.reply = 200 if "refuse" not in url else 403
        else:
            self.reply = 405
        self.send()

    def write(self, buf, size):
        if size == 0:
            print("end", self.name, buf is None)
            return
        self.size += size
        self.sum = zlib.crc32(buf, self.sum)

    def close(self, reason):
        print("close", self.name, reason, self.size, self.sum, flush=True)


fs = gpac.FilterSession()
server = fs.load(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={sys.argv[1]}:maxs=1000000")
server.bind(Request())
fs.run()
