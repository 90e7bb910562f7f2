"""The check that everybody computes the same network: 'the same model' is measured, not claimed."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch

TOLERANCE = 1e-4


def images_and_labels(folder: Path, count: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The first images, and their labels."""
    with np.load(folder / "images.npz") as archive:
        return archive["images"][:count], archive["labels"][:count]


def check_logits(folder: Path, network: torch.nn.Module):
    """PyTorch's and Slipstream's logits must be those of ONNX Runtime."""
    images, _ = images_and_labels(folder)
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    expected = session.run(None, {session.get_inputs()[0].name: images})[0]
    network.eval()
    with torch.inference_mode():
        check("PyTorch's logits", network(torch.from_numpy(images)).numpy(), expected)
    check("Slipstream's logits", np.load(folder / "logits.npy"), expected)


def check(what: str, values, expected):
    """Refuses values that are too far off, as a fraction of the largest expected one."""
    error = float(np.abs(np.asarray(values) - expected).max() / np.abs(expected).max())
    if not error <= TOLERANCE:
        raise SystemExit(f"{what} differ from what is expected by {error:.1e}, more than {TOLERANCE:.0e}")
