"""The batch loader against moto's S3: Parquet that pyarrow writes, more files than one page of a listing, a real Redis."""

import json
import os
import re
import socket
import struct
import subprocess
import threading
from pathlib import Path

import pytest

ROOT = Path(os.environ["MILLRACE_ROOT"])
OUT = Path(os.environ["MILLRACE_OUT"])
PYTHON = os.environ["MILLRACE_MOTO_PYTHON"]
FILES, ROWS = 3, 500
KEY, SECRET = "conformance-key", "conformance/secret+key"

# runs where moto, boto3 and pyarrow are: the server on a free port, then the bucket
MOTO = f"""
import io, os, sys
import boto3, pyarrow as pa, pyarrow.parquet as pq
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
host, port = server.get_host_and_port()
s3 = boto3.client("s3", endpoint_url=f"http://{{host}}:{{port}}", region_name="eu-west-1",
                  aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")
s3.create_bucket(Bucket="features", CreateBucketConfiguration={{"LocationConstraint": "eu-west-1"}})
for part in range({FILES}):
    ids = range(part * {ROWS}, (part + 1) * {ROWS})
    table = pa.table({{"customer_id": [f"c-{{i}}" for i in ids], "spend": [i / 4 for i in ids], "visits": pa.array([i if i % 2 else None for i in ids], pa.int32())}})
    body = io.BytesIO()
    pq.write_table(table, body, compression="zstd")
    s3.put_object(Bucket="features", Key=f"daily/part {{part}}+ü.parquet", Body=body.getvalue())
for i in range(1100):
    s3.put_object(Bucket="features", Key=f"daily/part 0 {{i:04}}.txt", Body=b"not for the loader")
print(f"moto {{port}}", flush=True)
sys.stdin.read()
"""


def first_line(process, pattern):
    timer = threading.Timer(120, process.kill)
    timer.start()
    try:
        for line in process.stdout:
            found = re.match(pattern, line)
            if found:
                return found.group(1)
    finally:
        timer.cancel()
    raise AssertionError(f"{process.args[0]} did not say {pattern}")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Redis:
    """Just enough of its protocol to read a value."""

    def __init__(self):
        self.port = free_port()
        self.process = subprocess.Popen(
            ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(OUT)],
            stdout=subprocess.PIPE, text=True)
        first_line(self.process, r".*(Ready to accept connections).*")

    def call(self, *words):
        with socket.create_connection(("127.0.0.1", self.port), 20) as s:
            parts = [w.encode() for w in words]
            s.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
            answer = s.makefile("rb")
            head = answer.readline()
            if head[:1] in b":+-":
                return head[1:-2]
            return None if head == b"$-1\r\n" else answer.read(int(head[1:]))


@pytest.fixture(scope="module")
def bucket():
    process = subprocess.Popen([PYTHON, "-c", MOTO], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=open(OUT / "moto.log", "w"), text=True)
    try:
        yield f"http://127.0.0.1:{first_line(process, r'moto ([0-9]+)')}"
    finally:
        process.kill()


@pytest.fixture(scope="module")
def redis():
    store = Redis()
    try:
        yield store
    finally:
        store.process.kill()


def load(redis, endpoint, path, revision):
    credentials = OUT / "bucket-secret"
    credentials.mkdir(exist_ok=True)
    (credentials / "AWS_ACCESS_KEY_ID").write_text(KEY)
    (credentials / "AWS_SECRET_ACCESS_KEY").write_text(SECRET)
    config = OUT / f"buckets-{revision}.json"
    config.write_text(json.dumps({
        "namespace": "conformance", "name": "buckets", "store": {"address": f"redis://127.0.0.1:{redis.port}"},
        "entities": [{"name": "customer", "keys": [{"name": "customer_id", "type": "STRING"}]}],
        "groups": [{
            "name": "profile", "entity": "customer", "revision": revision, "ttlMs": 86400000,
            "onMissing": "Default", "onStale": "Serve",
            "batch": {"path": path, "format": "parquet",
                      "access": {"credentialsDir": str(credentials), "endpoint": endpoint, "region": "eu-west-1"}},
            "columns": [{"name": "spend", "datatype": "FP64", "defaultValue": "0"},
                        {"name": "visits", "datatype": "INT32", "defaultValue": "0"}],
        }],
        "metricsPort": 0, "host": "127.0.0.1", "threads": 1, "stateDir": str(OUT),
    }))
    return subprocess.run(
        ["java", "-Xmx256m", "-cp", f"{ROOT}/serving-image/aggregator/target/lib/*",
         "dev.millrace.aggregator.batch.Main", "--config", str(config)],
        capture_output=True, text=True, timeout=120)


def test_parquet_of_a_bucket(bucket, redis):
    done = load(redis, bucket, "s3://features/daily/part*.parquet", "7e57")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"profile: rows={FILES * ROWS} rejected=0 superseded=0" in done.stdout, done.stdout
    assert int(redis.call("DBSIZE")) >= FILES * ROWS
    for i in range(0, FILES * ROWS, 77):
        value = redis.call("GET", "mr1:{conformance.buckets:customer:c-%d}:profile.7e57" % i)
        # 32 bytes of header, the nulls, then the columns
        spend, visits = struct.unpack(">di", value[33:45])
        assert (spend, value[32], visits if i % 2 else 0) == (i / 4, 0 if i % 2 else 2, i if i % 2 else 0), value.hex()


def test_a_bucket_that_is_not_there_is_named(bucket, redis):
    done = load(redis, bucket, "s3://elsewhere/daily/", "7e58")
    assert done.returncode == 1
    assert "elsewhere" in done.stderr and "404" in done.stderr, done.stderr
