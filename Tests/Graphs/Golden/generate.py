"""Writes operators.json: what PyTorch computes, in float64, for the cases of GoldenTests.swift.

Run with PyTorch 2.13 on CPU: python generate.py. Every case has operands (values rounded, so that any precision holds
them), results, weights, and the gradient of sum(results[0] * weights) with respect to each real operand.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(0)
cases = []


def real(*shape, low=None, high=None):
    """Random numbers on a grid of 1/64; ties, too, if they are few."""
    if low is None:
        return (torch.randn(shape, dtype=torch.float64) * 64).round() / 64
    return torch.randint(low, high, shape).to(torch.float64)


def listed(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.15g}") for v in tensor.double().flatten().tolist()]}


def case(name, operands, function, statistics=(), integers=()):
    """`statistics`: indices of operands that the function updates in place; `integers`: those that hold integers."""
    fixed = set(statistics) | set(integers)
    leaves = [t.clone() if i in fixed else t.clone().requires_grad_() for i, t in enumerate(operands)]
    results = function(*leaves)
    results = results if isinstance(results, (list, tuple)) else [results]
    weights = real(*results[0].shape)
    (results[0] * weights).sum().backward()
    cases.append(
        {
            "name": name,
            "operands": [listed(t) for t in operands],
            "results": [listed(r.detach()) for r in results],
            "weights": listed(weights),
            "gradients": [None if i in fixed else listed(leaf.grad) for i, leaf in enumerate(leaves)],
            "statistics": [listed(leaves[i]) for i in statistics],
        }
    )


def padded(x, top, left, bottom, right, value=0.0):
    return F.pad(x, (left, right, top, bottom), value=value)


case(
    "convolution, asymmetric padding",
    [real(2, 2, 5, 4), real(3, 2, 3, 2), real(3)],
    lambda x, w, b: F.conv2d(padded(x, 0, 1, 2, 0), w, b, stride=(2, 1)),
)
case(
    "convolution, same upper",
    [real(1, 2, 5, 6), real(2, 2, 4, 4)],
    lambda x, w: F.conv2d(padded(x, 1, 1, 2, 1), w, stride=2),
)
case(
    "convolution, same lower",
    [real(1, 2, 5, 6), real(2, 2, 4, 4)],
    lambda x, w: F.conv2d(padded(x, 2, 1, 1, 1), w, stride=2),
)
case(
    "convolution, groups and dilation",
    [real(2, 4, 6, 5), real(6, 2, 2, 3), real(6)],
    lambda x, w, b: F.conv2d(x, w, b, dilation=(3, 2), padding=(1, 2), groups=2),
)
case(
    "convolution, depthwise",
    [real(1, 3, 4, 5), real(6, 1, 3, 3)],
    lambda x, w: F.conv2d(x, w, stride=2, padding=1, groups=3),
)
case("max pool, ties", [real(1, 2, 6, 6, low=0, high=3)], lambda x: F.max_pool2d(x, 3, 2, 1))
case("max pool, ceil mode", [real(2, 2, 6, 5)], lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True))
case("max pool, ceil mode without padding", [real(1, 1, 5, 6)], lambda x: F.max_pool2d(x, 2, 2, ceil_mode=True))
case("max pool, dilated", [real(1, 2, 7, 6)], lambda x: F.max_pool2d(x, 2, 1, 1, dilation=(3, 2)))
for counts in (False, True):
    suffix = ", counting padding" if counts else ""
    case(
        f"average pool, padded{suffix}",
        [real(1, 2, 5, 6)],
        lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=counts),
    )
    case(
        f"average pool, ceil mode{suffix}",
        [real(1, 1, 6, 7)],
        lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=counts),
    )
    case(
        f"average pool, hanging over{suffix}",
        [real(1, 1, 6, 4)],
        lambda x: F.avg_pool2d(x, (4, 3), (3, 2), (2, 1), ceil_mode=True, count_include_pad=counts),
    )
case("global average pool", [real(2, 3, 3, 2)], lambda x: F.adaptive_avg_pool2d(x, 1))

statistics = lambda c: [real(c), real(c).abs() + 0.5]
case(
    "batch normalization, training, images",
    [real(3, 2, 2, 3), real(2), real(2), *statistics(2)],
    lambda x, s, b, m, v: F.batch_norm(x, m, v, s, b, training=True, momentum=0.3, eps=1e-3),
    statistics=(3, 4),
)
case(
    "batch normalization, training, matrix",
    [real(5, 3) + 100, real(3), real(3), *statistics(3)],
    lambda x, s, b, m, v: F.batch_norm(x, m, v, s, b, training=True, momentum=0.1, eps=1e-5),
    statistics=(3, 4),
)


def population(x, scale, bias, mean, variance):
    result = F.batch_norm(x, None, None, scale, bias, training=True, eps=1e-5)
    with torch.no_grad():
        mean.copy_(0.9 * mean + 0.1 * x.mean((0, 2)))
        variance.copy_(0.9 * variance + 0.1 * x.var((0, 2), unbiased=False))
    return result


case(
    "batch normalization, population variance",
    [real(2, 2, 3), real(2), real(2), *statistics(2)],
    population,
    statistics=(3, 4),
)
case(
    "batch normalization, frozen",
    [real(2, 3, 2, 2), real(3), real(3), *statistics(3)],
    lambda x, s, b, m, v: F.batch_norm(x, m, v, s, b, training=False, eps=1e-2),
    statistics=(3, 4),
)

case("softmax, axis 1", [real(2, 3, 2)], lambda x: F.softmax(x, 1))
case("softmax, flattened", [real(2, 3, 2)], lambda x: F.softmax(x.flatten(1), 1).reshape(2, 3, 2))
case("softmax, large", [real(2, 3) * 1000], lambda x: F.softmax(x, 1))
case("log softmax, axis 1", [real(2, 3, 2)], lambda x: F.log_softmax(x, 1))
case("log softmax, flattened", [real(2, 3, 2)], lambda x: F.log_softmax(x.flatten(1), 1).reshape(2, 3, 2))
case("log softmax, large", [real(2, 3) * 1000], lambda x: F.log_softmax(x, 1))

edges = torch.tensor([-2, -0.5, -0.25, 0, 0.25, 0.75, 3], dtype=torch.float64)
case("clip", [edges], lambda x: x.clamp(-0.5, 0.75))
case("clip, crossed", [edges], lambda x: x.clamp(1, -1))
case("relu", [edges], F.relu)
case("leaky relu", [edges], lambda x: F.leaky_relu(x, 0.1))
case("sigmoid", [torch.cat([edges, edges * 300])], torch.sigmoid)
case("tanh", [torch.cat([edges, edges * 300])], torch.tanh)

case("add", [real(2, 3), real(3)], torch.add)
case("sub", [real(2, 1), real(3)], torch.sub)
case("mul", [real(2, 1, 2), real(3, 1)], torch.mul)
case("div", [real(2, 3), real(2, 1) + 4], torch.div)
case("matmul, batches", [real(2, 1, 2, 3), real(2, 3, 2)], torch.matmul)
case("matmul, row", [real(3), real(2, 3, 2)], torch.matmul)
case("matmul, column", [real(2, 2, 3), real(3)], torch.matmul)
case(
    "gemm",
    [real(3, 2), real(4, 3), real(2, 1)],
    lambda a, b, c: 0.5 * a.T @ b.T + 2 * c,
)
case("reduce mean", [real(2, 3, 2, 2)], lambda x: x.mean((1, 3)))
case("reduce sum", [real(2, 3, 2)], lambda x: x.sum((0, 2), keepdim=True))
case("concat", [real(2, 1, 2), real(2, 2, 2)], lambda a, b: torch.cat([a, b], 1))
case("transpose", [real(2, 3, 2)], lambda x: x.permute(2, 0, 1))
case("gather", [real(3, 4)], lambda x: x[:, torch.tensor([[0, 3], [3, 1]])])
case("slice", [real(6, 5)], lambda x: x[torch.tensor([4, 2, 0])][:, 1:-1:2])
case("expand", [real(3, 1), torch.tensor([2, 3, 2])], lambda x, s: x.expand(s.tolist()), integers=(1,))
case(
    "softmax cross entropy",
    [real(4, 3), torch.tensor([2, 0, 1, 1])],
    lambda x, labels: [F.cross_entropy(x, labels), F.softmax(x, 1)],
    integers=(1,),
)
case("mean squared error", [real(2, 3), real(2, 3)], F.mse_loss)

path = pathlib.Path(__file__).with_name("operators.json")
path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
print(f"{len(cases)} cases, {path.stat().st_size} bytes")
