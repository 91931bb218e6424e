"""Run by KServe's own environment: rest and grpc address of a server of the model total."""

import asyncio
import sys

import numpy as np
from kserve import InferInput, InferRequest
from kserve.inference_client import InferenceGRPCClient, InferenceRESTClient, RESTConfig


def request():
    tensor = InferInput("numbers", [2, 4], "FP32")
    tensor.set_data_from_numpy(np.arange(8, dtype=np.float32).reshape(2, 4), binary_data=BINARY)
    return InferRequest("total", [tensor], request_id="k")


async def main(rest, grpc):
    global BINARY
    for BINARY in (False, True):
        client = InferenceRESTClient(RESTConfig(protocol="v2"))
        base = f"http://{rest}"
        assert await client.is_server_ready(base) and await client.is_server_live(base)
        assert await client.is_model_ready(base, "total")
        answer = await client.infer(base, request(), model_name="total")
        assert answer.id == "k" and answer.outputs[0].as_numpy().tolist() == [[6.0], [22.0]], answer
        client = InferenceGRPCClient(grpc)
        assert await client.is_server_ready() and await client.is_server_live() and await client.is_model_ready("total")
        answer = await client.infer(request())
        assert answer.outputs[0].as_numpy().tolist() == [[6.0], [22.0]], answer
    print("kserve: ok")


asyncio.run(main(*sys.argv[1:]))
