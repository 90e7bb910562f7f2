"""Models that the tests train: PyTorch's exports, and changes of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

import data

ONNX_FIXTURES = Path(__file__).resolve().parents[1] / "Fixtures" / "ONNX"


def sizes(value: onnx.ValueInfoProto) -> list[int | None]:
    """A value's dimensions; None where the batch size is open."""
    return [dimension.dim_value or None for dimension in value.type.tensor_type.shape.dim]


@dataclass
class Interface:
    """What a model takes and gives."""

    batch: int | None
    shape: tuple[int, ...]
    classes: int

    @staticmethod
    def of(path: Path) -> "Interface":
        graph = onnx.load(path, load_external_data=False).graph
        weights = {weight.name for weight in graph.initializer}
        batch, *shape = sizes(next(value for value in graph.input if value.name not in weights))
        return Interface(batch, tuple(shape), sizes(graph.output[0])[1])

    def npz(self, path: Path, count: int) -> Path:
        """Writes images that fit, in classes that can be learnt."""
        return data.write_npz(path, *data.images_and_labels(count, self.shape, self.classes))


def image_fixtures() -> list[Path]:
    """The exports that take images, all those of both exporters."""
    return [path for path in sorted(ONNX_FIXTURES.glob("*.onnx")) if len(Interface.of(path).shape) == 3]


def inference_form(model: onnx.ModelProto) -> set[str]:
    """Puts batch normalisation in the form that runtimes take: training_mode off, the further outputs, which nothing
    reads, gone. Returns the names of those outputs."""
    gone = set()
    for node in model.graph.node:
        if node.op_type == "BatchNormalization":
            gone |= set(node.output[1:])
            del node.output[1:]
            for attribute in [a for a in node.attribute if a.name == "training_mode"]:
                node.attribute.remove(attribute)
    for value in [value for value in model.graph.value_info if value.name in gone]:
        model.graph.value_info.remove(value)
    return gone


def add_dropout(source: Path, path: Path, ratio: float) -> Path:
    """Writes a model of opset 13 or newer with dropout before its last Gemm, as an exporter in training mode would."""
    model = onnx.load(source)
    nodes = model.graph.node
    last = max(index for index, node in enumerate(nodes) if node.op_type == "Gemm")
    names = ["dropout_ratio", "dropout_training"]
    for name, value in zip(names, (np.float32(ratio), np.bool_(True))):
        model.graph.initializer.append(numpy_helper.from_array(np.array(value), name))
    node = helper.make_node("Dropout", [nodes[last].input[0], *names], ["dropped"], name="dropout")
    nodes[last].input[0] = "dropped"
    nodes.insert(last, node)
    onnx.save(model, path)
    return path
