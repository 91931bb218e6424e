"""Trains the fraud model: training.csv -> model.onnx and baseline.json.

The training set comes from `devkit training-set`, which computes the windows with the code that serves them (README.md).
Equal input and equal versions (requirements.txt) give an equal model.
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
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.metrics import average_precision_score, roc_auc_score

BINS = 10
FLOOR = 1e-4


def read(path):
    with open(path, newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        vector = header[:-2]
        assert header[-2:] == ["pattern", "label"], header[-2:]
        values, labels, patterns = [], [], []
        for row in rows:
            values.append(row[:-2])
            patterns.append(row[-2])
            labels.append(row[-1])
    return vector, np.array(values, dtype=np.float32), np.array(labels, dtype=np.int64), np.array(patterns)


def train(vector, x, y):
    # More purchases or more merchants within minutes never make a purchase safer, however busy the customer is.
    rising = {"foreign", "purchases.count_5m", "purchases.sum_5m", "purchases.merchants_5m"}
    # Shallow and few: a ConfigMap carries at most 1 MiB, and one row is scored in tens of microseconds.
    model = xgboost.XGBClassifier(
        n_estimators=120,
        max_depth=5,
        learning_rate=0.1,
        subsample=0.8,
        colsample_bytree=0.8,
        min_child_weight=5,
        random_state=7,
        n_jobs=1,
        tree_method="hist",
        base_score=0.5,
        monotone_constraints=tuple(int(name in rising) for name in vector),
    )
    model.fit(x, y)
    return model


def to_onnx(model, width):
    converted = convert_xgboost(
        model, name="fraud", initial_types=[("input", FloatTensorType([None, width]))], target_opset=15
    )
    converted.producer_version = ""
    converted.doc_string = ""
    onnx.checker.check_model(converted)
    return converted.SerializeToString(deterministic=True)


def baseline(vector, x):
    """Per vector entry: inner edges of quantile bins, the share of each bin and of null, the sample's size."""
    result = {}
    for i, name in enumerate(vector):
        column = x[:, i].astype(np.float64)
        present = column[~np.isnan(column)]
        edges = np.unique(np.quantile(present, np.linspace(0, 1, BINS + 1)[1:-1]))
        # A value equal to an edge belongs to the bin below it, as in the server. An edge at the maximum parts nothing.
        edges = edges[edges < present.max()]
        counts = np.bincount(np.searchsorted(edges, present, side="left"), minlength=len(edges) + 1)
        shares = np.append(counts, len(column) - len(present)) / len(column)
        result[name] = {
            "edges": [float(e) for e in edges],
            "ratios": [round(float(max(s, FLOOR)), 6) for s in shares],
            "samples": len(column),
        }
    return result


def main():
    here = pathlib.Path(__file__).parent
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", default="training.csv")
    arguments.add_argument("--out", default=here, type=pathlib.Path, help="directory of model.onnx and baseline.json")
    options = arguments.parse_args()

    vector, x, y, patterns = read(options.data)
    # By time: the last fifth of the simulated history is never seen in training.
    cut = int(len(x) * 0.8)
    model = train(vector, x[:cut], y[:cut])
    data = to_onnx(model, len(vector))

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    scores = session.run(["probabilities"], {"input": x[cut:]})[0][:, 1]
    difference = np.abs(scores - model.predict_proba(x[cut:])[:, 1]).max()
    assert difference < 1e-5, f"ONNX and XGBoost differ by {difference}"

    (options.out / "model.onnx").write_bytes(data)
    (options.out / "baseline.json").write_text(json.dumps(baseline(vector, x[:cut]), indent=1) + "\n")

    print(f"rows {len(x)}, fraud {100 * y.mean():.2f} %, features {len(vector)}")
    print(f"AUC {roc_auc_score(y[cut:], scores):.4f}, average precision {average_precision_score(y[cut:], scores):.4f}")
    for threshold in (0.3, 0.5, 0.8):
        flagged = scores > threshold
        print(
            f"above {threshold}: review {100 * flagged.mean():.2f} % of all, "
            f"right {100 * y[cut:][flagged].mean():.1f} %, finds {100 * flagged[y[cut:] == 1].mean():.1f} % of fraud"
        )
    for pattern in sorted(set(patterns[cut:]) - {"NORMAL"}):
        print(f"  {pattern}: finds {100 * (scores[patterns[cut:] == pattern] > 0.5).mean():.1f} %")
    print(f"model.onnx {len(data)} bytes, largest difference to XGBoost {difference:.1e}")
    print(f"digest sha256:{hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
