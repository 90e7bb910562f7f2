import Accelerators
import Buffers

/// A convex problem that cannot be set up, or solved as asked.
public enum ConvexError: Error, Equatable, CustomStringConvertible {
    /// A size that does not fit the others.
    case wrongCount(what: String, expected: Int, found: Int)
    /// Nothing to learn from.
    case empty(what: String)
    /// A number that is infinite or not a number.
    case notFinite(what: String)
    /// A parameter outside its range.
    case badSetting(name: String, value: Double, allowed: String)
    /// A matrix that is not symmetric.
    case notSymmetric(row: Int, column: Int)
    /// Logistic regression's targets are −1 and 1.
    case badLabel(index: Int, value: Double)
    /// Stochastic methods need an objective that is a sum of terms.
    case needsSum(method: String)
    /// A file that cannot be read.
    case file(path: String, reason: String)
    /// A line of a file that does not say what it should.
    case badLine(path: String, line: Int, reason: String)
    /// A name that no method has, and the nearest that one has.
    case unknownMethod(name: String, suggestion: String?)
    /// What the accelerator says.
    case accelerator(AcceleratorError)
    /// Memory could not be had.
    case allocation(AllocationError)

    public var description: String {
        switch self {
        case .wrongCount(let what, let expected, let found): "\(what): \(found), but there should be \(expected)"
        case .empty(let what): "there are no \(what)"
        case .notFinite(let what): "\(what) holds a number that is infinite or not a number"
        case .badSetting(let name, let value, let allowed): "\(name) is \(value), but must be \(allowed)"
        case .notSymmetric(let row, let column):
            "the matrix is not symmetric: row \(row), column \(column) differs from row \(column), column \(row)"
        case .badLabel(let index, let value): "label \(index) is \(value); logistic regression's are -1 and 1"
        case .needsSum(let method): "\(method) needs an objective that is a sum over rows of data"
        case .file(let path, let reason): "cannot read '\(path)': \(reason)"
        case .badLine(let path, let line, let reason): "'\(path)', line \(line): \(reason)"
        case .unknownMethod(let name, let suggestion):
            "no method is named '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? ".") + " Known: "
                + "\(ConvexMethodTable.bases.joined(separator: ", ")), each alone or followed by +"
                + ConvexMethodTable.accelerations.joined(separator: ", +")
        case .accelerator(let error): error.description
        case .allocation(let error): error.description
        }
    }
}
