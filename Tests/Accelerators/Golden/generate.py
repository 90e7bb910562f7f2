"""Writes rna.json: extrapolations of made-up sequences, by the formula, with NumPy in double precision.

    pip install numpy mpmath && python3 generate.py

The must-show of the method: windows of 2 to 20 residuals that are random, nearly collinear and badly scaled.

The sequences are not written: Sequences.swift makes the same ones, bit for bit. Each golden value is checked against the
same formula in 60 digits, so that what is compared with is not itself in doubt. Numbers are hexadecimal.
"""

import json
import pathlib

import mpmath
import numpy

COUNT = 24
MASK = (1 << 64) - 1


class Random:
    """Knuth's linear congruential generator: numbers in [-0.5, 0.5) with 53 bits."""

    def __init__(self, seed):
        self.state = seed

    def vector(self):
        return numpy.array([self.next() for _ in range(COUNT)])

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return (self.state >> 11) * 2.0**-53 - 0.5


def sequence(kind, length, seed):
    random = Random(seed)
    base, direction = random.vector(), random.vector()
    scale = numpy.array([2.0 ** (k * 7 % 41 - 20) for k in range(COUNT)])
    points, decay = [], 1.0
    for _ in range(length):
        noise = random.vector()
        if kind == "random":
            points.append(noise)
        elif kind == "collinear":
            points.append(base + decay * direction + 0.00001 * noise)
        elif kind == "scaled":
            points.append(scale * (base + decay * noise))
        decay = decay * 0.75
    return points


def weights(gram, regularization, solve, eye, norm, ones):
    z = solve(gram / norm + regularization * eye, ones)
    return z / sum(z)


def extrapolation(points, regularization, relaxation):
    later, earlier = numpy.array(points[1:]), numpy.array(points[:-1])
    residuals = later - earlier
    gram = residuals @ residuals.T
    n = len(residuals)
    c = weights(
        gram, regularization, numpy.linalg.solve, numpy.eye(n), numpy.linalg.norm(gram, 2), numpy.ones(n))
    return c @ (earlier + relaxation * residuals)


def exact(points, regularization, relaxation):
    mpmath.mp.dps = 60
    points = [point.tolist() for point in points]
    later, earlier = mpmath.matrix(points[1:]), mpmath.matrix(points[:-1])
    residuals = later - earlier
    gram = residuals * residuals.T
    n = residuals.rows
    norm = max(mpmath.eigsy(gram, eigvals_only=True))
    c = weights(gram, regularization, mpmath.lu_solve, mpmath.eye(n), norm, mpmath.ones(n, 1))
    result = c.T * (earlier + relaxation * residuals)
    return numpy.array([float(value) for value in result])


def main():
    settings = [(kind, n, 1e-8, 1.0) for kind in ("random", "collinear", "scaled") for n in range(2, 21)]
    settings += [("random", n, 0.0, 1.0) for n in (2, 10, 20)]
    settings += [(kind, 5, 1e-3, beta) for kind in ("random", "scaled") for beta in (0.0, 0.5)]
    cases = []
    for number, (kind, n, regularization, relaxation) in enumerate(settings):
        for precision, dtype in ("f32", numpy.float32), ("f64", numpy.float64):
            points = [point.astype(dtype).astype(float) for point in sequence(kind, n + 4, number + 1)]
            value = extrapolation(points[-n - 1:], regularization, relaxation)
            reference = exact(points[-n - 1:], regularization, relaxation)
            scale = numpy.abs(points).max(axis=0)
            doubt = (numpy.abs(value - reference) / scale).max()
            assert doubt < 8e-11, (kind, n, precision, doubt)
            cases.append({
                "kind": kind, "seed": number + 1, "window": n, "regularization": regularization,
                "relaxation": relaxation, "precision": precision, "expected": [float(v).hex() for v in value]})
    path = pathlib.Path(__file__).with_name("rna.json")
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


main()
