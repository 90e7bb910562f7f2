"""Slipstream and what a user would pick instead, in the same run. Python's own library is enough."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BENCH = ROOT / "tools" / "bench"
