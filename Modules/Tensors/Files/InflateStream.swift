import CZlib

/// The bytes that a compressed stream unpacks to.
package final class InflateStream: ByteStream {
    /// How the compressed bytes are framed.
    package enum Framing: Sendable {
        /// Bare deflate, as inside a zip archive.
        case raw
        /// One or more gzip members, each with its checksum.
        case gzip

        fileprivate var windowBits: Int32 {
            switch self {
            case .raw: -15
            case .gzip: 15 + 16
            }
        }
    }

    package var name: String { input.name }
    /// Deflate cannot shrink anything below a 1,032nd.
    package var bound: Int {
        let (bytes, overflow) = (input.bound + Int(state.pointee.avail_in)).multipliedReportingOverflow(by: 1032)
        return isFinished ? 0 : overflow ? Int.max : bytes + pendingBound
    }
    /// Whether the compressed stream has ended as it should, with nothing after it.
    package private(set) var isFinished = false

    private let input: any ByteStream
    private let framing: Framing
    private let format: String
    private let state: UnsafeMutablePointer<z_stream>
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    // What the decoder may hold back between two calls: one window and one match.
    private let pendingBound = 1 << 16

    /// - Parameters:
    ///   - input: the compressed bytes.
    ///   - framing: how they are framed.
    ///   - format: the format's name in errors.
    /// - Throws: ``FormatError`` if zlib cannot be set up.
    package init(_ input: any ByteStream, framing: Framing, format: String) throws(FormatError) {
        self.input = input
        self.framing = framing
        self.format = format
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        let code = inflateInit2_(state, framing.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw failure(.unsupported, "zlib cannot start: code \(code)") }
    }

    deinit {
        inflateEnd(state)
        state.deallocate()
        chunk.deallocate()
    }

    /// - Throws: ``FormatError`` if the stream is damaged or ends too early, ``FileError`` if it cannot be read.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count && !isFinished {
            if state.pointee.avail_in == 0 { try refill() }
            // zlib counts in 32 bits.
            let room = min(buffer.count - done, 1 << 30)
            state.pointee.next_out = (base + done).assumingMemoryBound(to: Bytef.self)
            state.pointee.avail_out = UInt32(room)
            let code = inflate(state, Z_NO_FLUSH)
            done += room - Int(state.pointee.avail_out)
            switch code {
            case Z_OK: continue
            case Z_STREAM_END: try finishMember()
            case Z_BUF_ERROR where state.pointee.avail_in == 0:
                throw failure(.truncated, "the compressed stream is cut off")
            default:
                let reason = state.pointee.msg.map { String(cString: $0) } ?? "code \(code)"
                throw failure(.corrupted, "the compressed stream makes no sense (\(reason))")
            }
        }
        return done
    }

    private func refill() throws {
        let got = try input.read(into: chunk)
        state.pointee.next_in = chunk.baseAddress?.assumingMemoryBound(to: Bytef.self)
        state.pointee.avail_in = UInt32(got)
    }

    /// A gzip file may hold several members; a zip entry ends where its stream ends.
    private func finishMember() throws {
        if state.pointee.avail_in == 0 { try refill() }
        if state.pointee.avail_in == 0 {
            isFinished = true
        } else if framing == .gzip {
            inflateReset(state)
        } else {
            throw failure(.malformed, "\(state.pointee.avail_in) or more bytes follow the compressed stream")
        }
    }

    private func failure(_ kind: FormatError.Kind, _ detail: String) -> FormatError {
        FormatError(kind, format: format, source: name, detail)
    }
}
