"""torchvision's classification networks, exported by PyTorch, trained by Slipstream."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
