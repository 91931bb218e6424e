"""Trains the anomaly model: readings.csv -> model.onnx, baseline.json and thresholds.json.

The graph's first layer, written by hand, compares each sensor with what it said before, so that nothing is left of where one
machine differs from another; small trees (XGBoost) judge that. Fixed thresholds are fitted to the same readings, for
comparison. Both sets come from `devkit sensor-set`, which computes the windows with the code that serves them (README.md).
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
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

SENSORS = ["temperature", "pressure", "vibration"]
# What each sensor's differences are added to before they divide: a share of its noise, so that a still sensor is no infinity.
NOISE = {"temperature": 0.05, "pressure": 0.005, "vibration": 0.02}
KINDS = ["SPIKE", "DRIFT", "STUCK"]
BINS = 10
FLOOR = 1e-4
OPSET = 15


class Set:
    """Readings of some machines, one machine after the other."""

    def __init__(self, path):
        with open(path, newline="") as file:
            rows = csv.reader(file)
            header = next(rows)
            assert header[:4] == ["machine", "second", "truth", "fault"], header[:4]
            self.vector = header[4:]
            self.machine = []
            self.truth = []
            faults = []
            for row in rows:
                self.machine.append(row[0])
                self.truth.append(row[2])
                # a fault has its number among its machine's
                faults.append(f"{row[0]}/{row[3]}")
        self.machine = np.array(self.machine)
        self.truth = np.array(self.truth)
        self.fault = np.unique(faults, return_inverse=True)[1]
        self.x = np.loadtxt(path, dtype=np.float32, delimiter=",", skiprows=1, usecols=range(4, len(header)))
        self.normal = self.truth == "NORMAL"
        self.faulty = np.isin(self.truth, KINDS)

    def false_alarms(self, flagged):
        """Readings that are called anomalies while nothing is wrong, per hour of a machine."""
        return 3600 * flagged[self.normal].mean()

    def found(self, flagged, kinds=KINDS):
        """Share of the faults that at least one of their readings tells of."""
        of = np.isin(self.truth, kinds)
        faults = np.unique(self.fault[of])
        return len(np.unique(self.fault[of & flagged])) / len(faults)


def front(vector):
    """The hand-written layer: nodes and weights from `input` to `derived`."""
    width = len(vector)
    plain, differences, above, below, eps = [], [], [], [], []

    def row(**terms):
        weights = np.zeros(width, np.float32)
        for name, weight in terms.items():
            weights[vector.index(name if name in vector else "recent." + name)] = weight
        return weights

    weights, nodes = [], []
    plain.append(row(count_1m=1))
    for s in SENSORS:
        latest = [i for i, name in enumerate(vector) if name.startswith(f"latest.{s}[")]
        at = {name: row(**{f"{s}_{name}": 1}) for name in ("avg_1m", "avg_5m", "min_1m", "max_1m", "stddev_1m", "stddev_5m", "rate_1m", "rate_5m")}
        at["now"] = row(**{s: 1})
        at["latest"] = np.zeros(width, np.float32)
        at["latest"][latest] = 1 / len(latest)
        plain += [at[name] for name in ("stddev_1m", "stddev_5m", "rate_1m", "rate_5m")]
        for a, b in (
            ("now", "latest"), ("now", "avg_1m"), ("latest", "avg_1m"), ("avg_1m", "avg_5m"),
            ("now", "min_1m"), ("now", "max_1m"), ("max_1m", "min_1m"),
        ):
            differences.append(at[a] - at[b])
        for i in latest[:2]:
            last = np.zeros(width, np.float32)
            last[i] = 1
            differences.append(at["now"] - last)
        for over, under in (
            (at["now"] - at["latest"], "stddev_1m"),
            (at["now"] - at["latest"], "stddev_5m"),
            (at["now"] - at["avg_1m"], "stddev_1m"),
            (at["now"] - at["avg_5m"], "stddev_5m"),
            (at["latest"] - at["avg_1m"], "stddev_1m"),
            (at["avg_1m"] - at["avg_5m"], "stddev_5m"),
            (at["stddev_1m"], "stddev_5m"),
        ):
            above.append(over)
            below.append(at[under])
            eps.append(NOISE[s])
        # how far the last readings and this one are apart: 0 = the value is repeated
        weights.append(numpy_helper.from_array(np.array([SENSORS.index(s), *latest], np.int64), f"{s}_latest"))
        nodes += [
            helper.make_node("Gather", ["input", f"{s}_latest"], [f"{s}_values"], axis=1),
            helper.make_node("ReduceMax", [f"{s}_values"], [f"{s}_most"], axes=[1], keepdims=1),
            helper.make_node("ReduceMin", [f"{s}_values"], [f"{s}_least"], axes=[1], keepdims=1),
            helper.make_node("Sub", [f"{s}_most", f"{s}_least"], [f"{s}_range"]),
        ]
    weights += [
        numpy_helper.from_array(np.stack(plain + differences).T, "w_plain"),
        numpy_helper.from_array(np.stack(above).T, "w_above"),
        numpy_helper.from_array(np.stack(below).T, "w_below"),
        numpy_helper.from_array(np.array(eps, np.float32), "eps"),
    ]
    nodes += [
        helper.make_node("MatMul", ["input", "w_plain"], ["plain"]),
        helper.make_node("MatMul", ["input", "w_above"], ["above"]),
        helper.make_node("MatMul", ["input", "w_below"], ["deviations"]),
        helper.make_node("Add", ["deviations", "eps"], ["below"]),
        helper.make_node("Div", ["above", "below"], ["ratios"]),
        helper.make_node("Concat", ["plain", "ratios", *(f"{s}_range" for s in SENSORS)], ["derived"], axis=1),
    ]
    return nodes, weights, len(plain) + len(differences) + len(above) + len(SENSORS)


def model_of(nodes, weights, width, outputs, opsets):
    graph = helper.make_graph(
        nodes,
        "anomaly-detection",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [None, width])],
        outputs,
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid(domain, v) for domain, v in opsets])
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def run(model, output, x):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run([output], {"input": part})[0] for part in np.array_split(x, max(1, len(x) // 4096))])


def weights_of(truth):
    """A kind of fault counts as much as another, though spikes last seconds and drifts minutes."""
    weights = np.ones(len(truth), np.float32)
    most = max((truth == kind).sum() for kind in KINDS)
    for kind in KINDS:
        # the root: rare readings that nobody can tell must not rule
        weights[truth == kind] = np.sqrt(most / (truth == kind).sum())
    return weights


def train(derived, y, weights):
    # Shallow and few: a ConfigMap carries at most 1 MiB, and one row is scored in tens of microseconds.
    model = xgboost.XGBClassifier(
        n_estimators=200,
        max_depth=5,
        learning_rate=0.1,
        subsample=0.8,
        colsample_bytree=0.8,
        min_child_weight=5,
        random_state=7,
        n_jobs=1,
        tree_method="hist",
        base_score=0.5,
    )
    model.fit(derived, y, sample_weight=weights)
    return model


def to_onnx(model, vector):
    nodes, weights, width = front(vector)
    trees = convert_xgboost(
        model, name="anomaly", initial_types=[("derived", FloatTensorType([None, width]))], target_opset=OPSET
    )
    outputs = [
        helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2]),
    ]
    assert [o.name for o in trees.graph.output] == ["label", "probabilities"], trees.graph.output
    opsets = {"": OPSET} | {o.domain: o.version for o in trees.opset_import}
    opsets[""] = OPSET
    return model_of(
        nodes + list(trees.graph.node), weights + list(trees.graph.initializer), len(vector), outputs, sorted(opsets.items())
    )


def outside(x, bounds):
    """What fixed thresholds call an anomaly: any sensor beyond its bounds."""
    low, high = np.array([bounds[s] for s in SENSORS], np.float32).T
    return ((x[:, : len(SENSORS)] < low) | (x[:, : len(SENSORS)] > high)).any(axis=1)


def bounds_at(data, share):
    """Per sensor, what this share of all normal readings is below, and above."""
    normal = data.x[data.normal][:, : len(SENSORS)].astype(np.float64)
    low, high = np.quantile(normal, [share, 1 - share], axis=0)
    return {s: [round(float(low[i]), 3), round(float(high[i]), 3)] for i, s in enumerate(SENSORS)}


def fit(enough):
    """The least share beyond the bounds with which `enough` holds, by bisection."""
    narrow, wide = 0.5, 0.0
    for _ in range(20):
        share = (narrow + wide) / 2
        if enough(share):
            narrow = share
        else:
            wide = share
    return narrow


def outside_own(data, share):
    """What bounds would say that each machine had of its own, from the very readings that they judge: better than they can be."""
    flagged = np.zeros(len(data.x), bool)
    for machine in np.unique(data.machine):
        at = data.machine == machine
        normal = data.x[at & data.normal][:, : len(SENSORS)]
        low, high = np.quantile(normal, [share, 1 - share], axis=0)
        values = data.x[at][:, : len(SENSORS)]
        flagged[at] = ((values < low) | (values > high)).any(axis=1)
    return flagged


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


def describe(name, data, flagged):
    kinds = ", ".join(f"{kind.lower()} {100 * data.found(flagged, [kind]):.1f} %" for kind in KINDS)
    print(
        f"{name}: finds {100 * data.found(flagged):.1f} % of the faults ({kinds}), "
        f"{data.false_alarms(flagged):.1f} false alarms per hour of a machine"
    )


def main():
    here = pathlib.Path(__file__).parent
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", default="readings.csv")
    arguments.add_argument("--held-out", default="held-out.csv", help="readings of machines that training does not see")
    arguments.add_argument("--threshold", default=0.8, type=float, help="postProcessing.threshold.above of model.yaml")
    arguments.add_argument("--out", default=here, type=pathlib.Path, help="directory of the files")
    options = arguments.parse_args()

    known = Set(options.data)
    nodes, weights, width = front(known.vector)
    derived = model_of(
        nodes, weights, len(known.vector), [helper.make_tensor_value_info("derived", TensorProto.FLOAT, [None, width])], [("", OPSET)]
    )
    used = known.normal | known.faulty
    # One normal reading tells what the next one does: every third of them is enough.
    used &= known.faulty | (np.arange(len(used)) % 3 == 0)
    trained_on = run(derived, "derived", known.x[used])
    model = train(trained_on, known.faulty[used].astype(int), weights_of(known.truth[used]))
    data = to_onnx(model, known.vector)

    scores = run(data, "probabilities", known.x)[:, 1]
    difference = np.abs(scores[used] - model.predict_proba(trained_on)[:, 1]).max()
    assert difference < 1e-4, f"ONNX and XGBoost differ by {difference}"
    flagged = scores > options.threshold
    bounds = {
        "sameFaultsFound": bounds_at(known, fit(lambda s: known.found(outside(known.x, bounds_at(known, s))) >= known.found(flagged))),
        "sameFalseAlarms": bounds_at(
            known, fit(lambda s: known.false_alarms(outside(known.x, bounds_at(known, s))) >= known.false_alarms(flagged))
        ),
    }

    (options.out / "model.onnx").write_bytes(data)
    (options.out / "baseline.json").write_text(json.dumps(baseline(known.vector, known.x), indent=1) + "\n")
    (options.out / "thresholds.json").write_text(json.dumps(bounds, indent=1) + "\n")

    unseen = Set(options.held_out)
    scores = run(data, "probabilities", unseen.x)[:, 1]
    print(f"readings {len(known.x)}, {100 * known.faulty.mean():.1f} % of them of a fault, inputs {len(known.vector)}")
    print(f"machines that training has not seen, {unseen.normal.sum() / 3600:.0f} hours in which nothing is wrong:")
    for threshold in sorted({0.5, 0.8, 0.9, 0.95, 0.98, options.threshold}):
        describe(f"  model above {threshold}", unseen, scores > threshold)
    for name, fixed in bounds.items():
        describe(f"  fixed thresholds, {name} {fixed}", unseen, outside(unseen.x, fixed))
    served = scores > options.threshold
    own = {
        "sameFaultsFound": fit(lambda s: unseen.found(outside_own(unseen, s)) >= unseen.found(served)),
        "sameFalseAlarms": fit(lambda s: unseen.false_alarms(outside_own(unseen, s)) >= unseen.false_alarms(served)),
    }
    for name, share in own.items():
        describe(f"  fixed thresholds of each machine's own, {name}", unseen, outside_own(unseen, share))
    print(f"model.onnx {len(data)} bytes, largest difference to XGBoost {difference:.1e}")
    print(f"digest sha256:{hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
