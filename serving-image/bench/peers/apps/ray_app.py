"""Ray Serve with its throughput flags and two replicas: python ray_app.py <port>."""

import os
import signal
import sys

import numpy as np
import onnxruntime as ort
import orjson
import ray
from ray import serve
from starlette.requests import Request
from starlette.responses import Response


@serve.deployment(num_replicas=2, max_ongoing_requests=100, ray_actor_options={"num_cpus": 0.5})
class Mlp:
    def __init__(self, model: str):
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    async def __call__(self, request: Request) -> Response:
        tensor = orjson.loads(await request.body())["inputs"][0]
        x = np.asarray(tensor["data"], dtype=np.float32).reshape(tensor["shape"])
        y = self.session.run(None, {"input": x})[0]
        answer = {
            "model_name": "mlp",
            "outputs": [{"name": "output", "datatype": "FP32", "shape": y.shape, "data": y.ravel().tolist()}],
        }
        return Response(orjson.dumps(answer), media_type="application/json")


if __name__ == "__main__":
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    serve.run(Mlp.bind(os.environ["MODEL"]), route_prefix="/v2/models/mlp/infer")
    # SIGTERM ends it, and Ray's own processes with it
    signal.signal(signal.SIGTERM, lambda *_: (ray.shutdown(), sys.exit(0)))
    while True:
        signal.pause()
