#!/usr/bin/env python3
"""Embeds the optical digits of UCI in the source of the module Datasets.

Usage: embed-digits.py [--check]        (needs scikit-learn, which ships the data; made with 1.9.1)

Writes Modules/Datasets/Digits/DigitsTraining1..4.swift and DigitsTest.swift, one image a line: the label, then 64
letters, one a pixel in row-major order, A for 0 to Q for 16. --check writes nothing and fails if a file differs.

The split is scikit-learn's stratified one with random_state 0: 1,437 images to train, 360 to test, both in the order
that train_test_split returns. The figures printed are those that the module states: the training images' mean and
standard deviation, and the sum of all pixels.
"""
import pathlib
import sys

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Modules" / "Datasets" / "Digits"
PART = 360

HEADER = '''\
// Written by tools/datasets/embed-digits.py: change that, not this.
//
// Optical Recognition of Handwritten Digits. E. Alpaydin, C. Kaynak, UCI Machine Learning Repository, 1998,
// doi:10.24432/C50P49. Licence: Creative Commons Attribution 4.0. Taken from scikit-learn's copy of the
// test part; only the order and the way the numbers are written are ours.

extension DigitsData {{
    /// {comment}: the label, then the pixels of one image a line.
    static let {name}: StaticString = """
{lines}
        """
}}
'''


def main() -> None:
    data = load_digits()
    images = data.data.astype(np.uint8)
    labels = data.target
    assert images.shape == (1797, 64) and images.max() == 16 and np.array_equal(images, data.data)
    train, test = train_test_split(np.arange(len(labels)), test_size=360, random_state=0, stratify=labels)

    lines = [str(labels[i]) + "".join(chr(ord("A") + pixel) for pixel in images[i]) for i in range(len(labels))]
    parts = []
    for number, start in enumerate(range(0, len(train), PART), 1):
        end = min(start + PART, len(train))
        parts.append((f"Training{number}", f"Training images {start} to {end - 1}", train[start:end]))
    parts.append(("Test", "All test images", test))

    differing = []
    for suffix, comment, indices in parts:
        text = HEADER.format(
            name=suffix[0].lower() + suffix[1:], comment=comment,
            lines="\n".join("        " + lines[i] for i in indices))
        path = FOLDER / f"Digits{suffix}.swift"
        if "--check" in sys.argv:
            if not path.exists() or path.read_text() != text:
                differing.append(path.name)
        else:
            path.write_text(text)

    pixels = images[train].astype(np.float64) / 16
    print(f"training: mean {pixels.mean():.8f}, standard deviation {pixels.std():.8f}")
    print(f"sum of all pixels: {images.sum(dtype=np.int64)}; {len(train)} + {len(test)} images")
    print("test labels:", np.bincount(labels[test]).tolist(), "first ten:", labels[test][:10].tolist())
    print("training labels:", np.bincount(labels[train]).tolist(), "first ten:", labels[train][:10].tolist())
    if differing:
        sys.exit(f"these files are not what this script writes: {', '.join(differing)}")


main()
