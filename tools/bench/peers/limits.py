"""What the machine can do: the bytes that memory moves, the operations that the best convolutions do."""

import argparse

import torch

import measurement

# Four arrays of the last-level cache's usual size and more, so that what is read comes from memory.
FLOATS = 1 << 26
# The 3x3 convolutions of ResNet-18's four stages, channels and image size: each has the same number of operations.
STAGES = ((64, 32), (128, 16), (256, 8), (512, 4))
BATCH = 128


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--of", choices=["memory", "kernels"], required=True)
    measurement.counts(parser)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    step, figures = memory() if options.of == "memory" else kernels()
    with torch.inference_mode():
        times = measurement.seconds(step, options.warm_up, options.steps)
    name = "update_seconds" if options.of == "memory" else "step_seconds"
    measurement.say(**{name: times}, **figures, versions={"PyTorch": torch.__version__})


def memory():
    """y ← a x + y on large arrays: like an update, it writes where it has read. Copies to elsewhere are slower."""
    x, y = torch.randn(FLOATS), torch.randn(FLOATS)
    return lambda: y.add_(x, alpha=0.5), {"update_bytes": 3 * 4 * FLOATS}


def kernels():
    """Forward convolutions on channels-last images, by oneDNN as PyTorch brings it."""
    layers = [
        (torch.randn(BATCH, channels, size, size).to(memory_format=torch.channels_last),
         torch.randn(channels, channels, 3, 3).to(memory_format=torch.channels_last))
        for channels, size in STAGES
    ]

    def step():
        for images, weights in layers:
            torch.nn.functional.conv2d(images, weights, padding=1)

    return step, {"operations": sum(2 * BATCH * size * size * channels * channels * 9 for channels, size in STAGES)}


main()
