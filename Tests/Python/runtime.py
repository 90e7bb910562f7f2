"""What ONNX Runtime computes, to compare with."""

from pathlib import Path

import numpy as np
import onnxruntime


def logits(model: Path, images: np.ndarray) -> np.ndarray:
    """The model's first output for all images; a model with a baked batch size is fed in pieces of that size."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    feed = session.get_inputs()[0]
    size = feed.shape[0] if isinstance(feed.shape[0], int) else len(images)
    pieces = []
    for start in range(0, len(images), size):
        piece = images[start : start + size]
        padded = np.concatenate([piece, np.zeros((size - len(piece), *piece.shape[1:]), piece.dtype)])
        pieces.append(session.run(None, {feed.name: padded})[0][: len(piece)])
    return np.concatenate(pieces)


def scaled_error(values: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference, as a fraction of the largest expected magnitude."""
    assert values.shape == expected.shape, f"shape {values.shape} instead of {expected.shape}"
    return float(np.abs(values - expected).max() / np.abs(expected).max())


def loss_and_accuracy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Mean softmax cross-entropy and the fraction of right answers."""
    logits = logits.astype(np.float64)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probabilities[np.arange(len(labels)), labels].mean()
    return float(loss), float((logits.argmax(axis=1) == labels).mean())
