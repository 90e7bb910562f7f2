"""Training steps of ONNX Runtime Training on the CPU. Its SGD has no momentum, so its update does less."""

import onnxruntime
from onnxruntime.training.api import CheckpointState, Module, Optimizer

import agreement
import measurement

NEWEST_IR = 10


def main():
    options = measurement.arguments(__doc__).parse_args()
    folder = options.folder / "onnxruntime-training"
    if options.prepare:
        make_artifacts(options.folder / "model.onnx", folder)
        check_first_loss(options, folder)
        return
    images, labels = agreement.images_and_labels(options.folder, options.batch_size)
    module, optimizer = load(folder, options.threads)

    def step():
        module(images, labels)
        optimizer.step()
        module.lazy_reset_grad()

    times = measurement.seconds(step, options.warm_up, options.steps)
    measurement.say(step_seconds=times, versions={"ONNX Runtime Training": onnxruntime.__version__})


def make_artifacts(model_path, folder):
    """Writes the training graph, the update's graph and the weights."""
    import onnx
    from onnxruntime.training import artifacts

    model = onnx.load(model_path)
    statistics = []
    for node in model.graph.node:
        if node.op_type == "BatchNormalization":
            # The training form takes the batch's statistics, and gives the new running ones as further outputs.
            node.attribute.append(onnx.helper.make_attribute("training_mode", 1))
            node.output.extend(f"{node.output[0]}.{kind}" for kind in ("mean", "variance"))
            statistics += node.input[3:5]
    trained = [tensor.name for tensor in model.graph.initializer if tensor.name not in statistics]
    folder.mkdir(exist_ok=True)
    artifacts.generate_artifacts(
        model, requires_grad=trained, frozen_params=statistics, loss=artifacts.LossType.CrossEntropyLoss,
        optimizer=artifacts.OptimType.SGD, artifact_directory=folder)
    for path in folder.glob("*.onnx"):
        # The update's graph gets the newest version that the installed onnx knows, which this last release does not.
        graph = onnx.load(path)
        graph.ir_version = min(graph.ir_version, NEWEST_IR)
        onnx.save(graph, path)


def load(folder, threads):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    state = CheckpointState.load_checkpoint(folder / "checkpoint")
    module = Module(folder / "training_model.onnx", state, device="cpu", session_options=settings)
    optimizer = Optimizer(folder / "optimizer_model.onnx", module)
    optimizer.set_learning_rate(1e-6)
    module.train()
    return module, optimizer


def check_first_loss(options, folder):
    """The first step's loss must be that of the network in PyTorch, whose logits must be those of the file."""
    import torch

    import networks

    images, labels = agreement.images_and_labels(options.folder)
    network = networks.from_onnx(options.folder / "model.onnx", options.architecture, images.shape[1:])
    agreement.check_logits(options.folder, network)
    network.train()
    with torch.no_grad():
        expected = torch.nn.functional.cross_entropy(network(torch.from_numpy(images)), torch.from_numpy(labels))
    module, _ = load(folder, options.threads)
    agreement.check("ONNX Runtime Training's first loss", module(images, labels), expected.numpy())


main()
