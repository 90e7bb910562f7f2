import Accelerators
import Buffers
import Checkpoints
import Foundation
import Tensors
import Testing

struct CheckpointErrorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String, _ tensors: [Safetensors.Source]) throws -> SafetensorsFile {
        try Safetensors.write(tensors, to: folder.file(name))
        return try SafetensorsFile(contentsOf: folder.file(name))
    }

    private func source(_ name: String, _ elements: [Float], shape: [Int]? = nil) throws -> Safetensors.Source {
        Safetensors.Source(name, try Tensor(shape: shape ?? [elements.count], elements: elements))
    }

    @Test func everyDifferenceIsListedWithWhatWouldBeRight() throws {
        let a = try file("a", [source("w", [1, 2, 3, 4]), source("old", [1])])
        let b = try file(
            "b", [source("w", [1, 2, 3, 4], shape: [4, 1]), Safetensors.Source("v", try Tensor<Double>(shape: [2]))])
        let c = try file("c", [source("w", [1, 2, 3, 4], shape: [2, 2]), source("v", [1, 2])])
        let error = try #require(failure(CheckpointError.self) { try CheckpointSet([a, b, c]) })
        #expect(
            error
                == .mismatched(
                    [
                        CheckpointMismatch(file: a.path, tensor: "w", fault: .shape([4], right: [2, 2])),
                        CheckpointMismatch(file: a.path, tensor: "v", fault: .missing),
                        CheckpointMismatch(file: a.path, tensor: "old", fault: .unknown),
                        CheckpointMismatch(file: b.path, tensor: "w", fault: .shape([4, 1], right: [2, 2])),
                        CheckpointMismatch(file: b.path, tensor: "v", fault: .type("F64", right: "F32")),
                    ], reference: c.path))
        for part in ["'\(c.path)', the last one", "\(b.path): 'v' has elements of F64, not F32", "4, not 2 x 2"] {
            #expect(error.description.contains(part))
        }
    }

    @Test func theNumberOfCheckpointsIsLimited() throws {
        let one = try file("a", [source("w", [1])])
        #expect(failure(CheckpointError.self) { try CheckpointSet([]) } == .wrongCount(found: 0, allowed: 2...128))
        #expect(failure(CheckpointError.self) { try CheckpointSet([one]) } == .wrongCount(found: 1, allowed: 2...128))
        let many = [SafetensorsFile](repeating: one, count: 129)
        #expect(failure(CheckpointError.self) { try CheckpointSet(many) } == .wrongCount(found: 129, allowed: 2...128))
        #expect(try CheckpointSet(Array(many.dropLast())).elementCount == 1)
    }

    @Test func patternsThatLeaveNothingOrMatchNothingAreRefused() throws {
        let files = [try file("a", [source("w", [1])]), try file("b", [source("w", [2])])]
        func set(_ selection: CheckpointSelection) -> CheckpointError? {
            failure(CheckpointError.self) { try CheckpointSet(files, selection: selection) }
        }
        #expect(set(CheckpointSelection(excluded: ["x*"])) == .unmatchedPattern("x*", file: files[1].path))
        #expect(set(CheckpointSelection(kept: ["w"])) == .nothingToCombine(file: files[1].path))
        let excluding = try CheckpointSet(files, selection: CheckpointSelection(excluded: ["w"]))
        #expect(
            failure(CheckpointError.self) { try excluding.weights(.rna(RNA())) } == .noResiduals(file: files[1].path))
        #expect(try excluding.weights(.uniformAverage).weights?.values == [0.5, 0.5])
    }

    @Test func anElementThatIsNotFiniteIsNamed() throws {
        var values = numbers(100_000, seed: 1, as: Float.self)
        let a = try file("a", [source("v", [1]), source("w", values)])
        values[77_777] = .nan
        let b = try file("b", [source("v", [1]), source("w", values)])
        let c = try file("c", [source("v", [2]), source("w", numbers(100_000, seed: 2, as: Float.self))])
        let set = try CheckpointSet([a, b, c])
        let expected = CheckpointError.notFinite(file: b.path, tensor: "w", element: 77_777)
        #expect(failure(CheckpointError.self) { try set.weights(.rna(RNA())) } == expected)
        let weights = try #require(try set.weights(.uniformAverage).weights)
        #expect(failure(CheckpointError.self) { try set.write(weights, to: folder.file("out")) } == expected)
        #expect(!folder.files.contains { $0.hasPrefix("out") })
    }

    @Test func aResultBeyondItsTypeIsNotWritten() throws {
        let big = Float.greatestFiniteMagnitude
        let files = [try file("a", [source("w", [-big])]), try file("b", [source("w", [big])])]
        let set = try CheckpointSet(files)
        let weights = PointWeights([-1, 2])
        #expect(
            failure(CheckpointError.self) { try set.write(weights, to: folder.file("out")) }
                == .overflow(tensor: "w", type: "F32"))
        #expect(folder.files == ["a", "b"])
    }

    @Test func aFileThatBecomesShorterIsAnErrorAndNoCrash() throws {
        let files = try (0..<2).map {
            try file("\($0)", [source("w", numbers(50_000, seed: UInt64($0), as: Float.self))])
        }
        let set = try CheckpointSet(files)
        #expect(truncate(files[0].path, 100_000) == 0)
        #expect(failure(FormatError.self) { try set.weights(.rna(RNA())) }?.kind == .truncated)
    }

    @Test func aMissingFolderIsNamed() throws {
        let files = try (0..<2).map { try file("\($0)", [source("w", [Float($0)])]) }
        let set = try CheckpointSet(files)
        let weights = try #require(try set.weights(.uniformAverage).weights)
        let error = failure(FileError.self) { try set.write(weights, to: folder.file("none/out")) }
        #expect(error?.code == ENOENT && error?.description.contains("there is no folder") == true)
    }
}
