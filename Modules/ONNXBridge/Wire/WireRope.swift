/// Bytes put together from pieces of the original and new ones, so that an edit copies no weights.
struct WireRope {
    enum Piece {
        case original(Range<Int>)
        case new([UInt8])
    }

    private(set) var pieces: [Piece] = []
    private(set) var count = 0

    mutating func append(original range: Range<Int>) {
        guard !range.isEmpty else { return }
        count += range.count
        if case .original(let last)? = pieces.last, last.upperBound == range.lowerBound {
            pieces[pieces.count - 1] = .original(last.lowerBound..<range.upperBound)
        } else {
            pieces.append(.original(range))
        }
    }

    mutating func append(new bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        pieces.append(.new(bytes))
    }

    mutating func append(_ rope: WireRope) {
        for piece in rope.pieces {
            switch piece {
            case .original(let range): append(original: range)
            case .new(let bytes): append(new: bytes)
            }
        }
    }

    /// Calls `body` with the pieces' bytes in order.
    func forEachPiece<Failure: Error>(
        of original: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        for piece in pieces {
            switch piece {
            case .original(let range): try body(UnsafeRawBufferPointer(rebasing: original[range]))
            case .new(let bytes):
                let result: Result<Void, Failure> = bytes.withUnsafeBytes { pointer in
                    do throws(Failure) { return .success(try body(pointer)) } catch { return .failure(error) }
                }
                try result.get()
            }
        }
    }

    /// All bytes in one piece.
    func joined(of original: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        forEachPiece(of: original) { result.append(contentsOf: $0) }
        return result
    }
}
