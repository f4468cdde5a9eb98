# SPDX-License-Identifier: MIT
"""Five seconds of `make load`: mixed requests at full speed, every byte checked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("loops", ["1", "3"])
def test_load(loops):
    script = Path(__file__).parents[2] / "bench" / "load.py"
    # under AddressSanitizer freed memory would be kept, and counted
    env = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1")
    done = subprocess.run([sys.executable, script, "--seconds", "5", "--clients", "2", "--loops", loops],
                          capture_output=True, text=True, timeout=120, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no byte wrong" in done.stdout and "close 0" in done.stdout
