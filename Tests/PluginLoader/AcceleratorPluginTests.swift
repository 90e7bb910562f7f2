import Accelerators
import Buffers
import CTestPlugins
import Optimizers
import PluginLoader
import Testing

extension PluginTests {
    /// Accelerators of plugins, at work on a run.
    @Suite struct Accelerating {
        /// Ends an epoch at a point; returns what was proposed.
        private func epoch<Element: Scalar>(
            _ acceleration: Acceleration<Element>, _ point: [Element], gradient: [Element] = [1, 2, 3]
        ) throws -> (proposal: Proposal, point: [Element]) {
            let (point, gradient) = (try AlignedBuffer(point), try AlignedBuffer(gradient))
            try acceleration.observeGradient(gradient.elements, workers: .serial)
            let proposal = try acceleration.endEpoch(at: point.elements, workers: .serial)
            return (proposal, Array(acceleration.proposal.elements))
        }

        private func begin<Element: Scalar>(_ acceleration: Acceleration<Element>) throws {
            let point = try AlignedBuffer<Element>(count: 4)
            try acceleration.begin(at: point.elements, workers: .serial)
        }

        private func scales<Element: Scalar>(as type: Element.Type) throws {
            let acceleration = try TestPlugin.acceleration(["factor": 0.5], as: type)
            try begin(acceleration)
            let (proposal, point) = try epoch(acceleration, [1, 2, 3, 4])
            #expect(proposal == .accepted)
            #expect(point == [0.5, 1, 1.5, 2])
            let log = TestPlugin.log.pointee
            #expect(log.count == 4)
            #expect(log.gradient_count == 3)
            #expect(log.segments == 0)
            #expect(log.mean_gradient == 1)
        }

        @Test func aProposalIsThePluginsInBothPrecisions() throws {
            try TestPlugin.begin()
            try scales(as: Float.self)
            try scales(as: Double.self)
            #expect(TestPlugin.log.pointee.starts == 2)
        }

        @Test func aProposalThatIsNotFiniteIsRejectedAndCounted() throws {
            try TestPlugin.begin()
            let acceleration = try TestPlugin.acceleration()
            try begin(acceleration)
            TestPlugin.log.pointee.proposes_nan = 1
            let (proposal, point) = try epoch(acceleration, [1, 2, 3, 4])
            #expect(proposal == .rejected(.notFinite))
            #expect(point == [1, 2, 3, 4])
            #expect(acceleration.diagnostics.tally.rejected == [.notFinite: 1])
            TestPlugin.log.pointee.proposes_nan = 0
            #expect(try epoch(acceleration, [2, 2, 2, 2]).proposal == .accepted)
            #expect(acceleration.diagnostics.tally.accepted == 1)
        }

        @Test func aPluginMayHaveNothingToPropose() throws {
            try TestPlugin.begin()
            let acceleration = try TestPlugin.acceleration()
            try begin(acceleration)
            TestPlugin.log.pointee.propose_status = Int32(SLIP_PLUGIN_NO_PROPOSAL)
            let (proposal, point) = try epoch(acceleration, [1, 2, 3, 4])
            #expect(proposal == .rejected(.tooFewPoints))
            #expect(point == [1, 2, 3, 4])
        }

        @Test func failuresAreErrorsThatNameWhatWasTried() throws {
            try TestPlugin.begin()
            let failures: [(WritableKeyPath<test_plugin_log, Int32>, String)] = [
                (\.observe_status, "failed to observe a point: as the test wanted (status -9; plugin test 2.3)"),
                (\.propose_status, "failed to propose a point"),
            ]
            for (member, text) in failures {
                test_plugin_forget()
                let acceleration = try TestPlugin.acceleration()
                try begin(acceleration)
                TestPlugin.log.pointee[keyPath: member] = -9
                let error = #expect(throws: AcceleratorError.self) { try epoch(acceleration, [1, 2, 3, 4]) }
                #expect(error?.description.contains("the accelerator test-scale \(text)") == true)
            }
        }

        @Test func anAcceleratorThatCannotBeMadeSaysSoAtOnce() throws {
            try TestPlugin.begin()
            TestPlugin.log.pointee.create_status = -2
            let error = #expect(throws: AcceleratorError.self) { try TestPlugin.acceleration() }
            #expect(
                error?.description
                    == "the accelerator test-scale failed to begin: no state, as the test wanted (status -2, "
                    + "SLIP_PLUGIN_OUT_OF_MEMORY; plugin test 2.3)")
            #expect(throws: AcceleratorError.self) {
                try AcceleratorTable.make("test-echo").makeState(count: 1, gradientCount: 1, as: Double.self)
            }
        }

        @Test func pointsThatAreNotFiniteNeverReachThePlugin() throws {
            try TestPlugin.begin()
            let acceleration = try TestPlugin.acceleration()
            try begin(acceleration)
            TestPlugin.log.pointee.mean_gradient = -1
            for bad in [Float.nan, .infinity] {
                #expect(throws: AcceleratorError.notFinite(what: "point")) {
                    try epoch(acceleration, [1, bad, 3, 4])
                }
            }
            #expect(TestPlugin.log.pointee.mean_gradient == -1)
            #expect(acceleration.diagnostics.tally.refused == 2)
            #expect(throws: AcceleratorError.self) { try epoch(acceleration, [1, 2, 3]) }
        }

        @Test func aProposalThatIsWorseIsWithdrawn() throws {
            try TestPlugin.begin()
            let acceleration = try TestPlugin.acceleration(mode: .online)
            try begin(acceleration)
            _ = try epoch(acceleration, [1, 2, 3, 4])
            let point = try AlignedBuffer<Float>([1, 2, 3, 4])
            let outcome = try acceleration.decide(
                plain: 1, proposed: 2, moving: point.mutableElements, workers: .serial)
            #expect(outcome == .rejected(.worse))
            #expect(TestPlugin.log.pointee.withdrawn == 1)
            #expect(acceleration.diagnostics.tally.rejected == [.worse: 1])
        }

        @Test func aRunThatRestartsDoesSoWhenTheWindowIsFull() throws {
            try TestPlugin.begin()
            let acceleration = try TestPlugin.acceleration(["factor": 2], mode: .restart)
            try begin(acceleration)
            let point = try AlignedBuffer<Float>([1, 2, 3, 4])
            for expected in [Proposal.deferred, .deferred, .accepted, .deferred] {
                #expect(try epoch(acceleration, [1, 2, 3, 4]).proposal == expected)
                try acceleration.decide(moving: point.mutableElements, workers: .serial)
            }
            #expect(Array(point.elements) == [2, 4, 6, 8])
            #expect(TestPlugin.log.pointee.resets == 1)
        }

        @Test func aWindowThatCannotBeNeverRestartsARun() throws {
            try TestPlugin.begin()
            TestPlugin.log.pointee.fills_wrong = 1
            let acceleration = try TestPlugin.acceleration(mode: .restart)
            try begin(acceleration)
            for _ in 0..<5 { #expect(try epoch(acceleration, [1, 2, 3, 4]).proposal == .deferred) }
            #expect(acceleration.diagnostics.window == 1)
        }

        @Test func aSavedAndRestoredRunContinuesWithTheSameBits() throws {
            try TestPlugin.begin()
            for mode in AccelerationMode.allCases {
                let first = try TestPlugin.acceleration(["factor": 3], mode: mode, as: Double.self)
                try begin(first)
                _ = try epoch(first, [1, 2, 3, 4])
                let state = try saved(first)
                let second = try TestPlugin.acceleration(["factor": 3], mode: mode, as: Double.self)
                try restore(second, state)
                for point in [[4.0, 3, 2, 1], [1, 1, 2, 2], [5, 6, 7, 8]] {
                    let (a, b) = (try epoch(first, point), try epoch(second, point))
                    #expect(a.proposal == b.proposal)
                    #expect(a.point == b.point)
                }
                #expect(first.diagnostics == second.diagnostics)
                #expect(try saved(first) == saved(second))
            }
        }

        @Test func aDamagedStateChangesNothing() throws {
            try TestPlugin.begin()
            let acceleration = try TestPlugin.acceleration()
            try begin(acceleration)
            _ = try epoch(acceleration, [1, 2, 3, 4])
            let good = try saved(acceleration)
            for (name, values) in [
                ("history.block-bytes", [3.0]), ("history.started", [2]), ("history.tally", [1, 2]),
                ("history.tally", [-1, 0, 0, 0, 0, 0, 0, 0]),
            ] {
                var bad = good
                bad.numbers[name] = values
                #expect(throws: StateError.self) { try restore(acceleration, bad) }
            }
            for name in ["history.last", "history.block"] {
                var bad = good
                bad.vectors[name]?.append(0)
                #expect(throws: StateError.self) { try restore(acceleration, bad) }
            }
            TestPlugin.log.pointee.load_status = -3
            #expect(throws: StateError.self) { try restore(acceleration, good) }
            test_plugin_forget()
            #expect(try saved(acceleration) == good)
        }

        @Test func anAcceleratorMayRememberNothing() throws {
            try TestPlugin.begin()
            let acceleration = try Acceleration<Float>(
                AcceleratorTable.make("test-echo"), mode: .offline, count: 2, gradientCount: 2)
            let point = try AlignedBuffer<Float>([3, 4])
            #expect(throws: AcceleratorError.noPoints) {
                try AcceleratorTable.make("test-echo").makeState(count: 2, gradientCount: 2, as: Float.self).propose(
                    into: point.mutableElements, workers: .serial)
            }
            // The target holds the last point, so doing nothing proposes it.
            #expect(try acceleration.endEpoch(at: point.elements, workers: .serial) == .accepted)
            #expect(Array(acceleration.proposal.elements) == [3, 4])
            try restore(acceleration, saved(acceleration))
        }
    }
}
