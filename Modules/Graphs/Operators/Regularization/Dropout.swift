import Buffers
import Tensors

/// Nothing in inference; ``DropoutTraining`` in training. ONNX `Dropout`, with its operands as attributes.
public struct Dropout: Operator {
    public static let name = "Dropout"

    /// The probability with which an element is dropped, in 0 ..< 1.
    public let ratio: Double
    /// A number of the node's own, so that two nodes drop different elements.
    public let salt: UInt64
    /// Whether there is a second result: 1 where an element is kept, 0 where it is dropped.
    public let givesMask: Bool

    /// The operator.
    public init(ratio: Double = 0.5, salt: UInt64 = 0, givesMask: Bool = false) {
        self.ratio = ratio
        self.salt = salt
        self.givesMask = givesMask
    }

    public var outputCount: Int { givesMask ? 2 : 1 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        Array(repeating: .real(try operands.droppedShape(ratio: ratio)), count: outputCount)
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { $0 }
        if givesMask { operands.output(1).fill(1) }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(gradient, to: 0)
    }

    public var viewedInput: Int? { givesMask ? nil : 0 }
    public var trainingForm: (any Operator)? {
        ratio > 0 ? DropoutTraining(ratio: ratio, salt: salt, givesMask: givesMask) : nil
    }
}

/// Sets elements to zero at random and divides the others by 1 − ratio, so that the expectation stays.
///
/// Which elements, follows from the seed, the step, `salt` and the element's row-major index alone: neither the
/// physical order nor the number of threads matters.
///
/// N. Srivastava et al., *Dropout: a simple way to prevent neural networks from overfitting*, JMLR 15, 2014.
///
/// Operand: x. Results: y, where it is asked for the mask of 0 and 1, and what y was multiplied by, 0 or 1 / (1 − ratio).
public struct DropoutTraining: Operator {
    public static let name = "DropoutTraining"

    /// The probability with which an element is dropped, in 0 ..< 1.
    public let ratio: Double
    /// A number of the node's own.
    public let salt: UInt64
    /// Whether the second result is the mask of 0 and 1; see ``Dropout``.
    public let givesMask: Bool

    /// The operator.
    public init(ratio: Double, salt: UInt64, givesMask: Bool = false) {
        self.ratio = ratio
        self.salt = salt
        self.givesMask = givesMask
    }

    public var outputCount: Int { givesMask ? 3 : 2 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        Array(repeating: .real(try operands.droppedShape(ratio: ratio)), count: outputCount)
    }

    /// The random numbers of a run: element `i` is kept unless word `i % 4` of block `i / 4`, over 2³², lies below
    /// `ratio`.
    public func generator(for invocation: Invocation) -> Philox {
        // Steps and salts are small numbers; the mixing (SplitMix64's) spreads them so that no two pairs collide in
        // practice.
        var stream = invocation.step &+ 0x9E37_79B9_7F4A_7C15 &* (salt &+ 1)
        stream = (stream ^ stream >> 30) &* 0xBF58_476D_1CE4_E5B9
        stream = (stream ^ stream >> 27) &* 0x94D0_49BB_1331_11EB
        return Philox(seed: invocation.seed, stream: stream ^ stream >> 31)
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y, factors) = (operands.input(0), operands.output(0), operands.output(outputCount - 1))
        let generator = generator(for: operands.invocation)
        let factor = E(1 / (1 - ratio))
        var words = SIMD4<UInt32>()
        var count = 0
        x.forEachIndex { index in
            if count % 4 == 0 { words = generator.block(UInt64(count / 4)) }
            let kept: E = Double(words[count % 4]) * 0x1p-32 >= ratio ? factor : 0
            factors[index] = kept
            y[index] = x[index] * kept
            count += 1
        }
        if givesMask { operands.output(1).set(from: factors) { $0 == 0 ? 0 : 1 } }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(0) else { return }
        context.contribute(try context.emit(Mul(), gradient, context.output(outputCount - 1)), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
    public var isPure: Bool { false }
}

extension OperandInfos {
    fileprivate func droppedShape(ratio: Double) throws -> [Int] {
        guard ratio >= 0, ratio < 1 else {
            throw OperandError("the ratio of dropped elements must be at least 0 and less than 1, not \(ratio)")
        }
        return try commonShape("data")
    }
}
