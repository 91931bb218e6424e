"""The gRPC side by the suite's own stubs, and what a caller without a .proto finds."""

import grpc
import oip_pb2 as pb
import pytest
from conftest import TYPES
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

RAW = {
    "bool": "0100", "u8": "ff07", "i8": "80ff", "i16": "0080ffff", "i32": "00000080ffffffff",
    "i64": "0000000000000080ffffffffffffffff", "f16": "003c00c0", "f32": "0000803f000000c0",
    "f64": "000000000000f03f00000000000000c0", "text": "010000006102000000c3bc",
}


class Stub:
    """inference.GRPCInferenceService, by the suite's own messages."""

    METHODS = {
        "ServerLive": pb.Live, "ServerReady": pb.Live, "ModelReady": pb.Live, "ServerMetadata": pb.Server,
        "ModelMetadata": pb.Model, "ModelInfer": pb.Response, "ModelConfig": pb.ConfigAnswer,
        "ModelStatistics": pb.StatisticsAnswer, "RepositoryIndex": pb.Index, "RepositoryModelLoad": pb.Empty,
        "RepositoryModelUnload": pb.Empty,
        # of Triton, not of this server
        "TraceSetting": pb.Empty,
    }

    def __init__(self, channel):
        for name, answer in self.METHODS.items():
            setattr(self, name, channel.unary_unary(
                f"/inference.GRPCInferenceService/{name}", lambda request: request.SerializeToString(), answer.FromString))


@pytest.fixture
def channel(total):
    with grpc.insecure_channel(total.grpc) as c:
        yield c


@pytest.fixture
def stub(channel):
    return Stub(channel)


def row(**more):
    return pb.Tensor(name="numbers", datatype="FP32", shape=[1, 4], **more)


def test_health_and_metadata(stub):
    assert stub.ServerLive(pb.Empty()).value and stub.ServerReady(pb.Empty()).value
    assert stub.ModelReady(pb.Named(name="total")).value
    server = stub.ServerMetadata(pb.Empty())
    assert server.name == "millrace" and {"model_configuration", "statistics", "schedule_policy", "binary_tensor_data"} <= set(server.extensions)
    model = stub.ModelMetadata(pb.Named(name="total", version="1"))
    assert model.platform == "onnx_onnxv1" and list(model.inputs[0].shape) == [-1, 4] and list(model.versions) == ["1"]


def test_infer_typed_is_answered_typed(stub):
    answer = stub.ModelInfer(pb.Request(model_name="total", id="9", inputs=[row(contents=pb.Contents(floats=[1, 2, 3, 4]))]))
    assert answer.id == "9" and list(answer.outputs[0].contents.floats) == [10] and not answer.raw


def test_every_datatype_raw(identity):
    request = pb.Request(model_name="identity", raw=[bytes.fromhex(v) for v in RAW.values()])
    for name in RAW:
        request.inputs.add(name=name, datatype=TYPES[name][0], shape=[1, 2])
    with grpc.insecure_channel(identity.grpc) as c:
        answer = Stub(c).ModelInfer(request)
    assert {o.name: r.hex() for o, r in zip(answer.outputs, answer.raw)} == {f"{n}_out": v for n, v in RAW.items()}


def code(call, request):
    with pytest.raises(grpc.RpcError) as e:
        call(request)
    assert "Exception" not in e.value.details()
    return e.value.code()


def test_errors(stub):
    raw = bytes(16)
    both = pb.Request(model_name="total", inputs=[row(contents=pb.Contents(floats=[1, 2, 3, 4]))], raw=[raw])
    assert code(stub.ModelInfer, both) == grpc.StatusCode.INVALID_ARGUMENT
    assert code(stub.ModelInfer, pb.Request(model_name="total", inputs=[row()])) == grpc.StatusCode.INVALID_ARGUMENT
    assert code(stub.ModelInfer, pb.Request(model_name="total", inputs=[row()], raw=[raw[:5]])) == grpc.StatusCode.INVALID_ARGUMENT
    assert code(stub.ModelInfer, pb.Request(model_name="other", inputs=[row()], raw=[raw])) == grpc.StatusCode.NOT_FOUND
    assert code(stub.ModelConfig, pb.Named(name="total", version="2")) == grpc.StatusCode.NOT_FOUND
    assert code(stub.RepositoryModelLoad, pb.Loaded(model_name="total")) == grpc.StatusCode.UNIMPLEMENTED
    assert code(stub.RepositoryIndex, pb.Empty()) == grpc.StatusCode.UNIMPLEMENTED
    assert code(stub.TraceSetting, pb.Empty()) == grpc.StatusCode.UNIMPLEMENTED


def test_config_and_statistics(stub):
    config = stub.ModelConfig(pb.Named(name="total")).config
    assert (config.name, config.max_batch_size, config.backend, config.platform) == ("total", 8, "onnxruntime", "onnx_onnxv1")
    assert (config.input[0].name, config.input[0].data_type, list(config.input[0].dims)) == ("numbers", 11, [4])
    assert (config.output[0].name, config.output[0].data_type, list(config.output[0].dims)) == ("sum", 11, [1])
    before = stub.ModelStatistics(pb.Named()).model_stats[0]
    stub.ModelInfer(pb.Request(model_name="total", inputs=[row()], raw=[bytes(16)]))
    after = stub.ModelStatistics(pb.Named(name="total")).model_stats[0]
    assert after.inference_count == before.inference_count + 1 and after.inference_stats.compute_infer.ns > 0


def test_health_check_and_unknown_service(channel):
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", "inference.GRPCInferenceService", "millrace.v1.PredictService"):
        assert health.Check(health_pb2.HealthCheckRequest(service=service)).status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as e:
        health.Check(health_pb2.HealthCheckRequest(service="no"))
    assert e.value.code() == grpc.StatusCode.NOT_FOUND
    watch = health.Watch(health_pb2.HealthCheckRequest(service="no"))
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


def test_health_watch_tells_every_change(repository):
    with grpc.insecure_channel(repository.grpc) as c:
        stub = Stub(c)
        watch = health_pb2_grpc.HealthStub(c).Watch(health_pb2.HealthCheckRequest(), timeout=20)
        told = [next(watch).status]
        stub.RepositoryModelUnload(pb.Loaded(model_name="repository"))
        told.append(next(watch).status)
        stub.RepositoryModelLoad(pb.Loaded(model_name="repository"))
        told.append(next(watch).status)
        watch.cancel()
        assert stub.RepositoryIndex(pb.Empty()).models[0].state == "READY"
    assert told == [1, 2, 1]


def test_reflection_lists_and_describes(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    services = set(database.get_services())
    assert {"inference.GRPCInferenceService", "millrace.v1.PredictService", "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"} == services
    pool = DescriptorPool(database)
    for service in services:
        assert pool.FindServiceByName(service).methods
    infer = pool.FindServiceByName("inference.GRPCInferenceService").methods_by_name["ModelInfer"]
    assert infer.input_type.fields_by_name["raw_input_contents"].number == 7
    with pytest.raises(KeyError):
        pool.FindMessageTypeByName("inference.Nothing")


def test_reflection_v1(channel):
    from grpc_reflection.v1alpha import reflection_pb2 as r

    # the same messages under the newer name
    info = channel.stream_stream("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                                 r.ServerReflectionRequest.SerializeToString, r.ServerReflectionResponse.FromString)
    asked = [r.ServerReflectionRequest(list_services=""), r.ServerReflectionRequest(file_containing_symbol="no.Such")]
    services, missing = list(info(iter(asked), timeout=20))
    assert "inference.GRPCInferenceService" in [s.name for s in services.list_services_response.service]
    assert missing.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
