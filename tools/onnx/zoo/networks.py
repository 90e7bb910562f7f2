"""The networks as PyTorch has them, with random weights, and their images."""

import torch

from catalogue import CLASSES, Architecture

# The wheel on PyPI is built for CUDA: beside PyTorch without it, its compiled operators cannot be loaded, and the import
# wants two of them declared. They find boxes; no classification network uses them.
_DECLARED = torch.library.Library("torchvision", "FRAGMENT")
for _operator in ("nms", "qnms"):
    if not torch._C._dispatch_has_kernel(f"torchvision::{_operator}"):
        _DECLARED.define(f"{_operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision import models  # noqa: E402

SEED = 2026


def network(architecture: Architecture) -> torch.nn.Module:
    """A network with weights and statistics that all differ from their defaults, and without anything random."""
    torch.manual_seed(SEED)
    # Further classifiers in the middle, which only training uses, would be further outputs.
    has_further = architecture.name in ("googlenet", "inception_v3")
    options = {"aux_logits": False, "init_weights": True} if has_further else {}
    made = getattr(models, architecture.name)(num_classes=CLASSES, **options)
    with torch.no_grad():
        for module in made.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
            elif getattr(module, "bias", None) is not None and not module.bias.any():
                module.bias.uniform_(-0.1, 0.1)
            # ConvNeXt's blocks begin at a millionth of their sum: their weights would not move at all.
            if isinstance(getattr(module, "layer_scale", None), torch.nn.Parameter):
                module.layer_scale.uniform_(0.1, 0.5)
            # What is left out at random is another network at every step.
            if isinstance(module, torch.nn.Dropout) or type(module).__name__ == "StochasticDepth":
                module.p = 0.0
        made.train()
        for _ in range(3):
            made(torch.randn(architecture.images, 3, architecture.size, architecture.size))
    return made


def batch(architecture: Architecture, number: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images of noise, others for every number, and their labels."""
    noise = torch.Generator().manual_seed(number)
    images = torch.randn(architecture.images, 3, architecture.size, architecture.size, generator=noise)
    return images, torch.arange(architecture.images) % CLASSES
