"""FastAPI as its tutorial has it: pydantic models in and out. uvicorn runs two workers."""

import os

import numpy as np
import onnxruntime as ort
from fastapi import FastAPI
from pydantic import BaseModel

options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Tensor(BaseModel):
    name: str
    datatype: str
    shape: list[int]
    data: list[float]


class Call(BaseModel):
    inputs: list[Tensor]


class Answer(BaseModel):
    model_name: str
    outputs: list[Tensor]


@app.get("/ready")
async def ready():
    return {}


@app.post("/v2/models/mlp/infer")
async def infer(call: Call) -> Answer:
    tensor = call.inputs[0]
    x = np.asarray(tensor.data, dtype=np.float32).reshape(tensor.shape)
    y = session.run(None, {"input": x})[0]
    return Answer(
        model_name="mlp",
        outputs=[Tensor(name="output", datatype="FP32", shape=list(y.shape), data=y.ravel().tolist())],
    )
