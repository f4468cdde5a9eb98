# SPDX-License-Identifier: MIT
"""The graph of a session as plain data, as Graphviz text, and as a picture."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._native import FilterSession


class Graph(dict[str, Any]):
    """What `FilterSession.graph` returns: a dict with two lists, to print, to store as JSON, or to draw.

    ``filters``: one dict per filter with ``name``, ``class``, ``id`` and ``outputs``, a list of dicts with the ``name``
    and the ``properties`` of each output PID.

    ``links``: one dict per connection with ``from`` and ``to`` (names of filters), ``pid`` (name of the PID), and the
    same as places in the lists: ``from_index``, ``pid_index``, ``to_index``. Names need not be unique, places are.

    Jupyter shows the picture.
    """

    def dot(self) -> str:
        """The graph in the language of Graphviz: filters are nodes, PIDs are edges."""
        lines = ["digraph session {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
        for i, f in enumerate(self["filters"]):
            lines.append(f"  f{i} [label={_dot_text(_title(f))}];")
        for link in self["links"]:
            lines.append(f"  f{link['from_index']} -> f{link['to_index']} [label={_dot_text(self._pid_label(link))}];")
        return "\n".join([*lines, "}", ""])

    def svg(self) -> str:
        """The graph as an SVG image: data flows from left to right, PIDs leave and enter a filter in order."""
        return _Picture(self).text()

    def _repr_svg_(self) -> str:
        return self.svg()

    def _pid_label(self, link: dict[str, Any]) -> str:
        pid = self["filters"][link["from_index"]]["outputs"][link["pid_index"]]
        words = (pid["name"], pid["properties"].get("StreamType"), pid["properties"].get("CodecID"))
        return " ".join(str(word) for word in words if word)


# Sizes of the picture in its own units.
_BOX_X, _BOX_Y, _PID_Y, _GAP_X, _GAP_Y, _MARGIN = 150, 44, 20, 150, 24, 10


class _Picture:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        nb = len(graph["filters"])
        # Ends of links on each filter, by place of the link: outputs to the right, inputs to the left.
        self.ends_out: list[list[int]] = [[] for _ in range(nb)]
        self.ends_in: list[list[int]] = [[] for _ in range(nb)]
        for i, link in enumerate(graph["links"]):
            self.ends_out[link["from_index"]].append(i)
            self.ends_in[link["to_index"]].append(i)
        most = max((len(ends) for ends in self.ends_out + self.ends_in), default=0)
        self.box_y = max(_BOX_Y, _PID_Y * most)
        self.places = self._places()

    def _places(self) -> list[tuple[int, int]]:
        """Column and row of each filter: a filter stands right of all that feed it."""
        nb = len(self.graph["filters"])
        column = [0] * nb
        for _ in range(nb):  # as often as the longest chain may need; a loop of filters ends it too
            moved = False
            for link in self.graph["links"]:
                least = column[link["from_index"]] + 1
                if column[link["to_index"]] < least < nb:
                    column[link["to_index"]] = least
                    moved = True
            if not moved:
                break
        used: dict[int, int] = {}
        places = []
        for c in column:
            places.append((c, used.get(c, 0)))
            used[c] = used.get(c, 0) + 1
        return places

    def text(self) -> str:
        links, filters = self.graph["links"], self.graph["filters"]
        body = [self._edge(i, link) for i, link in enumerate(links)]
        body += [self._node(i, f) for i, f in enumerate(filters)]
        width, height = self._corner(*(1 + max((place[k] for place in self.places), default=0) for k in (0, 1)))
        view = f"0 0 {width - _GAP_X + _MARGIN:g} {height - _GAP_Y + _MARGIN:g}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" font-family="sans-serif" font-size="12">'
            '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
            'orient="auto"><path d="M0 0 8 4 0 8z" fill="#555"/></marker></defs>' + "".join(body) + "</svg>"
        )

    def _corner(self, column: int, row: int) -> tuple[float, float]:
        return _MARGIN + column * (_BOX_X + _GAP_X), _MARGIN + row * (self.box_y + _GAP_Y)

    def _end(self, i: int, filter_index: int, ends: list[list[int]]) -> tuple[float, float]:
        """Left edge of the filter, and the height at which link `i` touches it."""
        x, y = self._corner(*self.places[filter_index])
        mine = ends[filter_index]
        return x, y + self.box_y * (mine.index(i) + 1) / (len(mine) + 1)

    def _edge(self, i: int, link: dict[str, Any]) -> str:
        x1, y1 = self._end(i, link["from_index"], self.ends_out)
        x2, y2 = self._end(i, link["to_index"], self.ends_in)
        x1 += _BOX_X
        middle = (x1 + x2) / 2
        path = f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
        return (
            f'<path d="{path}" fill="none" stroke="#555" marker-end="url(#end)"/>'
            f'<text x="{middle:g}" y="{(y1 + y2) / 2 - 3:g}" text-anchor="middle" fill="#555" font-size="10">'
            f"{escape(_short(self.graph._pid_label(link)))}</text>"
        )

    def _node(self, i: int, f: dict[str, Any]) -> str:
        x, y = self._corner(*self.places[i])
        lines = _title(f).split("\n")
        text = "".join(
            f'<text x="{x + _BOX_X / 2:g}" y="{y + self.box_y / 2 + 4 + 15 * (k - (len(lines) - 1) / 2):g}" '
            f'text-anchor="middle">{escape(_short(line))}</text>'
            for k, line in enumerate(lines)
        )
        box = f'<rect x="{x:g}" y="{y:g}" width="{_BOX_X}" height="{self.box_y:g}" rx="6" fill="#eef3fb" stroke="#555"/>'
        return f"<g><title>{escape(_title(f))}</title>{box}{text}</g>"


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _title(f: dict[str, Any]) -> str:
    return str(f["name"]) if f["name"] == f["class"] else f"{f['name']}\n{f['class']}"


def _dot_text(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'


class _Properties:
    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def on_prop_enum(self, prop_name: str, value: Any) -> None:
        self.found[prop_name] = value


def describe(session: FilterSession) -> Graph:
    """What `FilterSession.graph` does."""
    filters = list(session)
    index = {f: i for i, f in enumerate(filters)}
    nodes, links = [], []
    for i, f in enumerate(filters):
        outputs = []
        for k in range(f.nb_opid):
            name = f.opid_prop(k, "name")
            properties = _Properties()
            f.opid_enum_props(k, properties)
            outputs.append({"name": name, "properties": properties.found})
            for dst in f.opid_sinks(k):
                links.append(
                    {"from": f.name, "pid": name, "to": dst.name}
                    | {"from_index": i, "pid_index": k, "to_index": index[dst]}
                )
        nodes.append({"name": f.name, "class": f.class_name, "id": f.ID, "outputs": outputs})
    return Graph(filters=nodes, links=links)
