import Buffers
import Tensors

/// An operator that moves elements and changes none: every element of a result is one of an operand's, or 0.
///
/// An operator says once, for any physical order, which elements go where: the reference kernel and those of backends
/// both follow from it.
public protocol RearrangingOperator: Operator {
    /// What goes where.
    ///
    /// - Parameters:
    ///   - inputs: the operands' types and layouts.
    ///   - outputs: the results' types and layouts.
    func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove]

    /// Whether results have elements that no move reaches; they are 0.
    var leavesGaps: Bool { get }
}

extension RearrangingOperator {
    public var leavesGaps: Bool { false }

    /// The reference kernel.
    func rearrange<E: Scalar>(_ operands: Operands<E>) {
        if leavesGaps {
            for index in operands.outputs.indices { operands.output(index).fill(0) }
        }
        for move in moves(inputs: operands.inputs, outputs: operands.outputs) {
            let (from, to) = (operands.input(move.input), operands.output(move.output))
            move.to.view(of: to.pointer).set(from: move.from.view(of: from.pointer)) { $0 }
        }
    }
}

/// Elements of an operand that go to places of a result, index by index: both grids have the same shape.
public struct ElementMove: Sendable, Hashable {
    /// The operand.
    public let input: Int
    /// Its elements.
    public let from: ElementGrid
    /// The result.
    public let output: Int
    /// Its elements.
    public let to: ElementGrid

    /// A move.
    public init(input: Int = 0, _ from: ElementGrid, output: Int = 0, to: ElementGrid) {
        self.input = input
        self.from = from
        self.output = output
        self.to = to
    }
}

/// Where some elements of a tensor lie: those at the multiples of some strides, from an offset on.
public struct ElementGrid: Sendable, Hashable {
    /// The place of the element at index zero.
    public let offset: Int
    /// How many elements there are along each dimension.
    public let shape: [Int]
    /// How far apart two neighbours along each dimension lie; 0 where one element stands for all.
    public let strides: [Int]

    /// Elements at the multiples of some strides.
    public init(offset: Int = 0, shape: [Int], strides: [Int]) {
        self.offset = offset
        self.shape = shape
        self.strides = strides
    }

    /// All elements of a tensor.
    public init(_ type: PhysicalType) { self.init(shape: type.shape, strides: type.strides) }

    /// The dimensions in another order.
    func permuted(_ order: [Int]) -> ElementGrid {
        ElementGrid(offset: offset, shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
    }

    /// Those at some indices along each dimension.
    func sliced(_ ranges: [SliceRange]) -> ElementGrid {
        ElementGrid(
            offset: zip(ranges, strides).reduce(offset) { $0 + $1.0.start * $1.1 }, shape: ranges.map(\.count),
            strides: zip(ranges, strides).map { $0.step * $1 })
    }

    /// `count` neighbours along one dimension.
    func part(_ axis: Int, from start: Int, count: Int) -> ElementGrid {
        var shape = shape
        shape[axis] = count
        return ElementGrid(offset: offset + start * strides[axis], shape: shape, strides: strides)
    }

    /// Stretched to a shape that this one broadcasts to.
    func broadcast(to target: [Int]) -> ElementGrid {
        let missing = target.count - shape.count
        let stretched = target.indices.map { axis in
            axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
        }
        return ElementGrid(offset: offset, shape: target, strides: stretched)
    }

    /// The elements in a tensor's memory.
    func view<E>(of memory: UnsafeMutablePointer<E>) -> TensorView<E> {
        TensorView(memory + offset, shape: shape, strides: strides)
    }
}
