"""Damaged and malicious model files, and what becomes of them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
