#!/usr/bin/env python3
"""Writes the golden files of this folder: a tiny MNIST, gzip, and a tiny .npz data set.

Usage: generate.py            (needs numpy; made with 2.4.6)
"""
import gzip
import pathlib
import struct

import numpy as np

here = pathlib.Path(__file__).resolve().parent


def idx(name: str, array: np.ndarray) -> None:
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    (here / name).write_bytes(gzip.compress(header + array.tobytes(), mtime=0))


# Pixel (image, row, column) is 40 * image + 8 * row + column, labels count down.
train = (40 * np.arange(6)[:, None, None] + 8 * np.arange(3)[:, None] + np.arange(2)).astype(np.uint8)
idx("train-images-idx3-ubyte.gz", train)
idx("train-labels-idx1-ubyte.gz", np.arange(9, 3, -1, dtype=np.uint8))
idx("t10k-images-idx3-ubyte.gz", train[:2])
idx("t10k-labels-idx1-ubyte.gz", np.array([7, 0], np.uint8))

images = np.arange(3 * 2 * 2 * 2, dtype=np.float32).reshape(3, 2, 2, 2) - 5.5
np.savez_compressed(here / "images.npz", images=images, labels=np.array([2, 0, 4]))
