"""onnx's node tests, run by `slipstream check`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
