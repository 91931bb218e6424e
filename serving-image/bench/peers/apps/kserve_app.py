"""KServe's Python server, one process: python kserve_app.py --http_port <port>."""

import os

import numpy as np
import onnxruntime as ort
from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer
from kserve.utils.utils import generate_uuid


class Mlp(Model):
    def load(self) -> bool:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
        self.ready = True
        return True

    async def predict(self, payload: InferRequest, headers=None, response_headers=None) -> InferResponse:
        x = np.asarray(payload.inputs[0].as_numpy(), dtype=np.float32)
        y = self.session.run(None, {"input": x})[0]
        output = InferOutput(name="output", shape=list(y.shape), datatype="FP32", data=y.ravel().tolist())
        return InferResponse(payload.id or generate_uuid(), self.name, [output])


if __name__ == "__main__":
    model = Mlp("mlp")
    model.load()
    ModelServer(workers=1, enable_grpc=False, access_log_format=None).start([model])
