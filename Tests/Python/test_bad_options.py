"""Options that make no sense: exit code 2, a message that names the option or its value, nothing written."""

import pytest

from command import snapshot, training

NEW = {"ARCH": "lenet", "--input": "1x28x28", "--classes": 10}

BAD_NEW = [
    ("ARCH", "alexnet9000", "small-cnn"),
    ("--input", "28x28", "--input|CxHxW"),
    ("--input", "1x0x28", "--input|1x0x28"),
    ("--input", "1x-8x8", "--input|1x-8x8"),
    ("--input", "axbxc", "--input|axbxc"),
    ("--input", "99999999999x99999999999x99999999999", "--input|99999999999"),
    ("--classes", 0, "--classes|class"),
    ("--classes", -1, "--classes|class"),
    ("--classes", "ten", "--classes|ten"),
    ("--seed", "lucky", "--seed|lucky"),
    ("--initialization", "uniform:1e308", "--initialization"),
    ("--initialization", "uniform:nan", "--initialization"),
    ("--initialization", "uniform", "--initialization"),
]

BAD_TRAINING = [
    ("epochs", 0), ("epochs", 1000001), ("epochs", -3), ("epochs", "many"), ("epochs", "99999999999999999999"),
    ("batch_size", 0), ("batch_size", -1),
    ("persistency", 0), ("persistency", -1), ("persistency", 1000001), ("persistency", 1.5),
    ("optimizer", "sgdd"),
    ("learning_rate", -0.1), ("learning_rate", 0), ("learning_rate", "nan"), ("learning_rate", "inf"),
    ("schedule", "linear"), ("schedule", "linear:0.1"), ("schedule", "linear:x:3"), ("schedule", "step:2,1:0.1"),
    ("schedule", "step::0.1"), ("schedule", "cosmic"),
    ("momentum", 1.5), ("momentum", -0.1), ("momentum", "nan"),
    ("weight_decay", -1), ("weight_decay", "nan"),
    ("accelerator", "warp"),
    ("augment", "flop"), ("augment", "flip:2"), ("augment", "translate"), ("augment", "flip,flip"), ("augment", ""),
    ("rna_mode", "sideways"), ("rna_window", 0), ("rna_window", -5),
    ("rna_regularization", -1), ("rna_regularization", "nan"),
    ("rna_relaxation", 3), ("rna_mixing", "both"), ("rna_residuals", "sums"), ("rna_grid", "dense"),
    ("rna_guard", "test"), ("rna_statistics", "forget"),
    ("seed", -1), ("threads", 0), ("threads", -2), ("backend", "cuda9000"),
]


@pytest.mark.parametrize("name, value, says", BAD_NEW)
def test_new_refuses(slipstream, tmp_path, name, value, says):
    settings = NEW | {name: value}
    architecture = settings.pop("ARCH")
    options = [part for pair in settings.items() for part in pair]
    slipstream.refuse("new", architecture, *options, "-o", tmp_path / "m.onnx", codes=[2], says=[says])
    assert snapshot(tmp_path) == {}


@pytest.mark.parametrize("name, value", BAD_TRAINING)
def test_train_refuses(slipstream, digits_model, tmp_path, name, value):
    option = name.replace("_", "-")
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run", **{name: value}), codes=[2], says=[f"--{option}"])
    assert snapshot(tmp_path) == {}


@pytest.mark.parametrize("arguments, says", [
    (["dance"], "there is no command 'dance'"),
    ([*training("m.onnx", "digits", "run"), "--speed", "9"], "unknown option '--speed'"),
    (["train", "--modle", "m.onnx"], "unknown option '--modle'; did you mean '--model'"),
    (training("m.onnx", "digits", "run", learning_rate=None, learning_rat=0.1), "did you mean '--learning-rate'"),
    (training("m.onnx", "digits", "run", "--epochs", "3"), "--epochs is given twice"),
    (training("m.onnx", "digits", "run", "-o", "other"), "-o is given twice"),
    (["inspect", "m.onnx", "--threads", "2"], "--plan"),
    (["bench", "--model", "m.onnx", "--batch-size", "1", "--mode", "train", "--steps", "1", "--data", "digits",
      "--profile"], "--profile"),
    (["train"], "--model"),
    (["evaluate", "--data", "digits"], "--model"),
    (["bench", "--model", "m.onnx", "--batch-size", "1", "--mode", "fly", "--steps", "1"], "--mode"),
    (["bench", "--model", "m.onnx", "--batch-size", "0", "--mode", "train", "--steps", "1"], "--batch-size"),
    (["bench", "--model", "m.onnx", "--batch-size", "1", "--mode", "train", "--steps", "0"], "--steps"),
    (["bench", "--model", "m.onnx", "--batch-size", "1", "--mode", "train", "--steps", "1", "--warm-up", "-1"],
     "--warm-up"),
    (["inspect"], "<file>"),
    (["train", "--epochs"], "--epochs"),
    (["evaluate", "--model", "m.onnx", "--data", "digits", "digits/train"], "digits/train"),
])
def test_unusable_command_lines_are_refused(slipstream, tmp_path, arguments, says):
    command = f" {arguments[0]}" if arguments[0] != "dance" else ""
    message = slipstream.refuse(*arguments, codes=[2], says=[says], cwd=tmp_path)
    assert message.splitlines()[0].startswith("slipstream: error: ")
    assert message.splitlines()[1:] == [f"  See 'slipstream{command} --help'."]
    assert snapshot(tmp_path) == {}


def test_stages_are_given_several_times(slipstream, digits_model, tmp_path):
    stages = ["--stage", "1:momentum=0.5", "--stage", "1.5:momentum=0.4"]
    slipstream.succeed(*training(digits_model, "digits", tmp_path / "run", *stages))
    slipstream.refuse("trian", codes=[2], says=["no command 'trian'; did you mean 'train'"])


def test_a_misspelt_augmentation_is_refused_with_the_right_name(slipstream, digits_model, tmp_path):
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run", augment="flip,translat:4"), codes=[2],
        says=["--augment: no augmentation is called 'translat'; did you mean 'translate'"])
    slipstream.refuse(
        "bench", "--model", digits_model, "--batch-size", 1, "--mode", "train", "--steps", 1, "--augment", "flip",
        codes=[2], says=["--augment needs --data"])
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run", augment="translate:8"), codes=[1],
        says=["images of 1x8x8 are too small for translate:8"])
    assert snapshot(tmp_path) == {}


def test_settings_of_another_rule_or_accelerator_are_refused(slipstream, digits_model, tmp_path):
    for settings, option in [
        ({"optimizer": "adam", "momentum": 0.9}, "--momentum is not for adam"),
        ({"optimizer": "adam", "nesterov": True}, "--nesterov is not for adam"),
        ({"momentum": 0, "nesterov": True}, "--nesterov and --momentum"),
        ({"accelerator": "none", "rna_window": 4}, "--accelerator rna"),
        ({"accelerator": "none", "rna_statistics": "reestimate"}, "--accelerator rna"),
        ({"accelerator": "uniform-average", "rna_guard": "training"}, "--accelerator rna"),
        ({"rna_mixing": "later", "rna_relaxation": 0.5}, "--rna-mixing and --rna-relaxation"),
        ({"rna_grid": "logarithmic", "rna_regularization": 1e-8}, "--rna-grid and --rna-regularization"),
        ({"rna_grid": "logarithmic", "rna_guard": "none"}, "--rna-grid needs a guard"),
        ({"rna_no_step_search": True}, "--rna-no-step-search needs --rna-grid"),
        ({"average_window": 5}, "--average-window needs --accelerator uniform-average or exponential-average"),
        ({"accelerator": "uniform-average", "average_decay": 0.5}, "--average-decay needs --accelerator exponential"),
        ({"accelerator": "uniform-average", "average_window": 0}, "--average-window is 0"),
        ({"accelerator": "exponential-average", "average_decay": "nan"}, "--average-decay is nan"),
        ({"accelerator": "uniform-average", "rna_mode": "online"}, "--accelerator rna"),
    ]:
        slipstream.refuse(*training(digits_model, "digits", tmp_path / "run", **settings), codes=[2], says=[option])
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run", "--resume", "--overwrite"), codes=[2],
        says=["--resume and --overwrite"])
    assert snapshot(tmp_path) == {}


@pytest.mark.parametrize("source", [
    "digitz", "digits/validation", "mnist", "mnist:", "npz", "cifar10/:x", "", ":", "digits:/tmp",
])
def test_unknown_data_is_refused_with_what_is_known(slipstream, digits_model, source):
    slipstream.refuse("evaluate", "--model", digits_model, "--data", source, codes=[2], says=["digits|mnist|npz"])


@pytest.mark.parametrize("settings, says", [
    ({"optimizer": "rda", "gamma": 1, "learning_rate": 0.1}, "--learning-rate is not for rda"),
    ({"optimizer": "rda", "learning_rate": None, "schedule": "constant"}, "--schedule is not for rda"),
    ({"optimizer": "sgd", "learning_rate": None}, "--learning-rate is missing: sgd needs one"),
    ({"optimizer": "sgd", "gamma": 1}, "--gamma is not for sgd, but for sda or rda"),
    ({"optimizer": "adamw", "warmup_epochs": 1}, "--warmup-epochs is not for adamw, but for neumann"),
    ({"optimizer": "adagrda"}, "did you mean 'adagrad'"),
    ({"schedule": "cosin:0:3"}, "did you mean 'cosine'"),
    ({"backend": "openblass"}, "did you mean 'openblas'"),
    ({"clip_norm": 0}, "--clip-norm is 0"),
    ({"freeze_zeros": -1}, "--freeze-zeros is -1"),
    ({"stage": "5"}, "--stage: '5' is not of the form"),
    ({"stage": "5:momentun=0.5"}, "--stage: sgd has no setting 'momentun'; did you mean 'momentum'"),
])
def test_options_of_rules_are_checked(slipstream, digits_model, tmp_path, settings, says):
    slipstream.refuse(
        *training(digits_model, "digits", tmp_path / "run", **settings), codes=[2], says=[says])
    assert snapshot(tmp_path) == {}
