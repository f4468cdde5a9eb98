"""Images: JPEG, PNG, JPEG 2000 and BMP as sources, as sequences, as outputs, and in MP4 files."""

import re
import struct
import subprocess

import pytest

from isom import box, full

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


def items_file(path, images):
    """A file of image items (14496-12 8.11; 23008-12): (type, payload, size, properties with their type); the second one is
    the primary item."""
    shared, associations, entries, data = [], b"", b"", b"".join(payload for _, payload, _, _ in images)
    for number, (kind, _, size, properties) in enumerate(images, 1):
        own = [full("ispe", struct.pack(">II", *size))] + properties
        associations += struct.pack(">HB", number, len(own)) + bytes(range(len(shared) + 1, len(shared) + len(own) + 1))
        shared += own
        entries += full("infe", struct.pack(">HH4s", number, 0, kind.encode()) + b"\0", version=2)

    def meta(at):
        places = b""
        for number, (_, payload, _, _) in enumerate(images, 1):
            places += struct.pack(">HHHII", number, 0, 1, at, len(payload))
            at += len(payload)
        return full("meta", full("hdlr", b"\0\0\0\0pict" + bytes(13)) + full("pitm", struct.pack(">H", 2))
                    + full("iinf", struct.pack(">H", len(images)) + entries)
                    + full("iloc", struct.pack(">HH", 0x4400, len(images)) + places)
                    + box("iprp", box("ipco", b"".join(shared))
                          + full("ipma", struct.pack(">I", len(images)) + associations)))

    ftyp = box("ftyp", b"mif1" + bytes(4) + b"mif1")
    path.write_bytes(ftyp + meta(len(ftyp) + len(meta(0)) + 8) + box("mdat", data))
    return path


@pytest.fixture
def items(clip, tmp_path):
    """Three pictures, two of them JPEG of different sizes, and a depth map, which is not presented."""
    picture = lambda name, size: clip(name, "-f", "lavfi", "-i", f"testsrc2=size={size}", "-frames:v", 1).read_bytes()
    images = [("jpeg", picture("item.jpg", "64x48"), (64, 48), [box("irot", b"\1")]),
              ("jpeg", picture("other.jpg", "98x56"), (98, 56), [box("pasp", struct.pack(">II", 4, 3))]),
              ("jpeg", picture("item.jpg", "64x48"), (64, 48), [full("auxC", b"urn:depth\0")]),
              ("png ", picture("item.png", "32x32"), (32, 32), [box("imir", b"\1")])]
    return items_file(tmp_path / "items.heif", images), [payload for _, payload, _, _ in images]


def test_items_on_one_pid(gpac, items):
    """`itt`: the items follow each other, each with its own properties and what the one before had gone."""
    path, payloads = items
    fields = "inspect:deep:hdr=false:fmt=%pid.ID% %pid.ItemID% %pid.ItemNumber% %pid.Width%x%pid.Height% %pid.Rotate% %pid.SAR% " \
             "%pid.Mirror% %pid.Primary% %pid.CodecID% %cts% %dur% %sap% %size%%lf%"
    report = gpac("-i", f"{path}:itt", fields).stdout
    size = lambda i: len(payloads[i])
    assert [line.split() for line in report.splitlines() if " " in line] == [
        f"1 1 1 64x48 1 N/A N/A N/A JPEG Image 0 1000 1 {size(0)}".split(),
        f"2 2 2 98x56 N/A 4/3 N/A true JPEG Image 1000 1000 1 {size(1)}".split(),
        f"4 4 4 32x32 N/A N/A 1 N/A PNG Image 2000 1000 1 {size(3)}".split()]
    whole = gpac("-i", path, "inspect:deep:hdr=false:fmt=%size% %crc% %dur%%lf%").stdout.splitlines()
    joined = gpac("-i", f"{path}:itt", "inspect:deep:hdr=false:fmt=%size% %crc% %dur%%lf%").stdout.splitlines()
    assert sorted(joined) == sorted(whole) and len(joined) == 3


def test_items_without_id(gpac, items):
    assert "ItemID" not in gpac("-i", f"{items[0]}:itt:itemid=false", "inspect:full").stdout
