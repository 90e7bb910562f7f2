import Buffers
import Foundation
import Tensors
import Testing
import Training

/// Whatever was done to a checkpoint, resuming from it ends in a typed error, and the run is as it was.
@Suite struct CheckpointDamageTests {
    /// A checkpoint from the middle of the second epoch, with everything that one can hold.
    static func checkpoint(in folder: TemporaryFolder) throws -> (path: String, saved: Snapshot) {
        let path = folder.file("checkpoint.safetensors")
        let trainer = try shortTrainer(shortSettings(Rule.all[1], Way.all[3]), checkpoint: path)
        #expect(try trainer.run(.stopping(after: 10)) == .stopped)
        return (path, Snapshot(trainer.state))
    }

    /// A trainer that such a checkpoint is for, some steps into its own run.
    static func trainer() throws -> Trainer {
        let trainer = try shortTrainer(shortSettings(Rule.all[1], Way.all[3]))
        try trainer.run(.stopping(after: 3))
        return trainer
    }

    private static func isTyped(_ error: any Error) -> Bool {
        error is TrainingError || error is FormatError || error is FileError || error is AllocationError
    }

    @Test func everyTruncationIsNoticed() throws {
        let folder = try TemporaryFolder()
        let (path, _) = try Self.checkpoint(in: folder)
        let whole = try bytes(path)
        let trainer = try Self.trainer()
        let before = Snapshot(trainer.state)
        for count in Set((0..<100).map { whole.count * $0 / 100 } + [1, 7, 8, 9, 10, whole.count - 1]) {
            try Data(whole.prefix(count)).write(to: URL(fileURLWithPath: path))
            let error = failure((any Error).self) { try trainer.resume(from: path) }
            #expect(error.map(Self.isTyped) == true, "\(count) bytes: \(String(describing: error))")
        }
        #expect(Snapshot(trainer.state) == before)
    }

    @Test(arguments: 0..<4)
    func everyMutationIsNoticed(_ seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let (path, saved) = try Self.checkpoint(in: folder)
        let whole = try bytes(path)
        var random = Philox(seed: seed, stream: 77)
        var trainer = try Self.trainer()
        let before = Snapshot(trainer.state)
        var harmless = 0
        for round in 0..<150 {
            let damaged = Self.mutated(whole, round, &random)
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            do {
                try trainer.resume(from: path)
                // White space in the header means nothing.
                harmless += 1
                #expect(Snapshot(trainer.state) == saved, "round \(round)")
                trainer = try Self.trainer()
            } catch {
                #expect(Self.isTyped(error), "round \(round): \(type(of: error)) \(error)")
                #expect(Snapshot(trainer.state) == before, "round \(round): \(error)")
            }
        }
        #expect(harmless < 10)
        // What counts besides the snapshot: the optimizer's and the accelerator's memory.
        let untouched = try Self.trainer()
        try untouched.run()
        try trainer.run()
        #expect(Snapshot(trainer.state) == Snapshot(untouched.state))
    }

    /// One of several kinds of damage, half of them to the header, where most decisions are made.
    private static func mutated(_ whole: [UInt8], _ round: Int, _ random: inout Philox) -> [UInt8] {
        var bytes = whole
        let header = 8 + Int(whole[0]) + Int(whole[1]) << 8 + Int(whole[2]) << 16
        let range = round % 2 == 0 ? header : whole.count
        let at = Int(random.next() % UInt64(range))
        switch random.next() % 6 {
        case 0, 1: bytes[at] ^= 1 << (random.next() % 8)
        case 2: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 3: bytes.remove(at: at)
        case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        default: for index in at..<min(at + 64, bytes.count) { bytes[index] = 0 }
        }
        return bytes == whole ? Array(whole.dropLast()) : bytes
    }

    @Test func filesThatAreNoCheckpointAreRefusedWithAReason() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("file")
        let trainer = try Self.trainer()
        #expect(failure(FileError.self) { try trainer.resume(from: path) }?.code == ENOENT)
        #expect(failure(FileError.self) { try trainer.resume(from: folder.path) } != nil)
        try Safetensors.write([Safetensors.Source("a", Tensor(shape: [1], elements: [Float(1)]))], to: path)
        #expect(
            failure { try trainer.resume(from: path) }
                == TrainingError.badCheckpoint(path: path, reason: "it was not written by a training run"))
    }

    /// What only a deliberately made file can hold: every check behind the checksum.
    @Test func forgedCheckpointsAreRefused() throws {
        let folder = try TemporaryFolder()
        let (path, saved) = try Self.checkpoint(in: folder)
        let trainer = try Self.trainer()
        let before = Snapshot(trainer.state)
        func reason(_ change: (inout CheckpointForgery) -> Void, checksum: String? = nil) throws -> String? {
            var forgery = try CheckpointForgery(path)
            change(&forgery)
            try forgery.write(to: folder.file("forged"), checksum: checksum)
            let error = failure(TrainingError.self) { try trainer.resume(from: folder.file("forged")) }
            #expect(Snapshot(trainer.state) == before)
            guard case .badCheckpoint(folder.file("forged"), let reason) = error else { return nil }
            return reason
        }
        func position(_ name: String, _ value: Any) throws -> String? { try reason { $0.state[name] = value } }
        let impossible = "its position is impossible"
        #expect(try position("batch", 7) == impossible)
        #expect(try position("batch", -1) == impossible)
        #expect(try position("batch", Int.max) == impossible)
        #expect(try position("step", 11) == impossible)
        #expect(try position("step", -9) == impossible)
        #expect(try position("epoch", 0) == impossible)
        #expect(try position("epoch", Int.max) == impossible)
        #expect(try position("bestEpoch", 2) == impossible)
        // As they were saved, but for what is named.
        func sums(_ changes: [String: Any]) throws -> String? {
            try reason { forgery in
                var sums = forgery.state["sums"] as? [String: Any] ?? [:]
                sums.merge(changes) { $1 }
                forgery.state["sums"] = sums
            }
        }
        #expect(try sums(["images": Int.max]) == impossible)
        #expect(try sums(["correct": -1]) == impossible)
        for steps in [0, 2, 4, 9, -3, Int.max] { #expect(try sums(["steps": steps]) == impossible) }
        #expect(try sums(["reported": [1.0]]) == impossible)
        #expect(try position("epoch", "two")?.hasPrefix("its state cannot be read") == true)
        #expect(try reason({ $0.metadata["version"] = "99" }) == "its version is 99, not 2")
        #expect(try reason({ $0.metadata["version"] = nil }) == "its version is missing, not 2")
        #expect(try reason({ _ in }, checksum: "0123456789abcdef") == "it is damaged: its checksum is not right")
        let first = try CheckpointForgery(path).tensors[0].name
        #expect(try reason({ $0.tensors.removeFirst() })?.contains("it lacks '\(first)'") == true)
        #expect(
            try reason({ $0.tensors[0].shape.insert(1, at: 0) })?.contains(
                "it lacks '\(first)' of the shape 4 x 1 x 3 x 3")
                == true)
        for name in ["slipstream/best", "slipstream/best-accelerated"] {
            #expect(try reason({ $0.tensors.removeAll { $0.name == name } })?.contains("it lacks '\(name)'") == true)
        }
        for owner in ["optimizer", "acceleration"] {
            let lost = try reason { forgery in
                let index = forgery.tensors.firstIndex { $0.name.hasPrefix("slipstream/\(owner)/vector/") }
                if let index { forgery.tensors.remove(at: index) }
            }
            #expect(lost?.hasPrefix("\(owner): ") == true, "\(lost ?? "")")
            let bad = try reason { forgery in
                let index = forgery.tensors.firstIndex {
                    $0.name.hasPrefix("slipstream/\(owner)/number/") && $0.doubles?.isEmpty == false
                }
                if let index { forgery.tensors[index].doubles?[0] = -0.5 }
            }
            #expect(bad?.hasPrefix("\(owner): ") == true, "\(bad ?? "")")
        }
        // The forgery itself is not what is refused.
        let forgery = try CheckpointForgery(path)
        try forgery.write(to: folder.file("forged"))
        try trainer.resume(from: folder.file("forged"))
        #expect(Snapshot(trainer.state) == saved)
    }
}
