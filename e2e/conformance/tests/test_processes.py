"""Clients that are programs of their own."""

import os
import subprocess
from pathlib import Path

import pytest


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, cwd=os.environ["MILLRACE_OUT"])
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_kserve_rest_and_grpc(total):
    script = Path(__file__).parent / "kserve_client.py"
    assert "kserve: ok" in run(os.environ["MILLRACE_KSERVE_PYTHON"], str(script), total.rest, total.grpc)


@pytest.mark.parametrize("protocol, port", [("http", "rest"), ("grpc", "grpc")])
def test_perf_analyzer(total, protocol, port):
    before = total.json("/v2/models/total/stats")[1]["model_stats"][0]["inference_count"]
    out = run(os.environ["MILLRACE_PERF_ANALYZER"], "-m", "total", "-u", getattr(total, port), "-i", protocol,
              "--concurrency-range", "2", "--request-count", "500", "-b", "2")
    # the part that it reads from the server's statistics
    assert "Throughput:" in out and "Inference count:" in out, out
    assert total.json("/v2/models/total/stats")[1]["model_stats"][0]["inference_count"] >= before + 1000
