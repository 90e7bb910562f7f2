#!/usr/bin/env python3
"""Writes the golden files of this folder with NumPy and safetensors themselves.

Usage: generate.py            (needs numpy and safetensors; made with numpy 2.4.6, safetensors 0.8.0)

The tests hold the same values; a file that differs after a regeneration shows what changed.
"""
import gzip
import io
import pathlib
import zipfile

import numpy as np
from safetensors.numpy import save_file

here = pathlib.Path(__file__).resolve().parent

matrix = np.arange(6, dtype=np.float32).reshape(2, 3) / 4 - 0.5
arrays = {
    "f4": matrix,
    "f8": np.array(-1.5e300),
    "i4": np.array([-(2**31), 0, 2**31 - 1], np.int32),
    "i8": np.array([[[-(2**63)], [7]], [[0], [2**63 - 1]]], np.int64),
    "u1": np.array([0, 1, 254, 255], np.uint8),
    "empty": np.zeros((0, 3), np.float32),
    "fortran": np.asfortranarray(np.arange(24, dtype=np.int32).reshape(2, 3, 4)),
    "wide": np.zeros((1,) * 30, np.uint8),
    # Not read: their errors name them.
    "big-endian": matrix.astype(">f4"),
    "half": matrix.astype(np.float16),
    "boolean": matrix > 0,
    "structured": np.zeros(2, [("a", "<f4"), ("b", "<i4")]),
}
for name, array in arrays.items():
    np.save(here / f"{name}.npy", array)
for version in ((2, 0), (3, 0)):
    with open(here / f"version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, matrix, version)

# NumPy puts the time of day into an archive; a fixed one keeps the files equal from run to run.
plain_init = zipfile.ZipInfo.__init__
zipfile.ZipInfo.__init__ = lambda self, name="x", date_time=None: plain_init(self, name, (1980, 1, 1, 0, 0, 0))
labels = np.array([3, 1], np.int64)
np.savez(here / "stored.npz", images=matrix, labels=labels)
# Rows that repeat, so that deflate has something to find.
np.savez_compressed(here / "deflated.npz", images=np.tile(matrix, (50, 1)), labels=labels)

save_file(
    {"weights": matrix, "steps": np.array([12], np.int64), "flags": np.array([[1, 2], [3, 4]], np.uint8)},
    here / "mixed.safetensors",
    metadata={"format": "slipstream \"é\""},
)

text = io.BytesIO()
for part in (b"first member\n", b"second member\n" * 100):
    with gzip.GzipFile(fileobj=text, mode="wb", mtime=0) as member:
        member.write(part)
(here / "members.gz").write_bytes(text.getvalue())
