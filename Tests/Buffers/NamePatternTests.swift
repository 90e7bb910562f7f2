import Buffers
import Testing

/// Patterns for the names of parameters.
@Suite struct NamePatternTests {
    static let names = [
        "conv1.weight", "bn1.weight", "bn1.bias", "block1.conv1.weight", "block1.bn1.weight", "block2.conv1.weight",
        "fc.weight", "fc.bias",
    ]

    @Test(arguments: [
        ("fc.*", ["fc.weight", "fc.bias"]), ("*", names),
        ("block?.conv1.weight", ["block1.conv1.weight", "block2.conv1.weight"]),
        ("bn1.weight", ["bn1.weight"]), ("*.bias", ["bn1.bias", "fc.bias"]), ("block[12].*", Array(names[3...5])),
    ])
    func selectWhatMatchesAsAWhole(_ pattern: String, _ expected: [String]) throws {
        #expect(try NamePattern(pattern).selection(from: Self.names) == expected)
    }

    @Test(arguments: [
        ("blok1.*", ["block1.conv1.weight", "block1.bn1.weight"]), ("fc.wieght", ["fc.weight"]),
        ("FC.*", ["fc.weight", "fc.bias"]),
    ])
    func aMisspeltOneTellsWhatMayHaveBeenMeant(_ pattern: String, _ near: [String]) throws {
        #expect(throws: NamePatternError.unmatched(pattern: pattern, near: near, count: Self.names.count)) {
            try NamePattern(pattern).selection(from: Self.names)
        }
    }

    @Test func oneThatIsLikeNothingTellsTheFirstNames() throws {
        #expect(throws: NamePatternError.unmatched(pattern: "zzzzzz?", near: Array(Self.names[..<4]), count: 8)) {
            try NamePattern("zzzzzz?").selection(from: Self.names)
        }
        #expect(throws: NamePatternError.unmatched(pattern: "*", near: [], count: 0)) {
            try NamePattern("*").selection(from: [])
        }
    }

    @Test func anEmptyOneIsRefused() {
        #expect(throws: NamePatternError.empty) { try NamePattern("") }
    }

    @Test func hardPatternsEnd() throws {
        let name = String(repeating: "a", count: 60)
        let pattern = try NamePattern(String(repeating: "*a", count: 25) + "b")
        #expect(!pattern.matches(name))
    }
}
