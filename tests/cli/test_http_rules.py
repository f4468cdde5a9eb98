"""Rule files and users of httpout: who may read and write what, and what a request is answered otherwise."""

import base64
import hashlib
import os
import re
import time
from contextlib import contextmanager

import pytest

from http_tools import Server, parse_answer, serving

PASSWORDS = {"bob": "secret", "alice": "pass:word", "carol": "£"}


def users_text(groups=("staff=bob, alice", "admins=alice")):
    """As the specification writes them: SHA-256 of password, `@` and the bytes of the salt."""
    text = ""
    for name, password in PASSWORDS.items():
        salt = hashlib.sha256(name.encode()).digest()
        digest = hashlib.sha256(password.encode() + b"@" + salt).hexdigest()
        text += f"[{name}]\npassword={digest}\nsalt={salt.hex()}\n"
    return text + "[groups]\n" + "\n".join(groups) + "\n"


def login(user, password=None):
    password = PASSWORDS.get(user, "x") if password is None else password
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@contextmanager
def rules(folder, text, *options, users=None):
    """A server of the sections of a rule file, in which `@` is the folder."""
    (folder / "rules.ini").write_text(text.replace("@", str(folder)))
    (folder / "users.cfg").write_text(users_text() if users is None else users)
    with serving(folder / "rules.ini", *options, extra=[f"-users={folder}/users.cfg"]) as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    """Two directories, of which the name of one begins with that of the other, and one inside."""
    for name in ("www", "www2", "www/in", "www/in/deep", "www/pub"):
        (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / "www" / "a.txt").write_text("a")
    (tmp_path / "www2" / "b.txt").write_text("b")
    (tmp_path / "www" / "in" / "c.txt").write_text("c")
    (tmp_path / "www" / "in" / "deep" / "d.txt").write_text("d")
    (tmp_path / "www" / "pub" / "e.txt").write_text("e")
    return tmp_path


def status(server, path, user=None, method="GET", body=b"", **headers):
    return server.ask(method, path, {**(login(user) if user else {}), **headers}, body)[0]


def test_sections_without_names_are_one_directory(folder):
    """5.3: merged at the root; a directory whose name begins with that of another is itself."""
    with rules(folder, "[@/www]\n[@/www2]\n") as server:
        assert server.get("/a.txt")[2] == b"a" and server.get("/b.txt")[2] == b"b"
        assert server.get("/in/c.txt")[2] == b"c"
        assert status(server, "/www/a.txt") == 404


def test_names_are_prefixes(folder):
    """`name` is a prefix of URLs, which is then nowhere else; also of several components."""
    (folder / "www" / "two").mkdir()
    (folder / "www" / "two" / "hidden.txt").write_text("x")
    with rules(folder, "[@/www]\n[@/www2]\nname=/two/\n[@/www/in]\nname=x/y\n", "dlist=true") as server:
        assert server.get("/two/b.txt")[2] == b"b" and server.get("/x/y/c.txt")[2] == b"c"
        assert server.get("/in/c.txt")[2] == b"c"  # also where it lies
        for path in ("/b.txt", "/two/hidden.txt", "/twob.txt", "/two2/b.txt", "/two/../a.txt", "/two/%2e%2e/www/a.txt"):
            assert status(server, path) == 404, path
        links = re.findall('href="([^"]*)"', server.get("/")[2].decode())
        assert links == ["/in/", "/pub/", "/two/", "/x/", "/a.txt"]
        assert re.findall('href="([^"]*)"', server.get("/x")[2].decode()) == ["/", "/x/y/"]
        assert re.findall('href="([^"]*)"', server.get("/two/")[2].decode()) == ["/", "/two/b.txt"]


def test_reading(folder):
    """ru and rg: open without, for users and members of groups; 401, 403 and 400 with what the spec says of each."""
    with rules(folder, "[@/www]\n[@/www/in]\nru=carol\nrg=admins\n[@/www/in/deep]\nru=$ALL\n[@/www/pub]\nru=$NONE\n") as server:
        assert status(server, "/a.txt") == 200
        code, headers, body = server.get("/in/c.txt")
        assert (code, body, headers["content-length"]) == (401, b"", "0")
        assert headers["www-authenticate"].startswith("Basic realm=")
        assert [status(server, "/in/c.txt", user) for user in ("carol", "alice", "bob", "nobody")] == [200, 200, 403, 403]
        assert status(server, "/in/deep/d.txt") == 200  # the longest section
        assert status(server, "/pub/e.txt") == 403 and status(server, "/pub/e.txt", "alice") == 403
        for path in ("/in/none", "/in/", "/in", "/in/c.txt/x", "//in//c.txt", "/./in/c.txt", "/%69n/c.txt", "/in/c.txt?x"):
            assert status(server, path) == 401, path  # nobody learns what is there
        code, headers, _ = server.ask("HEAD", "/in/c.txt", {"Origin": "http://page"})
        assert code == 401 and headers["access-control-allow-origin"] == "http://page"


@pytest.mark.parametrize("value, expected", [
    ("Basic Y2Fyb2w6wqM=", 200), ("basic  Y2Fyb2w6wqM=", 200), ("Basic Y2Fyb2w6eA==", 403), ("Basic Y2Fyb2w6", 403),
    ("Digest username=carol", 403), ("Bearer x", 403), ("Basic", 400), ("Basic x", 400), ("Basic Y2Fyb2w=", 400),
    ("Basic Y2Fyb2w6wqM=\r\nAuthorization: Basic eDp5", 400)])
def test_credentials(folder, value, expected):
    with rules(folder, "[@/www]\nru=carol\n") as server:
        assert status(server, "/a.txt", Authorization=value) == expected


def test_passwords_with_colons(folder):
    """RFC 7617, 2: the first colon ends the name."""
    with rules(folder, "[@/www]\nrg=admins\n") as server:
        assert status(server, "/a.txt", "alice") == 200


def test_writing(folder):
    """Without wu and wg nobody writes; the place is that of the section."""
    text = "[@/www]\nwu=bob\n[@/www/in]\nwg=admins\n[@/www/pub]\n[@/www2]\nname=two\nwu=$ALL\nru=bob\n"
    with rules(folder, text) as server:
        def put(path, user=None):
            return status(server, path, user, "PUT", b"new")

        assert [put("/x"), put("/x", "alice"), put("/x", "bob"), put("/x", "bob")] == [401, 403, 201, 200]
        assert [put("/in/x"), put("/in/x", "bob"), put("/in/x", "alice")] == [401, 403, 201]
        assert [put("/pub/x"), put("/pub/x", "bob")] == [403, 403]
        assert put("/two/sub/x") == 201 and (folder / "www2" / "sub" / "x").read_text() == "new"
        assert status(server, "/two/sub/x") == 401 and status(server, "/two/sub/x", "bob") == 200
        assert status(server, "/in/c.txt", "bob", "DELETE") == 403 and (folder / "www" / "in" / "c.txt").exists()
        assert status(server, "/in/c.txt", "alice", "DELETE") == 200
        assert status(server, "/in/new/x", "bob", "PUT", b"x") == 403 and not (folder / "www" / "in" / "new").exists()
    assert not (folder / "www" / "pub" / "x").exists()


def test_wdir_beside_rules(folder):
    """A directory of option wdir that a section is about keeps to it."""
    (folder / "up").mkdir()
    with rules(folder, "[@/www]\nru=$ALL\n", f"wdir={folder / 'up'}") as server:
        assert status(server, "/x", method="PUT", body=b"x") == 201
    with rules(folder, "[@/www]\nru=$ALL\n[@/up]\nname=up\n", f"wdir={folder / 'up'}") as server:
        assert status(server, "/x", method="PUT", body=b"x") == 403


def test_links_do_not_lead_around_rules(folder):
    """What a link leads to is guarded by its own section, too; writing into it as well."""
    (folder / "www" / "link").symlink_to(folder / "www2")
    (folder / "www" / "b.txt").symlink_to(folder / "www2" / "b.txt")
    with rules(folder, "[@/www]\nwu=$ALL\n[@/www2]\nname=two\nru=bob\n") as server:
        for path in ("/link/b.txt", "/b.txt", "/two/b.txt", "/link/", "/link/none"):
            assert status(server, path) == 401, path
            assert status(server, path, "alice") == 403, path
        assert status(server, "/link/b.txt", "bob") == 200
        assert status(server, "/link/new", method="PUT", body=b"x") == 403 and not (folder / "www2" / "new").exists()
        assert status(server, "/link/b.txt", method="DELETE") == 403 and (folder / "www2" / "b.txt").exists()


def test_listings_keep_to_rules(folder):
    """Of two directories under one path only the one that may be read is listed."""
    with rules(folder, "[@/www]\n[@/www2]\nru=bob\n", "dlist=true") as server:
        def names(user=None):
            return re.findall('href="([^"]*)"', server.ask("GET", "/", login(user) if user else {})[2].decode())

        assert "/b.txt" not in names() and "/a.txt" in names()
        assert "/b.txt" in names("bob")


def test_sections_without_directory(folder):
    """A service that is no directory is guarded by its URL, here one of an answer that does not exist."""
    with rules(folder, "[@/www]\n[/live/]\nru=bob\n[service]\nname=/api/v1\nrg=admins\n") as server:
        assert status(server, "/live") == 401 and status(server, "/live/x", "alice") == 403
        assert status(server, "/live/x", "bob") == 404 and status(server, "/lives") == 404
        assert status(server, "/api/v1/x") == 401 and status(server, "/api/v1", "alice") == 404
        assert status(server, "/api") == 404 and status(server, "/service") == 404
        assert not (folder / "service").exists()


def test_uploads_into_the_session(folder):
    """Source mode keeps to sections without directory: who may write, by URL."""
    (folder / "rules.ini").write_text("[/in]\nwu=bob\n[/open]\nwu=$ALL\n")
    (folder / "users.cfg").write_text(users_text())
    server = Server(f"httpout:dst=http://127.0.0.1:0/:gpac:hmode=source:rdirs={folder}/rules.ini", f"fout:dst={folder}/out.bin:ext=*",
                    f"-users={folder}/users.cfg")
    try:
        for path, user, method, expected in (("/in/x", None, "PUT", 401), ("/in/x", "alice", "PUT", 403), ("/in", None, "PUT", 401),
                                             ("/in/x", "alice", "POST", 403), ("/open/x", None, "PUT", 200)):
            assert status(server, path, user, method, b"data") == expected, (path, user, method)
    finally:
        server.stop()


def test_options_needs_no_credentials(folder):
    """Browsers send none with it (Fetch, 4.8): it is answered, without telling what is there."""
    with rules(folder, "[@/www]\nru=bob\n") as server:
        for path in ("/a.txt", "/none"):
            code, headers, _ = server.ask("OPTIONS", path, {"Origin": "http://page"})
            assert code == 200 and headers["access-control-allow-methods"] == "*"


def test_groups(folder):
    """Members only; a user of no group is one of `users`."""
    with rules(folder, "[@/www]\nrg=staff\n[@/www2]\nname=two\nrg=users\n") as server:
        assert [status(server, "/a.txt", user) for user in ("bob", "alice", "carol")] == [200, 200, 403]
        assert [status(server, "/two/b.txt", user) for user in ("bob", "carol")] == [403, 200]


def test_last_login_is_noted(folder):
    """last_auth in milliseconds; comments, rights of the file and other users stay; nothing is left beside it."""
    text = "# our users\n" + users_text()
    path = folder / "users.cfg"
    path.write_text(text)
    path.chmod(0o600)
    before = time.time() * 1000
    with rules(folder, "[@/www]\nru=bob\n", users=text) as server:
        assert status(server, "/a.txt", "bob") == 200 and status(server, "/a.txt", "alice") == 403
    after = path.read_text()
    stamps = dict(re.findall(r"\[(\w+)\]\nlast_auth=(\d+)\n", after))
    assert set(stamps) == {"bob", "alice"} and all(before <= int(s) <= time.time() * 1000 for s in stamps.values())
    assert re.sub(r"last_auth=\d+\n", "", after) == text
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(folder)) == ["rules.ini", "users.cfg", "www", "www2"]


def test_changed_users(folder):
    """Who was taken out is refused from then on; a file that cannot be read changes nothing."""
    with rules(folder, "[@/www]\nru=bob,dave\n") as server:
        assert status(server, "/a.txt", "bob") == 200
        (folder / "new").write_text(users_text().replace("[bob]", "[dave]"))
        os.replace(folder / "new", folder / "users.cfg")
        assert status(server, "/a.txt", "bob") == 403
        assert server.ask("GET", "/a.txt", login("dave", "secret"))[0] == 200
        (folder / "new").write_text("nonsense")
        os.replace(folder / "new", folder / "users.cfg")
        assert server.ask("GET", "/a.txt", login("dave", "secret"))[0] == 200
        server.wait_for_log("users.cfg, line 1")


def test_kept_connections(folder):
    """Each request of a connection has its own credentials."""
    auth = login("bob")["Authorization"]
    with rules(folder, "[@/www]\nru=bob\n") as server:
        data = server.raw("GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n"
                          f"GET /a.txt HTTP/1.1\r\nHost: x\r\nAuthorization: {auth}\r\n\r\n"
                          "GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert [int(code) for code in re.findall(rb"HTTP/1.1 (\d+)", data)] == [401, 200, 401]


def test_refused_uploads_are_not_transferred(folder):
    """The answer comes before the body, also to one who waits for 100."""
    with rules(folder, "[@/www]\nwu=bob\n") as server:
        answer = server.raw("PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
        assert parse_answer(answer)[0] == 401


def test_files_of_the_server_are_not_served(folder):
    """Rules, users, logs and what is left beside them are nobody's, even in a directory that everybody may write."""
    (folder / "users.cfg.bak").write_text(users_text())
    (folder / "users.cfg~").write_text(users_text())
    (folder / "www" / "link").symlink_to(folder / "users.cfg")
    text = "[@]\nwu=$ALL\n[@/www]\nru=bob\nwu=$ALL\n"
    with rules(folder, text, "dlist=true", f"accesslog={folder}/access.log") as server:
        for name in ("rules.ini", "users.cfg", "users.cfg.bak", "users.cfg~", "access.log", "www/../users.cfg"):
            assert server.get(f"/{name}")[0] == 404, name
            assert status(server, f"/{name}", method="PUT", body=b"x") in (403, 405), name
            assert status(server, f"/{name}", method="DELETE") in (403, 405), name
        assert status(server, "/www/link", "bob") == 404
        assert re.findall('href="([^"]*)"', server.get("/")[2].decode()) == ["/www/", "/www2/"]
        assert status(server, "/access.log2", method="PUT", body=b"x") == 201
    assert (folder / "users.cfg").read_text().startswith("[bob]")


@pytest.mark.parametrize("text, message", [
    ("[@/www]\nread=bob\n", "rules.ini, line 2"), ("[@/www]\nru=$ALL,bob\n", "line 2"), ("[@/www]\n[@/www]\n", "line 2"),
    ("nothing\n", "line 1"), ("[@/www]\n[@/www/../www]\n", "two sections"), ("[@/www]\nru=bob\n", "option users")])
def test_wrong_rules(gpac, folder, text, message):
    """A mistake opens nothing: the server does not start."""
    (folder / "rules.ini").write_text(text.replace("@", str(folder)))
    done = gpac(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={folder}/rules.ini", f"-users={folder}/none", check=False)
    assert done.returncode == 1 and message in done.stderr


def test_wrong_users(gpac, folder):
    (folder / "rules.ini").write_text(f"[{folder}/www]\nru=bob\n")
    (folder / "users.cfg").write_text("[bob]\npassword=secret\n")
    done = gpac(f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={folder}/rules.ini", f"-users={folder}/users.cfg", check=False)
    assert done.returncode == 1 and "users.cfg, line 2" in done.stderr
