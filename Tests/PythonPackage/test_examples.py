"""CAPI/examples/python run as they are, and say what they should; so does README.md's."""

import os
import re
from pathlib import Path

import pytest

from conftest import ROOT, run_python

EXAMPLES = ROOT / "CAPI" / "examples" / "python"
MNIST = Path(os.environ.get("SLIPSTREAM_DATA", ROOT.parent / "shared" / "data")) / "mnist"
FLOAT = r"([\d.]+(?:e-\d+)?)"


def test_the_quadratic_is_extrapolated_three_orders_of_magnitude_down():
    done = run_python(EXAMPLES / "quadratic.py")
    assert done.returncode == 0, done.stderr
    pairs = re.findall(f"f = {FLOAT}, extrapolated: f = {FLOAT}", done.stdout)
    assert len(pairs) == 2
    for plain, extrapolated in pairs:
        assert float(plain) > 1000 * float(extrapolated)


def train(folder, *options):
    """Runs the MNIST example on a part of MNIST."""
    done = run_python(
        EXAMPLES / "mnist.py", folder, "--epochs", 5, "--images", 2500, "--test-images", 500, "--batch-size", 64,
        *options,
        # More threads than free cores wait for one another, and what runs beside the tests is not known.
        OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not MNIST.is_dir(), reason=f"{MNIST} does not exist; $SLIPSTREAM_DATA names another folder of data")
def test_a_run_on_mnist_has_the_same_weights_with_and_without_extrapolation(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed in this environment; tools/setup --tests says why")
    observed = train(MNIST, "--save", tmp_path / "observed.pt")
    plain = train(MNIST, "--without", "--save", tmp_path / "plain.pt")
    first, second = (torch.load(tmp_path / f"{name}.pt", weights_only=True) for name in ("observed", "plain"))
    assert list(first) == list(second) and all(torch.equal(first[name], second[name]) for name in first)
    lines = re.findall(r"epoch (\d): accuracy ([\d.]+), extrapolated ([\d.]+)", observed)
    assert [line[0] for line in lines] == ["1", "2", "3", "4", "5"]
    assert re.findall(r"epoch \d: accuracy ([\d.]+)\n", plain) == [line[1] for line in lines]
    assert float(lines[-1][1]) > 0.9 and float(lines[-1][2]) > 0.9
    assert any(accuracy != extrapolated for _, accuracy, extrapolated in lines), "they are different networks"


def test_the_example_has_four_added_lines():
    assert re.findall(r"# \((\d)\)", (EXAMPLES / "mnist.py").read_text()) == ["1", "2", "3", "4"]


def test_the_readmes_loop_runs_as_printed():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed in this environment; tools/setup --tests says why")
    (loop,) = re.findall(r"```python\n(.*?slipstream\.torch.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    measured = []

    def train_epoch(module, steps):
        for _ in range(5):
            steps.zero_grad()
            (module(torch.eye(3)) - 1).square().sum().backward()
            steps.step()

    def evaluate(module):
        measured.append((module(torch.eye(3)) - 1).square().sum().item())
        return measured[-1]

    exec(loop, {
        "model": model, "optimizer": optimizer, "epochs": 4, "train_epoch": train_epoch, "evaluate": evaluate,
        "print": lambda *_: None})
    assert len(measured) == 8 and measured[-1] <= measured[-2]


def test_the_commands_of_docs_are_those_that_are_tested():
    guide = (ROOT / "docs" / "python.md").read_text()
    for block in re.findall(r"```python\n(.*?)```", guide, re.DOTALL):
        compile(block, "docs/python.md", "exec")
    assert "pip install ./CAPI/python" in guide
