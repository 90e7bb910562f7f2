"""Cases of operators on images: windows, normalisation, padding, resampling."""

import numpy as np
from declaration import IMAGE, case, single
from onnx import numpy_helper


def windows():
    def conv(*weights, bias=False, **attributes):
        return lambda m: m.node("Conv", "x", m.weights(*weights), *([m.weights(weights[0])] if bias else []),
                                **attributes)
    case("Conv", "plain", conv(3, 4, 3, 3))
    case("Conv", "bias, kernel_shape", conv(3, 4, 3, 2, bias=True, kernel_shape=[3, 2]))
    case("Conv", "pointwise", conv(5, 4, 1, 1, bias=True))
    case("Conv", "asymmetric pads", conv(3, 4, 3, 3, pads=[0, 1, 2, 3]))
    case("Conv", "strides", conv(3, 4, 3, 3, pads=[1, 1, 1, 1], strides=[2, 3]))
    case("Conv", "dilations", conv(3, 4, 2, 3, pads=[1, 1, 1, 1], dilations=[3, 2]))
    case("Conv", "groups", conv(6, 2, 3, 3, bias=True, group=2))
    case("Conv", "depthwise", conv(8, 1, 3, 3, group=4, pads=[1, 1, 1, 1]))
    for auto in ("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"):
        case("Conv", auto, conv(3, 4, 2, 4, auto_pad=auto, strides=[2, 2]))
        case("Conv", f"{auto}, stride 1", conv(3, 4, 2, 4, auto_pad=auto))
        for kind in ("MaxPool", "AveragePool"):
            case(kind, auto, single(kind, kernel_shape=[2, 4], auto_pad=auto, strides=[2, 2]))
            case(kind, f"{auto}, stride 1", single(kind, kernel_shape=[2, 4], auto_pad=auto))
    case("Conv", "SAME_UPPER, zero pads", conv(3, 4, 2, 4, auto_pad="SAME_UPPER", pads=[0, 0, 0, 0]))
    for kind in ("MaxPool", "AveragePool"):
        case(kind, "default stride", single(kind, kernel_shape=[3, 2]))
        case(kind, "strides", single(kind, kernel_shape=[3, 2], strides=[2, 3]))
        case(kind, "asymmetric pads", single(kind, kernel_shape=[3, 3], pads=[0, 1, 2, 1], strides=[2, 2]))
        case(kind, "ceil_mode", single(kind, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1), since=10)
        case(kind, "ceil_mode, pads",
             single(kind, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1), since=10)
        case(kind, "ceil_mode, last window in the padding",
             single(kind, kernel_shape=[1, 2], strides=[3, 4], pads=[0, 1, 0, 1], ceil_mode=1), since=10)
    case("MaxPool", "storage_order", single("MaxPool", kernel_shape=[2, 2], storage_order=1), since=8)
    case("MaxPool", "unused indices", lambda m: m.node("MaxPool", "x", kernel_shape=[2, 2], outputs=2), since=8)
    case("MaxPool", "dilations", single("MaxPool", kernel_shape=[2, 3], dilations=[3, 2], pads=[1, 1, 1, 1]), since=10)
    case("AveragePool", "count_include_pad", single(
        "AveragePool", kernel_shape=[3, 3], pads=[0, 1, 2, 1], strides=[2, 2], count_include_pad=1))
    case("AveragePool", "count_include_pad, SAME_LOWER", single(
        "AveragePool", kernel_shape=[2, 4], auto_pad="SAME_LOWER", strides=[2, 2], count_include_pad=1))
    case("AveragePool", "ceil_mode, count_include_pad", single(
        "AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[3, 3], ceil_mode=1, count_include_pad=1),
        since=10)
    case("AveragePool", "dilations", single(
        "AveragePool", kernel_shape=[2, 2], dilations=[2, 3], pads=[1, 1, 1, 1]), since=19)
    case("GlobalAveragePool", "", single("GlobalAveragePool"))


def lines():
    """Images of one dimension."""
    line = (2, 4, 9)
    case("Conv", "a line", lambda m: m.node("Conv", "x", m.weights(6, 2, 3), m.weights(6), group=2, pads=[1, 2],
                                            strides=[2]), line)
    case("Conv", "a line, SAME_LOWER", lambda m: m.node("Conv", "x", m.weights(3, 4, 2), auto_pad="SAME_LOWER"), line)
    for kind in ("MaxPool", "AveragePool"):
        case(kind, "a line", single(kind, kernel_shape=[3], strides=[2], pads=[1, 0]), line)
    case("ConvTranspose", "a line", lambda m: m.node(
        "ConvTranspose", "x", m.weights(4, 3, 3), m.weights(3), strides=[2], pads=[1, 0], output_padding=[1]), line)
    for kind in ("GlobalAveragePool", "GlobalMaxPool"):
        case(kind, "a line", single(kind), line)


def volumes():
    """Images of three dimensions."""
    volume = (2, 4, 3, 4, 5)
    def conv(kind, *weights, bias=None, **attributes):
        return lambda m: m.node(kind, "x", m.weights(*weights), *([m.weights(bias)] if bias else []), **attributes)
    case("Conv", "a volume", conv("Conv", 3, 4, 2, 3, 2, bias=3, pads=[1, 0, 1, 0, 2, 1], strides=[2, 1, 2]), volume)
    case("Conv", "a volume, groups, dilations", conv("Conv", 6, 2, 2, 2, 3, group=2, dilations=[2, 1, 2]), volume)
    case("Conv", "a volume, SAME_UPPER", conv("Conv", 2, 4, 2, 3, 3, auto_pad="SAME_UPPER", strides=[2, 2, 1]), volume)
    case("ConvTranspose", "a volume", conv(
        "ConvTranspose", 4, 3, 2, 3, 2, bias=3, strides=[2, 1, 3], pads=[1, 0, 1, 0, 1, 0],
        output_padding=[1, 0, 2]), volume)
    case("ConvTranspose", "a volume, groups", conv("ConvTranspose", 4, 3, 3, 2, 2, group=2, dilations=[1, 2, 1]), volume)
    for kind in ("MaxPool", "AveragePool"):
        case(kind, "a volume", single(
            kind, kernel_shape=[2, 3, 2], strides=[1, 2, 3], pads=[1, 0, 1, 0, 2, 1]), volume)
        case(kind, "a volume, ceil_mode", single(
            kind, kernel_shape=[2, 2, 2], strides=[2, 3, 2], ceil_mode=1), volume, since=10)
    case("AveragePool", "a volume, count_include_pad", single(
        "AveragePool", kernel_shape=[2, 3, 2], pads=[1, 0, 1, 0, 2, 1], count_include_pad=1), volume)
    case("MaxPool", "a volume, dilations", single("MaxPool", kernel_shape=[2, 2, 2], dilations=[2, 1, 3]), volume, since=10)


def places():
    """The second result of pooling, as numbers: an output of integers has no place among those of generate.py."""
    def pool(m, **attributes):
        name = m.node("MaxPool", "x", outputs=2, **attributes)
        return m.node("Cast", f"{name}_1", to=1)
    case("MaxPool", "indices", lambda m: pool(m, kernel_shape=[3, 3], pads=[1, 1, 1, 1]), since=8)
    case("MaxPool", "indices, storage_order", lambda m: pool(
        m, kernel_shape=[2, 2], strides=[2, 1], storage_order=1), since=8)
    case("MaxPool", "indices, a line", lambda m: pool(m, kernel_shape=[3], strides=[2]), (2, 4, 9), since=8)
    def mask(m, *operands):
        name = m.node("Dropout", "x", *operands, outputs=2)
        return m.node("Where", f"{name}_1", name, m.scalar(7))
    case("Dropout", "its mask", mask, since=12)
    case("Dropout", "its mask, no ratio", lambda m: mask(m, m.scalar(0.25)), since=12)
    def statistics(m, **attributes):
        m.node("BatchNormalization", "x", m.weights(4), m.weights(4), m.weights(4), m.positive(4), outputs=3,
               training_mode=1, **attributes)
        m.outputs += ["v0_1", "v0_2"]
        return "v0"
    case("BatchNormalization", "new statistics", statistics, since=14)
    case("BatchNormalization", "new statistics, attributes", lambda m: statistics(
        m, momentum=0.6, epsilon=0.1), since=14)


def transposed():
    def conv(*weights, bias=None, **attributes):
        return lambda m: m.node("ConvTranspose", "x", m.weights(*weights), *([m.weights(bias)] if bias else []),
                                **attributes)
    case("ConvTranspose", "plain", conv(4, 3, 3, 3))
    case("ConvTranspose", "bias, kernel_shape", conv(4, 3, 3, 2, bias=3, kernel_shape=[3, 2]))
    case("ConvTranspose", "strides, pads", conv(4, 3, 3, 3, strides=[2, 3], pads=[1, 0, 1, 2]))
    case("ConvTranspose", "output_padding", conv(4, 3, 3, 3, bias=3, strides=[2, 3], output_padding=[1, 2]))
    case("ConvTranspose", "dilations", conv(4, 3, 2, 3, dilations=[3, 2]))
    case("ConvTranspose", "groups", conv(4, 3, 3, 3, bias=6, group=2, strides=[2, 2], pads=[1, 1, 1, 1]))
    case("ConvTranspose", "depthwise", conv(4, 1, 2, 2, bias=4, group=4, strides=[2, 2]))
    for auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        case("ConvTranspose", auto, conv(4, 3, 3, 4, auto_pad=auto, strides=[2, 2]))
    for auto in ("SAME_UPPER", "NOTSET"):
        case("ConvTranspose", f"output_shape, {auto}", conv(
            4, 3, 3, 3, strides=[2, 2], output_shape=[10, 12], auto_pad=auto))
    case("GlobalMaxPool", "", single("GlobalMaxPool"))


def normalization():
    def norm(m, c=4, outputs=1, **attributes):
        return m.node("BatchNormalization", "x", m.weights(c), m.weights(c), m.weights(c), m.positive(c),
                      outputs=outputs, **attributes)
    case("BatchNormalization", "defaults", lambda m: norm(m))
    case("BatchNormalization", "epsilon, momentum", lambda m: norm(m, epsilon=0.1, momentum=0.7))
    case("BatchNormalization", "matrix", lambda m: norm(m, 3), shape=(4, 3))
    case("BatchNormalization", "three dimensions", lambda m: norm(m, 3), shape=(2, 3, 5))
    case("BatchNormalization", "spatial", lambda m: norm(m, spatial=1), until=8)
    # In training form its result depends on the batch; read by us, it is the form for inference.
    case("BatchNormalization", "training form", lambda m: norm(m, outputs=5), until=13, twin=lambda m: norm(m))
    case("BatchNormalization", "training form", lambda m: norm(m, outputs=3, training_mode=1), since=14,
         twin=lambda m: norm(m))


def further_normalization():
    for name, attributes in (("defaults", {}), ("attributes", dict(alpha=0.3, beta=0.5, bias=2.0))):
        for size in (3, 5):
            case("LRN", f"{name}, size {size}", single("LRN", size=size, **attributes))
    case("InstanceNormalization", "", lambda m: m.node("InstanceNormalization", "x", m.weights(4), m.weights(4)))
    case("InstanceNormalization", "epsilon", lambda m: m.node(
        "InstanceNormalization", "x", m.weights(4), m.weights(4), epsilon=0.1))
    case("InstanceNormalization", "a line", lambda m: m.node(
        "InstanceNormalization", "x", m.weights(4), m.weights(4)), (2, 4, 7))
    case("InstanceNormalization", "everything named", lambda m: m.node(
        "InstanceNormalization", "x", m.weights(4), m.weights(4)), dims=["N", "C", "H", "W"])
    def grouped(channels, **attributes):
        return lambda m: m.node("GroupNormalization", "x", m.weights(channels), m.weights(channels), **attributes)
    case("GroupNormalization", "groups", grouped(2, num_groups=2), since=18, until=20)
    case("GroupNormalization", "channels", grouped(4, num_groups=2), since=21)
    case("GroupNormalization", "epsilon", grouped(4, num_groups=4, epsilon=0.1), since=18)
    def layer(*shape, shift=True, **attributes):
        return lambda m: m.node("LayerNormalization", "x", m.weights(*shape), *([m.weights(*shape)] if shift else []),
                                **attributes)
    case("LayerNormalization", "defaults", layer(6), since=17)
    case("LayerNormalization", "axis", layer(4, 5, 6, axis=1, epsilon=0.1), since=17)
    case("LayerNormalization", "no shift", layer(5, 6, shift=False, axis=-2, stash_type=1), since=17)
    case("LayerNormalization", "unused statistics", lambda m: m.node(
        "LayerNormalization", "x", m.weights(6), m.weights(6), outputs=3), since=17)
    def moments(m, **attributes):
        m.node("LayerNormalization", "x", m.weights(6), outputs=3, **attributes)
        m.outputs += ["v0_1", "v0_2"]
        return "v0"
    case("LayerNormalization", "statistics", moments, since=17)
    case("LayerNormalization", "statistics, axis", lambda m: moments(m, axis=3, epsilon=0.1), since=17)
    case("RMSNormalization", "defaults", lambda m: m.node("RMSNormalization", "x", m.weights(6)), since=23)
    case("RMSNormalization", "axis", lambda m: m.node(
        "RMSNormalization", "x", m.weights(5, 6), axis=2, epsilon=0.1), since=23)


def padding():
    def pad(m, pads, *operands, **attributes):
        if m.opset >= 11:
            return m.node("Pad", "x", m.ints(*pads), *operands, **attributes)
        return m.node("Pad", "x", pads=pads, **attributes)
    image = [0, 0, 1, 2, 0, 0, 3, 1]
    for mode in ("constant", "reflect", "edge"):
        case("Pad", mode, lambda m, mode=mode: pad(m, image, mode=mode))
        case("Pad", f"{mode}, away", lambda m, mode=mode: pad(m, [0, 0, -1, 2, 0, 0, 2, -3], mode=mode))
    case("Pad", "default", lambda m: pad(m, [1, 0, 0, 0, 0, 2, 0, 0]), dims=list(IMAGE))
    case("Pad", "number", lambda m: pad(m, image, value=1.5), until=10)
    case("Pad", "number", lambda m: pad(m, image, m.scalar(1.5)), since=11)
    case("Pad", "axes", lambda m: m.node("Pad", "x", m.ints(1, 2, 0, 3), "", m.ints(-1, 1)), since=18)
    case("Pad", "wrap", lambda m: pad(m, [0, 0, 2, 7, 0, 0, 6, 1], mode="wrap"), since=19)
    case("Pad", "computed", lambda m: m.node("Pad", "x", m.node("Concat", m.node(
        "ConstantOfShape", m.ints(4), value=numpy_helper.from_array(np.array([0]))), m.ints(0, 0, 1, 2), axis=0)),
        since=11)


def sampling():
    case("Tile", "", lambda m: m.node("Tile", "x", m.ints(1, 2, 3, 1)))
    case("Tile", "the batch", lambda m: m.node("Tile", "x", m.ints(2, 1, 1, 2)), dims=list(IMAGE))
    for kind in ("nearest", "linear"):
        case("Upsample", kind, single("Upsample", mode=kind, scales=[1., 1., 2., 3.]), until=8)
        scales = lambda m: m.initializer(np.array([1, 1, 2, 1.5], np.float32))
        case("Upsample", kind, lambda m, kind=kind: m.node("Upsample", "x", scales(m), mode=kind), since=9, until=9)
        case("Resize", kind, lambda m, kind=kind: m.node("Resize", "x", scales(m), mode=kind), since=10, until=10)
    case("Resize", "nearest, smaller", lambda m: m.node("Resize", "x", m.initializer(
        np.array([1, 1, 0.6, 0.5], np.float32))), since=10, until=10)
    def scaled(*scales, **attributes):
        return lambda m: m.node("Resize", "x", "" if m.opset > 12 else m.initializer(np.array([], np.float32)),
                                m.initializer(np.array(scales, np.float32)), **attributes)
    def sized(*sizes, **attributes):
        empty = lambda m: m.initializer(np.array([], np.float32))
        return lambda m: m.node("Resize", "x", *(["", ""] if m.opset > 12 else [empty(m), empty(m)]), m.ints(*sizes),
                                **attributes)
    for mode in ("nearest", "linear", "cubic"):
        for coordinates in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
            more = dict(mode=mode, coordinate_transformation_mode=coordinates)
            case("Resize", f"{mode}, {coordinates}, larger", scaled(1, 1, 2, 1.5, **more), since=11)
            case("Resize", f"{mode}, {coordinates}, sizes", sized(2, 4, 9, 3, **more), since=11, dims=list(IMAGE))
        case("Resize", f"{mode}, one pixel", sized(2, 4, 1, 1, mode=mode), since=11, dims=list(IMAGE))
        case("Resize", f"{mode}, symmetric", scaled(1, 1, 0.7, 1.7, mode=mode, coordinate_transformation_mode="half_pixel_symmetric"), since=19)
    case("Resize", "tf_half_pixel_for_nn", scaled(
        1, 1, 2, 1.5, coordinate_transformation_mode="tf_half_pixel_for_nn"), since=11, until=12)
    for rounding in ("round_prefer_ceil", "floor", "ceil"):
        case("Resize", rounding, scaled(1, 1, 1.6, 0.7, nearest_mode=rounding), since=11)
    case("Resize", "cubic, exclude_outside", scaled(
        1, 1, 2, 0.8, mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1), since=11)
    for mode in ("nearest", "linear", "cubic"):
        for value in (0.0, 2.5):
            case("Resize", f"{mode}, crop, {value}", lambda m, mode=mode, value=value: m.node(
                "Resize", "x", m.initializer(np.array([0, 0, 0.25, -0.2, 1, 1, 0.9, 0.75], np.float32)), *(
                    [""] if m.opset > 12 else [m.initializer(np.array([], np.float32))]), m.ints(2, 4, 7, 4), mode=mode,
                coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=value), since=11,
                dims=list(IMAGE))
    for mode in ("linear", "cubic"):
        case("Resize", f"{mode}, antialias", scaled(1, 1, 0.6, 0.5, mode=mode, antialias=1), since=18)
        case("Resize", f"{mode}, antialias, larger", sized(2, 4, 3, 9, mode=mode, antialias=1), since=18,
             dims=list(IMAGE))
    case("Resize", "cubic, antialias, exclude_outside", scaled(
        1, 1, 0.6, 0.35, mode="cubic", antialias=1, exclude_outside=1), since=18)
    case("Resize", "axes", lambda m: m.node("Resize", "x", "", "", m.ints(8, 9), axes=[-1, 2], mode="linear"), since=18)
    for policy in ("not_larger", "not_smaller", "stretch"):
        case("Resize", policy, lambda m, policy=policy: m.node(
            "Resize", "x", "", "", m.ints(7, 9), axes=[2, 3], keep_aspect_ratio_policy=policy), since=18)
    case("Resize", "twice the computed size", lambda m: m.node("Resize", "x", *(
        ["", ""] if m.opset > 12 else [m.initializer(np.array([], np.float32)) for _ in range(2)]), m.node(
        "Mul", m.node("Shape", "x"), m.ints(1, 1, 2, 2)), mode="linear"), since=11)


def pixels():
    deep, wide = (2, 12, 2, 3), (2, 3, 4, 6)
    case("DepthToSpace", "", single("DepthToSpace", blocksize=2), deep)
    for mode in ("DCR", "CRD"):
        case("DepthToSpace", mode, single("DepthToSpace", blocksize=2, mode=mode), deep, since=11)
    case("SpaceToDepth", "", single("SpaceToDepth", blocksize=2), wide)
