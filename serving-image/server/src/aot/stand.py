"""A model server of an unpacked image, with a store and a document: for add-aot, which trains it, and for bench/start, which times it."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODEL = HERE.parents[3] / "samples/fraud/model.onnx"
READY = re.compile(r"millrace-server ready rest=(\d+) grpc=(\d+) metrics=(\d+)")
DOCUMENT = "/training/serving.json"


@contextlib.contextmanager
def store(directory):
    """An empty redis-server of this machine on a free port; its address."""
    program = shutil.which("redis-server")
    if not program:
        raise SystemExit("redis-server is not installed (Debian: redis-server)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)],
                               stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit("redis-server did not start") from None
                time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def prepare(root, address, **server):
    """Puts the model and the document into an unpacked image."""
    place = Path(root) / "training"
    place.mkdir(exist_ok=True)
    document = json.loads((HERE / "serving.json").read_text())
    document["features"]["store"]["address"] = address
    document["server"].update(server)
    (place / "serving.json").write_text(json.dumps(document))
    shutil.copyfile(MODEL, place / "model.onnx")
    for path in (place, *place.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (Path(root) / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")


class Server:
    """One that runs; its log in a file."""

    def __init__(self, command, env, log):
        self.log = Path(log)
        self.began = time.monotonic()
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(command, env={**env, "ORT_DISABLE_TELEMETRY": "1"}, cwd="/", stdout=out, stderr=subprocess.STDOUT)

    def await_ready(self, patience=180):
        """Seconds from exec to Ready, and its ports: REST, gRPC, metrics."""
        while time.monotonic() - self.began < patience and self.process.poll() is None:
            found = READY.search(self.text())
            if found:
                return time.monotonic() - self.began, [int(port) for port in found.groups()]
            time.sleep(0.005)
        raise RuntimeError(f"the server did not get ready: {self.text()[-3000:]}")

    def cpu_seconds(self):
        """What it used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def text(self):
        return self.log.read_text(errors="replace")

    def stop(self, patience=60):
        """Ends it as Kubernetes does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience)
        finally:
            self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
