"""Steps of PyTorch on the CPU, in its default or its channels-last form."""

import torch
from torch import nn

import measurement
import networks


def main():
    parser = measurement.arguments(__doc__)
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    state = options.folder / "pytorch.pt"
    if options.prepare:
        prepare(options, state)
        return

    form = torch.channels_last if options.channels_last else torch.contiguous_format
    # PyTorch's own file, so that the process whose memory is counted holds no ONNX library.
    saved = torch.load(state)
    network = networks.ARCHITECTURES[options.architecture](saved["images"].shape[1:])
    network.load_state_dict(saved["weights"])
    network = network.to(memory_format=form)
    images = saved["images"][: options.batch_size].to(memory_format=form, copy=True)
    labels = saved["labels"][: options.batch_size].clone()
    del saved
    step = training(network, images, labels) if options.mode == "train" else inference(network, images)
    times = measurement.seconds(step, options.warm_up, options.steps)
    measurement.say(step_seconds=times, versions={"PyTorch": torch.__version__})


def prepare(options, state):
    """Checks the network against ONNX Runtime, and writes it and the images in PyTorch's own form."""
    import agreement

    images, labels = agreement.images_and_labels(options.folder)
    network = networks.from_onnx(options.folder / "model.onnx", options.architecture, images.shape[1:])
    agreement.check_logits(options.folder, network)
    torch.save({
        "weights": network.state_dict(), "images": torch.from_numpy(images), "labels": torch.from_numpy(labels)}, state)


def training(network, images, labels):
    """Forward, loss, backward, and an update by SGD with momentum in PyTorch's fastest form."""
    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-6, momentum=0.9, fused=True)

    def step():
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(images), labels).backward()
        optimizer.step()

    return step


def inference(network, images):
    network.eval()

    def step():
        with torch.inference_mode():
            network(images)

    return step


main()
