# SPDX-License-Identifier: MIT
"""The graph of a session as plain data."""

from __future__ import annotations

from typing import Any


def _properties(read) -> dict:
    class Collect:
        def __init__(self) -> None:
            self.props: dict[str, Any] = {}

        def on_prop_enum(self, name, value):
            self.props[name] = value

    collect = Collect()
    read(collect)
    return collect.props


def describe(session) -> dict:
    """Filters with their PIDs, and links between PIDs, of a session."""
    filters, links = [], []
    for f in session:
        outputs = []
        for i in range(f.nb_opid):
            name = f.opid_prop(i, "name")
            outputs.append({"name": name, "properties": _properties(lambda c, i=i: f.opid_enum_props(i, c))})
            links += [{"from": f.name, "pid": name, "to": dst.name} for dst in f.opid_sinks(i)]
        filters.append({"name": f.name, "class": f.class_name, "id": f.ID, "outputs": outputs})
    return {"filters": filters, "links": links}
