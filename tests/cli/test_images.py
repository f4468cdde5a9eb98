"""Images: JPEG, PNG, JPEG 2000 and BMP as sources, as sequences, as outputs, and in MP4 files."""

import re
import subprocess

import pytest

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=98x56", "-frames:v", 1)


def rgb(path):
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
                          capture_output=True, check=True)
    return done.stdout


@pytest.mark.parametrize("ext,codec", [("png", "PNG Image"), ("jpg", "JPEG Image"), ("jp2", "JPEG2000 Image")])
def test_source(gpac, clip, tmp_path, ext, codec):
    source = clip(f"picture.{ext}", *PICTURE)
    size = source.stat().st_size
    report = gpac("-i", source, "inspect:deep").stdout
    assert " 98x56 " in report and report.splitlines()[0].endswith(codec)
    packet = re.search(r"PCK 1 cts 0 dur 1000 sap 1 size (\d+)", report)
    if ext != "jp2":  # whose boxes are not part of the packet
        assert int(packet[1]) == size
        gpac("-i", source, "-o", tmp_path / f"out.{ext}")
        assert (tmp_path / f"out.{ext}").read_bytes() == source.read_bytes()
    else:
        data = source.read_bytes()
        gpac("-i", source, "-o", tmp_path / "out.j2k")
        assert (tmp_path / "out.j2k").read_bytes() == data[data.index(b"\xff\x4f\xff\x51"):]
        assert rgb(tmp_path / "out.j2k") == rgb(source)


@pytest.mark.parametrize("pixels,label,size", [("bgr24", "rgb", 3), ("bgra", "rgbx", 4)])
def test_bmp(gpac, clip, tmp_path, pixels, label, size):
    source = clip(f"{pixels}.bmp", *PICTURE, "-pix_fmt", pixels)
    assert f"raw 98x56 SAR 1/1 raw format {label}" in gpac("-i", source, "inspect").stdout
    gpac("-i", source, "-o", tmp_path / f"out.{label}")
    data = (tmp_path / f"out.{label}").read_bytes()
    assert b"".join(data[i:i + 3] for i in range(0, len(data), size)) == rgb(source)
    if size == 3:
        gpac("-i", source, "-o", tmp_path / "out.bmp")
        assert (tmp_path / "out.bmp").read_bytes() == source.read_bytes()


def test_sequence(gpac, clip, tmp_path):
    """A playlist of images is a film; its pictures come out as files again."""
    images = [clip(f"s{i}.png", "-f", "lavfi", "-i", "testsrc2=size=98x56", "-ss", i, "-frames:v", 1) for i in range(3)]
    (tmp_path / "list.m3u").write_text("".join(f"{path}\n" for path in images))
    report = gpac("-i", tmp_path / "list.m3u", "inspect:deep").stdout
    assert re.findall(r"PCK (\d) cts (\d+) dur 40 sap 1", report) == [("1", "0"), ("2", "40"), ("3", "80")]
    gpac("-i", tmp_path / "list.m3u", "-o", tmp_path / "out_$num$.png")
    for i, path in enumerate(images):
        assert (tmp_path / f"out_{i + 1}.png").read_bytes() == path.read_bytes()


def test_playlist_of_films(gpac, av_clip, tmp_path):
    (tmp_path / "list.m3u").write_text(f"{av_clip}\n{av_clip}\n")
    once = len(re.findall("PCK", gpac("-i", av_clip, "inspect:deep").stdout))
    assert len(re.findall("PCK", gpac("-i", tmp_path / "list.m3u", "inspect:deep").stdout)) == 2 * once


@pytest.mark.parametrize("ext", ["png", "jpg"])
def test_in_mp4(gpac, clip, tmp_path, ext):
    source = clip(f"picture.{ext}", *PICTURE)
    gpac("-i", source, "-o", tmp_path / "out.mp4")
    assert rgb(tmp_path / "out.mp4") == rgb(source)
    gpac("-i", tmp_path / "out.mp4", "-o", tmp_path / f"back.{ext}")
    assert (tmp_path / f"back.{ext}").read_bytes() == source.read_bytes()


def test_damaged(gpac, clip, tmp_path):
    source = clip("picture.png", *PICTURE)
    (tmp_path / "bad.png").write_bytes(source.read_bytes()[:20])
    done = gpac("-i", tmp_path / "bad.png", "inspect:deep", check=False)
    assert done.returncode and done.stderr.count("damaged image") == 1
