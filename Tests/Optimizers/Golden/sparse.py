"""Writes sparse.json: the points that dual averaging and the proximal rule visit on a small lasso, in Float64.

    pip install numpy && python3 sparse.py

minimise ½‖Aw − b‖²/n + λ‖w‖₁ over a random A, a row at a time, from a random start. The closed forms are evaluated as
the papers print them: from the mean of all gradients so far, not from a recurrence.
"""

import json
import pathlib

import numpy as np

ROWS, COUNT, STEPS = 12, 6, 40


def soft(x, threshold):
    return np.sign(x) * np.maximum(np.abs(x) - threshold, 0)


def main():
    random = np.random.default_rng(11)
    matrix = random.normal(size=(ROWS, COUNT))
    truth = np.array([1.5, 0, 0, -2, 0, 0.5])
    target = matrix @ truth + 0.1 * random.normal(size=ROWS)
    start = random.normal(size=COUNT)
    cases = []
    for rule, gamma, penalty in [
        ("sda", 4.0, 0.0), ("sda", 10.0, 0.0), ("rda", 4.0, 0.05), ("rda", 8.0, 0.4), ("prox-sgd", 10.0, 0.2),
        ("prox-sgd", 20.0, 1.0),
    ]:
        w, gradients, points = start.copy(), [], []
        for t in range(1, STEPS + 1):
            row = (t - 1) % ROWS
            gradients.append(matrix[row] * (matrix[row] @ w - target[row]))
            if rule == "prox-sgd":
                rate = 1 / (gamma * np.sqrt(t))
                w = soft(w - rate * gradients[-1], rate * penalty)
            else:
                w = -np.sqrt(t) / gamma * soft(np.mean(gradients, axis=0), penalty)
            points.append(w.tolist())
        cases.append({"rule": rule, "gamma": gamma, "lambda": penalty, "points": points})
    golden = {"matrix": matrix.tolist(), "target": target.tolist(), "start": start.tolist(), "cases": cases}
    path = pathlib.Path(__file__).with_name("sparse.json")
    path.write_text(json.dumps(golden).replace('{"rule"', '\n{"rule"').replace(', \n', ',\n') + "\n")


main()
