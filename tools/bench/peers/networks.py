"""The networks as a PyTorch user would write them, with the names of the ONNX files' weights."""

from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

CLASSES = 10


def convolution(inputs: int, channels: int, stride: int = 1) -> nn.Conv2d:
    """A 3x3 convolution before batch normalisation."""
    return nn.Conv2d(inputs, channels, 3, stride, padding=1, bias=False)


class BasicBlock(nn.Module):
    """Two convolutions around which the block's images, made smaller where need be, are added."""

    def __init__(self, inputs: int, channels: int, stride: int):
        super().__init__()
        self.conv1, self.norm1 = convolution(inputs, channels, stride), nn.BatchNorm2d(channels)
        self.conv2, self.norm2 = convolution(channels, channels), nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut1 = nn.Identity() if stride == 1 and inputs == channels else nn.Sequential(OrderedDict(
            conv1=nn.Conv2d(inputs, channels, 1, stride, bias=False), norm1=nn.BatchNorm2d(channels)))

    def forward(self, images):
        inner = self.relu(self.norm1(self.conv1(images)))
        return self.relu(self.norm2(self.conv2(inner)) + self.shortcut1(images))


def resnet18(shape) -> nn.Module:
    layers = OrderedDict(conv1=convolution(shape[0], 64), norm1=nn.BatchNorm2d(64), relu1=nn.ReLU(inplace=True))
    inputs = 64
    for index, channels in enumerate((64, 64, 128, 128, 256, 256, 512, 512)):
        layers[f"block{index + 1}"] = BasicBlock(inputs, channels, 1 if channels == inputs else 2)
        inputs = channels
    layers |= OrderedDict(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), dense1=nn.Linear(512, CLASSES))
    return nn.Sequential(layers)


def vgg16(shape) -> nn.Module:
    layers, inputs, count = OrderedDict(), shape[0], 0
    for group, (channels, depth) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))):
        for _ in range(depth):
            count += 1
            layers[f"conv{count}"] = nn.Conv2d(inputs, channels, 3, padding=1)
            layers[f"norm{count}"] = nn.BatchNorm2d(channels)
            layers[f"relu{count}"] = nn.ReLU(inplace=True)
            inputs = channels
        layers[f"maxpool{group + 1}"] = nn.MaxPool2d(2)
    pixels = (shape[1] // 32) * (shape[2] // 32)
    layers |= OrderedDict(flatten=nn.Flatten(), dense1=nn.Linear(512 * pixels, CLASSES))
    return nn.Sequential(layers)


def small_cnn(shape) -> nn.Module:
    pixels = (shape[1] // 4) * (shape[2] // 4)
    return nn.Sequential(OrderedDict(
        conv1=nn.Conv2d(shape[0], 32, 3, padding=1), relu1=nn.ReLU(inplace=True), maxpool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(32, 64, 3, padding=1), relu2=nn.ReLU(inplace=True), maxpool2=nn.MaxPool2d(2),
        flatten=nn.Flatten(), dense1=nn.Linear(64 * pixels, 128), relu3=nn.ReLU(inplace=True),
        dense2=nn.Linear(128, CLASSES)))


ARCHITECTURES = {"resnet18-cifar": resnet18, "vgg16-bn-cifar": vgg16, "small-cnn": small_cnn}


def from_onnx(path: Path, architecture: str, shape) -> nn.Module:
    """The network with the weights of an ONNX file, each of which must have its place."""
    import onnx
    from onnx import numpy_helper

    weights = {
        tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy())
        for tensor in onnx.load(path).graph.initializer
    }
    network = ARCHITECTURES[architecture](shape)
    missing, unexpected = network.load_state_dict(weights, strict=False)
    # PyTorch's own count of steps, which nothing reads here.
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise SystemExit(f"{path} is another network: it has no {missing}, and there is no place for {unexpected}")
    return network
