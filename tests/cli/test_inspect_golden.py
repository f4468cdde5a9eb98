"""Reports of `inspect` compared byte for byte with recorded ones.

What may differ is listed below, each with its reason; everything else must be equal. The recordings and
their media are not part of the project: the tests skip when they are absent.
"""

import os
import re
from pathlib import Path

import pytest

from tool import MEDIA, ROOT

GOLDEN = Path(os.environ.get("GPAC_TEST_GOLDEN", ROOT.parent / "shared" / "golden")) / "inspect"
OPTIONS = {".pids.txt": "inspect", ".deep.txt": "inspect:deep", ".xml": "inspect:deep:xml:full=true"}

# Serialised boxes as another implementation keeps them: how they are laid out is its own affair.
PRIVATE = [(r' (TrackTemplate|TrexTemplate|MovieUserData|STSDTemplate)="[^"]*"', r" \1")]

# Recorded values that contradict a standard. The pattern is replaced on both sides, so that the rest of the
# line still counts.
TOLERATED = {
    # A SEI message with emulation prevention bytes hid the end of the file: duration and rate are missing.
    "4pics.264": [(r" (duration 00:00:00\.080|2666 kbps)", ""), (r' (Duration|Bitrate)="[^"]*"', "")],
    # RFC 6386 9.1: a key frame has bit 0 of its first byte clear; bit 7 was looked at.
    "vp8.ivf": [(r" sap 1", ""), (r' sap="[01]"', "")],
    # The first picture is an IDR_W_RADL with leading pictures, SAP type 2; negative times were misread.
    "vvc_400kbps_2s.mp4": [
        (r"(PCK 1 cts 0 dur 512) sap [12]", r"\1"),
        (r'(<Packet number="1" .*) sap="[12]"', r"\1"),
        # Samples as large as the first one were left out of the statistics of fragmented files.
        (r' (AvgFrameSize|MaxFrameSize)="\d+"', ""),
    ],
}


def source_of(name):
    """Path of a media file in the folder of the media, None when it is absent."""
    found = sorted(MEDIA.rglob(name)) if MEDIA.exists() else []
    return found[0].relative_to(MEDIA) if found else None


def recordings():
    return sorted(p.name for p in GOLDEN.glob("*")) if GOLDEN.exists() else []


def normalised(text, rules):
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text.splitlines()


@pytest.mark.parametrize("recording", recordings() or [pytest.param("", marks=pytest.mark.skip("no recordings"))])
def test_recorded_report(gpac, monkeypatch, recording):
    suffix = next(s for s in OPTIONS if recording.endswith(s))
    name = recording[: -len(suffix)]
    source = source_of(name)
    if not source:
        pytest.skip(f"no {name} in {MEDIA}")
    # paths are printed as they were given
    monkeypatch.chdir(MEDIA)
    report = gpac("-i", source, OPTIONS[suffix]).stdout
    rules = PRIVATE + TOLERATED.get(name, [])
    assert normalised(report, rules) == normalised((GOLDEN / recording).read_text(), rules)
