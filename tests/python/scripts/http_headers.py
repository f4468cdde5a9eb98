"""Lets the server serve, with a header more and at a pace.

    http_headers.py DIRECTORY MICROSECONDS
"""

import sys

import libgpac as gpac

gpac.set_logs("http@info")


class Request(gpac.HTTPOutRequest):
    def __init__(self):
        gpac.HTTPOutRequest.__init__(self)
        self.nb_blocks = 0

    def on_request(self, method, url, auth_code, headers):
        self.reply = 0
        self.url = url
        self.headers_out.append("X-Script")
        self.headers_out.append("yes")
        print("request", method, url, auth_code, len(headers) % 2)
        self.send()

    def throttle(self, done, total):
        self.nb_blocks += 1
        print("block", done, total)
        return int(sys.argv[2])

    def close(self, reason):
        print("close", self.url, reason, self.nb_blocks, flush=True)


fs = gpac.FilterSession()
server = fs.load(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={sys.argv[1]}:block_size=10000")
server.bind(Request())
fs.run()
