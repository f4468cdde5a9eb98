# SPDX-License-Identifier: MIT
"""Any sequence of calls, in and outside of callbacks, gives what the model of model.py predicts and never crashes."""

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import libgpac as gpac
from model_calls import World, adts

# How many calls the long test makes, and from which seed on: set both to look for more.
CALLS = int(os.environ.get("LIBGPAC_MODEL_CALLS", "20000"))
SEED = int(os.environ.get("LIBGPAC_MODEL_SEED", "1"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("model")
    (path / "a.aac").write_bytes(adts(30))
    gpac.set_logs("all@quiet")
    yield path
    gpac.set_logs("all@warning", True)


pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=600))
def test_any_calls(folder, choices):
    World(choices, folder).play()


def test_many_calls(folder):
    calls, seed = 0, SEED
    while calls < CALLS:
        world = World(random.Random(seed).randbytes(4000), folder)
        try:
            world.play()
        except BaseException as failure:
            failure.add_note(f"LIBGPAC_MODEL_SEED={seed}")
            raise
        calls += world.calls
        seed += 1
    print(f"{calls} calls, seeds {SEED} to {seed - 1}")
