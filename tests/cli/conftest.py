"""Gives pytest the fixtures of tool.py; two folders of tests cannot both import from a module named conftest."""

from tool import av_clip, clip, gpac, media

__all__ = ["av_clip", "clip", "gpac", "media"]
