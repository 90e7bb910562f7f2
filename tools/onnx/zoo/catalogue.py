"""Which networks there are, and how they are exported."""

from dataclasses import dataclass

CLASSES = 10
# The ways to export: TorchScript's exporter at two opsets, and PyTorch's default one at its default opset.
FORMS = ("torchscript-13", "torchscript-17", "dynamo")


@dataclass(frozen=True)
class Architecture:
    """A network of torchvision, and the images that it gets."""

    name: str
    # 64, or the least that works: that the last pooling is exported for, or that leaves a pixel.
    size: int = 64
    images: int = 4


ARCHITECTURES = {
    architecture.name: architecture for architecture in (
        # Its last pooling gives 6 x 6 numbers, and is exported only from a multiple of that.
        Architecture("alexnet", size=223),
        # As alexnet's, 7 x 7.
        Architecture("vgg11", size=224, images=2),
        # Of the millions of its poolings' windows, two images have twice as many that are all but undecided.
        Architecture("vgg16_bn", size=224, images=1),
        Architecture("resnet18"),
        Architecture("resnet50"),
        Architecture("resnext50_32x4d"),
        Architecture("wide_resnet50_2"),
        Architecture("densenet121"),
        Architecture("googlenet"),
        # One pixel at its end: with four images, batch normalisation would be over four numbers.
        Architecture("inception_v3", size=75, images=16),
        Architecture("squeezenet1_1"),
        Architecture("mobilenet_v2"),
        Architecture("mobilenet_v3_small"),
        Architecture("mobilenet_v3_large"),
        Architecture("shufflenet_v2_x1_0"),
        Architecture("mnasnet1_0"),
        Architecture("efficientnet_b0"),
        Architecture("efficientnet_v2_s"),
        Architecture("regnet_y_400mf"),
        Architecture("convnext_tiny"),
    )
}
