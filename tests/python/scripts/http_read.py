"""Serves numbers that are made while they are sent.

    http_read.py DIRECTORY
"""

import sys

import libgpac as gpac

gpac.set_logs("http@info")


class Request(gpac.HTTPOutRequest):
    def on_request(self, method, url, auth_code, headers):
        self.wanted = int(url.split("?n=")[1])
        self.made = self.nb_calls = 0
        self.reply = 200
        self.headers_out = ["Content-Type", "application/octet-stream"]
        if "length" in url:
            self.headers_out += ["Content-Length", self.wanted]
        self.send()

    def read(self, buf, size):
        self.nb_calls += 1
        if self.nb_calls % 5 == 0:
            return -1  # nothing is ready
        n = min(size, self.wanted - self.made)
        for i in range(n):
            buf[i] = (self.made + i) % 251
        self.made += n
        return n

    def close(self, reason):
        print("close", reason, self.made, flush=True)


fs = gpac.FilterSession()
server = fs.load(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={sys.argv[1]}:block_size=3000")
server.bind(Request())
fs.run()
