import Tensors

/// Checkpoints that cannot be combined.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
    /// Too few or too many of them.
    case wrongCount(found: Int, allowed: ClosedRange<Int>)
    /// Tensors differ in name, shape or type; all differences, and the file that says what is right.
    case mismatched([CheckpointMismatch], reference: String)
    /// Numbers in a form that is not calculated with: names with their types.
    case foreignNumbers([String], file: String)
    /// No floating-point tensor is left to combine.
    case nothingToCombine(file: String)
    /// No tensor that is combined makes residuals.
    case noResiduals(file: String)
    /// A pattern that matches no tensor.
    case unmatchedPattern(String, file: String)
    /// An element of a checkpoint that is infinite or not a number.
    case notFinite(file: String, tensor: String, element: Int)
    /// An element of the combination that is beyond its type.
    case overflow(tensor: String, type: String)

    /// What was wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .wrongCount(let found, let allowed):
            return "\(found) checkpoints; \(allowed.lowerBound) to \(allowed.upperBound) can be combined"
        case .mismatched(let all, let reference):
            let lines = all.map { "\n  \($0)" }.joined()
            return "the checkpoints do not fit together; '\(reference)', the last one, says what is right:\(lines)"
        case .foreignNumbers(let tensors, let file):
            return
                "'\(file)' has numbers in a form that is not calculated with here: \(tensors.joined(separator: ", ")); "
                + "what is calculated with is floating point of 16, 32 and 64 bits. Keep the last checkpoint's, or convert them"
        case .nothingToCombine(let file):
            return "'\(file)' has no floating-point tensor that is to be combined"
        case .noResiduals(let file):
            return "no floating-point tensor of '\(file)' is left to make residuals: the patterns exclude all of them"
        case .unmatchedPattern(let pattern, let file):
            return "no tensor of '\(file)' matches the pattern '\(pattern)'"
        case .notFinite(let file, let tensor, let element):
            return "element \(element) of the tensor '\(tensor)' in '\(file)' is infinite or not a number. Leave the "
                + "checkpoint out, or keep the last one's tensor if it is no weight"
        case .overflow(let tensor, let type):
            return "the combination of the tensor '\(tensor)' goes beyond what \(type) can hold. "
                + "More regularization helps"
        }
    }
}

/// One way in which a checkpoint differs from the last one.
public struct CheckpointMismatch: Sendable, Hashable, CustomStringConvertible {
    /// What differs.
    public enum Fault: Sendable, Hashable {
        /// It is only in the last checkpoint.
        case missing
        /// The last checkpoint has none of this name.
        case unknown
        /// It has another shape.
        case shape([Int], right: [Int])
        /// It has another element type.
        case type(String, right: String)
        /// Its first and last dimension change roles in memory.
        case order(isColumnMajor: Bool)
    }

    /// The checkpoint that differs.
    public let file: String
    /// The tensor.
    public let tensor: String
    /// What differs.
    public let fault: Fault

    /// A difference.
    public init(file: String, tensor: String, fault: Fault) {
        self.file = file
        self.tensor = tensor
        self.fault = fault
    }

    /// The file, the tensor, what it is and what would be right.
    public var description: String {
        let what =
            switch fault {
            case .missing: "is missing"
            case .unknown: "is not in the last one"
            case .shape(let found, let right): "has the shape \(Shape.describe(found)), not \(Shape.describe(right))"
            case .type(let found, let right): "has elements of \(found), not \(right)"
            case .order(let isColumnMajor):
                isColumnMajor ? "is in Fortran order, not in C order" : "is in C order, not in Fortran order"
            }
        return "\(file): '\(tensor)' \(what)"
    }
}
