"""MNIST, where its files are at hand: what a run of a minute reaches."""

import os
from pathlib import Path

import pytest

import run_directory
from conftest import ROOT

FOLDER = Path(os.environ.get("SLIPSTREAM_DATA", ROOT.parent / "shared" / "data")) / "mnist"


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"{FOLDER} does not exist; $SLIPSTREAM_DATA names another folder of data")
def test_small_cnn_learns_mnist_within_three_epochs(slipstream, tmp_path):
    model = slipstream.new("small-cnn", "1x28x28", 10, tmp_path / "mnist.onnx")
    slipstream.train(
        model, f"mnist:{FOLDER}", tmp_path / "run", epochs=2, batch_size=128, optimizer="adam", learning_rate=0.002,
        schedule="linear:0.0001:2")
    for network in run_directory.NETWORKS.values():
        found = slipstream.evaluate(tmp_path / "run" / network, f"mnist:{FOLDER}")
        assert found["images"] == 10_000
        assert found["accuracy"] >= 0.988, network
