"""docs/clients.md: every snippet is run as it stands, but for the ports, and prints what the document says."""

import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import onnx
import pytest
from conftest import OUT, ROOT, Server, save
from onnx import TensorProto, helper

DOC = (ROOT / "docs/clients.md").read_text()
SNIPPET = re.compile(r"<!-- run: (\w+) -->\n```(\w+)\n(.*?)```\n(?:```text\n(.*?)```\n)?", re.S)
SNIPPETS = [m.groups() for m in SNIPPET.finditer(DOC)]
PROTO = "serving-image/server/src/main/proto"
GENERATORS = ["com.google.protobuf:protoc:4.33.1:exe:linux-x86_64", "io.grpc:protoc-gen-grpc-java:1.83.1:exe:linux-x86_64"]
WORK = OUT / "clients"
FEATURES = {
    "store": {"address": "redis://127.0.0.1:1"},
    "entities": [{"name": "customer", "keys": [{"name": "customer_id", "type": "STRING"}]}],
    "groups": [{
        "name": "profile", "entity": "customer", "revision": "0b1c", "batch": {"path": "/none", "format": "csv"}, "aggregations": [],
        "columns": [{"name": "avg_30d_spend", "datatype": "FP32", "defaultValue": "30"}],
        "ttlMs": 86400000, "maxAgeMs": 3600000, "onMissing": "Default", "onStale": "Serve",
    }],
    "request": [{"name": "amount", "datatype": "FP32", "required": True}],
    "vector": ["amount", "profile.avg_30d_spend"],
    "onMissing": "Default",
    "onStale": "Serve",
}
THRESHOLD = {"output": "probabilities", "index": 1, "above": 0.5, "labels": ["approve", "review"]}
FALLBACK = {
    "on": ["Timeout"],
    "order": ["Default"],
    "response": {"label": "approve", "outputs": [{"name": "probabilities", "datatype": "FP32", "data": ["1", "0"]}]},
}


def fraud(name, work):
    """probabilities [N, 2] of [amount, avg_30d_spend]; `work` products of large matrices make it slow."""
    info, tensor, node = helper.make_tensor_value_info, helper.make_tensor, helper.make_node
    nodes = [node("MatMul", ["input", "weights"], ["raw"]), node("Add", ["raw", "bias"], ["z"]), node("Sigmoid", ["z"], ["bad"])]
    constants = [tensor("weights", TensorProto.FLOAT, [2, 1], [0.01, 0.0]), tensor("bias", TensorProto.FLOAT, [1], [-5.0]),
                 tensor("one", TensorProto.FLOAT, [1], [1.0])]
    last = "bad"
    if work:
        # nothing that an optimiser could compute beforehand: it begins with the request's numbers
        wide = 1024
        constants += [tensor("spread", TensorProto.FLOAT, [1, wide], [0.0] * wide),
                      tensor("dense", TensorProto.FLOAT, [wide, wide], [0.0] * wide * wide),
                      tensor("rows", TensorProto.INT64, [2], [1, wide]), tensor("narrow", TensorProto.FLOAT, [wide, 1], [0.0] * wide)]
        nodes.append(node("MatMul", ["bad", "spread"], ["w0"]))
        nodes.append(node("Add", ["w0", "dense"], ["d0"]))
        for i in range(work):
            nodes.append(node("MatMul", [f"d{i}", "dense"], [f"d{i + 1}"]))
        nodes.append(node("ReduceMax", [f"d{work}"], ["zero"], keepdims=0))
        nodes.append(node("Add", ["bad", "zero"], ["late"]))
        last = "late"
    nodes += [node("Sub", ["one", last], ["good"]), node("Concat", ["good", last], ["probabilities"], axis=1)]
    return save(name, nodes, [info("input", TensorProto.FLOAT, ["N", 2])], [info("probabilities", TensorProto.FLOAT, ["N", 2])], constants)


@pytest.fixture(scope="module")
def documented():
    """fraud answers at once; busy is kept so by others, and sheds."""
    started = {
        "fraud": Server("fraud", fraud("fraud", 0), features=FEATURES, more={"threshold": THRESHOLD, "fallback": FALLBACK}),
        "busy": Server("busy", fraud("busy", 4), features=FEATURES, more={"name": "fraud", "threshold": THRESHOLD},
                       server={"maxBatchSize": 1, "maxQueueSize": 1, "maxInFlight": 2}),
    }
    try:
        yield {name: server.await_ready() for name, server in started.items()}
    finally:
        for server in started.values():
            server.stop()


class Crowd:
    """Callers that never pause; counts who was shed."""

    def __init__(self, server):
        self.url, self.shed, self.stopped = f"http://{server.rest}/v2/models/fraud/infer", 0, False
        self.threads = [threading.Thread(target=self.call) for _ in range(4)]

    def call(self):
        body = json.dumps({"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]}]}).encode()
        while not self.stopped:
            try:
                urllib.request.urlopen(urllib.request.Request(self.url, data=body), timeout=30).read()
            except urllib.error.HTTPError as e:
                assert e.code == 429 and int(e.headers["Retry-After"]) >= 1, e
                self.shed += 1

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        for t in self.threads:
            t.join()


@pytest.fixture(scope="module")
def java():
    """The class path that the document's libraries and the protocol's stubs make."""
    home = Path(os.environ["MILLRACE_CLIENTS_CACHE"])
    dependencies = re.search(r"<!-- dependencies -->\n```xml\n(.*?)```", DOC, re.S).group(1)
    pom = ('<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>clients</groupId>'
           f"<artifactId>clients</artifactId><version>1</version>\n{dependencies}</project>\n")
    complete = home / "complete"
    if not complete.exists() or complete.read_text() != pom:
        home.mkdir(parents=True, exist_ok=True)
        (home / "pom.xml").write_text(pom)
        run(["mvn", "-B", "-q", "dependency:copy-dependencies", "-DoutputDirectory=lib"], home, 300)
        for generator in GENERATORS:
            run(["mvn", "-B", "-q", "dependency:copy", f"-Dartifact={generator}", "-DoutputDirectory=bin"], home, 300)
        complete.write_text(pom)
    for program in (home / "bin").iterdir():
        program.chmod(0o755)
    protoc, plugin = next((home / "bin").glob("protoc-4*")), next((home / "bin").glob("protoc-gen-grpc-java*"))
    stubs, classes = WORK / "stubs", WORK / "classes"
    stubs.mkdir()
    run([protoc, "-I", ROOT / PROTO, f"--java_out={stubs}", f"--grpc-java_out={stubs}",
         f"--plugin=protoc-gen-grpc-java={plugin}", ROOT / PROTO / "millrace/v1/predict.proto"], WORK, 60)
    run(["javac", "-nowarn", "-d", classes, "-cp", f"{home}/lib/*", *stubs.rglob("*.java")], WORK, 120)
    return f"{classes}:{home}/lib/*"


ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(WORK), "PYTHONUNBUFFERED": "1"}


def run(command, where, seconds):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=seconds, cwd=where, env=ENVIRONMENT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def until_shed(command, server):
    """Runs it while others keep the server busy, until the first line that it prints."""
    with Crowd(server) as crowd:
        # it is full when it sheds the crowd itself
        while crowd.shed == 0:
            assert all(t.is_alive() for t in crowd.threads)
        process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=WORK, env=ENVIRONMENT)
        timer = threading.Timer(60, process.kill)
        timer.start()
        first = process.stdout.readline()
    try:
        printed = first + process.stdout.read()
        assert process.wait() == 0, printed
        return printed
    finally:
        timer.cancel()


@pytest.fixture(scope="module", autouse=True)
def work():
    WORK.mkdir(exist_ok=True)
    link = WORK / "serving-image"
    if not link.exists():
        link.symlink_to(ROOT / "serving-image")


def matches(expected, printed):
    """Each line as it is written; … stands for anything, and such a line may come more than once."""
    pattern = ""
    for line in expected.splitlines():
        own = ".*".join(re.escape(part) for part in line.split("…")) + "\n"
        pattern += f"(?:{own})+" if "…" in line else own
    return re.fullmatch(pattern, printed)


def test_there_are_snippets_of_every_kind():
    assert {language for _, language, _, _ in SNIPPETS} == {"sh", "python", "java"} and len(SNIPPETS) >= 10
    # none is left out for want of its mark; of XML and of text there is nothing to run
    assert len(SNIPPETS) == len(re.findall(r"```(?:sh|python|java)\n", DOC))


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_snippet(documented, number, request):
    where, language, code, expected = SNIPPETS[number]
    server = documented[where]
    code = code.replace("localhost:8080", server.rest).replace("localhost:8081", server.grpc)
    code = code.replace('localhost:{port}', '127.0.0.1:{port}').replace("8080", server.rest.split(":")[1]).replace("8081", server.grpc.split(":")[1])
    if language == "sh":
        file, command = WORK / f"snippet{number}.sh", ["bash", "-euo", "pipefail"]
    elif language == "python":
        file, command = WORK / f"snippet{number}.py", [sys.executable]
        run([sys.executable, "-m", "grpc_tools.protoc", "-I", PROTO, "--python_out=.", "--grpc_python_out=.", "millrace/v1/predict.proto"], WORK, 60)
    else:
        file = WORK / re.match(r"// (\w+\.java)", code).group(1)
        command = ["java", "-cp", request.getfixturevalue("java")]
    file.write_text(code)
    if where != "busy":
        printed = run([*command, file], WORK, 60)
    else:
        printed = until_shed([*command, file], server)
    assert matches(expected or "", printed), printed
