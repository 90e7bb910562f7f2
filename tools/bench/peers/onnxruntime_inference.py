"""Inference steps of ONNX Runtime on the CPU."""

import numpy as np
import onnxruntime

import measurement


def main():
    options = measurement.arguments(__doc__).parse_args()
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        options.folder / "model.onnx", settings, providers=["CPUExecutionProvider"])
    with np.load(options.folder / "images.npz") as archive:
        feed = {session.get_inputs()[0].name: archive["images"][: options.batch_size]}
    times = measurement.seconds(lambda: session.run(None, feed), options.warm_up, options.steps)
    measurement.say(step_seconds=times, versions={"ONNX Runtime": onnxruntime.__version__})


main()
