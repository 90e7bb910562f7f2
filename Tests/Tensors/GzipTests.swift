import Foundation
import Tensors
import Testing

struct GzipTests {
    private let text = Data(("first member\n" + String(repeating: "second member\n", count: 100)).utf8)

    @Test func allMembersAreUnpacked() throws {
        #expect(try Gzip.decompress(contentsOf: golden("members.gz"), limit: text.count) == text)
    }

    @Test func theLimitHolds() throws {
        let error = failure(FormatError.self) {
            try Gzip.decompress(goldenData("members.gz"), limit: text.count - 1)
        }
        #expect(error?.kind == .unsupported)
        #expect(error?.detail.contains("\(text.count - 1)") == true)
    }

    @Test func everyTruncationIsToldExceptBetweenMembers() throws {
        let data = try goldenData("members.gz")
        var complete = 0
        for length in 0..<data.count {
            let error = failure(FormatError.self) { try Gzip.decompress(data.prefix(length), limit: 1 << 20) }
            if let error {
                #expect(error.kind == .truncated, "\(length) bytes")
            } else {
                complete += 1
            }
        }
        #expect(complete == 1)
    }

    @Test func aWrongChecksumIsToldAsDamage() throws {
        var data = try goldenData("members.gz")
        data[data.count - 8] ^= 0x10
        #expect(failure(FormatError.self) { try Gzip.decompress(data, limit: 1 << 20) }?.kind == .corrupted)
    }

    @Test func whatIsNotGzipIsRefused() {
        let error = failure(FormatError.self) { try Gzip.decompress(Data("plain text".utf8), limit: 100) }
        #expect(error?.kind == .corrupted)
    }
}
