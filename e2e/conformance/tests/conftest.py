"""The servers under test: real processes on random ports, each with a small model that is made here."""

import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

ROOT = Path(os.environ["MILLRACE_ROOT"])
OUT = Path(os.environ["MILLRACE_OUT"])
TYPES = {
    "bool": ("BOOL", TensorProto.BOOL),
    "u8": ("UINT8", TensorProto.UINT8),
    "i8": ("INT8", TensorProto.INT8),
    "i16": ("INT16", TensorProto.INT16),
    "i32": ("INT32", TensorProto.INT32),
    "i64": ("INT64", TensorProto.INT64),
    "f16": ("FP16", TensorProto.FLOAT16),
    "f32": ("FP32", TensorProto.FLOAT),
    "f64": ("FP64", TensorProto.DOUBLE),
    "text": ("BYTES", TensorProto.STRING),
}


def save(name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path = OUT / f"{name}.onnx"
    onnx.save(model, path)
    return path


def identity(name, types):
    """One equal output for each input of [N, 2]."""
    info = helper.make_tensor_value_info
    return save(
        name,
        [helper.make_node("Identity", [t], [f"{t}_out"]) for t in types],
        [info(t, TYPES[t][1], ["N", 2]) for t in types],
        [info(f"{t}_out", TYPES[t][1], ["N", 2]) for t in types],
    )


def total():
    """sum [N, 1] of the four numbers of each row."""
    info = helper.make_tensor_value_info
    ones = helper.make_tensor("ones", TensorProto.FLOAT, [4, 1], [1.0] * 4)
    return save(
        "total",
        [helper.make_node("MatMul", ["numbers", "ones"], ["sum"])],
        [info("numbers", TensorProto.FLOAT, ["N", 4])],
        [info("sum", TensorProto.FLOAT, ["N", 1])],
        [ones],
    )


class Server:
    """A server process; ended by its own id."""

    def __init__(self, name, model, features=None, repository=False, more=None, server=None):
        """`more` and `server` are added to the document and to its part of that name."""
        self.name = name
        # seconds, because other work may share the machine; deadlines are tested elsewhere
        document = {
            "namespace": "conformance",
            "name": name,
            "variant": "stable",
            "model": {"path": str(model), "version": "1", "format": "onnx"},
            "slo": {
                "percentile": "99",
                "thresholdMs": 5000,
                "availability": "99.9",
                "budget": {"featuresMs": 500, "queueMs": 1000, "inferenceMs": 1000, "postProcessingMs": 10, "cutsQueue": False},
            },
            "server": {
                "restPort": 0, "grpcPort": 0, "metricsPort": 0, "host": "127.0.0.1", "instances": 1, "maxBatchSize": 8,
                "maxQueueDelayMs": 0, "maxQueueSize": 512, "maxInFlight": 520, "executionProviders": ["CPU"], "drainMs": 3000, "maxConnectionAgeMs": 0,
            },
        }
        if repository:
            document["server"]["repositoryApi"] = True
        if features:
            document["features"] = features
        document.update(more or {})
        document["server"].update(server or {})
        config = OUT / f"{name}.json"
        config.write_text(json.dumps(document))
        self.log = open(OUT / f"{name}.log", "w+")
        self.process = subprocess.Popen(
            ["java", "-Xmx256m", "-cp", f"{ROOT}/serving-image/server/target/lib/*", "dev.millrace.server.Main",
             "--config", str(config)],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"},
        )

    def await_ready(self):
        timer = threading.Timer(120, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                found = re.match(r"millrace-server ready rest=(\d+) grpc=(\d+) metrics=(\d+)", line)
                if found:
                    self.rest, self.grpc, self.metrics = (f"127.0.0.1:{p}" for p in found.groups())
                    return self
        finally:
            timer.cancel()
        raise AssertionError(f"{self.name} did not become ready: {Path(self.log.name).read_text()[-2000:]}")

    def call(self, path, body=None, method=None, headers=None):
        """status, headers, body as bytes"""
        request = urllib.request.Request(f"http://{self.rest}{path}", data=body, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as e:
            return e.code, e.headers, e.read()

    def json(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        status, _, text = self.call(path, data, headers={"Content-Type": "application/json"})
        return status, json.loads(text)

    def stop(self):
        self.process.terminate()
        try:
            assert self.process.wait(20) in (0, 143)
        finally:
            self.process.kill()
            self.log.close()


REQUEST_ONLY = {
    "store": {"address": "redis://127.0.0.1:1"},
    "entities": [],
    "groups": [],
    "request": [{"name": n, "datatype": "FP32", "required": True} for n in "abcd"],
    "vector": list("abcd"),
    "onMissing": "Default",
    "onStale": "Serve",
}


@pytest.fixture(scope="session")
def servers():
    plain = [t for t in TYPES if t != "f16"]
    started = {
        "identity": Server("identity", identity("identity", list(TYPES))),
        "plain": Server("plain", identity("plain", plain)),
        "total": Server("total", total(), features=REQUEST_ONLY),
        "repository": Server("repository", OUT / "total.onnx", repository=True),
    }
    try:
        yield {name: server.await_ready() for name, server in started.items()}
    finally:
        for server in started.values():
            server.stop()


def one(name):
    @pytest.fixture(name=name)
    def fixture(servers):
        return servers[name]

    return fixture


identity_server = one("identity")
plain_server = one("plain")
total_server = one("total")
repository_server = one("repository")
