# SPDX-License-Identifier: MIT
"""The graph of a session: data, Graphviz, picture."""

import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

import libgpac as gpac
from lab import Sink, Source

SVG = "{http://www.w3.org/2000/svg}"


def fan_out():
    """Two sinks of the same name behind one source, whose name needs quoting everywhere."""
    fs = gpac.FilterSession()
    src = Source(fs, name='A "big" <src>\\')
    sinks = [Sink(fs), Sink(fs)]
    for dst in sinks:
        dst.set_source(src)
    fs.run()
    return fs


def test_data():
    graph = fan_out().graph()
    assert [f["class"] for f in graph["filters"]] == [f["name"] for f in graph["filters"]]
    assert len(graph["filters"][0]["outputs"]) == 1
    assert graph["filters"][0]["outputs"][0]["properties"]["Timescale"] == 10
    assert [(e["from_index"], e["pid_index"], e["to_index"]) for e in graph["links"]] == [(0, 0, 1), (0, 0, 2)]
    assert {e["to"] for e in graph["links"]} == {"Sink"}
    json.dumps(graph, default=str)


def test_dot():
    dot = fan_out().graph().dot()
    if not shutil.which("dot"):
        assert dot.count("->") == 2 and dot.count("[label=") == 5
        pytest.skip("graphviz is not installed: the text was only counted")
    subprocess.run(["dot", "-Tsvg"], input=dot, check=True, capture_output=True, text=True)


def test_svg():
    graph = fan_out().graph()
    root = ElementTree.fromstring(graph.svg())
    assert root.tag == SVG + "svg"
    boxes = root.findall(f".//{SVG}rect")
    assert len(boxes) == 3
    columns = [float(box.get("x")) for box in boxes]
    assert columns[0] < columns[1] == columns[2]
    assert boxes[1].get("y") != boxes[2].get("y")
    width, height = map(float, root.get("viewBox").split()[2:])
    for box in boxes:
        assert 0 <= float(box.get("x")) and float(box.get("x")) + float(box.get("width")) <= width
        assert 0 <= float(box.get("y")) and float(box.get("y")) + float(box.get("height")) <= height
    assert root.find(f".//{SVG}title").text.startswith('A "big" <src>\\')
    assert len([p for p in root.findall(f"{SVG}path") if p.get("marker-end")]) == 2
    assert graph._repr_svg_() == graph.svg()


def test_empty():
    fs = gpac.FilterSession()
    graph = fs.graph()
    assert graph == {"filters": [], "links": []}
    ElementTree.fromstring(graph.svg())
    fs.delete()
    with pytest.raises(gpac.GpacError, match="deleted"):
        fs.graph()


def test_chain_goes_right():
    class Pass(gpac.FilterCustom):
        def __init__(self, session, name):
            super().__init__(session, name)
            self.push_cap("StreamType", "Metadata", gpac.GF_CAPS_INPUT_OUTPUT)

        def configure_pid(self, pid, is_remove):
            if not self.opids:
                self.out = self.new_pid()
            return 0

        def process(self):
            for pid in self.ipids:
                for pck in pid:
                    self.out.forward(pck)
                if pid.eos:
                    self.out.eos = True
            return 0

    fs = gpac.FilterSession()
    last, middle, first = Sink(fs), Pass(fs, "middle"), Source(fs)  # loaded from the end
    middle.set_source(first)
    last.set_source(middle)
    fs.run()
    boxes = ElementTree.fromstring(fs.graph().svg()).findall(f".//{SVG}rect")
    x = [float(box.get("x")) for box in boxes]
    assert x[2] < x[1] < x[0]
