import Buffers
import Tensors

/// Which run of a program this is. Random operators draw from (seed, step, their own number), so a run can be repeated.
public struct Invocation: Sendable, Hashable {
    /// The seed of the whole training run.
    public var seed: UInt64
    /// The training step, from 0.
    public var step: UInt64

    /// The content of the parameters; `nil` if they may have changed since the last run.
    public var parameters: ParametersVersion?

    /// A run.
    public init(seed: UInt64 = 0, step: UInt64 = 0, parameters: ParametersVersion? = nil) {
        self.seed = seed
        self.step = step
        self.parameters = parameters
    }
}

/// The physical order of a value's elements.
public enum Layout: String, Sendable, Hashable {
    /// The last dimension is contiguous.
    case rowMajor
    /// Four dimensions N x C x H x W, stored as N, H, W, C: a pixel's channels are contiguous.
    case channelsLast
}

/// A value's type with its physical order.
public struct PhysicalType: Sendable, Hashable {
    /// The logical type.
    public let type: ValueType
    /// The physical order.
    public let layout: Layout
    /// How many elements apart two neighbours along each logical dimension lie.
    public let strides: [Int]

    /// A type in a layout; channels-last needs four dimensions.
    public init(_ type: ValueType, layout: Layout) {
        self.type = type
        self.layout = layout
        if layout == .channelsLast {
            let (c, h, w) = (type.shape[1], type.shape[2], type.shape[3])
            strides = [c * h * w, 1, w * c, c]
        } else {
            strides = Shape.rowMajorStrides(type.shape)
        }
    }

    /// The dimensions in logical order.
    public var shape: [Int] { type.shape }
    /// The number of elements.
    public var count: Int { type.count }

    /// Whether a pixel's channels lie side by side.
    public var isChannelsLast: Bool {
        layout == .channelsLast || (shape.count == 4 && (shape[1] == 1 || shape[2] * shape[3] == 1))
    }

    /// Whether the elements lie in the order of their indices.
    public var isRowMajor: Bool { strides == Shape.rowMajorStrides(shape) || count == 0 }
}

/// The memory and the circumstances of one call of a kernel.
public struct KernelCall {
    /// Operands, then results; `nil` for an operand that was left out.
    let operands: UnsafePointer<UnsafeMutableRawPointer?>
    let inputCount: Int
    /// Memory of ``Kernel/scratchBytes`` bytes, 64-byte aligned; its content is undefined.
    public let scratch: UnsafeMutableRawPointer
    /// What the kernel's ``Preparation`` makes, or has made; without one there is nothing to read.
    public let prepared: UnsafeMutableRawPointer
    /// The threads to use.
    public let workers: Workers
    /// Which run this is.
    public let invocation: Invocation

    /// An operand that must have been given.
    @inline(__always)
    public func input<T>(_ index: Int, as type: T.Type) -> UnsafeMutablePointer<T> {
        operands[index]!.assumingMemoryBound(to: type)
    }

    /// An operand that may have been left out.
    @inline(__always)
    public func optionalInput<T>(_ index: Int, as type: T.Type) -> UnsafeMutablePointer<T>? {
        index < inputCount ? operands[index]?.assumingMemoryBound(to: type) : nil
    }

    /// A result to write.
    @inline(__always)
    public func output<T>(_ index: Int, as type: T.Type) -> UnsafeMutablePointer<T> {
        operands[inputCount + index]!.assumingMemoryBound(to: type)
    }
}

/// Compiled code for one node: fixed operator, shapes, layouts and precision.
public struct Kernel: Sendable {
    /// The backend's name and what it runs, as `openblas.convolution`.
    public let name: String
    /// How much scratch memory a call needs; the compiler plans it into the arena.
    public let scratchBytes: Int
    /// What runs before it.
    public let preparation: Preparation?
    /// Runs the kernel. Allocates nothing where the backend can help it.
    public let run: @Sendable (KernelCall) -> Void

    /// A kernel.
    public init(
        name: String, scratchBytes: Int = 0, preparation: Preparation? = nil,
        run: @escaping @Sendable (KernelCall) -> Void
    ) {
        self.name = name
        self.scratchBytes = scratchBytes
        self.preparation = preparation
        self.run = run
    }
}
