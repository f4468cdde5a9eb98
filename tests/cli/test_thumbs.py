"""thumbs: mosaics measured by FFmpeg."""

import subprocess

import pytest

PICTURES = ("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10", "-t", 3, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-qp", 0)


@pytest.fixture
def source(clip):
    return clip("thumbs.mp4", *PICTURES)


def pixels(path):
    """Width, height and lines of RGB bytes."""
    size = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", str(path)],
                          check=True, capture_output=True, text=True).stdout
    width, height = map(int, size.split(","))
    data = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-pix_fmt", "rgb24", "-f", "rawvideo", "-"], check=True,
                          capture_output=True).stdout
    return width, height, [data[y * width * 3:(y + 1) * width * 3] for y in range(height)]


def shrunk(source, number):
    """A picture at half of its size, each pixel the mean of four."""
    data = subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), "-vf", f"select=eq(n\\,{number}),format=rgb24,scale=48:32:"
                           "flags=area", "-frames:v", "1", "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    return [data[y * 144:(y + 1) * 144] for y in range(32)]


def alike(ours, theirs):
    differences = [abs(a - b) for x, y in zip(ours, theirs) for a, b in zip(x, y)]
    return sum(differences) / len(differences) < 3


def test_mosaic(gpac, source, tmp_path):
    """Six pictures 0.5 s apart, half as large, red lines between them."""
    gpac("-i", source, "thumbs:grid=3x2:snap=0.5:scale=2:lw=2:lc=red", "-o", tmp_path / "out_$num$.png")
    assert [path.name for path in tmp_path.iterdir()] == ["out_1.png"]
    width, height, lines = pixels(tmp_path / "out_1.png")
    assert (width, height) == (3 * 48 + 2 * 2, 2 * 32 + 2)
    assert lines[32] == lines[33] == b"\xff\0\0" * width
    assert all(line[48 * 3:50 * 3] == b"\xff\0\0" * 2 for line in lines)
    for i in range(6):
        x, y = i % 3 * 50, i // 3 * 34
        assert alike([line[x * 3:(x + 48) * 3] for line in lines[y:y + 32]], shrunk(source, 5 * i))


def test_last_mosaic_and_sizes(gpac, source, tmp_path):
    """Of 30 pictures two mosaics of 24, the second a quarter full; by default a tenth of the size."""
    gpac("-i", source, "thumbs:grid=6x4:snap=0:clear=#102030", "-o", tmp_path / "out_$num$.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out_1.png", "out_2.png"]
    width, height, lines = pixels(tmp_path / "out_2.png")
    assert (width, height) == (6 * 10, 4 * 6)
    assert all(line == b"\x10\x20\x30" * 60 for line in lines[6:]) and b"\x10\x20\x30" * 10 not in lines[0]


def test_rows_from_the_duration(gpac, source):
    """Three seconds, a picture per second by default, two columns: two rows."""
    report = gpac("-i", source, "thumbs:grid=2x0:scale=1", "inspect:deep:hdr=false:fmt=%pid.Width% %pid.Height% %cts% %dur%%lf%")
    assert report.stdout.split()[:2] == ["192", "128"]


def test_first_left_out(gpac, source, tmp_path):
    gpac("-i", source, "thumbs:grid=1x1:snap=1:scale=2:dropfirst", "-o", tmp_path / "out_$num$.png")
    files = sorted(tmp_path.iterdir())
    assert len(files) == 2 and alike(pixels(files[0])[2], shrunk(source, 10)) and alike(pixels(files[1])[2], shrunk(source, 20))


def test_single_pictures_keep_their_times(gpac, source):
    fmt = "inspect:deep:hdr=false:fmt=%cts% %dur%%lf%"
    assert gpac("-i", source, "thumbs:grid=1x1:snap=0", fmt).stdout == gpac("-i", source, "reframer:raw=v", fmt).stdout


def test_text(gpac, source, tmp_path):
    """White text with a black shadow at the bottom, a quarter as high as the picture; the rest stays."""
    plain, told = tmp_path / "plain.rgb", tmp_path / "told.rgb"
    gpac("-i", source, "thumbs:grid=1x1:snap=0", "-o", plain)
    gpac("-i", source, "thumbs:grid=1x1:snap=0:txt=$Width$ X:fs=25:tv=100:tc=#FEFEFE:tb=black", "-o", told)
    a, b = plain.read_bytes(), told.read_bytes()
    size = 96 * 64 * 3
    assert len(a) == len(b) == 30 * size
    changed = [i // (96 * 3) for i in range(0, size, 3) if a[i:i + 3] != b[i:i + 3]]
    assert min(changed) >= 64 - 16 and b[:size].count(b"\xfe\xfe\xfe") > 40
    gpac("-i", source, "thumbs:grid=1x1:snap=0:txt=96 X:fs=25:tv=100:tc=#FEFEFE:tb=black", "-o", plain)
    assert plain.read_bytes() == b


# ---- Scenes

@pytest.fixture
def grey(tmp_path):
    """Ten pictures a second of even grey: a scene of small changes, one frame of another, a slow fade to white."""
    levels = [0, 5, 10, 8, 3, 100, 0, 0, 0, 0] + [20 * i for i in range(1, 11)] + [255] * 10
    path = tmp_path / "grey.rgb"
    path.write_bytes(b"".join(bytes([level]) * (16 * 16 * 3) for level in levels))
    return f"{path}:size=16x16:spfmt=rgb:fps=10", levels


def chosen(gpac, source, options):
    """Numbers of the pictures that are taken."""
    report = gpac("-i", source, f"thumbs:grid=1x1:{options}", "inspect:deep:hdr=false:fmt=%cts% %pid.Timescale%%lf%").stdout
    return [round(int(cts) * 10 / int(timescale)) for cts, timescale in map(str.split, report.splitlines())]


def scenes(levels, measure, threshold, reference="before", least=0, most=1000):
    """What the options mean, in arithmetic: errors in percent of 255, or of its square."""
    taken = [0]
    for i in range(1, len(levels)):
        change = abs(levels[i] - levels[i - 1 if reference == "before" else taken[-1]]) / 255
        error = 100 * (change if measure == "mae" else change * change)
        if (error >= threshold and i - taken[-1] >= least) or i - taken[-1] >= most:
            taken.append(i)
    return taken


def test_scenes(gpac, grey):
    source, levels = grey
    assert chosen(gpac, source, "mae=10") == scenes(levels, "mae", 10) == [0, 5, 6, 20]
    assert chosen(gpac, source, "mse=10") == scenes(levels, "mse", 10) == [0, 5, 6]
    assert chosen(gpac, source, "mae=10:mse=10") == [0, 5, 6, 20]
    assert chosen(gpac, source, "mae=10:scref") == scenes(levels, "mae", 10, "taken") == [0, 5, 6, 11, 13, 15, 17, 19, 20]
    assert chosen(gpac, source, "mae=10:snap=0.3") == scenes(levels, "mae", 10, least=3) == [0, 5, 20]
    assert chosen(gpac, source, "mae=10:maxsnap=0.4") == scenes(levels, "mae", 10, most=4) == [0, 4, 5, 6, 10, 14, 18, 20, 24, 28]
    assert chosen(gpac, source, "mae=10:dropfirst") == [5, 6, 20]


def test_errors_as_text(gpac, grey, tmp_path):
    """The difference of black and the grey of 100 is 39.22 percent, its square 15.38."""
    source, _ = grey
    for name, text in (("a", "$mae$ $mse$:scref"), ("b", "39.22 15.38")):
        gpac("-i", source, f"thumbs:grid=1x1:snap=0.5:fs=50:tc=red:txt={text}", "-o", tmp_path / f"{name}.rgb")
    a, b = (tmp_path / "a.rgb").read_bytes(), (tmp_path / "b.rgb").read_bytes()
    size = 16 * 16 * 3
    assert a[size:2 * size] == b[size:2 * size] != a[:size]


def test_scenes_in_a_mosaic(gpac, grey):
    """It lasts from its first picture to the end of its last one."""
    report = gpac("-i", grey[0], "thumbs:grid=2x1:scale=1:mae=10", "inspect:deep:hdr=false:fmt=%cts% %dur% %pid.Timescale%%lf%").stdout
    times = [[int(n) * 10 // int(line.split()[2]) for n in line.split()[:2]] for line in report.splitlines()]
    assert times == [[0, 6], [6, 15]]


@pytest.mark.parametrize("option,told", [("scref", "the option scref needs a threshold"), ("font=Sans Serif", "the option font"),
                                         ("maxsnap=3", "the option maxsnap needs a threshold"),
                                         ("lc=nocolour", "`nocolour` is no colour"), ("grid=0x1", "1 to 1000 columns"),
                                         ("grid=1000x1000:scale=1", "are no mosaic"), ("list=a.json", "the option list")])
def test_refusals(gpac, source, option, told):
    done = gpac("-i", source, f"thumbs:{option}", "inspect", check=False)
    assert done.returncode and told in done.stderr
