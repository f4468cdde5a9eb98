"""Sound played at other speeds: resample makes it shorter or longer, and higher or lower."""

import array
import math
import wave

import pytest


@pytest.fixture
def tone(clip):
    """Two seconds of 500 Hz."""
    return clip("speed.wav", "-f", "lavfi", "-i", "sine=frequency=500:sample_rate=48000", "-t", 2, "-c:a", "pcm_s16le")


def read(path):
    with wave.open(str(path)) as w:
        assert w.getnchannels() == 1 and w.getsampwidth() == 2
        return w.getframerate(), array.array("h", w.readframes(1 << 24))


def frequency(rate, samples):
    """From the passages through zero, upward; the ends may be cut."""
    middle = samples[len(samples) // 10:-len(samples) // 10]
    ups = [i for i in range(1, len(middle)) if middle[i - 1] < 0 <= middle[i]]
    return rate * (len(ups) - 1) / (ups[-1] - ups[0])


@pytest.mark.parametrize("rate", [48000, 44100])
@pytest.mark.parametrize("speed", ["2", "0.5", "1.5", "1"])
def test_speed(gpac, tone, tmp_path, speed, rate):
    gpac("-i", tone, f"resample:osr={rate}", "-o", f"{tmp_path / 'out.wav'}:speed={speed}")
    got, samples = read(tmp_path / "out.wav")
    assert got == rate
    assert len(samples) == pytest.approx(2 * rate / float(speed), abs=32)
    assert frequency(rate, samples) == pytest.approx(500 * float(speed), rel=1e-3)


@pytest.mark.parametrize("speed", ["2", "0.5"])
def test_times_are_those_of_the_media(gpac, tone, speed):
    """Packets last as their samples do; their times go on with the media."""
    text = gpac("-i", tone, "resample", f"inspect:deep:speed={speed}:hdr=false:fmt=%cts% %dur% %size%%lf%").stdout
    rows = [tuple(map(int, line.split())) for line in text.splitlines()]
    assert rows[0][0] == 0 and all(dur == size // 2 for _, dur, size in rows)
    at = 0
    for cts, dur, _ in rows:
        assert cts == pytest.approx(at, abs=8)
        at += dur * float(speed)
    assert at == pytest.approx(96000, abs=64)


def test_backward_and_faster(gpac, tone, tmp_path):
    """rewind turns the samples around, resample takes half of the time."""
    gpac("-i", tone, "rewind", "resample", "-o", f"{tmp_path / 'out.wav'}:speed=-2")
    rate, samples = read(tmp_path / "out.wav")
    assert len(samples) == pytest.approx(96000 / 2, abs=32) and frequency(rate, samples) == pytest.approx(1000, rel=1e-3)
    gpac("-i", tone, "resample", "-o", f"{tmp_path / 'forward.wav'}:speed=2")
    _, forward = read(tmp_path / "forward.wav")
    middle = list(zip(reversed(samples), forward))[1000:-1000]
    rms = math.sqrt(sum((a - b) ** 2 for a, b in middle) / len(middle))
    assert rms < 0.1 * math.sqrt(sum(b * b for _, b in middle) / len(middle))
