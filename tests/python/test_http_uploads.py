# SPDX-License-Identifier: MIT
"""Uploads that a handler takes by `write`."""

import http.client
import os
import sys

import pytest

import libgpac as gpac
from http_server import Handler, serve


def test_upload(folder):
    """`write` gets all of the body, then (None, 0); then the answer is sent (rows 71, 72, 86)."""
    class H(Handler):
        def answer(self, method, url):
            self.reply = 202
            self.body = "thanks"
            self.headers_out = ["X-Got", "it"]
            self.got = b""

        def write(self, buf, size):
            assert (buf is None) == (size == 0)
            if buf is None:
                type(self).made.append(self.got)
            else:
                assert size <= 10000 and len(buf) == size
                self.got += bytes(buf)

    data = os.urandom(123456)

    def use(client):
        return [client.ask("PUT", "/x", body=data), client.ask("POST", "/x", body=iter([data[:5], data[5:]]), chunked=True),
                client.ask("PUT", "/x", body=b"", headers={"Expect": "100-continue"})]

    answers = serve(H, use, folder)
    assert [(s, b) for s, _, b in answers] == [(202, b"thanks")] * 3
    assert all(h["x-got"] == "it" for _, h, _ in answers)
    assert H.made == [data, data, b""] and H.closed == [1, 1, 1]


def test_what_was_received_decides(folder, monkeypatch):
    """Status, headers and body are those at the end of the upload."""
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body, self.headers_out = 201, "as sent", ["X-Sent", "1"]
            self.got = b""

        def write(self, buf, size):
            if buf is not None:
                self.got += bytes(buf)
            elif self.got == b"bad":
                self.reply, self.body, self.headers_out = 422, b"not this", ["X-Got", len(self.got)]
            elif self.got == b"none":
                self.body = None
            elif self.got == b"wrong":
                self.reply = 0

    reports = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: reports.append(u.exc_value))

    def use(client):
        answers = [client.ask("PUT", "/x", body=body) for body in (b"good", b"bad", b"none")]
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            client.ask("PUT", "/x", body=b"wrong")
        return answers

    good, bad, none = serve(H, use, folder)
    assert (good[0], good[1]["x-sent"], good[2]) == (201, "1", b"as sent")
    assert (bad[0], bad[1]["x-got"], bad[2]) == (422, "3", b"not this") and "x-sent" not in bad[1]
    assert (none[0], none[2], none[1]["content-length"]) == (201, b"", "0")
    assert H.closed == [1, 1, 1, gpac.GF_SERVICE_ERROR] and [e.code for e in reports] == [gpac.GF_BAD_PARAM]


def test_refused_upload(folder):
    """Another status: answered at once, `write` is not called."""
    class H(Handler):
        def answer(self, method, url):
            self.reply = 403
            self.body = "no"

        def write(self, buf, size):
            raise AssertionError("not to be called")

    status, _, body = serve(H, lambda c: c.ask("PUT", "/x", body=b"abc"), folder)
    assert (status, body) == (403, b"no")


def test_too_large_uploads(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply = 200

        def write(self, buf, size):
            pass

    assert serve(H, lambda c: c.ask("PUT", "/x", body=b"a" * 2000)[0], folder, ":maxs=1000") == 413


def test_throttle_of_uploads(folder):
    class H(Handler):
        def answer(self, method, url):
            self.reply = 200

        def throttle(self, done, total):
            type(self).made.append((done, total))
            return 500

        def write(self, buf, size):
            pass

    assert serve(H, lambda c: c.ask("PUT", "/x", body=b"a" * 30000)[0], folder) == 200
    assert H.made[0] == (0, 30000) and all(a[0] < b[0] for a, b in zip(H.made, H.made[1:])) and H.made[-1][0] < 30000
