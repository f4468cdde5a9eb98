"""Gives pytest the fixtures of lab.py and http_server.py; two folders of tests cannot both import from a module named
conftest."""

from http_server import folder
from lab import aac, library, media, mp4, pid, sessions_end

__all__ = ["aac", "folder", "library", "media", "mp4", "pid", "sessions_end"]
