"""What `slipstream train` shows: a bar and a table that fit the terminal, plain lines where there is none."""

import fcntl
import os
import pty
import re
import signal
import struct
import termios

import pytest

from command import training

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen:
    """A program's output on a terminal of some width."""

    def __init__(self, slipstream, columns, *arguments, interrupted=False):
        terminal, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = slipstream.start(
            *arguments, stdout=side, stderr=side, text=False, env=os.environ | {"TERM": "xterm"})
        os.close(side)
        output = b""
        # The terminal's end reports an error once the program has closed its own.
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            output += piece
            if interrupted and "█".encode() in output:
                process.send_signal(signal.SIGINT)
                interrupted = False
        os.close(terminal)
        self.status = process.wait()
        self.text = output.decode()

    @property
    def drawn(self) -> list[str]:
        """Every line as it was drawn, the overdrawn ones included."""
        return [ESCAPES.sub("", line) for line in re.split(r"[\r\n]+", self.text)]

    @property
    def left(self) -> list[str]:
        """The lines that are left in the end."""
        lines = [line.rsplit("\r", 1)[-1] for line in self.text.replace("\r\n", "\n").split("\n")]
        return [ESCAPES.sub("", line) for line in lines if ESCAPES.sub("", line)]


@pytest.mark.parametrize("columns", [200, 80, 60, 50, 30, 12])
def test_bar_and_table_fit_the_terminal(slipstream, digits_model, tmp_path, columns):
    # Slow enough for the bar to be drawn: the reference backend.
    screen = Screen(slipstream, columns, *training(
        digits_model, "digits", tmp_path / "run", epochs=2, backend="reference", batch_size=64))
    assert screen.status == 0, screen.text
    bars = [line for line in screen.drawn if re.match(r"epoch \d/2", line)]
    assert len(bars) > 2, "nothing was drawn over"
    rows = [line for line in screen.left if re.match(r" *\d+/2", line)]
    assert len(rows) == 2
    for line in bars + rows:
        assert len(line) < columns, line
    assert any("█" in line for line in bars) == (columns >= 30)
    assert all("images/s" in line for line in bars) == (columns >= 80)
    assert not any("░" in line for line in screen.left), "the bar is still there"


def test_a_person_who_presses_ctrl_c_is_told_what_happens(slipstream, digits_model, tmp_path):
    screen = Screen(slipstream, 80, *training(
        digits_model, "digits", tmp_path / "run", epochs=50, backend="reference"), interrupted=True)
    assert screen.status == 130
    assert any("writing a checkpoint" in line for line in screen.left)
    assert any("--resume" in line for line in screen.left)
    assert not any("░" in line for line in screen.left), "the bar is still there"


def test_piped_output_is_plain_lines_of_one_form(slipstream, digits_model, tmp_path):
    result = slipstream.run(*training(digits_model, "digits", tmp_path / "run", epochs=3))
    assert result.stderr == ""
    assert "\r" not in result.stdout and "\x1b" not in result.stdout
    _, titles, *rows = result.stdout.splitlines()
    assert titles.split() == ["epoch", "loss", "accuracy", "loss", "accuracy", "loss", "images/s"]
    for epoch, row in enumerate(rows[:3], 1):
        assert re.fullmatch(rf"\s*{epoch}/3(\s+[\d.]+(\s%)?){{6}}", row), row
        assert len(row) == len(titles)


def test_every_line_comes_when_it_happens(slipstream, digits_model, tmp_path):
    process = slipstream.start(*training(digits_model, "digits", tmp_path / "run", epochs=100_000))
    try:
        lines = [process.stdout.readline() for _ in range(4)]
        assert process.poll() is None
        assert "2/100000" in lines[-1]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("columns", [200, 120, 80])
def test_a_plan_fits_the_terminal(slipstream, tmp_path, columns):
    model = slipstream.new("resnet18-cifar", "3x8x8", 10, tmp_path / "model.onnx")
    screen = Screen(slipstream, columns, "inspect", model, "--plan", "--batch-size", 128)
    assert screen.status == 0, screen.text
    # The first line holds the file's path, as long as it is.
    assert all(len(line) <= columns for line in screen.left[1:]), screen.text
    rows = [line for line in screen.left if re.match(r" *\d+ \w", line)]
    assert len(rows) > 100
    # What was fused must be seen at any width; kernels' own names need some room.
    assert any("BatchNormalizationTraining+relu" in row for row in rows)
    assert any("vectorized.batch_normalization_gradient" in row for row in rows) == (columns >= 120)


@pytest.mark.parametrize("command", ["", "new", "train", "evaluate", "predict", "inspect", "bench"])
def test_help_fits_eighty_columns_and_says_what_each_option_is(slipstream, command):
    text = slipstream.succeed(*command.split(), "--help", env=os.environ | {"COLUMNS": "80"})
    for line in text.splitlines():
        assert len(line) <= 80, line
    for option in re.findall(r"^  (?:-\w, )?(--[\w-]+)(.*(?:\n {20,}.*)*)", text, re.MULTILINE):
        assert re.search(r"\w+.*\.|version|help", option[1]), f"{option[0]} is not explained"


def test_a_full_standard_output_is_an_error(slipstream, digits_model):
    with open("/dev/full", "w") as full:
        result = slipstream.run(
            "evaluate", "--model", digits_model, "--data", "digits", capture_output=False, stdout=full, stderr=-1)
    assert result.returncode == 1
    assert "standard output" in result.stderr
