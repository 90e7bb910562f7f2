/// A file of named tensors that may be larger than memory: it is read in pieces, and copied with some tensors changed.
///
/// What the file holds is checked when it is opened; elements are read when they are asked for. A new format is a type
/// that conforms: ``SafetensorsFile`` and ``NPZFile`` are this module's.
public protocol TensorFile: AnyObject {
    /// The file.
    var path: String { get }
    /// All tensors, in the file's order; no two have the same name.
    var tensors: [StoredTensor] { get }
    /// The further files that hold a part of what this one does.
    var otherPaths: [String] { get }

    /// The further files that ``writeCopy(to:replacing:elements:)`` makes or replaces.
    ///
    /// - Parameter path: the file that the copy is to be.
    func otherPaths(ofCopyAt path: String) -> [String]

    /// Starts to read the elements of a tensor.
    ///
    /// - Parameter index: which of ``tensors``.
    /// - Throws: `FileError` or a format's error if the file can no longer be read.
    func reader(of index: Int) throws -> any ElementReader

    /// Writes a copy of this file in which some tensors have other elements. It appears complete or not at all.
    ///
    /// Everything else stays: names, order, shapes, types, and what the file says besides.
    ///
    /// - Parameters:
    ///   - path: the file to make or to replace.
    ///   - replaced: which of ``tensors`` get other elements; they have a size.
    ///   - elements: called once for each of them in the order in which they are stored; hands their bytes on, as many as
    ///     the tensor has, from the first to the last, in pieces of any length.
    /// - Throws: what the system refuses, what `elements` throws, or a format's error if this file cannot be read.
    func writeCopy(
        to path: String, replacing replaced: Set<Int>,
        elements: (_ index: Int, _ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws
}

extension TensorFile {
    /// None: most formats are one file.
    public var otherPaths: [String] { [] }

    /// None.
    public func otherPaths(ofCopyAt path: String) -> [String] { [] }
}

/// The stored elements of one tensor.
public protocol ElementReader: AnyObject {
    /// Whether any part can be read at any time, and by several threads at once; if not, from the first byte to the last.
    var isRandomAccess: Bool { get }

    /// Reads the bytes from `offset` on, as many as `buffer` holds.
    ///
    /// - Throws: `FileError`, or a format's error if they are not there or make no sense.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws

    /// Tells that everything has been read, so that what can only be known then is checked: a checksum.
    func finish() throws
}

/// A tensor of a ``TensorFile``.
public struct StoredTensor: Sendable, Hashable {
    /// What the elements are, as far as arithmetic on them is concerned.
    public enum Numbers: Sendable, Hashable {
        /// IEEE's binary16, 32 and 64.
        case float16, float32, float64
        /// The upper half of a `float32`.
        case bfloat16
        /// Real or complex numbers in a form that is not calculated with here.
        case foreign
        /// Integers, truth values, texts and whatever else is no number between numbers.
        case other

        /// The size of an element in bytes; nil where nothing is calculated.
        public var stride: Int? {
            switch self {
            case .float16, .bfloat16: 2
            case .float32: 4
            case .float64: 8
            case .foreign, .other: nil
            }
        }
    }

    /// The name.
    public let name: String
    /// The element type as the format names it.
    public let typeName: String
    /// What the elements are.
    public let numbers: Numbers
    /// The dimensions, outermost first.
    public let shape: [Int]
    /// Whether the first dimension is the contiguous one.
    public let isColumnMajor: Bool
    /// The size of the elements in bytes.
    public let byteCount: Int

    /// A tensor.
    public init(
        name: String, typeName: String, numbers: Numbers, shape: [Int], isColumnMajor: Bool = false, byteCount: Int
    ) {
        self.name = name
        self.typeName = typeName
        self.numbers = numbers
        self.shape = shape
        self.isColumnMajor = isColumnMajor
        self.byteCount = byteCount
    }

    /// The number of elements.
    public var count: Int { Shape.count(shape) }
}
