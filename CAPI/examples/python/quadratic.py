"""Gradient descent on f(x) = 1/2 sum h_i (x_i - 1)^2, and the extrapolation of its points.

    python quadratic.py
"""

import numpy as np

import slipstream

STEPS = 20
curvatures = np.linspace(0.1, 1, 1000)


def objective(x: np.ndarray) -> float:
    return float(curvatures @ (x - 1) ** 2 / 2)


x = np.zeros(1000)
rna = slipstream.RNA(x, window=STEPS, regularization=1e-12)
rna.start(x)
for _ in range(STEPS):
    x -= curvatures * (x - 1)
    rna.push(x)

better = rna.extrapolate()
print(f"after {STEPS} steps: f = {objective(x):.3g}, extrapolated: f = {objective(better):.3g}")

# The same with an optimizer of the library, its weights in several arrays, and the regularization of least f.
weights = {"first": np.zeros(400), "rest": np.zeros(600)}
parts = {"first": curvatures[:400], "rest": curvatures[400:]}
descent = slipstream.SGD(weights, learning_rate=1.0)
rna = slipstream.RNA(weights, window=STEPS)
rna.start(weights)
for _ in range(STEPS):
    descent.step(weights, {name: parts[name] * (weights[name] - 1) for name in weights})
    rna.push(weights)


def total(point: "dict[str, np.ndarray]") -> float:
    return objective(np.concatenate([point["first"], point["rest"]]))


found = rna.search(total, last_objective=total(weights))
print(
    f"searched: f = {total(weights):.3g}, extrapolated: f = {total(found):.3g} "
    f"(regularization {rna.candidate.regularization:.3g})")
