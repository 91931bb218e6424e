"""Triton's front end with the Python backend: python pytriton_app.py <http port> <grpc port> <metrics port>."""

import os
import sys

import numpy as np
import onnxruntime as ort
from pytriton.decorators import batch
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])


@batch
def infer(input):
    return [session.run(None, {"input": input})[0]]


config = TritonConfig(
    http_address="127.0.0.1",
    http_port=int(sys.argv[1]),
    grpc_port=int(sys.argv[2]),
    metrics_port=int(sys.argv[3]),
)
with Triton(config=config) as triton:
    triton.bind(
        model_name="mlp",
        infer_func=infer,
        inputs=[Tensor(name="input", dtype=np.float32, shape=(64,))],
        outputs=[Tensor(name="output", dtype=np.float32, shape=(1,))],
        config=ModelConfig(max_batch_size=64),
    )
    triton.serve()
