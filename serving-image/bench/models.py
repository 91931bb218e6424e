"""Writes the benchmark's models: python models.py <directory>. Random weights of a fixed seed: speed does not depend on them.

Run it in the environment of peers/requirements/tools.txt.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def mlp(name: str, widths: list[int]) -> onnx.ModelProto:
    """input [N, first] -> output [N, last]: Gemm and Relu, Sigmoid at the end."""
    random = np.random.default_rng(7)
    nodes, weights = [], []
    at = "input"
    for i, (n, m) in enumerate(zip(widths, widths[1:])):
        last = i == len(widths) - 2
        weights.append(numpy_helper.from_array((random.standard_normal((n, m)) / np.sqrt(n)).astype(np.float32), f"w{i}"))
        weights.append(numpy_helper.from_array(np.zeros(m, np.float32), f"b{i}"))
        nodes.append(helper.make_node("Gemm", [at, f"w{i}", f"b{i}"], [f"z{i}"]))
        at = "output" if last else f"a{i}"
        nodes.append(helper.make_node("Sigmoid" if last else "Relu", [f"z{i}"], [at]))
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", widths[0]])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", widths[-1]])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="millrace-bench")
    model.ir_version = 7
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(mlp("mlp", [64, 256, 128, 1]), out / "mlp.onnx")
    onnx.save(mlp("big", [512, 2048, 1024, 1]), out / "big.onnx")
    # as wide as the vectors of Stand.java
    onnx.save(mlp("predict", [18, 64, 32, 1]), out / "predict.onnx")
    onnx.save(mlp("rank", [21, 64, 32, 1]), out / "rank.onnx")
