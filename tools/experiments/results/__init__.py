"""Experiments with the methods of the papers on real data, and the tables that they make."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
