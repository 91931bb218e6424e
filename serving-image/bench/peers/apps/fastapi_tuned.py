"""FastAPI as its guides tune it: orjson, no validation, numpy straight into ONNX Runtime. uvicorn runs two workers."""

import os

import numpy as np
import onnxruntime as ort
import orjson
from fastapi import FastAPI, Request, Response

options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
app = FastAPI()


@app.get("/ready")
async def ready():
    return {}


@app.post("/v2/models/mlp/infer")
async def infer(request: Request):
    tensor = orjson.loads(await request.body())["inputs"][0]
    x = np.asarray(tensor["data"], dtype=np.float32).reshape(tensor["shape"])
    y = session.run(None, {"input": x})[0]
    answer = {
        "model_name": "mlp",
        "outputs": [{"name": "output", "datatype": "FP32", "shape": y.shape, "data": y.ravel().tolist()}],
    }
    return Response(orjson.dumps(answer), media_type="application/json")
