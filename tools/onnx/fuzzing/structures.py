"""Models that ask for far more than their own size: of memory, of time, or of stack."""

import random

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HUGE = (10**5, 10**6, 10**9, 2**31, 2**33, 2**40, 2**61)


def bomb(model: onnx.ModelProto, draw: random.Random):
    """A node of a few bytes whose result would fill the memory, before the network or at its end."""
    graph, size = model.graph, draw.choice(HUGE)
    first = graph.input[0].name
    rank = len(graph.input[0].type.tensor_type.shape.dim)
    count = draw.choice((1, 2, rank))
    operator = draw.choice((
        "ConstantOfShape", "Expand", "Tile", "Resize", "Pad", "Range", "Conv", "ConvTranspose", "MaxPool", "Empty", "Slices",
        "Chain"))

    def constant(name: str, value: np.ndarray) -> str:
        graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def shape(fill: int = 1) -> np.ndarray:
        sizes = np.full(rank, fill, np.int64)
        sizes[-count:] = size if count == 1 else int(size ** (1 / count)) + 1
        return sizes

    extra = []
    if operator == "ConstantOfShape":
        extra = [helper.make_node("ConstantOfShape", [constant("bomb_shape", shape())], ["bomb"])]
    elif operator in ("Expand", "Tile"):
        extra = [helper.make_node(operator, [first, constant("bomb_shape", shape())], ["bomb"])]
    elif operator == "Resize":
        sizes = constant("bomb_shape", shape())
        extra = [helper.make_node("Resize", [first, "", "", sizes], ["bomb"], mode="nearest")]
    elif operator == "Pad":
        pads = np.concatenate([np.zeros(rank, np.int64), shape(0)])
        extra = [helper.make_node("Pad", [first, constant("bomb_shape", pads)], ["bomb"])]
    elif operator == "Range":
        bounds = [constant(f"bomb_{name}", np.int64(value)) for name, value in (("a", 0), ("b", size), ("c", 1))]
        extra = [helper.make_node("Range", bounds, ["bomb"])]
    elif operator == "Conv":
        weight = constant("bomb_weight", np.ones((1, 1, 1, 1), np.float32))
        pads = [min(size, 2**40)] * 4
        extra = [helper.make_node("Conv", [first, weight], ["bomb"], pads=pads)]
    elif operator == "ConvTranspose":
        weight = constant("bomb_weight", np.ones((1, 1, 1, 1), np.float32))
        sizes = [draw.choice((size, -size, 2**63 - 1, -2**63))] * 2
        extra = [helper.make_node("ConvTranspose", [first, weight], ["bomb"], output_shape=sizes)]
    elif operator == "MaxPool":
        kernel = [min(size, 2**40) + 1] * 2
        extra = [helper.make_node("MaxPool", [first], ["bomb"], kernel_shape=kernel, pads=[kernel[0] - 1] * 4)]
    elif operator == "Empty":
        # So many rows without a number.
        value = numpy_helper.from_array(np.zeros(1, np.int64))
        extra = [
            helper.make_node("ConstantOfShape", [constant("bomb_shape", np.array([size, 0]))], ["bomb0"], value=value),
            helper.make_node("Concat", ["bomb0", "bomb0"], ["bomb"], axis=1)]
    elif operator == "Slices":
        # Doubling by concatenation: 2^40 elements after forty nodes.
        extra = [
            helper.make_node("Concat", [first if step == 0 else f"bomb{step}"] * 2, [f"bomb{step + 1}"], axis=-1)
            for step in range(40)]
        extra.append(helper.make_node("Identity", ["bomb40"], ["bomb"]))
    else:
        # The same with constants, which are computed while the file is read.
        start = constant("bomb0", np.ones(2, np.float32))
        extra = [
            helper.make_node("Concat", [start if step == 0 else f"bomb{step}"] * 2, [f"bomb{step + 1}"], axis=0)
            for step in range(40)]
        extra.append(helper.make_node("Identity", ["bomb40"], ["bomb"]))
    rest = list(graph.node)
    if operator in ("Expand", "Tile", "Resize", "Pad", "Conv", "ConvTranspose", "MaxPool", "Slices"):
        # The network works on it.
        for node in rest:
            for index, name in enumerate(node.input):
                if name == first:
                    node.input[index] = "bomb"
    else:
        extra += [
            helper.make_node("ReduceSum", ["bomb"], ["bomb_sum"], keepdims=0),
            helper.make_node("Cast", ["bomb_sum"], ["bomb_float"], to=TensorProto.FLOAT)]
        output = graph.output[0].name
        for node in rest:
            for index, name in enumerate(node.output):
                if name == output:
                    node.output[index] = "before_bomb"
        rest.append(helper.make_node("Add", ["before_bomb", "bomb_float"], [output]))
    del graph.node[:]
    graph.node.extend(extra + rest)


def deep(model: onnx.ModelProto, draw: random.Random) -> bytes | None:
    """Graphs within graphs, a long chain of nodes, or very many values."""
    graph = model.graph
    way = draw.randrange(5)
    if way == 0:
        return nested(draw.choice((5, 40, 90, 110, 500, 20000)))
    output, many = graph.output[0].name, draw.choice((100, 2000, 20000))
    if way == 1:
        # Each reads the one before it.
        for node in graph.node:
            for index, name in enumerate(node.output):
                if name == output:
                    node.output[index] = "chain0"
        graph.node.extend(
            helper.make_node("Relu", [f"chain{step}"], [f"chain{step + 1}" if step < many - 1 else output])
            for step in range(many))
    elif way == 2:
        graph.initializer.extend(
            numpy_helper.from_array(np.ones(1, np.float32), f"weight{index}") for index in range(many))
    elif way == 3:
        first = graph.node[0].output[0]
        graph.node.extend(helper.make_node("Relu", [first], [f"branch{index}"]) for index in range(many))
    else:
        node = next(node for node in graph.node if node.input)
        node.input.extend([node.input[0]] * many)
    return None


def nested(depth: int) -> bytes:
    """A model in whose node is a graph in whose node is a graph, and so on; written by hand, as parsers refuse it."""
    def field(number: int, payload: bytes) -> bytes:
        size, length = len(payload), b""
        while size > 127:
            length += bytes([size & 127 | 128])
            size >>= 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + payload

    graph = field(2, b"innermost")
    for _ in range(depth):
        attribute = field(1, b"body") + field(6, graph) + b"\xa0\x01\x05"
        node = field(1, b"x") + field(2, b"y") + field(4, b"If") + field(5, attribute)
        graph = field(1, node) + field(2, b"g")
    return b"\x08\x08" + field(7, graph) + field(8, b"\x10\x11")


def functions(model: onnx.ModelProto, draw: random.Random):
    """Functions of the model: in a circle, doubling at every level, or large and often called."""
    if draw.random() < 0.3:
        return large_function(model, draw)
    domain, levels = "local", draw.choice((1, 3, 30, 60))
    model.opset_import.append(helper.make_opsetid(domain, 1))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(domain, 1)]
    is_circle = draw.random() < 0.4
    for level in range(levels):
        inner = (level + 1) % levels if is_circle else level + 1
        if inner == levels:
            body = [helper.make_node("Relu", ["a"], ["b"])]
        else:
            body = [
                helper.make_node(f"F{inner}", ["a"], ["c"], domain=domain),
                helper.make_node(f"F{inner}", ["c"], ["b"], domain=domain)]
        model.functions.append(helper.make_function(domain, f"F{level}", ["a"], ["b"], body, opsets))
    output = model.graph.output[0].name
    for node in model.graph.node:
        for index, name in enumerate(node.output):
            if name == output:
                node.output[index] = "before_function"
    model.graph.node.append(helper.make_node("F0", ["before_function"], [output], domain=domain))


def large_function(model: onnx.ModelProto, draw: random.Random):
    """A function with a long name or a large default in its body, called many times."""
    domain, calls, letters = "local", draw.choice((3, 300, 3000)), draw.choice((10, 10**5, 10**6))
    model.opset_import.append(helper.make_opsetid(domain, 1))
    opsets = [helper.make_opsetid("", 17)]
    if draw.random() < 0.5:
        middle = "n" * letters
        body = [helper.make_node("Relu", ["a"], [middle], name=middle), helper.make_node("Relu", [middle], ["b"])]
        function = helper.make_function(domain, "Large", ["a"], ["b"], body, opsets)
    else:
        constant = helper.make_node("Constant", [], ["w"])
        constant.attribute.append(onnx.AttributeProto(
            name="value", ref_attr_name="weights", type=onnx.AttributeProto.TENSOR))
        reduced = helper.make_node("ReduceMax", ["w"], ["m"], keepdims=0)
        body = [constant, reduced, helper.make_node("Add", ["a", "m"], ["b"])]
        weights = helper.make_attribute("weights", numpy_helper.from_array(np.ones(letters, np.float32)))
        function = helper.make_function(domain, "Large", ["a"], ["b"], body, opsets, attribute_protos=[weights])
    model.functions.append(function)
    output = model.graph.output[0].name
    for node in model.graph.node:
        for index, name in enumerate(node.output):
            if name == output:
                node.output[index] = "large0"
    model.graph.node.extend(
        helper.make_node("Large", [f"large{call}"], [f"large{call + 1}" if call < calls - 1 else output], domain=domain)
        for call in range(calls))
