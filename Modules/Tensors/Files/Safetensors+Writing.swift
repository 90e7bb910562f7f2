import Buffers

extension Safetensors {
    /// A tensor to write: a name, a shape, and memory that is read when the file is written, without a copy before.
    public struct Source {
        /// The tensor's name.
        public let name: String
        /// The type of its elements.
        public let elementType: ElementType
        /// Its dimensions, outermost first.
        public let shape: [Int]
        fileprivate let count: Int
        fileprivate let withBytes: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

        /// A tensor over memory that somebody else owns.
        ///
        /// - Parameters:
        ///   - name: the tensor's name, unique in the file.
        ///   - shape: its dimensions; `nil` for one that has all elements.
        ///   - elements: the elements in row-major order. The memory must stay valid and unchanged until the file is
        ///     written.
        public init<Element: TensorElement>(
            _ name: String, shape: [Int]? = nil, _ elements: UnsafeBufferPointer<Element>
        ) {
            self.name = name
            self.shape = shape ?? [elements.count]
            elementType = Element.elementType
            count = elements.count
            withBytes = { try $0(UnsafeRawBufferPointer(elements)) }
        }

        /// A tensor over a buffer, which is kept alive and must not change until the file is written.
        public init<Element: TensorElement>(
            _ name: String, shape: [Int]? = nil, _ buffer: AlignedBuffer<Element>
        ) {
            self.name = name
            self.shape = shape ?? [buffer.count]
            elementType = Element.elementType
            count = buffer.count
            withBytes = { body in
                try withExtendedLifetime(buffer) { try body(UnsafeRawBufferPointer(buffer.elements)) }
            }
        }

        /// A tensor with its own shape.
        public init<Element>(_ name: String, _ tensor: Tensor<Element>) {
            self.name = name
            shape = tensor.shape
            elementType = Element.elementType
            count = tensor.count
            withBytes = { body in try tensor.withElements { try body(UnsafeRawBufferPointer($0)) } }
        }
    }

    /// Writes a file, which appears complete or not at all.
    ///
    /// The header lists the tensors in the given order; their bytes are ordered by falling element size, so that every
    /// tensor begins at a multiple of it. The same tensors and strings give the same bytes.
    ///
    /// - Parameters:
    ///   - tensors: what to write.
    ///   - metadata: strings to write besides.
    ///   - path: the file to make or to replace.
    /// - Throws: ``FormatError`` if a name occurs twice or is `__metadata__`, or if a shape does not fit its elements;
    ///   ``FileError`` if the system refuses.
    public static func write(_ tensors: [Source], metadata: [String: String] = [:], to path: String) throws {
        func failure(_ detail: String) -> FormatError {
            FormatError(.malformed, format: ".safetensors", source: path, detail)
        }
        var names: Set<String> = [SafetensorsHeader.metadataName]
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else {
                throw failure("the name '\(tensor.name)' is reserved or occurs twice")
            }
            guard Shape.checkedCount(tensor.shape) == tensor.count else {
                throw failure(
                    "the \(tensor.count) elements of '\(tensor.name)' do not fill \(Shape.describe(tensor.shape))")
            }
        }
        let order = tensors.indices.sorted {
            (tensors[$1].elementType.stride, $0) < (tensors[$0].elementType.stride, $1)
        }
        var ranges = [Range<Int>](repeating: 0..<0, count: tensors.count)
        var end = 0
        for index in order {
            let size = tensors[index].count * tensors[index].elementType.stride
            ranges[index] = end..<end + size
            end += size
        }
        let items = tensors.indices.map { index in
            let tensor = tensors[index]
            return SafetensorsHeader.Item(
                name: tensor.name, dtype: SafetensorsHeader.name(of: tensor.elementType), shape: tensor.shape,
                range: ranges[index])
        }
        let header = SafetensorsHeader(items: items, metadata: metadata).encoded
        guard header.count - 8 <= SafetensorsHeader.longest else {
            throw failure("a header of \(header.count - 8) bytes; at most \(SafetensorsHeader.longest) are possible")
        }
        try AtomicFile.write(to: path) { file in
            try file.write(header)
            for index in order { try tensors[index].withBytes { try file.write($0) } }
        }
    }
}
