"""What every test of the command line needs: the program, its models, its data, a finished run."""

import os
from pathlib import Path

import pytest

import data
from command import Slipstream

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def slipstream() -> Slipstream:
    """The program: $SLIPSTREAM, or the one that `swift build -c release $(tools/traits)` made."""
    path = Path(os.environ.get("SLIPSTREAM", ROOT / ".build" / "release" / "slipstream"))
    if not path.exists():
        pytest.exit(
            f"{path} does not exist: run `swift build -c release $(tools/traits) --product slipstream` first", returncode=1)
    return Slipstream(path)


@pytest.fixture(scope="session")
def digits_model(slipstream, tmp_path_factory) -> Path:
    """An untrained small-cnn for the embedded digits."""
    return slipstream.new("small-cnn", "1x8x8", 10, tmp_path_factory.mktemp("model") / "digits.onnx")


@pytest.fixture
def npz(tmp_path) -> Path:
    """A data set of 37 images that fit `digits_model`."""
    return data.write_npz(tmp_path / "images.npz", *data.images_and_labels(37, (1, 8, 8), 10))


@pytest.fixture(scope="session")
def digits_run(slipstream, digits_model, tmp_path_factory) -> Path:
    """The directory of a finished run: small-cnn on digits, 4 epochs, with RNA."""
    directory = tmp_path_factory.mktemp("runs") / "digits"
    slipstream.train(digits_model, "digits", directory, epochs=4)
    return directory
