"""Writes the ONNX files of this folder, and what PyTorch computes with the same networks.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.31.1 \
        numpy==2.4.6 safetensors==0.8.0
    .venv/bin/python generate.py

Networks, in training form wherever the exporter can write it:

- small-cnn: convolutions, max-pooling, dense layers, all with biases; input 1 x 12 x 12.
- residual: a stem, two residual blocks, the second with stride 2 and a projection, batch norm; input 3 x 8 x 8.

- fresh-residual: the same, untrained and exported in inference mode without folding. There the TorchScript exporter
  merges initialisers of equal values (scales and running variances are all ones): one remains, and `Identity` nodes
  stand for the others, under their names.

Files are named NETWORK.EXPORTER-OPSET[-VARIANT].onnx. `NETWORK.golden.safetensors` holds, for a batch of six images:

    input, labels
    eval.logits                   inference with the exported running statistics
    train.logits, train.loss      training mode; the loss is the mean softmax cross-entropy
    parameter.NAME                the exported value of every parameter and running statistic
    gradient.NAME                 the loss's gradient, training mode
    updated.NAME                  parameters after one step of SGD with learning rate 0.1, and the running statistics
                                  after the batch, in PyTorch's convention: running = 0.9 running + 0.1 batch, where the
                                  batch's variance is divided by n - 1
    population.NAME               running variances after the batch if it is divided by n, as ONNX defines it

NAME is the initialiser's name in every file of the network, or the output of the Identity that stands for it.
Everything is computed in float64 and stored as float32.
In the file whose variant is `folded`, batch norm has been multiplied into the convolutions: the names are the same, but
the values are not, and only eval.logits holds.
"""

import copy
import os
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from torch import nn

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
RATE = 0.1


class SmallCNN(nn.Module):
    shape = (1, 12, 12)

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc1 = nn.Linear(16 * 3 * 3, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.projection = None
        if stride != 1 or inputs != outputs:
            self.projection = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.projection is None else self.projection(x)))


class Residual(nn.Module):
    shape = (3, 8, 8)

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.block1 = Block(8, 8, 1)
        self.block2 = Block(8, 16, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.block2(self.block1(x))
        return self.fc(torch.flatten(self.pool(x), 1))


class Dropouts(nn.Module):
    shape = (12,)

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(12, 8)
        self.dropout = nn.Dropout(0.25)
        self.fc2 = nn.Linear(8, 3)

    def forward(self, x):
        return self.fc2(self.dropout(F.relu(self.fc1(x))))


def prepared(network, seed):
    """A network whose statistics, factors and offsets all differ from their defaults and from each other."""
    torch.manual_seed(seed)
    model = network()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
        model.train()
        for _ in range(5):
            model(1.5 * torch.randn(32, *network.shape) + 0.3)
    return model


def fresh(network, seed):
    torch.manual_seed(seed)
    return network()


def export(model, name, opset, *, torchscript, **options):
    """Exports as a user would, with a batch size that varies.

    Exporting in training mode runs the network and so moves its running statistics; the TorchScript exporter then
    writes the moved ones. So it gets a copy, and the statistics in the file are put back.
    """
    state = model.state_dict()
    model = copy.deepcopy(model)
    path = os.path.join(HERE, name)
    example = (torch.randn(2, *model.shape),)
    names = dict(input_names=["input"], output_names=["logits"])
    if torchscript:
        torch.onnx.export(
            model, example, path, dynamo=False, opset_version=opset, do_constant_folding=False,
            dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}}, **names, **options,
        )
        proto = onnx.load(path)
        for tensor in proto.graph.initializer:
            if "running_" in tensor.name and tensor.name in state:
                tensor.raw_data = state[tensor.name].numpy().tobytes()
        onnx.save(proto, path)
    else:
        torch.onnx.export(
            model, example, path, dynamo=True, opset_version=opset,
            dynamic_shapes=({0: torch.export.Dim("batch")},), **names, **options,
        )
        without_paths(path)


def without_paths(path):
    """The exporter notes on every node where in the source it comes from; the folders of this machine say nothing."""
    proto = onnx.load(path, load_external_data=False)
    for node in proto.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key != "pkg.torch.onnx.stack_trace"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    onnx.save(proto, path)


def golden(model, name, seed):
    """What PyTorch computes, in float64 from the float32 parameters."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((6, *model.shape)).astype(np.float32)
    labels = np.array([0, 3, 9, 5, 3, 7], dtype=np.int64)
    result = compute(model, x, labels, torch.float64)
    single = compute(model, x, labels, torch.float32)
    for key, value in result.items():
        # A pre-activation that is nearly zero would make the gradient depend on rounding.
        scale = max(np.abs(value).max(), 1e-3)
        assert np.abs(single[key] - value).max() <= 1e-5 * scale, f"{name}: {key} depends on rounding"
    tensors = {key: np.ascontiguousarray(value, dtype=np.float32) for key, value in result.items()}
    tensors |= {"input": x, "labels": labels}
    for key, value in model.state_dict().items():
        if value.is_floating_point():
            tensors[f"parameter.{key}"] = value.numpy().copy()
    save_file(
        tensors, os.path.join(HERE, f"{name}.golden.safetensors"),
        metadata={"note": f"PyTorch {torch.__version__}; learning rate {RATE}; see generate.py"},
    )
    return tensors


def compute(model, x, labels, dtype):
    twin = type(model)()
    twin.load_state_dict(model.state_dict())
    twin = twin.to(dtype)
    x, labels = torch.from_numpy(x).to(dtype), torch.from_numpy(labels)
    result = {}
    twin.eval()
    with torch.no_grad():
        result["eval.logits"] = twin(x).numpy()
    twin.train()
    variances = {}

    def keep(key):
        def hook(module, inputs, _):
            batch = inputs[0].detach().var(dim=(0, 2, 3), unbiased=False)
            old = module.running_var_before
            variances[key] = (1 - module.momentum) * old + module.momentum * batch
        return hook

    for key, module in twin.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_var_before = module.running_var.clone()
            module.register_forward_hook(keep(f"{key}.running_var"))
    logits = twin(x)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    result["train.logits"] = logits.detach().numpy()
    result["train.loss"] = loss.detach().numpy()
    with torch.no_grad():
        for key, parameter in twin.named_parameters():
            result[f"gradient.{key}"] = parameter.grad.numpy()
            result[f"updated.{key}"] = (parameter - RATE * parameter.grad).numpy()
        for key, buffer in twin.named_buffers():
            if buffer.is_floating_point():
                result[f"updated.{key}"] = buffer.numpy().copy()
        for key, value in variances.items():
            result[f"population.{key}"] = value.numpy()
    return result


def inference_form(proto):
    """The training-form nodes of a model made fit for a runtime; the bridge does the same to what it writes."""
    for node in proto.graph.node:
        if node.op_type == "BatchNormalization":
            del node.output[1:]
            for attribute in list(node.attribute):
                if attribute.name == "training_mode":
                    node.attribute.remove(attribute)
    return proto


def verify(name, expected, *, folded=False):
    """The file means what the golden values say: by name, and by what ONNX Runtime computes."""
    path = os.path.join(HERE, name)
    proto = inference_form(onnx.load(path))
    onnx.checker.check_model(proto, full_check=True)
    initializers = {tensor.name: numpy_helper.to_array(tensor) for tensor in proto.graph.initializer}
    for node in proto.graph.node:
        if node.op_type == "Identity":
            initializers[node.output[0]] = initializers[node.input[0]]
    for key, value in expected.items():
        if key.startswith("parameter.") and not folded:
            assert np.array_equal(initializers[key.removeprefix("parameter.")], value), f"{name}: {key}"
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    (logits,) = session.run(None, {"input": expected["input"]})
    error = np.abs(logits - expected["eval.logits"]).max() / np.abs(expected["eval.logits"]).max()
    assert error <= 1e-5, f"{name}: logits differ by {error}"


def encodings():
    """One tensor for every way in which ONNX can store numbers that are all exact in every type."""
    values = np.array([[0.5 * i - 1.0 for i in range(6)]], dtype=np.float32).reshape(2, 3)
    counts = np.array([0, 1, 2, 100, 127, 3], dtype=np.int64).reshape(2, 3)
    tensors = []
    for label, kind in [("float", TensorProto.FLOAT), ("double", TensorProto.DOUBLE),
                        ("float16", TensorProto.FLOAT16), ("bfloat16", TensorProto.BFLOAT16)]:
        for raw in (True, False):
            array = values.astype(helper.tensor_dtype_to_np_dtype(kind))
            if raw:
                tensor = helper.make_tensor(f"{label}.raw", kind, [2, 3], array.tobytes(), raw=True)
            else:
                tensor = helper.make_tensor(f"{label}.typed", kind, [2, 3], values.flatten().tolist())
            tensors.append(tensor)
    for label in ["INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16", "UINT8"]:
        kind = getattr(TensorProto, label)
        array = counts.astype(helper.tensor_dtype_to_np_dtype(kind))
        tensors.append(helper.make_tensor(f"{label.lower()}.raw", kind, [2, 3], array.tobytes(), raw=True))
        tensors.append(helper.make_tensor(f"{label.lower()}.typed", kind, [2, 3], counts.flatten().tolist()))
    tensors.append(helper.make_tensor("bool.typed", TensorProto.BOOL, [2, 3], [0, 1, 1, 0, 1, 0]))
    tensors.append(helper.make_tensor("scalar", TensorProto.FLOAT, [], [2.5]))
    tensors.append(helper.make_tensor("empty", TensorProto.FLOAT, [0, 3], []))
    nodes = [
        helper.make_node("Constant", [], ["constant"], name="tensor", value=tensors[0]),
        helper.make_node("Constant", [], ["number"], name="number", value_float=0.25),
        helper.make_node("Constant", [], ["numbers"], name="numbers", value_floats=[0.5, -0.5, 1.5]),
        helper.make_node("Add", ["input", "float.raw"], ["sum"], name="add"),
        helper.make_node("Add", ["sum", "constant"], ["sum2"], name="add2"),
        helper.make_node("Add", ["sum2", "number"], ["sum3"], name="add3"),
        helper.make_node("Add", ["sum3", "numbers"], ["output"], name="add4"),
    ]
    graph = helper.make_graph(
        nodes, "encodings",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["rows", 3])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["rows", 3])], tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"purpose": "every encoding of constants"})
    onnx.save(model, os.path.join(HERE, "encodings.onnx"))


def main():
    training = torch.onnx.TrainingMode.TRAINING
    for old in os.listdir(HERE):
        if old.endswith((".onnx", ".onnx.data", ".safetensors")):
            os.remove(os.path.join(HERE, old))

    cnn = prepared(SmallCNN, 1)
    expected = golden(cnn, "small-cnn", 2)
    for opset in (11, 13, 17):
        export(cnn, f"small-cnn.torchscript-{opset}.onnx", opset, torchscript=True, training=training)
    export(cnn, "small-cnn.dynamo-20.onnx", None, torchscript=False)
    export(cnn, "small-cnn.dynamo-18.onnx", 18, torchscript=False, external_data=False)

    residual = prepared(Residual, 3)
    values = golden(residual, "residual", 4)
    for opset in (11, 13, 17):
        export(residual, f"residual.torchscript-{opset}.onnx", opset, torchscript=True, training=training)
    export(residual, "residual.dynamo-20-unoptimized.onnx", None, torchscript=False, optimize=False)
    export(residual, "residual.dynamo-18-unoptimized.onnx", 18, torchscript=False, optimize=False, external_data=False)
    export(residual, "residual.dynamo-20-folded.onnx", None, torchscript=False, external_data=False)

    untrained = fresh(Residual, 6)
    first = golden(untrained, "fresh-residual", 7)
    untrained.eval()
    export(
        untrained, "fresh-residual.torchscript-17.onnx", 17, torchscript=True,
        training=torch.onnx.TrainingMode.PRESERVE,
    )

    dropouts = prepared(Dropouts, 5)
    for opset in (11, 17):
        export(dropouts, f"dropout.torchscript-{opset}.onnx", opset, torchscript=True, training=training)
    export(dropouts, "dropout.dynamo-20.onnx", None, torchscript=False, external_data=False)

    encodings()
    for name in sorted(os.listdir(HERE)):
        if name.endswith(".onnx"):
            if name.startswith("small-cnn"):
                verify(name, expected)
            elif name.startswith("residual"):
                verify(name, values, folded="folded" in name)
            elif name.startswith("fresh"):
                verify(name, first)
            print(f"{os.path.getsize(os.path.join(HERE, name)):8} {name}")


if __name__ == "__main__":
    sys.exit(main())
