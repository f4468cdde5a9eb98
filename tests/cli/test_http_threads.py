"""httpout with several loops on one port (nb_threads): what one loop does, all of them do."""

import http.client
import os
import resource
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from http_tools import Server, parse_answer, read_all, serving
from tool import GPAC

LOOPS = 3
BIG = 50_000_000  # more than the system takes of an answer that nobody reads


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def get(connection):
    connection.request("GET", "/a.txt")
    assert connection.getresponse().read() == b"a"


def on_each_loop(server):
    """Kept connections, one to each loop of a server that has room for one on each (maxc)."""
    connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=20) for _ in range(LOOPS)]
    for c in connections:
        get(c)
    return connections


def count_all(s):
    """Bytes up to the end of the connection."""
    number = 0
    while True:
        try:
            size = len(s.recv(1 << 16))
        except ConnectionResetError:
            return number
        if not size:
            return number
        number += size


def together(work, items, workers=16):
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, items))


@pytest.fixture
def www(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    return tmp_path


def nb_threads(server):
    return len(os.listdir(f"/proc/{server.process.pid}/task"))


def test_each_loop_has_a_thread(www):
    with serving(www) as one, serving(www, f"nb_threads={LOOPS}") as several:
        one.get("/a.txt")
        several.get("/a.txt")
        assert nb_threads(several) == nb_threads(one) + LOOPS - 1


def test_all_loops_serve(www):
    """maxc is shared out: with as many places as loops, each loop has one of the connections, and answers."""
    with serving(www, f"nb_threads={LOOPS}", f"maxc={LOOPS}") as server:
        connections = on_each_loop(server)
        waiting = connect(server)  # there is no place left
        waiting.sendall(b"GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        for c in connections:
            get(c)
        connections[1].close()  # now there is, on whichever loop
        assert parse_answer(read_all(waiting))[2] == b"a"
        for c in connections:
            c.close()
        waiting.close()


def test_files_for_many(www):
    """Whole files and ranges, on kept connections of many clients at once: every byte is right."""
    contents = {f"/f{i}": os.urandom(1000 + 40009 * i) for i in range(20)}
    for name, content in contents.items():
        (www / name[1:]).write_bytes(content)

    def client(number):
        c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for i in range(40):
            name = f"/f{(number * 7 + i) % 20}"
            start = (number * 31 + i * 97) % 1000
            headers = {"Range": f"bytes={start}-"} if i % 2 else {}
            c.request("GET", name, headers=headers)
            answer = c.getresponse()
            assert answer.read() == (contents[name][start:] if i % 2 else contents[name])
        c.close()
    with serving(www, f"nb_threads={LOOPS}") as server:
        together(client, range(32), 32)


def test_uploads_are_read_while_they_come(www):
    """A file that a client of one loop sends is read by clients of all loops, who wait for its bytes."""
    with serving(www, f"wdir={www}", f"nb_threads={LOOPS}", f"maxc={4 * LOOPS}") as server:
        put = connect(server)
        put.sendall(b"PUT /new.bin HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        pieces = [os.urandom(5000) for _ in range(20)]

        def send(piece):
            put.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        send(pieces[0])
        while server.ask("HEAD", "/new.bin")[0] == 404:
            time.sleep(0.01)
        with ThreadPoolExecutor(6) as pool:
            readers = [pool.submit(server.get, "/new.bin") for _ in range(6)]
            for piece in pieces[1:]:
                send(piece)
            put.sendall(b"0\r\n\r\n")
            assert put.recv(1000).startswith(b"HTTP/1.1 201")
            for reader in readers:
                assert reader.result()[2] == b"".join(pieces)
        put.close()
        together(lambda i: server.ask("PUT", f"/u{i}", body=bytes([i]) * 100000), range(30))
        assert all((www / f"u{i}").read_bytes() == bytes([i]) * 100000 for i in range(30))


def test_a_live_stream_for_clients_of_all_loops(clip):
    """One stream in real time: each client gets the same bytes up to the end, from the frame it came at."""
    aac = clip("tone2s.aac", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 2, "-c:a", "aac")
    server = Server("-i", aac, "reframer:rt=on", "-o", f"http://127.0.0.1:0/t.aac:gpac:hold:maxp=0:nb_threads={LOOPS}")
    try:
        bodies = together(lambda _: server.get("/t.aac")[2], range(60), 60)
        assert server.process.wait(30) == 0, "".join(server.log)
    finally:
        server.process.kill()
    longest = max(bodies, key=len)
    assert len(longest) > 10000
    assert all(len(b) > 1000 and longest.endswith(b) and b[:1] == b"\xff" for b in bodies)


def test_uploads_into_the_session(tmp_path):
    """hmode=source: what clients of all loops send goes into the session, which ends with the last one."""
    server = Server(f"httpout:dst=http://127.0.0.1:0/:gpac:hmode=source:maxp=0:nb_threads={LOOPS}",
                    f"fout:dst={tmp_path}/$File$.out:ext=*")
    contents = {f"/p{i}.bin": os.urandom(300000 + i) for i in range(LOOPS)}
    keep = connect(server)  # the session goes on as long as somebody is there
    try:
        answers = together(lambda name: server.ask("PUT", name, body=contents[name])[0], contents)
        keep.close()
        assert set(answers) <= {200, 201, 204}
        assert server.process.wait(30) == 0, "".join(server.log)
    finally:
        server.process.kill()
    for name, content in contents.items():
        assert (tmp_path / f"{name[1:-4]}.out").read_bytes() == content


def test_open_requests_end_with_the_session(www):
    """An answer that is being sent when the session ends has its time (drain); connections without request are closed."""
    (www / "big").write_bytes(bytes(BIG))
    with serving(www, f"nb_threads={LOOPS}", f"maxc={2 * LOOPS}", "drain=20") as server:
        idle = on_each_loop(server)
        busy = [connect(server) for _ in range(LOOPS)]
        for s in busy:
            s.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
            assert s.recv(10).startswith(b"HTTP/1.1")
        stopped = threading.Thread(target=server.process.terminate)
        stopped.start()
        assert [c.sock.recv(10) for c in idle] == [b""] * LOOPS
        assert all(count_all(s) >= BIG for s in busy)
        stopped.join()
        for s in idle + busy:
            s.close()


def test_stop_with_open_requests(www):
    """Without time for it they are closed."""
    (www / "big").write_bytes(bytes(BIG))
    with serving(www, f"nb_threads={LOOPS}", f"maxc={LOOPS}", "drain=0") as server:
        busy = [connect(server) for _ in range(LOOPS)]
        for s in busy:
            s.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
            assert s.recv(10).startswith(b"HTTP/1.1")
        server.process.terminate()
        assert all(count_all(s) < BIG for s in busy)
        for s in busy:
            s.close()


def test_counters_are_of_all_loops(www):
    with serving(www, f"nb_threads={LOOPS}", f"maxc={2 * LOOPS}", "ops") as server:
        kept = on_each_loop(server)
        together(lambda _: server.get("/a.txt"), range(30))
        text = server.get("/metrics")[2].decode()
        for c in kept:
            c.close()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(values["gpac_http_request_duration_seconds_count"]) == 30 + LOOPS
    assert float(values["gpac_http_connections"]) >= LOOPS + 1


def test_too_few_descriptors(www):
    """What the system refuses is told."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    done = subprocess.run([GPAC, f"httpout:dst=http://127.0.0.1:0/:gpac:rdirs={www}:nb_threads=60:maxc=0"],
                          capture_output=True, text=True, timeout=60,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, limits[1])))
    assert done.returncode == 1 and "Too many open files" in done.stderr


def test_push_has_no_loops(gpac, clip):
    aac = clip("tone2s.aac", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", 2, "-c:a", "aac")
    done = gpac("-i", aac, "-o", "http://127.0.0.1:1/t.aac:gpac:hmode=push:nb_threads=2", check=False)
    assert done.returncode and "nb_threads" in done.stderr
