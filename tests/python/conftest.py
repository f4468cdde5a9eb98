"""Gives pytest the fixtures of lab.py; two folders of tests cannot both import from a module named conftest."""

from lab import aac, library, media, mp4, pid, sessions_end

__all__ = ["aac", "library", "media", "mp4", "pid", "sessions_end"]
