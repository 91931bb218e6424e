"""Half an hour of predict at half load: what the server keeps. serving-image/bench/soak starts it. Writes a Markdown table.

Everything is on: features of three groups, L1, the prediction log. RSS is read every ten seconds; every three minutes a full
collection is asked for, and what it leaves is read: what a young one leaves contains garbage. Slopes are least squares over
what follows the first five minutes.
"""

import argparse
import json
import os
import re
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import compare
import numpy as np

FIRST = 300
CALL = '{"entities":[{"user_id":"user-{i}"}],"inputs":{"amount":{number}}}'


def rss_mb(pid):
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def slope(samples):
    """Mean, and per cent of it in ten minutes."""
    late = np.array([s for s in samples if s[0] >= FIRST] or samples)
    if len(late) < 3:
        raise RuntimeError(f"too few samples: {len(late)}")
    per_second, _ = np.polyfit(late[:, 0], late[:, 1], 1)
    mean = float(late[:, 1].mean())
    return mean, 100 * per_second * 600 / mean, len(late)


def live_heap_mb(pid):
    """After a full collection, which is asked for."""
    jcmd = str(compare.JAVA.parent / "jcmd")
    subprocess.run([jcmd, str(pid), "GC.run"], check=True, capture_output=True)
    text = subprocess.run([jcmd, str(pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"used (\d+)K", text).group(1)) / 1024


def records(server):
    """Of the prediction log, by how they ended."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics}/metrics", timeout=10) as response:
        lines = [line for line in response.read().decode().splitlines() if line.startswith("millrace_log_records_total")]
    return ", ".join(f"{re.search('result=.([a-z_]+)', line, re.I).group(1)} {float(line.split()[-1]):,.0f}" for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=int, help="calls a second; else half of the highest rate whose p99 is within 10 ms")
    parser.add_argument("--out", type=Path, default=compare.MODELS / "soak.md")
    args = parser.parse_args()
    began = os.getloadavg()[0]
    with compare.helper("broker", "--topic", "predictions:1") as broker, compare.helper("store") as store:
        subprocess.run([str(compare.JAVA), "-cp", f"{compare.HERE}/target/lib/*", "dev.millrace.bench.Stand", str(compare.MODELS),
                        str(store.port)], check=True)
        document = json.loads((compare.MODELS / "predict.json").read_text())
        document["kafka"] = {"bootstrapServers": f"127.0.0.1:{broker.port}"}
        document["logger"] = {"topic": "predictions", "percent": 100, "mode": "all"}
        document["requestCache"] = {"ttlMs": 10_000, "maxEntries": 10_000, "key": "Vector"}
        with compare.served(document) as server:
            server.await_answer("/v2/models/predict/predict", {"entities": [{"user_id": "user-1"}], "inputs": {"amount": 1}})
            pid = server.process.pid
            options = ["--protocol", "predict", "--body", CALL, "--inputs", 10_000]
            compare.run(server, "predict", 1, *options, "--closed", 16, warm_up="0s", seconds=20)
            rate = args.rate
            if not rate:
                found = compare.run(server, "predict", 1, *options, "--search", "--rate", 500, seconds=6)
                rate = round((found["search"]["perSecond"] or 500) / 2)
            start = time.monotonic()
            heap, rss, stop = [(0, live_heap_mb(pid))], [], threading.Event()

            def watch():
                while not stop.wait(10):
                    rss.append((time.monotonic() - start, rss_mb(pid)))
                    if len(rss) % 18 == 0:
                        heap.append((time.monotonic() - start, live_heap_mb(pid)))
                        compare.say(f"{rss[-1][0]:.0f} s: RSS {rss[-1][1]:.0f} MB, heap {heap[-1][1]:.1f} MB, load average {os.getloadavg()[0]:.1f}")

            thread = threading.Thread(target=watch)
            thread.start()
            f = compare.run(server, "predict", 1, *options, "--rate", rate, seconds=round(args.minutes * 60))
            stop.set()
            thread.join()
            logged = records(server)
    rss_mean, rss_slope, rss_n = slope(rss)
    heap_mean, heap_slope, heap_n = slope(heap)
    calls = sum(f["statuses"].values())
    args.out.write_text("\n".join([
        compare.machine().replace("load average before", f"load average before {began:.2f}, after"), "",
        "| measure | figure |", "|---|---|",
        f"| soak | {args.minutes:.0f} min of predict at {rate}/s, {calls:,} calls: {compare.ended(f)}, fallbacks {f['fallbacks']}; "
        f"p50 {f['latencyMs']['p50']:.2f}, p99 {f['latencyMs']['p99']:.2f}, p99.9 {f['latencyMs']['p999']:.2f} ms; {f['cpuMicrosPerCall']:.0f} µs CPU |",
        f"| RSS | mean {rss_mean:.0f} MB, {rss_slope:+.2f} % per 10 min ({rss_n} samples) |",
        f"| heap after a full collection | mean {heap_mean:.1f} MB, {heap_slope:+.2f} % per 10 min ({heap_n} collections); before the load {heap[0][1]:.1f} MB |",
        f"| prediction log | records: {logged} |"]) + "\n")
    print(args.out.read_text())


if __name__ == "__main__":
    main()
