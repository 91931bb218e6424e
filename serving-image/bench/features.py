"""What features cost: reads, freshness, the aggregator's CPU, writes, memory. bench/features starts it. Writes a Markdown table.

Each figure is the best of the runs, with the worst beside it: what the machine does besides makes a run worse, never better.
CPU is that of the process, its compilers and collector included, after a warm-up on as many events as are measured.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import compare

PARTS = {}
LIB = f"{compare.HERE}/target/lib/*"
AGGREGATOR = ["-Xmx768m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED"]
PURCHASES = "purchases:2"


def part(f):
    PARTS[f.__name__] = f
    return f


def java(*arguments, timeout=600):
    """A program of the bench; the objects that it prints."""
    done = subprocess.run([str(compare.JAVA), "-Xmx768m", "-XX:+UseSerialGC", "-cp", LIB, *map(str, arguments)],
                          capture_output=True, text=True, timeout=timeout)
    if done.returncode:
        raise RuntimeError(f"{arguments[0]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def bench(name):
    return f"dev.millrace.bench.{name}"


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def log(server):
    return Path(server.log.name).read_text()


def started(server, text):
    while text not in log(server):
        if server.process.poll() is not None or time.monotonic() - server.began > 120:
            raise RuntimeError(f"did not start: {log(server)[-1500:]}")
        time.sleep(0.05)
    return server


def aggregator(broker, store, group, revision):
    folder = Path(tempfile.mkdtemp(dir=compare.WORK))
    java(bench("FeatureGroups"), f"127.0.0.1:{broker.port}", store.port, group, revision, folder)
    server = compare.Server([compare.JAVA, *AGGREGATOR, "-cp", f"{compare.IMAGE}/aggregator/target/lib/*", "dev.millrace.aggregator.Main",
                             "--config", folder / "aggregator.json"], 0)
    started(server, "millrace-aggregator ready")
    server.metrics = int(re.search(r"millrace-aggregator ready metrics=(\d+)", log(server)).group(1))
    return server


def counted(server):
    """Events that an aggregator has taken in."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics}/metrics", timeout=30) as response:
        return sum(float(line.split()[-1]) for line in response.read().decode().splitlines() if line.startswith("millrace_aggregator_events_total"))


def micros_per_event(server, count, total, warm):
    """CPU from the moment at which {warm} events are counted until {total} are."""
    def until(n):
        patience = time.monotonic() + 600
        while (have := count()) < n:
            if time.monotonic() > patience:
                raise RuntimeError(f"only {have:.0f} of {n} events were counted")
            time.sleep(0.2)
        return have, cpu_seconds(server.process.pid), time.monotonic()
    first, second = until(warm), until(total)
    events = second[0] - first[0]
    return 1e6 * (second[1] - first[1]) / events, events / (second[2] - first[2])


def spread(values, digits=0):
    return f"**{min(values):,.{digits}f}** (worst of {len(values)}: {max(values):,.{digits}f})"


@part
def reads(runs):
    """a feature read: one entity, 3 groups of 400 B, loopback, 2 000/s"""
    with compare.helper("store") as store:
        found = [java(bench("FeatureReads"), store.port, 2000, 10)[0] for _ in range(runs)]
    best = min(found, key=lambda f: f["p99"])
    return [f"p50 {spread([f['p50'] for f in found], 2)}, p99 {spread([f['p99'] for f in found], 2)} ms; values of {best['bytes']} B; reads beyond their 100 ms: {sum(f['failed'] for f in found)}"]


@part
def freshness(runs):
    """append to readable: keyed topic, 1 000 events/s, 5 windows x 5 functions; broker, store, producer and listener on the same cores"""
    found = []
    with compare.helper("store") as store, compare.helper("broker", "--topic", PURCHASES) as broker:
        with aggregator(broker, store, "wide", "7f3a"):
            for _ in range(runs):
                found += java(bench("EventFeed"), "fresh", f"127.0.0.1:{broker.port}", store.port, "wide", "7f3a", 1000, 15)
    return [f"p50 {spread([f['p50'] for f in found], 1)}, p90 {spread([f['p90'] for f in found], 1)}, "
            f"p99 {spread([f['p99'] for f in found], 1)} ms; never seen: {sum(f['lost'] for f in found)}"]


@part
def cpu(runs):
    """the aggregator's CPU per event, 10 000 entities, from a backlog; and the same job in the DSL of Kafka Streams"""
    rows, wide, one, dsl = [], [], [], []
    events, slow = 300_000, 24_000
    with compare.helper("store") as store, compare.helper("broker", "--topic", PURCHASES) as broker:
        bootstrap = f"127.0.0.1:{broker.port}"
        java(bench("EventFeed"), "fill", bootstrap, events, 10_000)
        for run in range(runs):
            for group, into in (("wide", wide), ("one", one)):
                with aggregator(broker, store, group, f"a{run}") as server:
                    into.append(micros_per_event(server, lambda: counted(server), events, events // 2))
            command = [compare.JAVA, *AGGREGATOR, "-cp", LIB, bench("HoppingWindows"), bootstrap, f"hopping-{run}"]
            with started(compare.Server(command, 0, cwd=tempfile.mkdtemp(dir=compare.WORK)), "ready") as server:
                def seen():
                    found = re.findall(r"counted (\d+)", log(server))
                    return int(found[-1]) if found else 0
                dsl.append(micros_per_event(server, seen, slow, slow // 2))
    for name, figures in (("5 windows x 5 functions", wide), ("count of the last hour, a minute's hop", one),
                          ("the same in the DSL, its results going nowhere", dsl)):
        rows.append(f"{name}: {spread([f[0] for f in figures], 1)} µs per event, up to {max(f[1] for f in figures):,.0f} events/s")
    rows.append(f"ratio of the best: {min(f[0] for f in dsl) / min(f[0] for f in one):.1f} ×")
    return rows


@part
def writes(runs):
    """versioned writes of 400 B, one connection"""
    with compare.helper("store") as store:
        f = java(bench("StoreFigures"), store.port, "writes")[0]
    return [f"best of 5: **{f['perCoreSecond']:,}** per second of the store's CPU; {f['perSecond']:,}/s through the aggregator's client, pipelines of {f['pipeline']}"]


@part
def memory(runs):
    """what the store keeps of an entity: key, value and TTL, by used_memory"""
    with compare.helper("store") as store:
        return [f"{f['name']}: value {f['value']} B, **{f['stored']} B** stored" for f in java(bench("StoreFigures"), store.port, "memory")]


@part
def refill(runs):
    """an emptied store is filled again from the aggregator's state"""
    keys, found = 300_000, []
    with compare.helper("store") as store, compare.helper("broker", "--topic", PURCHASES) as broker:
        connection = socket.create_connection(("127.0.0.1", store.port), 60).makefile("rwb")

        def ask(command):
            connection.write(command.encode() + b"\r\n")
            connection.flush()
            return connection.readline().decode().strip()[1:]
        with aggregator(broker, store, "one", "7f3a") as server:
            java(bench("EventFeed"), "fill", f"127.0.0.1:{broker.port}", keys, keys)
            while counted(server) < keys or int(ask("DBSIZE")) < keys:
                time.sleep(0.2)
            for _ in range(runs):
                ask("FLUSHALL")
                begin = time.monotonic()
                while int(ask("DBSIZE")) < 1_000:
                    time.sleep(0.005)
                first = time.monotonic()
                while int(ask("DBSIZE")) < keys:
                    if time.monotonic() - begin > 300:
                        raise RuntimeError(f"only {ask('DBSIZE')} of {keys} keys came back")
                    time.sleep(0.01)
                found.append((keys / (time.monotonic() - first), first - begin))
    return [f"**{max(f[0] for f in found):,.0f}** keys/s (worst of {len(found)}: {min(f[0] for f in found):,.0f}), two partitions; noticed after {min(f[1] for f in found):.1f} to {max(f[1] for f in found):.1f} s"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=list(PARTS), action="append")
    parser.add_argument("--out", type=Path, default=compare.HERE / "target/features.md")
    args = parser.parse_args()
    lines = [compare.machine(), "", "| measure | figure | load average |", "|---|---|---|"]
    for name in args.only or PARTS:
        busy = os.getloadavg()[0]
        compare.say(f"== {name}, load average {busy:.1f}")
        try:
            rows = PARTS[name](args.runs)
        except (RuntimeError, OSError, subprocess.SubprocessError) as e:
            rows = [f"not measured: {str(e)[:300]}"]
            compare.say(e)
        lines += [f"| {PARTS[name].__doc__} | {row} | {busy:.1f} to {os.getloadavg()[0]:.1f} |" for row in rows]
        args.out.write_text("\n".join(lines) + "\n")
    print(args.out.read_text())


if __name__ == "__main__":
    main()
