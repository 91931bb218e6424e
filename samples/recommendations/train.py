"""Trains the ranker: pages.csv -> model.onnx and baseline.json.

A large teacher (XGBoost, 400 trees) learns from what users did; a small network learns the teacher's scores, and is what is served.
The network's first layer, written by hand, picks the user's interest in the item's own category out of the vector. The pages come
from `devkit page-set`, which computes the windows with the code that serves them (README.md).
Equal input and equal versions (requirements.txt) on one kind of processor give an equal model.
"""

import argparse
import csv
import hashlib
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
import xgboost
from onnx import TensorProto, helper, numpy_helper
from sklearn.neural_network import MLPRegressor

CATEGORIES = 8
BINS = 10
FLOOR = 1e-4


def read(path):
    with open(path, newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        assert header[0] == "page" and header[-1] == "gain", header
        table = np.array([row for row in rows], dtype=np.float64)
    return header[1:-1], table[:, 0].astype(int), table[:, 1:-1].astype(np.float32), table[:, -1]


def ndcg(pages, scores, gains, k=10):
    """Mean over the pages on which anything was opened; ties in the order of the file."""
    values = []
    for page in np.unique(pages):
        at = pages == page
        gain = gains[at]
        if gain.max() == 0:
            continue
        discount = 1 / np.log2(np.arange(2, k + 2))
        got = gain[np.argsort(-scores[at], kind="stable")][:k]
        best = np.sort(gain)[::-1][:k]
        values.append((got * discount[: len(got)]).sum() / (best * discount[: len(best)]).sum())
    return float(np.mean(values))


def derived(vector, x):
    """What the network's first layer computes: logarithms, the interest in the item's category, and its share of all interests."""
    first = vector.index("interests.c0_3h")
    interests = x[:, first : first + CATEGORIES]
    own = (interests * (np.arange(CATEGORIES) == x[:, :1])).sum(axis=1, keepdims=True)
    share = own / (interests.sum(axis=1, keepdims=True) + 1)
    return np.concatenate([np.log1p(np.maximum(x[:, 1:], 0)), np.log1p(own), share], axis=1)


def to_onnx(vector, mean, scale, network):
    first = vector.index("interests.c0_3h")
    weights = []

    def constant(name, value):
        weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(kind, inputs, output, **attributes):
        return helper.make_node(kind, inputs, [output], **attributes)

    f = np.float32
    constant("zero", np.array(0, f)), constant("one", np.array(1, f))
    axis = constant("axis", np.array([1], np.int64))
    constant("b0", np.array([0], np.int64)), constant("b1", np.array([1], np.int64))
    constant("end", np.array([len(vector)], np.int64))
    constant("from", np.array([first], np.int64)), constant("to", np.array([first + CATEGORIES], np.int64))
    constant("categories", np.arange(CATEGORIES, dtype=f)[None, :])
    nodes = [
        node("Slice", ["input", "b0", "b1", axis], "category"),
        node("Slice", ["input", "b1", "end", axis], "rest"),
        node("Slice", ["input", "from", "to", axis], "interests"),
        node("Equal", ["category", "categories"], "is_own"),
        node("Cast", ["is_own"], "own_mask", to=TensorProto.FLOAT),
        node("Mul", ["interests", "own_mask"], "own_only"),
        node("ReduceSum", ["own_only", axis], "own", keepdims=1),
        node("ReduceSum", ["interests", axis], "all", keepdims=1),
        node("Add", ["all", "one"], "all_1"),
        node("Div", ["own", "all_1"], "share"),
        node("Max", ["rest", "zero"], "rest_0"),
        node("Concat", ["rest_0", "own"], "counts", axis=1),
        node("Add", ["counts", "one"], "counts_1"),
        node("Log", ["counts_1"], "logs"),
        node("Concat", ["logs", "share"], "derived", axis=1),
        node("Sub", ["derived", constant("mean", mean.astype(f))], "centred"),
        node("Div", ["centred", constant("scale", scale.astype(f))], "h0"),
    ]
    layers = list(zip(network.coefs_, network.intercepts_))
    for i, (w, b) in enumerate(layers):
        last = i == len(layers) - 1
        nodes.append(node("Gemm", [f"h{i}", constant(f"w{i}", w.astype(f)), constant(f"c{i}", b.astype(f))], f"g{i}"))
        nodes.append(node("Sigmoid" if last else "Relu", [f"g{i}"], "score" if last else f"h{i + 1}"))
    graph = helper.make_graph(
        nodes,
        "recommendations",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [None, len(vector)])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def baseline(vector, x):
    """Per vector entry: inner edges of quantile bins, the share of each bin and of null, the sample's size."""
    result = {}
    for i, name in enumerate(vector):
        column = x[:, i].astype(np.float64)
        edges = np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1]))
        # A value equal to an edge belongs to the bin below it, as in the server. An edge at the maximum parts nothing.
        edges = edges[edges < column.max()]
        counts = np.bincount(np.searchsorted(edges, column, side="left"), minlength=len(edges) + 1)
        shares = np.append(counts, 0) / len(column)
        result[name] = {
            "edges": [float(e) for e in edges],
            "ratios": [round(float(max(s, FLOOR)), 6) for s in shares],
            "samples": len(column),
        }
    return result


def main():
    here = pathlib.Path(__file__).parent
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", default="pages.csv")
    arguments.add_argument("--out", default=here, type=pathlib.Path, help="directory of model.onnx and baseline.json")
    options = arguments.parse_args()

    vector, pages, x, gains = read(options.data)
    # By time: the last fifth of the simulated history is never seen in training.
    cut = int(np.searchsorted(pages, int(pages.max() * 0.8)))
    features = derived(vector, x)
    # An opened item counts once, a bought one thrice: the order by expected gain.
    weights = np.maximum(1, gains)
    teacher = xgboost.XGBClassifier(
        n_estimators=400,
        max_depth=5,
        learning_rate=0.05,
        subsample=0.8,
        colsample_bytree=0.8,
        min_child_weight=10,
        random_state=7,
        n_jobs=1,
        tree_method="hist",
        base_score=0.5,
    )
    teacher.fit(features[:cut], (gains[:cut] > 0).astype(int), sample_weight=weights[:cut])
    taught = teacher.predict(features, output_margin=True)

    mean = features[:cut].mean(axis=0)
    scale = features[:cut].std(axis=0) + 1e-6
    network = MLPRegressor(
        hidden_layer_sizes=(24, 12), random_state=7, max_iter=40, batch_size=256, learning_rate_init=3e-3, tol=0, n_iter_no_change=40
    )
    network.fit((features[:cut] - mean) / scale, taught[:cut])
    data = to_onnx(vector, mean, scale, network)

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    scores = session.run(["score"], {"input": x})[0][:, 0]
    expected = 1 / (1 + np.exp(-network.predict((features - mean) / scale)))
    difference = np.abs(scores - expected).max()
    assert difference < 1e-3, f"ONNX and the network differ by {difference}"

    (options.out / "model.onnx").write_bytes(data)
    (options.out / "baseline.json").write_text(json.dumps(baseline(vector, x[:cut]), indent=1) + "\n")

    p, g = pages[cut:], gains[cut:]
    column = {name: x[cut:, i] for i, name in enumerate(vector)}
    popularity = column["demand.views_1d"] + 2 * column["demand.carts_1d"] + 3 * column["demand.purchases_1d"]
    chance = np.random.default_rng(7).random(len(g))
    print(f"rows {len(x)}, pages {pages.max() + 1}, opened {100 * (gains > 0).mean():.1f} %, bought {100 * (gains == 3).mean():.1f} %")
    print(f"NDCG@10 on the last fifth: by chance {ndcg(p, chance, g):.3f}, popularity {ndcg(p, popularity, g):.3f}, ", end="")
    print(f"teacher {ndcg(p, taught[cut:], g):.3f}, served {ndcg(p, scores[cut:], g):.3f}")
    print(f"model.onnx {len(data)} bytes, largest difference to the network {difference:.1e}")
    print(f"digest sha256:{hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
