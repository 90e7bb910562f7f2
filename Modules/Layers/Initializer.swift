import Buffers

/// How a parameter starts.
public enum Initializer: Sendable, Hashable {
    /// Every element the same.
    case constant(Double)
    /// Uniform on ±limit.
    case uniform(limit: Double)
    /// Normal with mean 0 and variance gain² / fan: He, Zhang, Ren, Sun, *Delving deep into rectifiers*, ICCV 2015.
    case normal(fan: Int, gain: Double)

    /// Zeros: biases, shifts, running means.
    public static let zeros = Initializer.constant(0)
    /// Ones: scales, running variances.
    public static let ones = Initializer.constant(1)

    /// He's initialisation for a layer that a ReLU follows: variance 2 / fan.
    ///
    /// - Parameter fan: how many products each output sums (fan-in) or how many each input enters (fan-out).
    public static func he(fan: Int) -> Initializer { .normal(fan: fan, gain: 2.0.squareRoot()) }

    /// The initialisation of a dense layer's weights, a classifier's above all: uniform on ±1/√inputs, PyTorch's rule for
    /// `Linear`.
    ///
    /// He's larger weights give a classifier whose first logits are far too sure of themselves (on `digits` a first loss of
    /// 3.5 instead of 2.3, and half a percent at the end).
    ///
    /// - Parameter inputs: how many products each output sums.
    public static func dense(inputs: Int) -> Initializer { .uniform(limit: 1 / Double(max(inputs, 1)).squareRoot()) }

    /// Fills memory.
    ///
    /// - Parameters:
    ///   - elements: what to fill.
    ///   - random: the source of random numbers; constants draw none.
    public func fill<E: Scalar>(_ elements: UnsafeMutableBufferPointer<E>, random: inout Philox) {
        for index in elements.indices {
            switch self {
            case .constant(let value): elements[index] = E(value)
            case .uniform(let limit): elements[index] = E(limit * (2 * random.uniform() - 1))
            case .normal(let fan, let gain):
                elements[index] = E(random.normal() * gain / Double(max(fan, 1)).squareRoot())
            }
        }
    }
}
