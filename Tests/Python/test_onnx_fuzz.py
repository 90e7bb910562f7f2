"""Damaged and malicious model files; `tools/onnx/fuzz` tries two thousand, here are the first of them."""

import importlib
import sys

from conftest import ROOT

sys.path[:0] = [str(ROOT / "tools" / name) for name in ("onnx", "bench")]
campaign, mutations, running = (importlib.import_module(f"fuzzing.{name}") for name in ("campaign", "mutations", "running"))
FILES = 300


def test_damaged_models_end_in_a_clear_error_or_well(slipstream, tmp_path):
    result = campaign.Campaign(slipstream.path, tmp_path).run(list(range(FILES)))
    assert result.faults == []
    assert result.files == FILES and len(result.ways) == len(mutations.WAYS)
    # Were all refused for the same trifle, nothing would have been tried.
    assert result.endings["inspect: success"] > FILES // 10 and result.endings["train: success"] > FILES // 20
    assert result.endings["inspect: error"] > FILES // 10 and result.endings["train: error"] > FILES // 10


def test_files_are_the_same_every_time(slipstream, tmp_path):
    tries = [campaign.Campaign(slipstream.path, tmp_path / str(number)) for number in range(2)]
    for number in range(20):
        for index, attempt in enumerate(tries):
            attempt.write(number, tmp_path / f"{index}.onnx")
        assert (tmp_path / "0.onnx").read_bytes() == (tmp_path / "1.onnx").read_bytes()


def test_what_is_wrong_would_be_noticed():
    good = dict(status=1, seconds=0.1, peak=1 << 20, errors="slipstream: error: m.onnx: it is empty\n", waited=False)
    assert running.Ending(**good).fault is None
    for change, says in [
        ({"status": -11}, "crashed"), ({"seconds": 6.0}, "processor time"), ({"peak": 2 << 30}, "MiB"),
        ({"errors": "something\n"}, "clear"), ({"errors": ""}, "clear"), ({"waited": True}, "did not end"),
        ({"status": 133}, "133"), ({"errors": "Fatal error: Index out of range\n"}, "crashed"),
    ]:
        assert says in running.Ending(**(good | change)).fault
