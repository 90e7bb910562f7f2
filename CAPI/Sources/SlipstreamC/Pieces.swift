import Accelerators
import Buffers
import CSlipstream

/// A piece of a vector as C hands it over.
protocol Piece<Element> {
    associatedtype Element: Scalar
    /// The first element.
    var address: UnsafePointer<Element>? { get }
    /// The number of elements.
    var count: Int { get }
}

extension slip_const_segment_f32: Piece {
    var address: UnsafePointer<Float>? { data }
}

extension slip_const_segment_f64: Piece {
    var address: UnsafePointer<Double>? { data }
}

extension slip_segment_f32: Piece {
    var address: UnsafePointer<Float>? { UnsafePointer(data) }
}

extension slip_segment_f64: Piece {
    var address: UnsafePointer<Double>? { UnsafePointer(data) }
}

/// Checks an array of pieces: pointers, alignment, and the number of elements together.
///
/// The count is checked here and not only by the library, since a sum of sizes that overflows must not get that far.
private func check<P: Piece>(
    _ pieces: UnsafePointer<P>?, _ number: Int, _ name: String, expected: Int
) throws(Failure) -> UnsafeBufferPointer<P> {
    guard number >= 0 else { throw Failure(SLIP_INVALID_ARGUMENT, "\(name): the number of segments is too large") }
    let array = UnsafeBufferPointer(start: number > 0 ? try require(pieces, name) : nil, count: number)
    var total = 0
    for (index, piece) in array.enumerated() {
        let (sum, overflow) = total.addingReportingOverflow(piece.count)
        guard piece.count >= 0, !overflow else {
            throw Failure(SLIP_WRONG_COUNT, "\(name): segment \(index) has an impossible number of elements")
        }
        total = sum
        if piece.count == 0 { continue }
        let address = UInt(bitPattern: try require(piece.address, "\(name): segment \(index)'s data"))
        guard address % UInt(MemoryLayout<P.Element>.alignment) == 0 else {
            throw Failure(
                SLIP_INVALID_ARGUMENT,
                "\(name): segment \(index)'s data is not aligned to \(MemoryLayout<P.Element>.alignment) bytes")
        }
    }
    guard total == expected else {
        throw Failure(
            SLIP_WRONG_COUNT, "\(name): the segments have \(total) elements together; expected: \(expected)")
    }
    return array
}

/// A vector to read.
func segments<P: Piece>(
    _ pieces: UnsafePointer<P>?, _ number: Int, _ name: String, expected: Int
) throws(Failure) -> Segments<P.Element> {
    Segments(
        try check(pieces, number, name, expected: expected).map {
            UnsafeBufferPointer(start: $0.address, count: $0.count)
        })
}

/// A vector to write.
func mutableSegments<P: Piece>(
    _ pieces: UnsafePointer<P>?, _ number: Int, _ name: String, expected: Int
) throws(Failure) -> MutableSegments<P.Element> {
    MutableSegments(
        try check(pieces, number, name, expected: expected).map {
            UnsafeMutableBufferPointer(start: UnsafeMutablePointer(mutating: $0.address), count: $0.count)
        })
}
