"""Writes the models of the server's tests: python make_models.py <directory>. Written with onnx 1.23.2."""

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper


def score() -> onnx.ModelProto:
    """[N,3] -> label [N], probabilities [N,2]; p1 = sigmoid(0.001 x0 + 0.5 x1 + 1.0 x2 - 3)."""
    w = helper.make_tensor("w", TensorProto.FLOAT, [3, 1], [0.001, 0.5, 1.0])
    b = helper.make_tensor("b", TensorProto.FLOAT, [1], [-3.0])
    one = helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])
    half = helper.make_tensor("half", TensorProto.FLOAT, [1], [0.5])
    flat = helper.make_tensor("flat", TensorProto.INT64, [1], [-1])
    nodes = [
        helper.make_node("MatMul", ["input", "w"], ["xw"]),
        helper.make_node("Add", ["xw", "b"], ["z"]),
        helper.make_node("Sigmoid", ["z"], ["p1"]),
        helper.make_node("Sub", ["one", "p1"], ["p0"]),
        helper.make_node("Concat", ["p0", "p1"], ["probabilities"], axis=1),
        helper.make_node("Greater", ["p1", "half"], ["above"]),
        helper.make_node("Cast", ["above"], ["above64"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["above64", "flat"], ["label"]),
    ]
    graph = helper.make_graph(
        nodes,
        "score",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, ["N"]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 2]),
        ],
        [w, b, one, half, flat],
    )
    return model(graph)


def identity() -> onnx.ModelProto:
    """One input and one equal output, [N,2], of every datatype that the runtime carries."""
    types = {
        "bool": TensorProto.BOOL,
        "u8": TensorProto.UINT8,
        "i8": TensorProto.INT8,
        "i16": TensorProto.INT16,
        "i32": TensorProto.INT32,
        "i64": TensorProto.INT64,
        "f16": TensorProto.FLOAT16,
        "f32": TensorProto.FLOAT,
        "f64": TensorProto.DOUBLE,
        "text": TensorProto.STRING,
    }
    graph = helper.make_graph(
        [helper.make_node("Identity", [n], [f"{n}_out"]) for n in types],
        "identity",
        [helper.make_tensor_value_info(n, t, ["N", 2]) for n, t in types.items()],
        [helper.make_tensor_value_info(f"{n}_out", t, ["N", 2]) for n, t in types.items()],
    )
    return model(graph)


def loop(name: str = "loop", ahead: int = 0) -> onnx.ModelProto:
    """[N,1] -> [N,1]: counts to the largest number of the input, so that a caller says how long a run takes.

    ahead: it begins so far below zero, so that no input is a short run.
    """
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Add", ["n", "step"], ["n_next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("n", TensorProto.FLOAT, ["N", 1]),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("n_next", TensorProto.FLOAT, ["N", 1]),
        ],
        [helper.make_tensor("step", TensorProto.FLOAT, [1], [1.0])],
    )
    nodes = [
        helper.make_node("ReduceMax", ["input"], ["most"], keepdims=0),
        helper.make_node("Cast", ["most"], ["trips"], to=TensorProto.INT64),
        helper.make_node("Sub", ["input", "input"], ["zeros"]),
        helper.make_node("Loop", ["trips", "true", "zeros"], ["counted"], body=body),
    ]
    constants = [helper.make_tensor("true", TensorProto.BOOL, [], [True])]
    if ahead:
        nodes[1] = helper.make_node("Cast", ["farther"], ["trips"], to=TensorProto.INT64)
        nodes[3] = helper.make_node("Loop", ["trips", "true", "below"], ["counted"], body=body)
        nodes.insert(3, helper.make_node("Sub", ["zeros", "ahead"], ["below"]))
        nodes.insert(1, helper.make_node("Add", ["most", "ahead"], ["farther"]))
        constants.append(helper.make_tensor("ahead", TensorProto.FLOAT, [], [float(ahead)]))
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 1])],
        [helper.make_tensor_value_info("counted", TensorProto.FLOAT, ["N", 1])],
        constants,
    )
    return model(graph)


def filter_rows() -> onnx.ModelProto:
    """[N,2] -> [N,2] by its signature, and in fact only the rows whose first number is positive."""
    graph = helper.make_graph(
        [
            # starts, ends, axes: column 0
            helper.make_node("Slice", ["input", "zero", "one", "one"], ["first"]),
            helper.make_node("Greater", ["first", "nil"], ["column"]),
            helper.make_node("Reshape", ["column", "flat"], ["keep"]),
            helper.make_node("Compress", ["input", "keep"], ["kept"], axis=0),
        ],
        "filter",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 2])],
        [helper.make_tensor_value_info("kept", TensorProto.FLOAT, ["M", 2])],
        [
            helper.make_tensor("zero", TensorProto.INT64, [1], [0]),
            helper.make_tensor("one", TensorProto.INT64, [1], [1]),
            helper.make_tensor("nil", TensorProto.FLOAT, [1], [0.0]),
            helper.make_tensor("flat", TensorProto.INT64, [1], [-1]),
        ],
    )
    return model(graph)


def model(graph: onnx.GraphProto) -> onnx.ModelProto:
    m = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="millrace-tests")
    m.ir_version = 8
    onnx.checker.check_model(m)
    return m


if __name__ == "__main__":
    out = Path(sys.argv[1])
    onnx.save(score(), out / "score.onnx")
    onnx.save(identity(), out / "identity.onnx")
    onnx.save(loop(), out / "loop.onnx")
    onnx.save(loop("plodding", 2_000), out / "plodding.onnx")
    onnx.save(filter_rows(), out / "filter.onnx")
