import Buffers
import Tensors

/// IDX files of bytes, plain or gzip: the format of MNIST.
///
/// A magic number 0x0000080*N* (bytes in *N* dimensions), *N* sizes of 32 bits, the highest byte first, then the
/// elements. Format: <http://yann.lecun.com/exdb/mnist>.
enum IDX {
    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: the file; it is unpacked if it begins as gzip does, whatever its name is.
    ///   - rank: the number of dimensions that it must have.
    /// - Returns: its sizes and its elements.
    /// - Throws: ``DatasetError``, `FileError`, or `FormatError` for damaged gzip.
    static func read(_ path: String, rank: Int) throws -> (shape: [Int], elements: AlignedBuffer<UInt8>) {
        let stream = try Gzip.stream(of: path)
        let headerSize = 4 + 4 * rank
        let header = try stream.bytes(headerSize)
        guard !header.isEmpty else { throw DatasetError.empty(file: path) }
        guard header.count >= 4 else {
            throw DatasetError.truncated(file: path, expected: headerSize, found: header.count)
        }
        let magic = UInt32(header.bigEndian(at: 0, size: 4))
        let expectedMagic = 0x0800 | UInt32(rank)
        guard magic == expectedMagic else {
            throw DatasetError.wrongMagic(file: path, found: magic, expected: expectedMagic)
        }
        guard header.count == headerSize else {
            throw DatasetError.truncated(file: path, expected: headerSize, found: header.count)
        }
        let shape = (0..<rank).map { Int(header.bigEndian(at: 4 + 4 * $0, size: 4)) }
        guard let count = Shape.checkedCount(shape), count <= Int.max - headerSize else {
            throw DatasetError.impossibleSize(file: path, dimensions: shape)
        }
        guard count > 0 else { throw DatasetError.empty(file: path) }
        guard count <= stream.bound else {
            let found = stream is SourceStream ? headerSize + stream.bound : nil
            throw DatasetError.truncated(file: path, expected: headerSize + count, found: found)
        }
        let elements = try AlignedBuffer<UInt8>(count: count)
        let got = try stream.read(into: UnsafeMutableRawBufferPointer(elements.mutableElements))
        guard got == count else {
            throw DatasetError.truncated(file: path, expected: headerSize + count, found: headerSize + got)
        }
        guard try stream.isAtEnd() else {
            throw DatasetError.trailingBytes(file: path, expected: headerSize + count)
        }
        return (shape, elements)
    }
}
