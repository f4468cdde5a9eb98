# SPDX-License-Identifier: MIT
"""Events of a player to the MP4 demultiplexer: packet numbers, times, speeds."""

import hashlib
import subprocess

import pytest

import libgpac as gpac

LAYOUTS = {"movie": "", "fragments": "-movflags empty_moov+default_base_moof+frag_keyframe"}


class Player(gpac.FilterCustom):
    def __init__(self, session, set_speed, play):
        super().__init__(session, "Player")
        self.push_cap("StreamType", "Visual", gpac.GF_CAPS_INPUT)
        self.set_speed, self.play, self.packets = set_speed, play, []

    def configure_pid(self, pid, is_remove):
        if is_remove:
            return
        event = gpac.FilterEvent(gpac.GF_FEVT_PLAY)
        for name, value in self.play.items():
            setattr(event.play, name, value)
        pid.send_event(event)
        if self.set_speed:
            event = gpac.FilterEvent(gpac.GF_FEVT_SET_SPEED)
            event.play.speed, event.play.drop_non_ref = self.set_speed, 1
            pid.send_event(event)

    def process(self):
        for pid in self.ipids:
            while (p := pid.get_packet()) is not None:
                self.packets.append((p.sap, p.seek, hashlib.md5(bytes(p.data)).hexdigest()))
                pid.drop_packet()
        return 0


@pytest.fixture(scope="module", params=LAYOUTS)
def film(request, media):
    """50 pictures, a random access point every 5, no reordering."""
    path = media / f"play_{request.param}.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25", "-t", "2", "-c:v",
                    "libx264", "-g", "5", "-bf", "0", "-pix_fmt", "yuv420p", *LAYOUTS[request.param].split(), str(path)],
                   check=True)
    return str(path)


def play(film, set_speed=None, **fields):
    session = gpac.FilterSession()
    session.load_src(film)
    player = Player(session, set_speed, fields)
    session.run(timeout=60)
    return player.packets


def test_packet_numbers(film):
    """Numbers count from 1; both ends are sent, nothing before the first."""
    found = play(film, from_pck=13, to_pck=20)
    assert found == [(p[0], False, p[2]) for p in play(film)[12:20]]


def test_times(film):
    """Decoding starts at the random access point before; 0.48 s is the start of picture 12, 1 s that of picture 25."""
    whole, found = play(film), play(film, start_range=0.48, end_range=1.0)
    assert [p[2] for p in found] == [p[2] for p in whole[10:25]]
    assert [p[1] for p in found] == [True] * 2 + [False] * 13


def test_random_access_points_only(film):
    """SET_SPEED that drops what others do not refer to, at four times the speed."""
    whole, found = play(film), play(film, set_speed=4)
    assert found == [p for p in whole if p[0]] and len(found) == 10


def test_backward(film):
    """Groups of pictures from the last to the first, each in decoding order."""
    whole = [p[2] for p in play(film)]
    backward = sum((whole[at:at + 5] for at in range(45, -1, -5)), [])
    assert [p[2] for p in play(film, speed=-1.0)] == backward
