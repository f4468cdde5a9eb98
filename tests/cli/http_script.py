"""HTTP servers of tests that answer each request as a function says."""

import os
import socketserver
import threading
from contextlib import contextmanager

DATA = os.urandom(300_000)


class Script(socketserver.StreamRequestHandler):
    """Answers the requests of a list of functions in turn; the last one stays."""

    def handle(self):
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = self.request.recv(1)
                if not piece:
                    return
                head += piece
            server = self.server
            with server.lock:
                step = server.steps.pop(0) if len(server.steps) > 1 else server.steps[0]
                server.requests.append(head.decode())
            if not step(self, head.decode()):
                return


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def scripted(*steps, context=None):
    with Server(("127.0.0.1", 0), Script) as server:
        server.steps, server.requests, server.lock = list(steps), [], threading.Lock()
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}/x.bin"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def wanted_range(head):
    for line in head.split("\r\n"):
        if line.lower().startswith("range: bytes="):
            first, _, last = line.split("=")[1].partition("-")
            return int(first), int(last) if last else len(DATA) - 1
    return None


def reply(status, body=b"", *headers):
    def step(handler, head):
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
        handler.request.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return True
    return step


def whole(handler, head):
    """The data, or the range asked for."""
    wanted = wanted_range(head)
    if wanted:
        first, last = wanted
        lines = ["HTTP/1.1 206 X", f"Content-Length: {last - first + 1}", f"Content-Range: bytes {first}-{last}/{len(DATA)}"]
        body = DATA[first:last + 1]
    else:
        lines = ["HTTP/1.1 200 X", f"Content-Length: {len(DATA)}"]
        body = DATA
    handler.request.sendall("\r\n".join([*lines, 'ETag: "1"']).encode() + b"\r\n\r\n" + body)
    return True


def cut(size):
    """The data, which break off after `size` bytes."""
    def step(handler, head):
        wanted = wanted_range(head)
        first = wanted[0] if wanted else 0
        start = (f"HTTP/1.1 206 X\r\nContent-Range: bytes {first}-{len(DATA) - 1}/{len(DATA)}" if wanted else "HTTP/1.1 200 X")
        handler.request.sendall(f'{start}\r\nETag: "1"\r\nContent-Length: {len(DATA) - first}\r\n\r\n'.encode() +
                                DATA[first:first + size])
        return False
    return step


def hang_up(handler, head):
    return False
