"""BentoML, async, without metrics, tracing and access log."""

import os
import typing

import bentoml
import numpy as np
import onnxruntime as ort


@bentoml.service(
    workers=1,
    metrics={"enabled": False},
    traffic={"timeout": 30},
    logging={"access": {"enabled": False}},
)
class Mlp:
    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])

    @bentoml.api
    async def infer(self, data: np.ndarray) -> np.ndarray:
        return self.session.run(None, {"input": data.astype(np.float32)})[0]
