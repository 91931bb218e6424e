"""The REST side by nothing but HTTP and JSON."""

import json

import pytest
from openapi_spec_validator import validate

ROW = {"name": "numbers", "datatype": "FP32", "shape": [1, 4], "data": [1, 2, 3, 4]}


def test_openapi_document_is_valid(total):
    status, document = total.json("/openapi.json")
    assert status == 200
    validate(document)


def test_health_and_metadata(total):
    assert total.json("/v2/health/live") == (200, {"live": True})
    assert total.json("/v2/health/ready") == (200, {"ready": True})
    assert total.json("/v2/models/total/ready") == (200, {"name": "total", "ready": True})
    status, server = total.json("/v2")
    assert status == 200 and {"model_configuration", "statistics", "schedule_policy", "binary_tensor_data"} <= set(server["extensions"])
    for path in ("/v2/models/total", "/v2/models/total/versions/1"):
        assert total.json(path)[1] == {
            "name": "total", "versions": ["1"], "platform": "onnx_onnxv1",
            "inputs": [{"name": "numbers", "datatype": "FP32", "shape": [-1, 4]}],
            "outputs": [{"name": "sum", "datatype": "FP32", "shape": [-1, 1]}],
        }


@pytest.mark.parametrize("data", [[1, 2, 3, 4, 5, 6, 7, 8], [[1, 2, 3, 4], [5, 6, 7, 8]]])
def test_infer_nested_and_flat(total, data):
    status, answer = total.json("/v2/models/total/infer", {"id": "7", "inputs": [{**ROW, "shape": [2, 4], "data": data}]})
    assert status == 200 and answer["id"] == "7" and answer["model_name"] == "total" and answer["model_version"] == "1"
    assert answer["outputs"][0]["shape"] == [2, 1] and answer["outputs"][0]["data"] == [10, 26]


def test_outputs_are_selected_and_unknown_ones_refused(total):
    assert total.json("/v2/models/total/infer", {"inputs": [ROW], "outputs": [{"name": "sum"}]})[0] == 200
    status, answer = total.json("/v2/models/total/infer", {"inputs": [ROW], "outputs": [{"name": "no"}]})
    assert status == 400 and "no" in answer["error"]


def test_every_json_datatype(plain):
    values = {
        "bool": ("BOOL", [True, False]), "u8": ("UINT8", [255, 0]), "i8": ("INT8", [-128, 127]),
        "i16": ("INT16", [-32768, 32767]), "i32": ("INT32", [-(2**31), 2**31 - 1]), "i64": ("INT64", [-(2**63), 2**63 - 1]),
        "f32": ("FP32", [0.1, -1.5]), "f64": ("FP64", [0.1, 1e300]), "text": ("BYTES", ["", "grün"]),
    }
    inputs = [{"name": n, "datatype": t, "shape": [1, 2], "data": v} for n, (t, v) in values.items()]
    status, answer = plain.json("/v2/models/plain/infer", {"inputs": inputs})
    assert status == 200, answer
    got = {o["name"]: o for o in answer["outputs"]}
    for name, (datatype, wanted) in values.items():
        assert got[name + "_out"]["datatype"] == datatype
        assert got[name + "_out"]["data"] == wanted


@pytest.mark.parametrize("change, where", [
    ({"shape": [-1, 4]}, "shape"), ({"shape": [2**62, 4]}, ""), ({"shape": [1, 5]}, ""), ({"data": [1]}, "data"),
    ({"datatype": "FLOAT"}, "datatype"), ({"datatype": "FP64"}, "datatype"), ({"data": [1, 2, 3, "x"]}, "data"), ({"name": "x"}, "numbers"),
])
def test_malformed_input_is_400_and_named(total, change, where):
    status, answer = total.json("/v2/models/total/infer", {"inputs": [{**ROW, **change}]})
    assert status == 400 and list(answer) == ["error"] and where in answer["error"] and "Exception" not in answer["error"]


def test_depth_bomb_and_garbage_are_400(total):
    for body in (b"[" * 100_000, b'{"inputs":' + b"[" * 50_000, b"{", b"", b"\xff\xfe", b"null"):
        assert total.call("/v2/models/total/infer", body, "POST")[0] == 400
    assert total.json("/v2/health/ready")[0] == 200


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/nothing", 404), ("GET", "/v2/models/other", 404), ("GET", "/v2/models/total/versions/2", 404),
    ("POST", "/v2", 405), ("GET", "/v2/models/total/infer", 405), ("POST", "/v2/repository/index", 501),
    ("POST", "/v2/repository/models/total/load", 501),
])
def test_refusals(total, method, path, status):
    got, headers, body = total.call(path, b"{}" if method == "POST" else None, method)
    assert got == status and list(json.loads(body)) == ["error"]
    assert (status == 405) == ("Allow" in headers)


def test_config_statistics_and_calibration(total):
    config = total.json("/v2/models/total/config")[1]
    assert config["max_batch_size"] == 8 and config["backend"] == "onnxruntime"
    assert config["input"][0]["dims"] == [4] and config["output"][0]["data_type"] == "TYPE_FP32"
    before = total.json("/v2/models/total/stats")[1]["model_stats"][0]["inference_count"]
    total.json("/v2/models/total/infer", {"inputs": [ROW]})
    assert total.json("/v2/models/total/stats")[1]["model_stats"][0]["inference_count"] == before + 1
    calibration = total.json("/v2/models/total/calibration")[1]
    assert calibration["points"][0]["rows"] == 1 and calibration["serviceMs"] > 0


def test_predict(total):
    status, answer = total.json("/v2/models/total/predict", {"id": "p", "inputs": {"a": 1, "b": 2, "c": 3, "d": 4}})
    assert status == 200, answer
    assert answer["id"] == "p" and answer["predictions"][0]["outputs"] == {"sum": 10}
    assert total.json("/v2/models/total/predict", {"inputs": {"a": 1}})[0] == 400


def test_repository(repository):
    index = json.loads(repository.call("/v2/repository/index", b"", "POST")[2])
    assert [(m["name"], m["version"], m["state"]) for m in index] == [("repository", "1", "READY")]
    assert repository.json("/v2/repository/models/repository/unload", {})[0] == 200
    assert repository.json("/v2/models/repository/infer", {"inputs": [ROW]})[0] == 503
    assert repository.json("/v2/models/repository/ready")[0] == 503
    assert repository.json("/v2/repository/models/repository/load", {})[0] == 200
    assert repository.json("/v2/models/repository/infer", {"inputs": [ROW]})[0] == 200
