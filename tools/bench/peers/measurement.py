"""What every peer's script is called with, how it times its steps, and what it prints."""

import argparse
import json
import time
from pathlib import Path


def arguments(description: str) -> argparse.ArgumentParser:
    """The options of a script that does steps of a model."""
    parser = argparse.ArgumentParser(description=description, allow_abbrev=False)
    parser.add_argument("folder", type=Path, help="the folder with model.onnx, images.npz and logits.npy")
    parser.add_argument("--architecture", required=True)
    parser.add_argument("--prepare", action="store_true", help="check the model and write what the steps start from")
    parser.add_argument("--batch-size", type=int, default=1)
    parser.add_argument("--mode", choices=["train", "infer"], default="train")
    counts(parser)
    return parser


def counts(parser: argparse.ArgumentParser):
    """The options of every script."""
    parser.add_argument("--warm-up", type=int, default=0)
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)


def seconds(step, warm_up: int, steps: int) -> list[float]:
    """Does steps and times those after the warm-up."""
    for _ in range(warm_up):
        step()
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return times


def say(**figures):
    """Prints the script's one line."""
    print(json.dumps(figures))
