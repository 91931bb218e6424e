"""Feast's own package and this server on one Redis: each reads what the other writes."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
from conftest import OUT, ROOT, Server, total

KEYS = [{"name": "user_id", "type": "INT64"}]
COLUMNS = {
    "user_stats": [("txn_count", "INT64"), ("amount", "FP64"), ("ratio", "FP32"), ("vip", "BOOL")],
    "user_week": [("total", "FP64"), ("orders", "INT64")],
    "pair": [("score", "FP64")],
    "ours": [("spend", "FP64"), ("visits", "INT64"), ("share", "FP32"), ("vip", "BOOL")],
}
DAY = 86_400_000


def group(name, batch=None):
    keys = ["shop", "user_id"] if name == "pair" else ["user_id"]
    return {
        "name": name,
        "entity": "pair" if name == "pair" else "user",
        "revision": "0001",
        "aggregations": [],
        "columns": [{"name": n, "datatype": t} for n, t in COLUMNS[name]],
        "ttlMs": 30 * DAY,
        "maxAgeMs": DAY,
        "onMissing": "Default",
        "onStale": "Serve",
        "feast": {"project": "shop", "view": name, "joinKeys": keys},
        **({"batch": batch} if batch else {}),
    }


def entities():
    return [{"name": "user", "keys": KEYS}, {"name": "pair", "keys": [{"name": "shop", "type": "STRING"}, *KEYS]}]


@pytest.fixture(scope="module")
def redis():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = open(OUT / "feast-redis.log", "w")
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(OUT)], stdout=log, stderr=log
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline and process.poll() is None, "redis-server did not start"
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def feast(mode, redis):
    folder = OUT / "feast"
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [os.environ["MILLRACE_FEAST_PYTHON"], str(Path(__file__).with_name("feast_client.py")), mode, redis],
        cwd=folder, capture_output=True, text=True, timeout=180, env={**os.environ, "FEAST_USAGE": "False", "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def written(redis):
    return feast("write", redis)


@pytest.fixture(scope="module")
def server(redis, written):
    names = [f"user_stats.{n}" for n in ("txn_count", "amount", "ratio", "vip")]
    started = Server(
        "feast",
        total(),
        features={
            "store": {"address": f"redis://{redis}"},
            "entities": entities(),
            "groups": [group(n) for n in COLUMNS],
            "request": [],
            "vector": names,
            "onMissing": "Default",
            "onStale": "Serve",
        },
    )
    try:
        yield started.await_ready()
    finally:
        started.stop()


def ask(server, features, entities):
    status, answer = server.json("/get-online-features", {"features": features, "entities": entities})
    assert status == 200, answer
    return answer


def columns(answer):
    return {
        name: list(zip(result["values"], result["statuses"], result["event_timestamps"]))
        for name, result in zip(answer["metadata"]["feature_names"], answer["results"])
    }


def feasts(answer, gone=()):
    """Feast's answer as ours must be: it says PRESENT of what is absent, and never OUTSIDE_MAX_AGE."""
    rows = columns(answer)
    for name, values in rows.items():
        for i, (value, status, at) in enumerate(values):
            if value is None:
                values[i] = (None, "NOT_FOUND", "1970-01-01T00:00:00Z")
            elif i in gone and name not in ("user_id", "shop"):
                values[i] = (value, "OUTSIDE_MAX_AGE", at)
    return rows


USERS = {"user_id": [1001, -7, 2**53, 5]}


def test_a_view_that_feast_wrote_is_read_to_the_last_bit(server, written):
    ours = ask(server, [f"user_stats:{n}" for n, _ in COLUMNS["user_stats"]], USERS)
    assert columns(ours)["txn_count"][0][:2] == (17, "PRESENT")
    assert columns(ours) == feasts(written["stats"], gone=(2,))


def test_a_view_that_feast_materialized_is_read(server, written):
    ours = ask(server, ["user_week:total", "user_week:orders"], USERS)
    assert columns(ours)["total"][0][:2] == (2.5, "PRESENT")
    assert columns(ours) == feasts(written["week"])


def test_an_entity_of_two_keys_is_read(server, written):
    ours = ask(server, ["pair:score"], {"user_id": [1001], "shop": ["möbel"]})
    assert columns(ours)["score"][0][:2] == (0.5, "PRESENT")
    assert columns(ours) == feasts(written["pair"])


def test_the_model_sees_feasts_values(server):
    status, answer = server.json(
        "/v2/models/feast/predict", {"entities": [{"user_id": 1001, "shop": "x"}, {"user_id": 2**53, "shop": "x"}], "explain": True}
    )
    assert status == 200, answer
    explained = [[(e["value"], e["status"]) for e in p["explain"]] for p in answer["predictions"]]
    assert explained[0][:2] == [(17, "Fresh"), (0.1, "Fresh")]
    assert explained[1][:2] == [(-(2**53), "Stale"), (1e300, "Stale")]


def test_feast_reads_what_is_loaded_by_us(redis, server, written):
    rows = OUT / "ours.csv"
    now = int(time.time())
    rows.write_text(
        "user_id,spend,visits,share,vip,at\n"
        f"1001,0.1,7,0.1,true,{now}\n-7,-2.5,,1.5,false,{now - 3600}\n{2**53},1e300,{2**53},3e38,true,{now}\n"
    )
    config = OUT / "feast-aggregator.json"
    config.write_text(
        json.dumps(
            {
                "namespace": "conformance", "name": "feast", "store": {"address": f"redis://{redis}"}, "entities": entities(),
                "groups": [group("ours", {"path": str(rows), "format": "csv", "timestampField": "at"})],
                "metricsPort": 0, "host": "127.0.0.1", "threads": 1, "stateDir": str(OUT / "feast-state"),
            }
        )
    )
    (OUT / "feast-state").mkdir()
    loaded = subprocess.run(
        ["java", "-Xmx256m", "-cp", f"{ROOT}/serving-image/aggregator/target/lib/*", "dev.millrace.aggregator.batch.Main",
         "--config", str(config)],
        capture_output=True, text=True, timeout=120,
    )
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    feast_reads = columns(feast("read", redis))
    assert [v[0] for v in feast_reads["spend"]] == [0.1, -2.5, 1e300, None]
    assert [v[0] for v in feast_reads["visits"]] == [7, None, 2**53, None]
    assert [v[0] for v in feast_reads["vip"]] == [True, False, True, None]
    assert feast_reads["total"][0][0] == 2.5, "what Feast has in the same hash stays"
    ours = columns(ask(server, [f"ours:{n}" for n, _ in COLUMNS["ours"]], USERS))
    assert [v[0] for v in ours["share"]] == [v[0] for v in feast_reads["share"]]
    assert [v[2] for v in ours["spend"]] == [v[2] for v in feast_reads["spend"]]
