# SPDX-License-Identifier: MIT
"""auth_code of HTTPOutRequest.on_request: told for the rights of the method, enforced only where the server answers
(python-api 4.8, row 76 of its defects)."""

import base64
import hashlib

import pytest

import libgpac as gpac
from http_server import Handler, serve

SALT = bytes(range(32))


def login(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def rules(tmp_path):
    """bob may read and alice write what is in a directory; bob a service that is none."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "a.txt").write_text("hello")
    (tmp_path / "rules.ini").write_text(f"[{tmp_path}/www]\nru=bob\nwu=alice\n[/service]\nru=bob\n")
    digest = hashlib.sha256(b"secret@" + SALT).hexdigest()
    (tmp_path / "users.cfg").write_text("".join(
        f"[{name}]\npassword={digest}\nsalt={SALT.hex()}\n" for name in ("bob", "alice")))
    gpac.set_args(["test", f"-users={tmp_path}/users.cfg"])
    yield tmp_path / "rules.ini"
    gpac.set_args(["test"])


BOB, ALICE = login("bob", "secret"), login("alice", "secret")
REQUESTS = [
    ("GET", "/a.txt", {}, 401), ("GET", "/a.txt", BOB, 200), ("GET", "/a.txt", ALICE, 403),
    ("GET", "/a.txt", login("bob", "wrong"), 403), ("GET", "/a.txt", {"Authorization": "Basic !"}, 400),
    ("GET", "/a.txt", {"Authorization": "Digest x"}, 403), ("PUT", "/new", BOB, 403), ("PUT", "/new", ALICE, 200),
    ("DELETE", "/new", {}, 401), ("GET", "/service", {}, 401), ("GET", "/service", BOB, 200), ("PUT", "/service", BOB, 403),
]


def test_told_and_not_enforced(rules):
    """With a reply of its own the handler decides."""
    class H(Handler):
        def answer(self, method, url):
            self.reply, self.body = 200, "mine"

        def write(self, buf, size):
            pass

    def use(client):
        return [client.ask(method, path, headers=headers, body=b"x" if method == "PUT" else None)
                for method, path, headers, _ in REQUESTS]

    assert [(status, body) for status, _, body in serve(H, use, rules)] == [(200, b"mine")] * len(REQUESTS)
    assert [seen[2] for seen in H.seen] == [code for *_, code in REQUESTS]


def test_enforced_by_the_server(rules):
    """Reply 0: the server answers what it told; also for another file than that of the URL."""
    class H(Handler):
        def answer(self, method, url):
            if url == "/service":
                self.body = str(rules.parent / "www" / "a.txt")

    def use(client):
        return [client.ask(method, path, headers=headers, body=b"x" if method == "PUT" else None)
                for method, path, headers, _ in REQUESTS]

    answers = serve(H, use, rules)
    expected = [code for *_, code in REQUESTS]
    expected[7] = 201
    assert [status for status, *_ in answers] == expected
    assert [body for _, _, body in answers] == [b"hello" if i in (1, 10) else b"" for i in range(len(answers))]
