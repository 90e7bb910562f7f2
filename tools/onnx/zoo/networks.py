"""The networks: torchvision's, with random weights, for 10 classes."""

from dataclasses import dataclass

import torch

# The wheel on PyPI is built for CUDA: beside PyTorch without it, its compiled operators cannot be loaded, and the import
# wants two of them declared. They find boxes; no classification network uses them.
_DECLARED = torch.library.Library("torchvision", "FRAGMENT")
for _operator in ("nms", "qnms"):
    if not torch._C._dispatch_has_kernel(f"torchvision::{_operator}"):
        _DECLARED.define(f"{_operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision import models  # noqa: E402

CLASSES = 10
SEED = 2026


@dataclass(frozen=True)
class Architecture:
    """A network, and the images that it gets."""

    name: str
    # 64, or the least that works: that the last pooling is exported for, or that leaves a pixel.
    size: int = 64
    images: int = 4
    # Steps of the training that must lower the loss.
    learning_rate: float = 0.01

    def network(self) -> torch.nn.Module:
        """The network with weights and statistics that all differ from their defaults, and without anything random."""
        torch.manual_seed(SEED)
        # Further classifiers in the middle, which only training uses, would be further outputs.
        options = {"aux_logits": False, "init_weights": True} if self.name in ("googlenet", "inception_v3") else {}
        network = getattr(models, self.name)(num_classes=CLASSES, **options)
        with torch.no_grad():
            for module in network.modules():
                if isinstance(module, torch.nn.BatchNorm2d):
                    module.weight.uniform_(0.5, 1.5)
                    module.bias.uniform_(-0.5, 0.5)
                # What is left out at random is another network at every step.
                if isinstance(module, torch.nn.Dropout) or type(module).__name__ == "StochasticDepth":
                    module.p = 0.0
            network.train()
            for _ in range(3):
                network(self.batch()[0])
        return network

    def batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Images of noise, another time other ones, and their labels."""
        return torch.randn(self.images, 3, self.size, self.size), torch.arange(self.images) % CLASSES


ARCHITECTURES = {
    architecture.name: architecture for architecture in (
        # Its last pooling gives 6 x 6 numbers, and is exported only from a multiple of that.
        Architecture("alexnet", size=223),
        # As alexnet's, 7 x 7.
        Architecture("vgg11", size=224, images=2),
        Architecture("vgg16_bn", size=224, images=2),
        Architecture("resnet18"),
        Architecture("resnet50"),
        Architecture("resnext50_32x4d"),
        Architecture("wide_resnet50_2"),
        Architecture("densenet121"),
        Architecture("googlenet"),
        Architecture("inception_v3", size=75),
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
