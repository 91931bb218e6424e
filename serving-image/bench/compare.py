"""Millrace and its peers side by side: the same ONNX file, the same calls, one after another on one machine.

bench/compare starts it in the environment of peers/requirements/tools.txt. Writes a Markdown document.
"""

import argparse
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np
import onnxruntime as ort

HERE = Path(__file__).resolve().parent
IMAGE = HERE.parent
VENVS = Path(os.environ.get("MILLRACE_PEERS", Path.home() / ".cache/millrace/peers"))
JAVA = Path(os.environ.get("JAVA25_HOME") or os.environ.get("JAVA_HOME") or "/usr") / "bin/java"
MODELS = HERE / "target"
# before the row of a server is measured: compilers and caches of all of them are at rest by then
WARM_SECONDS = 15
WORK = Path(tempfile.mkdtemp(prefix="millrace-bench-"))


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def load(url, *options, model="mlp", width=64, seconds=5, pid=None, java_memory="512m"):
    """One run of millrace load; its figures."""
    report = WORK / "report.json"
    report.unlink(missing_ok=True)
    command = [str(JAVA), f"-Xms{java_memory}", f"-Xmx{java_memory}", "-XX:+UseSerialGC", "-cp", f"{IMAGE}/devkit/target/lib/*",
               "dev.millrace.devkit.Main", "load", "--url", url, "--model", model, "--width", str(width),
               "--for", f"{seconds}s", "--report", str(report), *map(str, options)]
    if pid:
        command += ["--pid", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True)
    if not report.exists():
        raise RuntimeError(f"load wrote no report: {done.stdout}{done.stderr}")
    whole = json.loads(report.read_text())
    figures = whole["figures"] or {}
    figures["search"] = whole["search"]
    figures["floor"] = whole["floor"]
    return figures


# --- servers

class Server:
    """A process group that answers at a port; ended with all it started."""

    def __init__(self, command, port, env=None, cwd=None, metrics=None, document=None):
        self.port = port
        self.metrics = metrics
        self.document = document
        self.url = f"http://127.0.0.1:{port}"
        self.log = (WORK / f"{port}.log").open("wb")
        self.began = time.monotonic()
        self.process = subprocess.Popen([str(c) for c in command], env={**os.environ, **(env or {})}, cwd=cwd or WORK,
                                        stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)

    def __enter__(self):
        return self

    def await_answer(self, path, body, patience=90):
        """Seconds from the start to the first answer."""
        while time.monotonic() - self.began < patience:
            if self.process.poll() is not None:
                break
            try:
                post(self.url + path, body)
                return time.monotonic() - self.began
            except (OSError, ValueError):
                time.sleep(0.02)
        raise RuntimeError(f"no answer: {Path(self.log.name).read_text()[-2000:]}")

    def await_ready(self, patience=60):
        """Millrace answers before it is ready, while it warms itself up: figures are taken after."""
        while time.monotonic() - self.began < patience:
            try:
                with urllib.request.urlopen(self.url + "/v2/health/ready", timeout=10):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"not ready: {Path(self.log.name).read_text()[-2000:]}")

    def compiling(self):
        """CPU seconds of a JVM's compilers so far."""
        ticks = 0
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                name, rest = (task / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue
            if name.startswith(("C1 Compiler", "C2 Compiler")):
                ticks += sum(int(n) for n in rest.split()[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")

    def __exit__(self, *_):
        group = self.process.pid
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.loads(response.read())


def millrace(model, batch=1, instances=2, slo_ms=200, queue=1024, **more):
    """Batch 1 = no batching. By default its own objective is wide, so that it sheds nothing, as its peers do."""
    return served({
        "namespace": "bench", "name": model, "variant": "stable",
        "model": {"path": str(MODELS / f"{model}.onnx"), "version": "1", "format": "onnx", "inputs": [], "outputs": []},
        "slo": {"percentile": "99", "thresholdMs": slo_ms, "availability": "99.9",
                "budget": {"featuresMs": slo_ms * 0.4, "queueMs": slo_ms * 0.4, "inferenceMs": slo_ms * 0.9,
                           "postProcessingMs": 1, "cutsQueue": False}},
        "server": {"host": "127.0.0.1", "instances": instances, "maxBatchSize": batch, "maxQueueDelayMs": 0,
                   "maxQueueSize": queue, "maxInFlight": queue, "executionProviders": ["CPU"], "drainMs": 1000},
        **more,
    })


def served(document):
    """A model server for this document, with the flags of its image."""
    port, metrics = free_port(), free_port()
    document["server"].update({"restPort": port, "grpcPort": free_port(), "metricsPort": metrics})
    file = WORK / f"serving-{port}.json"
    file.write_text(json.dumps(document))
    command = [JAVA, "-Xms512m", "-Xmx512m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=5",
               "-cp", f"{IMAGE}/server/target/lib/*", "dev.millrace.server.Main", "--config", file]
    return Server(command, port, {"ORT_DISABLE_TELEMETRY": "1"}, metrics=metrics, document=file)


def helper(*arguments):
    """A store or broker of the devkit, and the port that it took."""
    port = free_port()
    server = Server([JAVA, "-Xmx512m", "-cp", f"{IMAGE}/devkit/target/lib/*", "dev.millrace.devkit.Main", *arguments,
                     "--port", port], port)
    while "ready" not in Path(server.log.name).read_text():
        if server.process.poll() is not None or time.monotonic() - server.began > 60:
            raise RuntimeError(f"{arguments[0]} did not start: {Path(server.log.name).read_text()[-500:]}")
        time.sleep(0.05)
    return server


def python(peer):
    return VENVS / peer / "bin/python"


def env(peer):
    return {"MODEL": str(MODELS / "mlp.onnx"), "PATH": f"{VENVS / peer / 'bin'}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}


def fastapi(app):
    port = free_port()
    return Server([VENVS / "fastapi/bin/uvicorn", app + ":app", "--app-dir", HERE / "peers/apps", "--host", "127.0.0.1",
                   "--port", port, "--workers", 2, "--loop", "uvloop", "--http", "httptools", "--no-access-log",
                   "--log-level", "error"], port, env("fastapi"))


def ray():
    port = free_port()
    flags = {"RAY_SERVE_THROUGHPUT_OPTIMIZED": "1", "RAY_SERVE_ENABLE_HA_PROXY": "1", "RAY_SERVE_HAPROXY_NBTHREAD": "1",
             "RAY_USAGE_STATS_ENABLED": "0"}
    return Server([python("ray"), HERE / "peers/apps/ray_app.py", port], port, {**env("ray"), **flags})


def mlserver():
    port = free_port()
    folder = WORK / "mlserver"
    folder.mkdir(exist_ok=True)
    (folder / "settings.json").write_text(json.dumps({
        "host": "127.0.0.1", "http_port": port, "grpc_port": free_port(), "metrics_endpoint": None, "gzip_enabled": False,
        "parallel_workers": 0, "debug": False}))
    (folder / "model-settings.json").write_text(json.dumps({"name": "mlp", "implementation": "mlserver_model.Mlp"}))
    (folder / "mlserver_model.py").write_text((HERE / "peers/apps/mlserver_model.py").read_text())
    return Server([VENVS / "mlserver/bin/mlserver", "start", folder], port, {**env("mlserver"), "PYTHONPATH": str(folder)}, folder)


def kserve():
    port = free_port()
    return Server([python("kserve"), HERE / "peers/apps/kserve_app.py", "--http_port", port], port, env("kserve"))


def bentoml():
    port = free_port()
    return Server([VENVS / "bentoml/bin/bentoml", "serve", "bentoml_app:Mlp", "--working-dir", HERE / "peers/apps", "--host",
                   "127.0.0.1", "--port", port], port, {**env("bentoml"), "BENTOML_DO_NOT_TRACK": "True"})


def pytriton():
    port = free_port()
    library = subprocess.run([python("pytriton"), "-c", "import sysconfig; print(sysconfig.get_config_var('LIBDIR'))"],
                             capture_output=True, text=True, check=True).stdout.strip()
    return Server([python("pytriton"), HERE / "peers/apps/pytriton_app.py", port, free_port(), free_port()], port,
                  {**env("pytriton"), "LD_LIBRARY_PATH": library})


V2 = "/v2/models/mlp/infer"
PEERS = {
    "Millrace": (lambda: millrace("mlp"), V2),
    "FastAPI + uvicorn, hand-tuned, 2 workers": (lambda: fastapi("fastapi_tuned"), V2),
    "FastAPI, idiomatic, 2 workers": (lambda: fastapi("fastapi_plain"), V2),
    "Ray Serve, HAProxy and throughput flags, 2 replicas": (ray, V2),
    "MLServer, in process": (mlserver, V2),
    "KServe Python server": (kserve, V2),
    "BentoML, async": (bentoml, "/infer"),
    "Triton front end, Python backend (pytriton)": (pytriton, V2),
}


def body(path, row):
    if path == "/infer":
        return {"data": [row]}
    return {"inputs": [{"name": "input", "shape": [1, len(row)], "datatype": "FP32", "data": row}]}


def check_answers(server, path):
    """Against ONNX Runtime itself."""
    session = ort.InferenceSession(str(MODELS / "mlp.onnx"), providers=["CPUExecutionProvider"])
    for seed in range(16):
        row = np.round(np.random.default_rng(seed).uniform(-2, 2, 64), 4).tolist()
        answer = post(server.url + path, body(path, row))
        got = answer["outputs"][0]["data"] if isinstance(answer, dict) else answer[0]
        want = session.run(None, {"input": np.array([row], np.float32)})[0][0]
        if not np.allclose(np.ravel(got), want, atol=1e-5):
            raise RuntimeError(f"answers {got}, ONNX Runtime {want}")


def measure(start, path, seconds):
    """One row of the table."""
    with start() as server:
        ready = server.await_answer(path, body(path, [0.5] * 64))
        check_answers(server, path)
        own = [] if path == V2 else ["--path", path, "--body", '{"data":[[{row}]]}']
        pid = server.process.pid
        load(server.url, *own, "--closed", 16, "--warm-up", "0s", seconds=WARM_SECONDS)
        closed = load(server.url, *own, "--closed", 16, "--warm-up", "1s", seconds=seconds, pid=pid)
        open200 = load(server.url, *own, "--rate", 200, "--warm-up", "1s", seconds=seconds)
        open500 = load(server.url, *own, "--rate", 500, "--warm-up", "1s", seconds=seconds)
        # from a rate that it surely meets: half of what a closed loop got
        found = load(server.url, *own, "--search", "--rate", max(50, round(closed["rate"] * 0.5)), "--warm-up", "1s", seconds=seconds)
        return {"ready": ready, "closed": closed, "open200": open200, "open500": open500, "highest": found["search"]["perSecond"] or 0}


def times(figures):
    t = figures["latencyMs"]
    return f"{t['p50']:.2f} / {t['p99']:.2f}" if figures["goodput"] > 0.5 else f"saturated ({t['p50']:.0f} / {t['p99']:.0f})"


HEAD = ["| server | CPU µs per request | closed loop of 16: requests/s, p50 / p99 ms | open 200/s p50 / p99 ms | open 500/s p50 / p99 ms "
        "| highest rate with p99 ≤ 10 ms | RSS MB | first answer after s | load average |", "|---|---|---|---|---|---|---|---|---|"]


def peers_table(names, seconds, out, save):
    """A row each, saved as it comes."""
    out += HEAD
    missing = []
    for name in names:
        start, path = PEERS[name]
        busy = os.getloadavg()[0]
        say(f"== {name}, load average {busy:.1f}")
        try:
            r = measure(start, path, seconds)
        except (RuntimeError, OSError, subprocess.SubprocessError, KeyError) as e:
            say(f"{name}: {e}")
            missing.append(f"{name} is not in the table: {str(e).splitlines()[0][:120]}")
            continue
        c = r["closed"]
        out.append(f"| {name} | {c['cpuMicrosPerCall']:.0f} | {c['rate']:,.0f}, {times(c)} | {times(r['open200'])} | {times(r['open500'])} "
                   f"| {r['highest']:,.0f}/s | {c['server']['rssMb']} | {r['ready']:.1f} | {busy:.1f} |")
        save()
    out += ["", *missing]


# --- Millrace's own figures

def run(server, model, width, *options, seconds=5, warm_up="1s", slo="10ms", url=None):
    return load(url or server.url, "--warm-up", warm_up, "--slo", slo, *options, model=model, width=width, seconds=seconds, pid=server.process.pid)


def server_figures(seconds, out, save):
    """A row each, saved as it comes."""
    out += ["| measure | figure |", "|---|---|"]

    say("== echo floor and overhead")
    with millrace("mlp") as server:
        server.await_answer(V2, body(V2, [0.5] * 64))
        warm(server, "mlp", 64, "--closed", 16)
        at500 = run(server, "mlp", 64, "--rate", 500, "--floor", warm_up="3s", seconds=2 * seconds)
        floor = at500["floor"]
        bare = bare_run("mlp", 64)
        over = at500["latencyMs"]["p99"] - floor["latencyMs"]["p99"] - bare
        out.append(f"| 64-256-128-1, 500 requests/s, Poisson | p50 {at500['latencyMs']['p50']:.2f}, p99 {at500['latencyMs']['p99']:.2f} ms; "
                   f"echo server p50 {floor['latencyMs']['p50']:.2f}, p99 {floor['latencyMs']['p99']:.2f} ms; bare ONNX Runtime (this process, "
                   f"Python) median {bare:.3f} ms; p99 above both: {over:.2f} ms |")
        f = run(server, "mlp", 64, "--protocol", "rest-binary", "--closed", 16, seconds=seconds)
        out.append(f"| the same, binary tensors over REST, closed loop of 16 | {f['rate']:,.0f}/s, {f['cpuMicrosPerCall']:.1f} µs CPU |")

    save()
    say("== dynamic batching")
    path = "/v2/models/big/infer"
    first = {"inputs": [{"name": "input", "shape": [1, 512], "datatype": "FP32", "data": [0.5] * 512}]}
    closed, low = {}, {}
    for batch in (1, 32):
        with millrace("big", batch=batch, instances=2) as server:
            server.await_answer(path, first)
            warm(server, "big", 512, "--closed", 64, "--connections", 64)
            closed[batch] = run(server, "big", 512, "--closed", 64, "--connections", 64, warm_up="4s", seconds=seconds, slo="200ms")
            low[batch] = run(server, "big", 512, "--rate", 50, seconds=seconds, slo="200ms")
    out.append(f"| 512-2048-1024-1, closed loop of 64 | unbatched {closed[1]['rate']:,.0f}/s, batched (≤ 32) {closed[32]['rate']:,.0f}/s: "
               f"{closed[32]['rate'] / closed[1]['rate']:.2f} × |")
    out.append(f"| the same at 50/s, p50 | unbatched {low[1]['latencyMs']['p50']:.2f} ms, batched {low[32]['latencyMs']['p50']:.2f} ms |")

    save()
    say("== overload")
    batched = closed[32]["rate"]
    unbatched = closed[1]["rate"]
    for name, rate, arrivals in (("2.5 × unbatched capacity", 2.5 * unbatched, "bursty"), ("1.5 × batched capacity", 1.5 * batched, "poisson"),
                                 ("1.5 × batched capacity", 1.5 * batched, "bursty")):
        with millrace("big", batch=32, slo_ms=10, queue=256) as server:
            server.await_answer(path, first)
            warm(server, "big", 512, "--closed", 64, "--connections", 64)
            f = run(server, "big", 512, "--rate", round(rate), "--arrivals", arrivals, warm_up="5s", seconds=2 * seconds)
            lag = f["lagMs"]
            out.append(f"| {name} ({rate:,.0f}/s), {arrivals}, SLO 10 ms | {100 * f['goodput']:.1f} % of all calls answered within the SLO "
                       f"({f['within'] / f['seconds']:,.0f}/s, {100 * f['within'] / f['seconds'] / batched:.0f} % of batched capacity); "
                       f"shed {f['shed']}, p50 {f['shedMs']['p50']:.2f}, p99 {f['shedMs']['p99']:.2f} ms; {ended(f)}; "
                       f"calls left the generator late by p50 {lag['p50']:.2f}, p99 {lag['p99']:.2f} ms |")

    save()
    predict_figures(seconds, out)
    save()
    steady_figures(seconds, out)
    save()
    say("== start")
    starts = []
    for _ in range(3):
        with millrace("mlp") as server:
            starts.append(server.await_answer(V2, body(V2, [0.5] * 64)))
    out.append(f"| exec → first answer, no AOT cache, median of 3 | {sorted(starts)[1]:.2f} s |")


def predict_figures(seconds, out):
    """With features of a Redis on the same machine."""
    say("== predict")
    with helper("store") as store:
        subprocess.run([str(JAVA), "-cp", f"{HERE}/target/lib/*", "dev.millrace.bench.Stand", str(MODELS), str(store.port)], check=True)
        one = json.loads((MODELS / "predict.json").read_text())
        call = '{"entities":[{"user_id":"user-{i}"}],"inputs":{"amount":{number}}}'
        first = {"entities": [{"user_id": "user-1"}], "inputs": {"amount": 1}}
        with served(one) as server:
            server.await_answer("/v2/models/predict/predict", first)
            for protocol in ("predict", "predict-grpc"):
                url = f"http://127.0.0.1:{one['server']['grpcPort']}" if protocol == "predict-grpc" else server.url
                options = ["--protocol", protocol, "--body", call, "--inputs", 10_000]
                warm(server, "predict", 1, *options, "--closed", 16, url=url)
                f = run(server, "predict", 1, *options, "--rate", 1000, warm_up="3s", seconds=2 * seconds, url=url)
                out.append(f"| {protocol}: 3 groups, 18 values, at 1 000/s | {f['cpuMicrosPerCall']:.0f} µs CPU; p50 {f['latencyMs']['p50']:.2f}, "
                           f"p99 {f['latencyMs']['p99']:.2f}, p99.9 {f['latencyMs']['p999']:.2f} ms; {ended(f)}, fallbacks {f['fallbacks']} |")

        say("== candidates")
        random = np.random.default_rng(5)
        bodies = WORK / "rank.jsonl"
        bodies.write_text("\n".join(json.dumps({
            "entities": [{"user_id": f"user-{random.integers(10_000)}"}],
            "candidates": [{"item_id": f"item-{i}"} for i in random.choice(5_000, 500, replace=False)]}) for _ in range(256)))
        with served(json.loads((MODELS / "rank.json").read_text())) as server:
            server.await_answer("/v2/models/rank/predict", json.loads(bodies.read_text().splitlines()[0]))
            options = ["--protocol", "predict", "--bodies", bodies]
            warm(server, "rank", 1, *options, "--closed", 2)
            f = run(server, "rank", 1, *options, "--rate", 20, seconds=2 * seconds, slo="15ms")
            out.append(f"| predict, 500 candidates (4 groups, 21 values each), at 20/s | {f['cpuMicrosPerCall']:.0f} µs CPU; p50 {f['latencyMs']['p50']:.2f}, "
                       f"p99 {f['latencyMs']['p99']:.2f} ms; {ended(f)}, fallbacks {f['fallbacks']} |")

        say("== L1")
        one["requestCache"] = {"ttlMs": 600_000, "maxEntries": 100_000, "key": "Vector"}
        with served(one) as server:
            server.await_answer("/v2/models/predict/predict", first)
            options = ["--protocol", "predict", "--body", call, "--inputs", 10_000, "--repeat", 0.7, "--rate", 500]
            server.await_ready()
            before = counters(server)
            run(server, "predict", 1, *options, warm_up="0s", seconds=2 * seconds)
            after = counters(server)
            hits, misses, runs = (after[k] - before[k] for k in ("hit", "miss", "runs"))
            out.append(f"| L1 (key: vector), 70 % of calls repeat one of the last thousand | {100 * hits / (hits + misses):.1f} % hits; "
                       f"{runs:.0f} model runs for {hits + misses:.0f} calls |")


def counters(server):
    """Hits and misses of L1, and how often the model ran."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics}/metrics", timeout=10) as response:
        lines = [line for line in response.read().decode().splitlines() if not line.startswith("#")]

    def total(name, *labels):
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name) and all(label in line for label in labels))

    cache = "millrace_cache_requests_total"
    return {"hit": total(cache, 'level="l1"', 'result="hit"'), "miss": total(cache, 'level="l1"', 'result="miss"'), "runs": total("millrace_batch_size_count")}


def steady_figures(seconds, out):
    """What must not be felt: another model, a log that nobody takes."""
    say("== hot swap")
    rate = ["--rate", 500, "--protocol", "rest-json"]
    other = MODELS / "mlp2.onnx"
    other.write_bytes((MODELS / "mlp.onnx").read_bytes())
    with millrace("mlp") as server:
        server.await_answer(V2, body(V2, [0.5] * 64))
        warm(server, "mlp", 64, "--closed", 16)
        same = [run(server, "mlp", 64, *rate, seconds=15) for _ in range(3)]
        stop = threading.Event()
        swaps = []

        def swap():
            document = json.loads(server.document.read_text())
            while not stop.wait(4):
                swaps.append(1)
                document["model"]["path"] = str(other if len(swaps) % 2 else MODELS / "mlp.onnx")
                document["model"]["version"] = str(len(swaps) + 1)
                beside = server.document.with_suffix(".new")
                beside.write_text(json.dumps(document))
                beside.replace(server.document)

        thread = threading.Thread(target=swap)
        thread.start()
        swapped = run(server, "mlp", 64, *rate, seconds=15)
        stop.set()
        thread.join()
        version = post(server.url + V2, body(V2, [0.5] * 64)).get("model_version")
        out.append(f"| hot swap, 15 s at 500/s, {len(swaps)} new versions (the last answer's: {version}) | {ended(swapped)}; p99 {swapped['latencyMs']['p99']:.2f} ms; "
                   f"three runs without: {', '.join(format(f['latencyMs']['p99'], '.2f') for f in same)} ms |")

    say("== log sink stopped")
    with helper("broker", "--topic", "predictions:1") as broker:
        more = {"kafka": {"bootstrapServers": f"127.0.0.1:{broker.port}"}, "logger": {"topic": "predictions", "percent": 100, "mode": "all"}}
        with helper("store") as store:
            subprocess.run([str(JAVA), "-cp", f"{HERE}/target/lib/*", "dev.millrace.bench.Stand", str(MODELS), str(store.port)], check=True)
            document = {**json.loads((MODELS / "predict.json").read_text()), **more}
            with served(document) as server:
                server.await_answer("/v2/models/predict/predict", {"entities": [{"user_id": "user-1"}], "inputs": {"amount": 1}})
                options = ["--protocol", "predict", "--inputs", 10_000, "--rate", 500, "--body",
                           '{"entities":[{"user_id":"user-{i}"}],"inputs":{"amount":{number}}}']
                warm(server, "predict", 1, *options)
                same = [run(server, "predict", 1, *options, seconds=15) for _ in range(2)]
                os.killpg(broker.process.pid, signal.SIGSTOP)
                try:
                    stopped = run(server, "predict", 1, *options, warm_up="0s", seconds=30)
                finally:
                    os.killpg(broker.process.pid, signal.SIGCONT)
                out.append(f"| log sink stopped 30 s, predict at 500/s | {ended(stopped)}; p99 {stopped['latencyMs']['p99']:.2f} ms; "
                           f"two runs with it: {', '.join(format(f['latencyMs']['p99'], '.2f') for f in same)} ms |")


def ended(figures):
    return ", ".join(f"{k}: {v}" for k, v in figures["statuses"].items())


def warm(server, model, width, *options, url=None):
    """Until the compilers take less than 5 % of a core, or a minute is over: what they take is missing to the server."""
    server.await_ready()
    began = time.monotonic()
    while time.monotonic() - began < 60:
        before, since = server.compiling(), time.monotonic()
        run(server, model, width, *options, warm_up="0s", seconds=6, slo="200ms", url=url)
        share = (server.compiling() - before) / (time.monotonic() - since)
        if share < 0.05:
            break
    say(f"   warm after {time.monotonic() - began:.0f} s, compilers {100 * share:.0f} % of a core")


def bare_run(model, width):
    """Median ms of one run."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(MODELS / f"{model}.onnx"), options, providers=["CPUExecutionProvider"])
    rows = np.random.default_rng(1).uniform(-2, 2, (256, 1, width)).astype(np.float32)
    took = []
    for i in range(4000):
        began = time.perf_counter()
        session.run(None, {"input": rows[i % 256]})
        took.append(time.perf_counter() - began)
    return float(np.median(took[1000:]) * 1e3)


def machine():
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    java = subprocess.run([str(JAVA), "-version"], capture_output=True, text=True).stderr.splitlines()[0]
    return f"{os.cpu_count()} cores ({cpu}), Linux {platform.release()}, {java}, ONNX Runtime {ort.__version__}, load average before: {os.getloadavg()[0]:.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=6, help="of each run")
    parser.add_argument("--out", type=Path, default=MODELS / "figures.md")
    parser.add_argument("--peer", action="append", help="only these rows of the table; may be repeated")
    parser.add_argument("--no-figures", action="store_true", help="only the table of peers")
    parser.add_argument("--no-peers", action="store_true", help="only Millrace's own figures")
    args = parser.parse_args()
    # what was started is ended also then
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    out = [machine(), ""]

    def save():
        args.out.write_text("\n".join(out) + "\n")

    if not args.no_peers:
        names = [n for n in PEERS if not args.peer or any(p.lower() in n.lower() for p in args.peer)]
        peers_table(names, args.seconds, out, save)
        out.append("")
    if not args.no_figures:
        server_figures(args.seconds, out, save)
    out.append(f"\nload average after: {os.getloadavg()[0]:.2f}")
    save()
    print(args.out.read_text())


if __name__ == "__main__":
    main()
