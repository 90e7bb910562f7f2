"""The cases, as files: a folder each, with model.onnx and test_data_set_0."""

import json
import shutil
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

# The types of a network in float32; float64 stands in its place where an operator's cases are in that, and is computed in
# float32 then.
COUNTED = {"FLOAT", "DOUBLE", "INT64", "INT32", "BOOL"}
EXPANSION = "_expanded"
OLDEST_OPSET = 7


@dataclass
class Case:
    """A case: the operator that it is for, all those that it uses, and the types of its values."""

    name: str
    operator: str
    operators: list[str]
    # The types of inputs, outputs and constants; of what is no tensor, what it is.
    inputs: list[str]
    outputs: list[str]
    constants: list[str]

    @property
    def is_float32(self) -> bool:
        """Whether its types are those of a network in float32."""
        return {*self.inputs, *self.outputs, *self.constants} <= COUNTED

    @property
    def is_of_tensors(self) -> bool:
        """Whether there are files of its values."""
        return not any(name.startswith("a ") for name in self.inputs + self.outputs)


def listed(folder: Path) -> list[Case]:
    """The cases of the installed onnx; written into a folder, unless they are there."""
    index = folder / "cases.json"
    if index.exists():
        saved = json.loads(index.read_text())
        if saved["onnx"] == onnx.__version__:
            return [Case(**case) for case in saved["cases"]]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tests = collect_testcases(None)
    nodes = {test.name: test.model.graph.node[0].op_type for test in tests if len(test.model.graph.node) == 1}
    cases = [written(test, nodes, folder / test.name) for test in sorted(tests, key=lambda test: test.name)]
    index.write_text(json.dumps({"onnx": onnx.__version__, "cases": [asdict(case) for case in cases]}))
    return cases


def written(test, nodes: dict[str, str], folder: Path) -> Case:
    """Writes a case's files, where all its values are tensors."""
    graph = test.model.graph
    inputs, outputs = test.data_sets[0]
    kinds = [[kind(value) for value in values] for values in (graph.input, graph.output)]
    folder.mkdir()
    (folder / "model.onnx").write_bytes(modernised(test.model).SerializeToString())
    if not any(name.startswith("a ") for name in kinds[0] + kinds[1]):
        (folder / "test_data_set_0").mkdir()
        for name, declared, values in (("input", graph.input, inputs), ("output", graph.output, outputs)):
            for index, (value, given) in enumerate(zip(declared, values)):
                tensor = given if isinstance(given, TensorProto) else numpy_helper.from_array(
                    np.asarray(given), value.name)
                (folder / "test_data_set_0" / f"{name}_{index}.pb").write_bytes(tensor.SerializeToString())
    operator = nodes.get(test.name.partition(EXPANSION)[0]) or graph.node[0].op_type
    return Case(
        test.name, operator, sorted({qualified(node) for node in graph.node}), *kinds,
        [TensorProto.DataType.Name(tensor.data_type) for tensor in constants(graph)])


def modernised(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model; one of opset 1 is one of opset 7 if none of its operators changed between them."""
    for opset in model.opset_import:
        if opset.domain == "" and opset.version < OLDEST_OPSET and all(
                onnx.defs.get_schema(node.op_type, OLDEST_OPSET).since_version <= opset.version
                for node in model.graph.node):
            opset.version = OLDEST_OPSET
    return model


def qualified(node: onnx.NodeProto) -> str:
    """A node's operator, with the domain where that is not the standard one."""
    return f"{node.domain}.{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type


def kind(value: onnx.ValueInfoProto) -> str:
    """The type of a value's elements."""
    which = value.type.WhichOneof("value")
    if which == "tensor_type":
        return TensorProto.DataType.Name(value.type.tensor_type.elem_type)
    return "a " + (which or "nothing").removesuffix("_type")


def constants(graph: onnx.GraphProto) -> list[TensorProto]:
    """The tensors that a graph holds."""
    held = list(graph.initializer)
    for node in graph.node:
        held += [attribute.t for attribute in node.attribute if attribute.type == onnx.AttributeProto.TENSOR]
    return held
