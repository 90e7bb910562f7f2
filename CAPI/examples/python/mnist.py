"""PyTorch trains a small network on MNIST; Slipstream extrapolates it after every epoch, by the lines marked (1) to (4).

    python mnist.py FOLDER [--epochs 5] [--images 60000] [--test-images 10000] [--without] [--save weights.pt]

FOLDER holds MNIST's four files, train-images-idx3-ubyte.gz and its like, packed or not.
"""

import argparse
import gzip
import pathlib
import struct

import numpy as np
import torch
from torch import nn

import slipstream.torch  # (1)


def read(folder: pathlib.Path, name: str) -> torch.Tensor:
    """The contents of one of the four files."""
    packed = folder / f"{name}.gz"
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / name).read_bytes()
    dimensions = data[3]
    shape = struct.unpack(f">{dimensions}I", data[4 : 4 + 4 * dimensions])
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape).copy())


def load(folder: pathlib.Path, part: str, count: int) -> "tuple[torch.Tensor, torch.Tensor]":
    """Normalised images and their labels."""
    images = read(folder, f"{part}-images-idx3-ubyte")[:count].unsqueeze(1).float()
    return (images / 255 - 0.1307) / 0.3081, read(folder, f"{part}-labels-idx1-ubyte")[:count].long()


def network() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 10))


@torch.no_grad()
def accuracy(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    model.eval()
    right = sum(
        int((model(part).argmax(1) == wanted).sum()) for part, wanted in zip(images.split(1000), labels.split(1000)))
    model.train()
    return right / len(labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--images", type=int, default=60_000, help="train on the first so many")
    parser.add_argument("--test-images", type=int, default=10_000, help="measure on the first so many")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=0.05)
    parser.add_argument("--without", action="store_true", help="train without Slipstream, to compare")
    parser.add_argument("--save", type=pathlib.Path, help="save the trained network's state_dict")
    options = parser.parse_args()

    torch.manual_seed(0)
    images, labels = load(options.folder, "train", options.images)
    test_images, test_labels = load(options.folder, "t10k", options.test_images)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=options.learning_rate, momentum=0.9)
    if not options.without:
        rna = slipstream.torch.RNA(model)  # (2)

    for epoch in range(1, options.epochs + 1):
        for batch in torch.randperm(len(images)).split(options.batch_size):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
        line = f"epoch {epoch}: accuracy {accuracy(model, test_images, test_labels):.4f}"
        if not options.without:
            rna.store()  # (3)
            with rna.extrapolated():  # (4)
                line += f", extrapolated {accuracy(model, test_images, test_labels):.4f}"
        print(line, flush=True)
    if options.save:
        torch.save(model.state_dict(), options.save)


if __name__ == "__main__":
    main()
