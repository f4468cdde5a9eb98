"""Damaged files: small files of every format that is read, and three kinds of damage with fixed seeds. Used for a small
share of them by test_bad_input.py and for all by tests/mutate.py."""

import os
import random
import resource
import subprocess

from tool import GPAC, MEDIA

SEED = 20261123
TIME_LIMIT = 20  # seconds, for what takes a hundredth of one
# What a process may take beyond the file itself. Sanitizers reserve address space of their own: they count what is used.
MEMORY_LIMIT = 512 << 20
SANITIZED = "asan" in os.environ.get("GPAC_BUILD", "")
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "allocator_may_return_null=1:hard_rss_limit_mb=1024:"
               + os.environ.get("ASAN_OPTIONS", "detect_leaks=1")}

PICTURES = ("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=1")
OTHER_PICTURES = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=30:duration=1")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1")
OTHER_TONE = ("-f", "lavfi", "-i", "sine=frequency=880:sample_rate=44100:duration=1")
SMALL = ("-frames:v", 5, "-pix_fmt", "yuv420p")
AVC = ("-c:v", "libx264", "-bf", 2, "-g", 5, "-pix_fmt", "yuv420p")
HEVC = ("-c:v", "libx265", "-x265-params", "log-level=none:keyint=5", "-pix_fmt", "yuv420p")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", 8, "-pix_fmt", "yuv420p")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", 8, "-pix_fmt", "yuv420p")
AV1 = ("-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", 8, "-pix_fmt", "yuv420p")
FRAGMENTS = ("-movflags", "frag_keyframe+empty_moov+default_base_moof")

# Name of the file: options of FFmpeg for the codecs. Files with both media have both inputs.
AUDIO = {"a.aac": ("-c:a", "aac"), "a.mp3": ("-c:a", "libmp3lame"), "a.ac3": ("-c:a", "ac3"), "a.eac3": ("-c:a", "eac3"),
         "a.flac": ("-c:a", "flac"), "a.wav": ("-c:a", "pcm_s24le"), "a.opus": ("-c:a", "libopus"),
         "a.ogg": ("-c:a", "libvorbis", "-ac", 2)}
VIDEO = {"v.264": AVC, "v.265": HEVC, "v_vp8.ivf": VP8, "v_vp9.ivf": VP9, "v_av1.ivf": AV1, "v.obu": AV1,
         "v.y4m": SMALL, "v.png": ("-frames:v", 1), "v.jpg": ("-frames:v", 1), "v.jp2": ("-frames:v", 1),
         "v.bmp": ("-frames:v", 1), "v_cmaf.mp4": (*AVC, "-movflags", "cmaf+frag_keyframe+empty_moov")}
BOTH = {"b.mp4": (*AVC, "-c:a", "aac"), "b_frag.mp4": (*AVC, "-c:a", "aac", *FRAGMENTS), "b.mov": (*AVC, "-c:a", "pcm_s16be"),
        "b.mkv": (*AVC, "-c:a", "ac3"), "b.webm": (*VP9, "-c:a", "libopus"), "b.ts": (*AVC, "-c:a", "aac"),
        "b.avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame")}
# Streams that FFmpeg does not write, of the shared media.
GIVEN = {name: MEDIA / path for name, path in {"v.vvc": "es/annexb.vvc"}.items() if (MEDIA / path).exists()}
FORMATS = [*AUDIO, *VIDEO, *BOTH, *GIVEN]
KINDS = ("cut", "flipped", "spliced")
# A stream of NAL units has no end of its own; of these files, FFmpeg does not tell us what is missing.
ENDLESS = {"v.264", "v.265", "v.vvc", "b.ts", "b.avi"}


def make_files(name, make):
    """Two files of the format, each as its bytes; `make` is the fixture `clip`."""
    if name in GIVEN:
        return [GIVEN[name].read_bytes()] * 2
    if name in AUDIO:
        inputs, options = [TONE, OTHER_TONE], AUDIO[name]
    elif name in VIDEO:
        inputs, options = [PICTURES, OTHER_PICTURES], VIDEO[name]
    else:
        inputs, options = [(*PICTURES, *TONE), (*OTHER_PICTURES, *OTHER_TONE)], BOTH[name]
    return [make(f"mutate{i}_{name}", *given, *options).read_bytes() for i, given in enumerate(inputs)]


def cut(data, _other, rng):
    return data[:rng.randrange(len(data))]


def flipped(data, _other, rng):
    """Some bits, half of the time near the start where headers are; sometimes whole bytes that are limits of something."""
    data = bytearray(data)
    reach = len(data) if rng.random() < 0.5 else min(len(data), 4096)
    for _ in range(rng.choice((1, 2, 8, 64))):
        at = rng.randrange(reach)
        data[at] = rng.choice((0, 0x7F, 0x80, 0xFF)) if rng.random() < 0.3 else data[at] ^ 1 << rng.randrange(8)
    return bytes(data)


def spliced(data, other, rng):
    """The start of a file and the end of another, or pieces of the same one that are missing or there twice."""
    if rng.random() < 0.5:
        return data[:rng.randrange(len(data))] + other[rng.randrange(len(other)):]
    return data[:rng.randrange(len(data))] + data[rng.randrange(len(data)):]


def damage(kind, data, other, index):
    """The damaged file of that number: the same in every run."""
    rng = random.Random(f"{SEED} {kind} {index} {len(data)}")
    return {"cut": cut, "flipped": flipped, "spliced": spliced}[kind](data, other, rng)


def limits():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_on(paths, *args):
    """Runs the tool on a file, or several, within the limits; fails on a signal, a hang or memory that was not released."""
    paths = paths if isinstance(paths, list) else [paths]
    inputs = [word for path in paths for word in ("-i", str(path))]
    done = subprocess.run([str(GPAC), *inputs, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace", timeout=TIME_LIMIT * len(paths), preexec_fn=limits, env=ENVIRONMENT)
    path = paths[0]
    assert done.returncode in (0, 1), f"{path}: exit {done.returncode}\n{done.stderr[-4000:]}"
    for word in ("not released", "AddressSanitizer", "LeakSanitizer", "runtime error"):
        assert word not in done.stderr, done.stderr[-6000:]
    assert done.stderr.strip() or not done.returncode, f"{path}: failed without a word"
    return done


PACKETS = "inspect:deep:hdr=false:fmt=%pid.ID% %bo% %size% %crc%%lf%"


def packets_of(text):
    """{track: [(end of the packet in the file, checksum)]}; the end is None where no place is known"""
    tracks = {}
    for line in text.splitlines():
        track, offset, size, crc = line.split()
        tracks.setdefault(track, []).append((int(offset) + int(size) if offset.isdigit() else None, crc))
    return tracks


def use_of(index, folder):
    """What is done with the damaged file of that number: it is rewritten, decoded or read."""
    return {0: ["-o", f"{folder}/out.mp4"], 1: ["reframer:raw=av", "-o", "null"]}.get(index % 4, [PACKETS])


def check(name, kind, index, files, path, whole):
    """Damages a file of the format `name` and reads it, rewrites it or decodes it. `files`: the bytes of two such files;
    `whole`: the packets of the first. A cut file must not lose packets without a word, unless the
    cut is between two of them."""
    path.write_bytes(damage(kind, *files, index))
    done = run_on(path, *use_of(index, path.parent))
    if index % 4 > 1:
        found = sum(packets_of(done.stdout).values(), [])
        lost = sum(map(len, whole.values())) - len(found)
        between = path.stat().st_size in [end for end, _ in found]
        told = kind != "cut" or name in ENDLESS or between or lost <= 0 or done.stderr.strip()
        assert told, f"{path}: {lost} packets are missing, and no word of it"
    lines = [line for line in done.stderr.splitlines() if line.startswith("[mp4dmx]")]
    assert len(set(lines)) == len(lines), f"{path}: told twice:\n{done.stderr}"
    path.unlink()
