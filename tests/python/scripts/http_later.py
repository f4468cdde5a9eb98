"""Answers each request a while after it came, from a task.

    http_later.py DIRECTORY MILLISECONDS
"""

import sys
import time

import libgpac as gpac

gpac.set_logs("http@info")
waiting = []


class Request(gpac.HTTPOutRequest):
    def on_request(self, method, url, auth_code, headers):
        self.since = time.monotonic()
        self.url = url
        waiting.append(self)

    def close(self, reason):
        print("close", self.url, reason, flush=True)


class Answer(gpac.FilterTask):
    def execute(self):
        while waiting and time.monotonic() - waiting[0].since > int(sys.argv[2]) / 1000:
            request = waiting.pop(0)
            request.reply = 200
            request.body = "late answer to " + request.url
            request.send()
        return 10


fs = gpac.FilterSession()
server = fs.load(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={sys.argv[1]}:timeout=1:maxp=0")
server.bind(Request())
fs.post(Answer("answer"))
fs.run()
