"""NVIDIA's client, each of its four shapes, as its users call it: binary tensors by default."""

import asyncio
import threading

import numpy as np
import pytest
import tritonclient.grpc as tg
import tritonclient.grpc.aio as tga
import tritonclient.http as th
import tritonclient.http.aio as tha
from conftest import TYPES
from tritonclient.utils import InferenceServerException

VALUES = {
    "bool": np.array([[True, False]]), "u8": np.array([[255, 0]], np.uint8), "i8": np.array([[-128, 127]], np.int8),
    "i16": np.array([[-32768, 32767]], np.int16), "i32": np.array([[-(2**31), 7]], np.int32), "i64": np.array([[-(2**63), 7]], np.int64),
    "f16": np.array([[0.5, -2]], np.float16), "f32": np.array([[0.1, -2]], np.float32), "f64": np.array([[0.1, 1e300]]),
    "text": np.array([["a", "grün"]], dtype=object),
}


def inputs(module, names=VALUES, **how):
    made = []
    for name in names:
        tensor = module.InferInput(name, [1, 2], TYPES[name][0])
        tensor.set_data_from_numpy(VALUES[name], **how)
        made.append(tensor)
    return made


def check(result, names=VALUES):
    for name in names:
        got = result.as_numpy(f"{name}_out")
        if name == "text":
            got = np.array([[t if isinstance(t, str) else t.decode() for t in r] for r in got], dtype=object)
        assert got.dtype == VALUES[name].dtype and got.tolist() == VALUES[name].tolist(), name


def test_http_binary_both_ways(identity):
    with th.InferenceServerClient(identity.rest) as client:
        result = client.infer("identity", inputs(th), request_id="5")
        check(result)
        assert result.get_response()["id"] == "5"


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
def test_http_mixed(plain, binary_in, binary_out):
    names = [n for n in VALUES if n != "f16"]
    outputs = [th.InferRequestedOutput(f"{n}_out", binary_data=binary_out) for n in names]
    with th.InferenceServerClient(plain.rest) as client:
        check(client.infer("plain", inputs(th, names, binary_data=binary_in), outputs=outputs), names)


def test_http_async(identity):
    with th.InferenceServerClient(identity.rest, concurrency=4) as client:
        for pending in [client.async_infer("identity", inputs(th)) for _ in range(8)]:
            check(pending.get_result())


def test_http_aio(identity):
    async def run():
        async with tha.InferenceServerClient(identity.rest) as client:
            assert await client.is_server_ready() and await client.is_model_ready("identity")
            for result in await asyncio.gather(*(client.infer("identity", inputs(th)) for _ in range(8))):
                check(result)

    asyncio.run(run())


def test_grpc_raw(identity):
    with tg.InferenceServerClient(identity.grpc) as client:
        result = client.infer("identity", inputs(tg), request_id="5", client_timeout=10, timeout=5_000_000, priority=1)
        check(result)
        assert result.get_response().id == "5"


def test_grpc_async(identity):
    with tg.InferenceServerClient(identity.grpc) as client:
        answers = []
        done = threading.Semaphore(0)

        def callback(result, error):
            answers.append((result, error))
            done.release()

        for _ in range(8):
            client.async_infer("identity", inputs(tg), callback)
        for _ in range(8):
            assert done.acquire(timeout=20)
        for result, error in answers:
            assert error is None
            check(result)


def test_grpc_aio(identity):
    async def run():
        async with tga.InferenceServerClient(identity.grpc) as client:
            assert await client.is_server_live() and await client.is_model_ready("identity")
            for result in await asyncio.gather(*(client.infer("identity", inputs(tg)) for _ in range(8))):
                check(result)

    asyncio.run(run())


def test_http_information(total):
    with th.InferenceServerClient(total.rest) as client:
        assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("total", "1")
        assert client.get_server_metadata()["name"] == "millrace"
        assert client.get_model_metadata("total")["inputs"][0]["shape"] == [-1, 4]
        assert client.get_model_config("total")["max_batch_size"] == 8
        assert client.get_inference_statistics("total")["model_stats"][0]["name"] == "total"
        with pytest.raises(InferenceServerException, match="RealtimeModel"):
            client.get_model_repository_index()
        with pytest.raises(InferenceServerException, match="no model other"):
            client.infer("other", inputs(th))


def test_grpc_information(total):
    with tg.InferenceServerClient(total.grpc) as client:
        assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("total", "1")
        assert client.get_server_metadata().name == "millrace"
        assert list(client.get_model_metadata("total").outputs[0].shape) == [-1, 1]
        assert client.get_model_config("total").config.input[0].data_type == 11
        assert client.get_inference_statistics("total").model_stats[0].name == "total"
        with pytest.raises(InferenceServerException, match="UNIMPLEMENTED"):
            client.load_model("total")


@pytest.mark.parametrize("module, port", [(th, "rest"), (tg, "grpc")])
def test_repository(repository, module, port):
    with module.InferenceServerClient(getattr(repository, port)) as client:
        client.unload_model("repository")
        assert not client.is_model_ready("repository")
        client.load_model("repository")
        assert client.is_model_ready("repository")
        assert client.get_model_repository_index()


def test_malformed_is_named(total):
    for module, port in ((th, "rest"), (tg, "grpc")):
        wrong = module.InferInput("numbers", [1, 3], "FP32")
        wrong.set_data_from_numpy(np.zeros((1, 3), np.float32))
        with module.InferenceServerClient(getattr(total, port)) as client:
            with pytest.raises(InferenceServerException, match="numbers"):
                client.infer("total", [wrong])
