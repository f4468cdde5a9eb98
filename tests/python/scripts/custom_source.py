"""Sends the AAC frames of an ADTS file to an MP4 file from a source of our own.

    custom_source.py IN.aac OUT.mp4
"""

import sys

import numpy

import libgpac as gpac

gpac.init(1, b"0")

RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]


class AdtsSource(gpac.FilterCustom):
    def __init__(self, session, data):
        gpac.FilterCustom.__init__(self, session, "AdtsSource")
        self.push_cap("StreamType", "Audio", gpac.GF_CAPS_OUTPUT)
        self.push_cap("CodecID", "aac", gpac.GF_CAPS_OUTPUT)
        self.data = data
        self.pos = 0
        self.nb_sent = 0
        self.nb_released = 0
        self.declare_pid()

    def declare_pid(self):
        head = self.data
        profile, rate, channels = (head[2] >> 6) + 1, (head[2] >> 2) & 15, ((head[2] & 1) << 2) | (head[3] >> 6)
        self.pid = self.new_pid()
        self.pid.set_prop("StreamType", "Audio")
        self.pid.set_prop("CodecID", "aac")
        self.pid.set_prop("SampleRate", RATES[rate])
        self.pid.set_prop("Timescale", RATES[rate])
        self.pid.set_prop("NumChannels", channels)
        self.pid.set_prop("SamplesPerFrame", 1024)
        self.pid.set_prop("DecoderConfig", bytes([profile << 3 | rate >> 1, (rate & 1) << 7 | channels << 3]))

    def packet_release(self, pid, pck):
        self.nb_released += 1

    def process(self):
        while self.pos < len(self.data):
            if self.pid.would_block:
                return 0
            d = self.data[self.pos:]
            size = (int(d[3]) & 3) << 11 | int(d[4]) << 3 | int(d[5]) >> 5
            header = 7 if d[1] & 1 else 9
            frame = d[header:size]
            if self.nb_sent & 1:
                pck = self.pid.new_pck_shared(frame)
            else:
                pck = self.pid.new_pck(len(frame))
                numpy.copyto(pck.data, frame)
            pck.cts = pck.dts = 1024 * self.nb_sent
            pck.dur = 1024
            pck.sap = gpac.GF_FILTER_SAP_1
            pck.send()
            self.nb_sent += 1
            self.pos += size
        self.pid.eos = True
        return gpac.GF_EOS


fs = gpac.FilterSession()
src = AdtsSource(fs, numpy.fromfile(sys.argv[1], dtype=numpy.uint8))
dst = fs.load_dst(sys.argv[2])
fs.run()
print("sent", src.nb_sent, "released", src.nb_released)
fs.delete()
sys.exit(gpac.close())
