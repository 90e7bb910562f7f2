"""Ways to damage a model file. Each gets a copy of a model and a source of random numbers."""

import random

import onnx
from onnx import AttributeProto, TensorProto, helper

from . import structures

SIZES = (0, -1, 1, 3, 7, 2**15, 10**9, 2**31, 2**31 - 1, 2**32, 2**40, 2**62, 2**63 - 1, -(2**63), -(2**31))
NUMBERS = (0.0, -1.0, 1e38, float("nan"), float("inf"), float("-inf"), 1e-38)


def truncated(model: onnx.ModelProto, draw: random.Random) -> bytes:
    content = model.SerializeToString()
    return content[:draw.randrange(len(content))]


def flipped(model: onnx.ModelProto, draw: random.Random) -> bytes:
    content = bytearray(model.SerializeToString())
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return bytes(content)


def flipped_outside_weights(model: onnx.ModelProto, draw: random.Random) -> bytes:
    """As `flipped`, where the structure is: most bytes of a model are weights, which may be anything."""
    weights = [tensor.raw_data for tensor in model.graph.initializer]
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) > 64:
            tensor.raw_data = b"\1\0\0\0" * (len(tensor.raw_data) // 4)
    content = bytearray(model.SerializeToString())
    places = [index for index, byte in enumerate(content) if byte not in (0, 1)] if weights else range(len(content))
    for _ in range(draw.choice((1, 1, 2, 3))):
        content[draw.choice(places)] = draw.randrange(256)
    return bytes(content)


def moved(model: onnx.ModelProto, draw: random.Random) -> bytes:
    """Some bytes cut out, or repeated elsewhere."""
    content = model.SerializeToString()
    start = draw.randrange(len(content))
    piece = content[start:start + draw.choice((1, 2, 8, 100, 1000))]
    rest = content[:start] + content[start + len(piece):] if draw.random() < 0.5 else content
    place = draw.randrange(len(rest) + 1)
    return rest[:place] + piece + rest[place:] if draw.random() < 0.7 else rest


def dimensions(model: onnx.ModelProto, draw: random.Random):
    """Another size in the shape of a weight, an input or an output."""
    values = [*model.graph.input, *model.graph.output, *model.graph.value_info]
    if draw.random() < 0.6 or not values:
        tensor = draw.choice(model.graph.initializer)
        if tensor.dims and draw.random() < 0.8:
            tensor.dims[draw.randrange(len(tensor.dims))] = draw.choice(SIZES)
        else:
            tensor.dims.append(draw.choice(SIZES))
        return
    sizes = draw.choice(values).type.tensor_type.shape.dim
    if sizes and draw.random() < 0.8:
        draw.choice(sizes).dim_value = draw.choice(SIZES)
    else:
        sizes.add().dim_value = draw.choice(SIZES)


def types(model: onnx.ModelProto, draw: random.Random):
    """Another type of elements."""
    kind = draw.choice([*range(0, 30), 99, -1, 2**31 - 1])
    if draw.random() < 0.6:
        draw.choice(model.graph.initializer).data_type = kind
    else:
        draw.choice([*model.graph.input, *model.graph.output]).type.tensor_type.elem_type = kind


def elements(model: onnx.ModelProto, draw: random.Random):
    """Too many or too few bytes of a weight, or the elements a second time."""
    tensor = draw.choice(model.graph.initializer)
    way = draw.randrange(4)
    if way == 0:
        tensor.raw_data = tensor.raw_data[:draw.randrange(len(tensor.raw_data) + 1)]
    elif way == 1:
        tensor.raw_data += bytes(draw.choice((1, 3, 4, 4096)))
    elif way == 2:
        tensor.float_data.extend([1.0] * draw.randrange(1, 9))
    else:
        tensor.ClearField("raw_data")


def constants(model: onnx.ModelProto, draw: random.Random):
    """Another number among the integers that shapes, axes, bounds and indices are."""
    found = [tensor for tensor in model.graph.initializer if tensor.data_type == TensorProto.INT64]
    for node in model.graph.node:
        found += [attribute.t for attribute in node.attribute if attribute.t.data_type == TensorProto.INT64]
    if not found:
        return attributes(model, draw)
    tensor = draw.choice(found)
    try:
        values = list(onnx.numpy_helper.to_array(tensor).reshape(-1))
    except (ValueError, onnx.checker.ValidationError):
        # An earlier change has left it without elements that fit.
        values = []
    if not values:
        values = [0]
    for _ in range(draw.choice((1, 1, 2, 4))):
        values[draw.randrange(len(values))] = draw.choice(SIZES)
    if draw.random() < 0.2:
        values.append(draw.choice(SIZES))
    tensor.CopyFrom(helper.make_tensor(
        tensor.name, TensorProto.INT64, [len(values)], [int(value) for value in values]))


def names(model: onnx.ModelProto, draw: random.Random):
    """A name emptied, doubled or strange."""
    graph = model.graph
    known = [name for node in graph.node for name in [*node.input, *node.output]] + ["", "é" * 40, "x" * 100000]
    node = draw.choice(graph.node)
    way = draw.randrange(6)
    if way == 0 and node.input:
        node.input[draw.randrange(len(node.input))] = draw.choice(known)
    elif way == 1 and node.output:
        node.output[draw.randrange(len(node.output))] = draw.choice(known)
    elif way == 2:
        draw.choice(graph.initializer).name = draw.choice(known)
    elif way == 3:
        draw.choice([*graph.input, *graph.output]).name = draw.choice(known)
    elif way == 4:
        node.name = draw.choice(known)
    else:
        node.op_type = draw.choice([*(other.op_type for other in graph.node), "", "Relu6", "Loop", "If", "Scan"])


def attributes(model: onnx.ModelProto, draw: random.Random):
    """An attribute changed, taken away, doubled, or of another type."""
    found = [(node, attribute) for node in model.graph.node for attribute in node.attribute]
    if not found:
        return names(model, draw)
    node, attribute = draw.choice(found)
    way = draw.randrange(6)
    if way == 0:
        node.attribute.remove(attribute)
    elif way == 1:
        node.attribute.add().CopyFrom(attribute)
    elif way == 2:
        attribute.type = draw.choice(list(AttributeProto.AttributeType.values()))
    elif attribute.type == AttributeProto.INT:
        attribute.i = draw.choice(SIZES)
    elif attribute.type == AttributeProto.FLOAT:
        attribute.f = draw.choice(NUMBERS)
    elif attribute.type == AttributeProto.INTS and attribute.ints and way != 3:
        attribute.ints[draw.randrange(len(attribute.ints))] = draw.choice(SIZES)
    elif attribute.type == AttributeProto.INTS:
        attribute.ints.extend([draw.choice(SIZES)] * draw.randrange(1, 4))
    else:
        attribute.s = draw.choice((b"", b"\xff\xfe", b"SAME_UPPER", b"reflect", b"x" * 5000, b"ij,jk->" + b"k" * 60))


def nodes(model: onnx.ModelProto, draw: random.Random):
    """Nodes in another order, missing, doubled, or in a circle; operands or results too many or missing."""
    graph = model.graph
    way = draw.randrange(6)
    node = draw.choice(graph.node)
    if way == 0:
        shuffled = list(graph.node)
        draw.shuffle(shuffled)
        del graph.node[:]
        graph.node.extend(shuffled)
    elif way == 1:
        graph.node.remove(node)
    elif way == 2:
        graph.node.add().CopyFrom(node)
    elif way == 3 and node.input and node.output:
        node.input[0] = draw.choice([name for other in graph.node for name in other.output])
    elif way == 4:
        node.input.extend(draw.choices([name for other in graph.node for name in other.output], k=draw.randrange(1, 5)))
    elif draw.random() < 0.5 and node.input:
        del node.input[draw.randrange(len(node.input)):]
    else:
        node.output.extend(["more", "yet_more"])


def versions(model: onnx.ModelProto, draw: random.Random):
    """Another version of the format or of the operators."""
    if draw.random() < 0.5:
        model.opset_import[0].version = draw.choice([*range(1, 31), *SIZES])
    else:
        model.ir_version = draw.choice([*range(0, 16), *SIZES])


def external(model: onnx.ModelProto, draw: random.Random):
    """A weight in another file: outside the folder, a device, too short, or not there."""
    tensor = draw.choice(model.graph.initializer)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entries = {"location": draw.choice((
        "", ".", "..", "../../../../etc/passwd", "/etc/passwd", "/dev/zero", "/proc/self/mem", "absent.bin", "model.onnx",
        "a/../../b", "x" * 5000, "images.npz"))}
    if draw.random() < 0.6:
        entries["offset"] = str(draw.choice((*SIZES, "", "zero", "0x10", "1e3")))
    if draw.random() < 0.6:
        entries["length"] = str(draw.choice((*SIZES, "", "all")))
    for key, value in entries.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value


# How often each is drawn.
WAYS = (
    (truncated, 4), (flipped, 3), (flipped_outside_weights, 6), (moved, 4), (dimensions, 6), (types, 4), (elements, 4),
    (constants, 6), (names, 5), (attributes, 7), (nodes, 6), (versions, 2), (external, 3), (structures.bomb, 6),
    (structures.deep, 3), (structures.functions, 3))


def mutated(model: onnx.ModelProto, draw: random.Random) -> tuple[str, bytes]:
    """What was done to a model, and the file that comes of it."""
    way = draw.choices([way for way, _ in WAYS], [weight for _, weight in WAYS])[0]
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    content = way(copy, draw)
    if content is None and draw.random() < 0.3:
        again = draw.choice((dimensions, types, elements, constants, names, attributes, nodes))
        content = again(copy, draw)
    return way.__name__, copy.SerializeToString() if content is None else content
