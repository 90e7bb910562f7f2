import Graphs
import Tensors

/// So few elements are worth a thread of their own.
let elementGrain = 16 * 1024

/// How many rows of a size are worth a thread of their own.
func rowGrain(_ size: Int) -> Int { max(1, elementGrain / max(1, size)) }

extension PhysicalType {
    /// Whether elements of equal index lie at equal places, so that loops need no index.
    func isOrdered(like other: PhysicalType) -> Bool {
        shape == other.shape && shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == other.strides[$0] }
    }

    /// The pixels and the channels of a tensor N x C or, channels-last, N x C x H x W: a row-major matrix.
    var pixelMatrix: (rows: Int, channels: Int)? {
        guard shape.count == 2 || (shape.count == 4 && isChannelsLast) else { return nil }
        return (count / max(1, shape[1]), shape[1])
    }
}

extension KernelRequest {
    /// The number of elements, if all operands and all results have the same shape and order.
    var elementCount: Int? {
        let first = outputs[0]
        let isUniform =
            outputs.allSatisfy { $0.isOrdered(like: first) }
            && inputs.allSatisfy { $0?.isOrdered(like: first) ?? false }
        return isUniform ? first.count : nil
    }
}

/// A tensor and a smaller one that is stretched to it, as loops see them: in memory, the larger one is
/// `repeats` x `outer` x `middle` x `inner`, and the smaller one `outer` x `inner`, repeated and stretched along the middle.
struct Stretch: Sendable {
    private(set) var repeats = 1
    private(set) var outer = 1
    private(set) var middle = 1
    private(set) var inner = 1

    /// - Parameters:
    ///   - large: the tensor.
    ///   - small: the smaller one's shape, which broadcasts to the tensor's.
    ///   - strides: the smaller one's strides.
    /// - Returns: `nil` if memory does not have this form.
    init?(_ large: PhysicalType, small: [Int], strides: [Int]) {
        let missing = large.shape.count - small.count
        guard missing >= 0 else { return nil }
        // Dimensions from the innermost one outwards.
        let order = large.shape.indices.filter { large.shape[$0] != 1 }
            .sorted { large.strides[$0] < large.strides[$1] }
        var (expected, dense) = (1, 1)
        var sizes = [1, 1, 1, 1]
        var place = 0
        for axis in order {
            guard large.strides[axis] == dense else { return nil }
            dense *= large.shape[axis]
            let kept = axis >= missing && small[axis - missing] != 1
            if kept {
                guard strides[axis - missing] == expected else { return nil }
                expected *= large.shape[axis]
            }
            // inner (kept), middle (stretched), outer (kept), repeats (stretched)
            if kept != (place % 2 == 0) { place += 1 }
            guard place < 4 else { return nil }
            sizes[place] *= large.shape[axis]
        }
        (inner, middle, outer, repeats) = (sizes[0], sizes[1], sizes[2], sizes[3])
        if outer == 1 {
            middle *= repeats
            repeats = 1
        }
    }

    /// A tensor stretched to another one.
    init?(_ large: PhysicalType, _ small: PhysicalType) {
        self.init(large, small: small.shape, strides: small.strides)
    }
}
