// Names are those of slipstream.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CSlipstream
import Glibc
import Synchronization

/// The message of this thread's last failed call, in memory that belongs to the thread.
enum LastError {
    private static let capacity = 1024

    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key) { free($0) } == 0 ? key : nil
    }()

    /// Where the message stands, once there has been one.
    static var text: UnsafePointer<CChar> {
        guard let key, let memory = pthread_getspecific(key) else { return StaticText.empty }
        return UnsafePointer(memory.assumingMemoryBound(to: CChar.self))
    }

    /// Keeps a message; what exceeds the memory is cut off between characters.
    static func set(_ message: String) {
        guard let key else { return }
        if pthread_getspecific(key) == nil, let memory = calloc(capacity, 1), pthread_setspecific(key, memory) != 0 {
            free(memory)
        }
        guard let memory = pthread_getspecific(key)?.assumingMemoryBound(to: UInt8.self) else { return }
        var length = 0
        for character in message {
            let bytes = character.utf8
            guard length + bytes.count < capacity else { break }
            for byte in bytes {
                memory[length] = byte
                length += 1
            }
        }
        memory[length] = 0
    }
}

/// Texts that live as long as the process.
enum StaticText {
    nonisolated(unsafe) static let empty = make("")
    nonisolated(unsafe) static let version = make(SLIP_VERSION)

    private static let texts = Mutex<[String: UInt]>([:])

    /// The one copy of a text that is asked for again and again.
    static func kept(_ text: String) -> UnsafePointer<CChar> {
        let address = texts.withLock { texts in
            if let address = texts[text] { return address }
            let address = UInt(bitPattern: make(text))
            texts[text] = address
            return address
        }
        return UnsafePointer(bitPattern: address) ?? empty
    }

    /// A copy that is never freed.
    static func make(_ text: String) -> UnsafePointer<CChar> {
        let bytes = text.utf8CString
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { memory[index] = byte }
        return UnsafePointer(memory)
    }
}

@c @implementation
public func slip_last_error() -> UnsafePointer<CChar>! { LastError.text }
