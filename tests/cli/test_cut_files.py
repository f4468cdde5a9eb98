"""Files that end too early: one message that names the file and what is missing, where the format tells."""

import subprocess

import pytest

MEDIA = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-f", "lavfi", "-i", "sine", "-t", 1)
KINDS = {"avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame"), "mkv": ("-c:v", "mpeg4", "-c:a", "aac"),
         "webm": ("-c:v", "libvpx", "-c:a", "libopus"), "ts": ("-c:v", "libx264", "-c:a", "aac"),
         "m2ts": ("-c:v", "libx264", "-c:a", "ac3", "-mpegts_m2ts_mode", 1)}
PACKETS = {"ts": 188, "m2ts": 192}


@pytest.mark.parametrize("kind", KINDS)
def test_cut_file_is_told_once(gpac, clip, tmp_path, kind):
    """AVI and Matroska tell their length, transport streams are whole packets."""
    data = clip(f"whole.{kind}", *MEDIA, *KINDS[kind]).read_bytes()
    cut = tmp_path / f"cut.{kind}"
    for part in (0.5, 0.75, 0.99):
        size = int(len(data) * part)
        size += size % PACKETS.get(kind, 1) == 0
        missing = PACKETS[kind] - size % PACKETS[kind] if kind in PACKETS else len(data) - size
        cut.write_bytes(data[:size])
        done = gpac("-i", cut, "inspect:deep")
        end = "its last packet" if kind in PACKETS else "what its header tells"
        told = [line for line in done.stderr.splitlines() if not line.startswith("[rf")]  # reframers tell of their last frame
        assert told == [f"[ffdmx] {cut} is cut: it ends {missing} bytes before the end of {end}"]
        assert " PCK " in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_complete_file(gpac, clip, kind):
    assert not gpac("-i", clip(f"whole.{kind}", *MEDIA, *KINDS[kind]), "inspect:deep").stderr


def test_length_that_was_never_known(gpac, tmp_path):
    """A file written to a pipe has no sizes: nothing is missing."""
    for kind in ("mkv", "avi"):
        form = "matroska" if kind == "mkv" else kind
        made = subprocess.run(["ffmpeg", "-v", "error", *map(str, MEDIA), *KINDS[kind], "-f", form, "-"], check=True,
                              capture_output=True, stdin=subprocess.DEVNULL)
        (tmp_path / f"piped.{kind}").write_bytes(made.stdout)
        assert "is cut" not in gpac("-i", tmp_path / f"piped.{kind}", "inspect:deep").stderr
