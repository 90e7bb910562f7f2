import Buffers
import Tensors

/// What a value of a graph is: its kind and its shape, outermost dimension first (N, C, H, W for images).
public struct ValueType: Sendable, Hashable, CustomStringConvertible {
    /// The kind of a value's elements.
    public enum Kind: String, Sendable, Hashable {
        /// The program's floating-point type: `Float` or `Double`.
        case real
        /// `Int32` where a program stores it (class labels), `Int` in constants (shapes, axes).
        case integer
    }

    /// The kind of the elements.
    public let kind: Kind
    /// The dimensions.
    public let shape: [Int]

    /// A type of the given kind and shape.
    public init(_ kind: Kind, _ shape: [Int]) {
        self.kind = kind
        self.shape = shape
    }

    /// Real numbers of a shape.
    public static func real(_ shape: [Int]) -> ValueType { ValueType(.real, shape) }

    /// Integers of a shape.
    public static func integer(_ shape: [Int]) -> ValueType { ValueType(.integer, shape) }

    /// The number of elements.
    public var count: Int { Shape.count(shape) }

    /// Whether no dimension is negative and memory could ever hold it, so that arithmetic on its sizes cannot overflow.
    var isPlausible: Bool {
        // Empty dimensions count as 1: a product of some of the others must not overflow either.
        let count = shape.allSatisfy { $0 >= 0 } ? Shape.checkedCount(shape.map { max($0, 1) }) : nil
        return count.map { $0 <= 1 << 40 } ?? false
    }

    public var description: String { "\(kind.rawValue)[\(Shape.describe(shape))]" }
}

/// A dimension of a graph's input: known, or left open until a program is compiled.
public enum Dimension: Sendable, Hashable, CustomStringConvertible {
    /// A fixed size.
    case fixed(Int)
    /// A size that each program chooses, by a name that files show.
    case symbolic(String)

    /// The size, where it is fixed.
    public var size: Int? {
        if case .fixed(let size) = self { size } else { nil }
    }

    public var description: String {
        switch self {
        case .fixed(let size): String(size)
        case .symbolic(let name): name
        }
    }
}

/// A value known before any data is.
public enum Constant: Sendable, Equatable {
    /// Real numbers.
    case real(Tensor<Float>)
    /// Integers in row-major order: shapes, axes, indices.
    case integer(shape: [Int], [Int])

    /// The constant's type.
    public var type: ValueType {
        switch self {
        case .real(let tensor): .real(tensor.shape)
        case .integer(let shape, _): .integer(shape)
        }
    }

    /// A constant of a type without elements.
    static func empty(_ type: ValueType) throws(GraphError) -> Constant {
        switch type.kind {
        case .integer: return .integer(shape: type.shape, [])
        case .real:
            do { return .real(try Tensor(shape: type.shape, elements: [])) } catch {
                throw .outOfMemory("\(error)")
            }
        }
    }

    /// The elements of an integer constant.
    public var integers: [Int]? {
        if case .integer(_, let elements) = self { elements } else { nil }
    }

    /// The elements as programs store them: real numbers in the program's precision, integers as `Int32`, those beyond
    /// its range cut off.
    func bytes<E: Scalar>(as precision: E.Type) throws(AllocationError) -> AlignedBuffer<UInt8> {
        func bytes<T: BitwiseCopyable>(_ elements: [T]) throws(AllocationError) -> AlignedBuffer<UInt8> {
            let buffer = try AlignedBuffer<UInt8>(count: elements.count * MemoryLayout<T>.stride)
            elements.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer.mutableElements).copyMemory(from: $0) }
            return buffer
        }
        return switch self {
        case .real(let tensor): try bytes(tensor.elements.map { E($0) })
        case .integer(_, let elements): try bytes(elements.map { Int32(clamping: $0) })
        }
    }

    /// The elements where a program reads them, in the constant's own memory where that holds them as they are wanted: a
    /// network's programs share its large constants, such as weights that are not trained.
    func stored<E: Scalar>(as precision: E.Type) throws(AllocationError) -> StoredConstant {
        if case .real(let tensor) = self, let buffer = tensor.buffer as? AlignedBuffer<E> {
            return StoredConstant(owner: buffer, pointer: UnsafeMutableRawPointer(buffer.pointer))
        }
        let buffer = try bytes(as: precision)
        return StoredConstant(owner: buffer, pointer: UnsafeMutableRawPointer(buffer.pointer))
    }

    /// A list of integers.
    public static func integers(_ elements: [Int]) -> Constant { .integer(shape: [elements.count], elements) }
}

/// A constant's elements in memory that nobody writes to.
struct StoredConstant {
    /// What keeps the memory.
    let owner: AnyObject
    /// The first element.
    let pointer: UnsafeMutableRawPointer
}
