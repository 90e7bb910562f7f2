import Accelerators
import Buffers
import Checkpoints
import Foundation
import Tensors
import Testing

/// What is written is what the accelerators make of the same numbers in memory.
struct CheckpointNumbersTests {
    private static let shapes: [(name: String, shape: [Int])] = [
        ("conv.weight", [7, 3, 3, 3]), ("bn.running_mean", [7]), ("fc.weight", [301, 211]), ("none", [0, 4]),
        ("scalar", []),
    ]
    private static var count: Int { shapes.reduce(0) { $0 + Shape.count($1.shape) } }

    /// Writes points as checkpoints, each with its tensors in another order, and a counter.
    private func write<Element: Scalar & TensorElement>(
        _ points: [[Element]], in folder: TemporaryFolder
    ) throws -> [String] {
        try points.enumerated().map { index, point in
            let path = folder.file("\(index).safetensors")
            var sources: [Safetensors.Source] = []
            var offset = 0
            for (name, shape) in Self.shapes {
                let count = Shape.count(shape)
                sources.append(
                    Safetensors.Source(name, try Tensor(shape: shape, elements: Array(point[offset..<offset + count]))))
                offset += count
            }
            sources.append(Safetensors.Source("steps", try Tensor<Int64>(shape: [], elements: [Int64(100 * index)])))
            sources.rotate(by: index % sources.count)
            try Safetensors.write(sources, metadata: ["epoch": "\(index)"], to: path)
            return path
        }
    }

    private func read<Element: Scalar & TensorElement>(_ path: String, as type: Element.Type) throws -> [Element] {
        let file = try Safetensors(contentsOf: path)
        return try Self.shapes.flatMap { try (file.tensor($0.name) as Tensor<Element>).elements }
    }

    private func combine(
        _ paths: [String], _ method: CheckpointMethod, to output: String,
        selection: CheckpointSelection = CheckpointSelection(), workers: Workers = Workers(2)
    ) throws -> CheckpointWeights {
        let set = try CheckpointSet(paths.map { try SafetensorsFile(contentsOf: $0) }, selection: selection)
        let found = try set.weights(method, workers: workers)
        try set.write(#require(found.weights), to: output, workers: workers)
        return found
    }

    private func check<Element: Scalar & TensorElement>(
        _ type: Element.Type, files: Int, settings: RNA, tolerance: Double
    ) throws {
        let folder = try TemporaryFolder()
        let points = trajectory(files, Self.count, seed: 5, as: type)
        let state = try RNA(
            window: files - 1, regularization: settings.regularization, relaxation: settings.relaxation
        ).makeState(count: Self.count, as: type)
        for point in points { try state.push(point) }
        let expected = try state.extrapolated()
        let solution = state.solve()

        let output = folder.file("out.safetensors")
        let found = try combine(write(points, in: folder), .rna(settings), to: output)
        let result = try read(output, as: type)
        let scale = expected.reduce(0) { max($0, Double($1.magnitude)) }
        let error = zip(result, expected).reduce(0) { max($0, Double(($1.0 - $1.1).magnitude)) } / scale
        #expect(error < tolerance, "\(type), \(files) files: \(error)")
        let condition = try #require(found.conditionNumber)
        #expect(abs(condition / solution.conditionNumber - 1) < 1e-6)
        #expect(abs((found.weights?.values.reduce(0, +) ?? 0) - 1) < 1e-9)
        #expect(found.rejection == nil && found.repeated.isEmpty)
    }

    @Test(arguments: [2, 3, 5, 10, 17, 40])
    func floatsAreExtrapolatedAsInMemory(_ files: Int) throws {
        try check(Float.self, files: files, settings: RNA(), tolerance: 1e-6)
    }

    @Test(arguments: [2, 6, 18])
    func doublesAreExtrapolatedAsInMemory(_ files: Int) throws {
        try check(Double.self, files: files, settings: RNA(regularization: 1e-10), tolerance: 1e-12)
    }

    @Test(arguments: [0, 0.5, 1.5])
    func relaxationLiesBetweenEarlierAndLaterPoints(_ relaxation: Double) throws {
        try check(Float.self, files: 6, settings: RNA(regularization: 1e-6, relaxation: relaxation), tolerance: 1e-6)
    }

    @Test func averagesAreThoseOfTheAccelerators() throws {
        let folder = try TemporaryFolder()
        let points = trajectory(5, Self.count, seed: 9, as: Float.self)
        let paths = try write(points, in: folder)
        let average = try ExponentialAverage(decay: 0.7)
        for (method, accelerator) in [
            (CheckpointMethod.uniformAverage, try UniformAverage() as any Accelerator),
            (.exponentialAverage(average), average),
        ] {
            let state = try accelerator.makeState(count: Self.count, gradientCount: Self.count, as: Float.self)
            for point in points {
                try point.withUnsafeBufferPointer { try state.observe($0, meanGradient: nil, workers: .serial) }
            }
            var expected = [Float](repeating: 0, count: Self.count)
            _ = try expected.withUnsafeMutableBufferPointer { try state.propose(into: $0, workers: .serial) }
            let output = folder.file("out.safetensors")
            #expect(try combine(paths, method, to: output).conditionNumber == nil)
            #expect(try read(output, as: Float.self) == expected)
        }
    }

    @Test func theNumberOfThreadsDoesNotChangeABit() throws {
        let folder = try TemporaryFolder()
        let paths = try write(trajectory(7, Self.count, seed: 3, as: Float.self), in: folder)
        var bytes: [Data] = []
        for count in [1, 2, 5] {
            let output = folder.file("\(count)-threads")
            _ = try combine(paths, .rna(RNA()), to: output, workers: Workers(count))
            bytes.append(try Data(contentsOf: URL(fileURLWithPath: output)))
        }
        #expect(bytes[0] == bytes[1] && bytes[1] == bytes[2])
    }

    @Test func theLastFileGivesCountersMetadataAndOrder() throws {
        let folder = try TemporaryFolder()
        let paths = try write(trajectory(3, Self.count, seed: 1, as: Float.self), in: folder)
        let output = folder.file("out.safetensors")
        _ = try combine(paths, .uniformAverage, to: output)
        let (result, last) = (try Safetensors(contentsOf: output), try Safetensors(contentsOf: paths[2]))
        #expect(result.metadata == ["epoch": "2"] && result.entries == last.entries)
        #expect(try (result.tensor("steps") as Tensor<Int64>).elements == [200])
    }

    @Test func whatIsExcludedIsCombinedButDoesNotDecide() throws {
        let folder = try TemporaryFolder()
        let points = trajectory(4, Self.count, seed: 2, as: Float.self)
        let paths = try write(points, in: folder)
        let output = folder.file("out.safetensors")
        let selection = CheckpointSelection(residual: ["conv.*", "fc.*"], excluded: ["fc.w?ight"])
        let found = try combine(paths, .rna(RNA()), to: output, selection: selection)
        let state = try RNA(window: 3).makeState(count: 189, as: Float.self)
        for point in points { try state.push(Array(point[..<189])) }
        let coefficients = state.solve().coefficients
        let weights = try #require(found.weights)
        for (one, other) in zip(weights.values, [0] + coefficients) { #expect(abs(one - other) < 1e-6) }
        let result = try read(output, as: Float.self)
        let expected = (0..<Self.count).map { i in zip(weights.values, points).reduce(0) { $0 + $1.0 * Double($1.1[i]) }
        }
        for (one, other) in zip(result, expected) { #expect(abs(Double(one) - other) < 1e-6) }
    }

    @Test func whatIsKeptMayDiffer() throws {
        let folder = try TemporaryFolder()
        for index in 0..<3 {
            try Safetensors.write(
                [
                    Safetensors.Source("w", try Tensor<Float>(shape: [2], elements: [Float(index), 1])),
                    Safetensors.Source("mask", try Tensor<Float>(shape: [index + 1])),
                ], to: folder.file("\(index).safetensors"))
        }
        let paths = (0..<3).map { folder.file("\($0).safetensors") }
        let output = folder.file("out.safetensors")
        _ = try combine(paths, .uniformAverage, to: output, selection: CheckpointSelection(kept: ["m*"]))
        let result = try Safetensors(contentsOf: output)
        #expect(try (result.tensor("w") as Tensor<Float>).elements == [1, 1])
        #expect(result["mask"]?.shape == [3])
    }

    @Test func aRunThatStandsStillIsRejectedAndNamed() throws {
        let folder = try TemporaryFolder()
        let point = trajectory(1, Self.count, seed: 1, as: Float.self)[0]
        let set = try CheckpointSet(
            write([point, point, point], in: folder).map { try SafetensorsFile(contentsOf: $0) })
        let found = try set.weights(.rna(RNA()))
        #expect(found.weights == nil && found.rejection == .zeroResiduals && found.repeated == [1, 2])
        try set.writeLast(to: folder.file("last.safetensors"))
        #expect(
            FileManager.default.contentsEqual(
                atPath: folder.file("last.safetensors"), andPath: folder.file("2.safetensors")))
    }
}

extension Array {
    fileprivate mutating func rotate(by places: Int) { self = Array(self[places...] + self[..<places]) }
}
