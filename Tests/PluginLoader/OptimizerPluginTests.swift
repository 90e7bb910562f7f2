import Buffers
import CTestPlugins
import Optimizers
import PluginLoader
import Testing

extension PluginTests {
    /// Optimizers of plugins, used through what built-in ones are used through.
    @Suite struct Optimizing {
        private func descends<Element: Scalar>(as type: Element.Type) throws {
            let rule = try TestPlugin.rule(["factor": 0.5])
            let state = try rule.makeState(count: 2, as: type)
            var theta: [Element] = [1, -2]
            var expected: [Double] = [1, -2]
            var velocity: [Double] = [0, 0]
            for k in 0..<4 {
                theta = try step(rule, state, theta, [Element(k), 0.25])
                for (index, g) in [Double(k), 0.25].enumerated() {
                    velocity[index] = 0.5 * velocity[index] + g
                    expected[index] -= 0.5 * velocity[index]
                }
            }
            #expect(theta.map { Double($0) } == expected)
            #expect(state.steps == 4)
        }

        @Test func aStepIsThePluginsInBothPrecisions() throws {
            try TestPlugin.begin()
            try descends(as: Float.self)
            try descends(as: Double.self)
        }

        @Test func aStepIsToldWhatItNeeds() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule()
            let state = try rule.makeState(count: 1, as: Float.self)
            _ = try step(rule, state, [1], [1])
            _ = try step(rule, state, [1], [1], workers: Workers(3))
            let log = TestPlugin.log.pointee
            #expect(log.loss == 1.5)
            #expect(log.step == 1)
            #expect(log.steps_per_epoch == 7)
            #expect(log.threads == 3)
        }

        @Test func theLayoutNamesTheTrainableTensors() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule()
            let layout = try ParameterLayout([
                (name: "filters", shape: [2, 3], kind: .weight), (name: "mean", shape: [2], kind: .statistic),
                (name: "offset", shape: [2], kind: .bias),
            ])
            let state = try rule.makeState(for: layout, as: Float.self)
            try state.capture()
            let log = TestPlugin.log.pointee
            let names = withUnsafeBytes(of: log.names) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            #expect(names == "filters:0+6 offset:6+2 ")
            #expect(log.count == 8)
            #expect(log.gradient_count == 8)
            #expect(log.flags.0 == UInt32(SLIP_PLUGIN_REGULARIZED))
            #expect(log.flags.1 == 0)
        }

        @Test func aSavedAndRestoredStateContinuesWithTheSameBits() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule(["factor": 0.9])
            let first = try rule.makeState(count: 3, as: Float.self)
            var theta: [Float] = [1, 2, 3]
            for _ in 0..<3 { theta = try step(rule, first, theta, [0.1, 0.2, -0.3]) }
            let state = try saved(first)
            let second = try rule.makeState(count: 3, as: Float.self)
            try restore(second, state)
            #expect(second.steps == 3)
            let (next, other) = (try step(rule, first, theta, [1, 1, 1]), try step(rule, second, theta, [1, 1, 1]))
            #expect(next == other)
            // A fresh state would not have done it.
            let fresh = try rule.makeState(count: 3, as: Float.self)
            #expect(try step(rule, fresh, theta, [1, 1, 1]) != next)
        }

        @Test func aStateThatIsResetIsAsItWasMade() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule(["factor": 0.9])
            let state = try rule.makeState(count: 1, as: Float.self)
            let first = try step(rule, state, [1], [1])
            _ = try step(rule, state, [1], [1])
            state.reset()
            #expect(TestPlugin.log.pointee.resets == 1)
            #expect(state.steps == 0)
            #expect(try step(rule, state, [1], [1]) == first)
        }

        @Test func aLaterStageSetsWhatDiffersAndGoesOn() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule(["factor": 1])
            let stage = try OptimizerStage("1:factor=0", after: rule)
            try OptimizerStage.check([stage], after: rule)
            let state = try rule.makeState(count: 1, as: Double.self)
            #expect(try step(rule, state, [0], [1], rate: 1) == [-1])
            #expect(TestPlugin.log.pointee.sets == 3)
            #expect(try step(rule, state, [0], [1], rate: 1) == [-2])
            #expect(TestPlugin.log.pointee.sets == 3)
            #expect(try step(stage.optimizer, state, [0], [1], rate: 1) == [-1])
            #expect(TestPlugin.log.pointee.sets == 4)
        }

        @Test func settingsAreCheckedBeforeThePluginSeesThem() throws {
            try TestPlugin.begin()
            for (settings, text) in [
                (["factor": -1.0], "factor is -1, but must be a finite number of at least 0"),
                (["whole": 1.5], "whole is 1.5, but must be a whole number from -3 to 4"),
                (["open": 0], "open is 0, but must be above 0 and below 1"),
                (
                    ["factr": 1],
                    "test-descent has no setting 'factr'; did you mean 'factor'? It has: factor, whole, open"
                ),
            ] {
                let error = #expect(throws: OptimizerError.self) { try TestPlugin.rule(settings) }
                #expect(error?.description == text)
            }
            #expect(TestPlugin.log.pointee.sets == 0)
        }

        @Test func aFailedStepIsAnErrorWithThePluginsWordsAndStatus() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule()
            let state = try rule.makeState(count: 1, as: Float.self)
            _ = try step(rule, state, [1], [1])
            TestPlugin.log.pointee.step_status = -77
            let error = #expect(throws: OptimizerError.self) { try step(rule, state, [1], [1]) }
            #expect(
                error?.description
                    == "the optimizer test-descent failed at step 2: as the test wanted (status -77; plugin test 2.3)")
            #expect(state.steps == 1)
        }

        @Test(arguments: [1, 2]) func aPluginWithoutWordsIsNamedAllTheSame(kind: Int32) throws {
            try TestPlugin.begin()
            (TestPlugin.log.pointee.error_kind, TestPlugin.log.pointee.step_status) = (kind, -1)
            let rule = try TestPlugin.rule()
            let state = try rule.makeState(count: 1, as: Float.self)
            let error = #expect(throws: OptimizerError.self) { try step(rule, state, [1], [1]) }
            #expect(error?.description.contains("it gives no reason (status -1, SLIP_PLUGIN_FAILED") == true)
        }

        @Test func anEndlessErrorTextIsCutOff() throws {
            try TestPlugin.begin()
            (TestPlugin.log.pointee.error_kind, TestPlugin.log.pointee.step_status) = (3, -1)
            let rule = try TestPlugin.rule()
            let state = try rule.makeState(count: 1, as: Float.self)
            let error = #expect(throws: OptimizerError.self) { try step(rule, state, [1], [1]) }
            #expect((1000...1200).contains(error?.description.utf8.count ?? 0))
        }

        @Test func aPositiveStatusOfAStepIsAnErrorToo() throws {
            try TestPlugin.begin()
            TestPlugin.log.pointee.step_status = 1
            let rule = try TestPlugin.rule()
            let state = try rule.makeState(count: 1, as: Float.self)
            #expect(throws: OptimizerError.self) { try step(rule, state, [1], [1]) }
        }

        @Test func aStateThatCannotBeMadeIsToldWhereItIsSaved() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule()
            for change in [\test_plugin_log.create_status, \.creates_null, \.set_status] {
                test_plugin_forget()
                TestPlugin.log.pointee[keyPath: change] = -2
                let state = try rule.makeState(count: 1, as: Float.self)
                #expect(throws: StateError.self) { try state.capture() }
                #expect(throws: OptimizerError.self) { try step(rule, state, [1], [1]) }
                let log = TestPlugin.log.pointee
                #expect(log.created == log.destroyed)
            }
        }

        @Test func aStateThatCannotBeSavedOrLoadedIsAnError() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule()
            let state = try rule.makeState(count: 2, as: Float.self)
            _ = try step(rule, state, [1, 1], [1, 2])
            let good = try saved(state)
            TestPlugin.log.pointee.save_status = -1
            let unsaved = #expect(throws: StateError.self) { try state.capture() }
            #expect(unsaved?.description.contains("failed to save its state: as the test wanted") == true)
            test_plugin_forget()
            TestPlugin.log.pointee.saves_short = 1
            let short = #expect(throws: StateError.self) { try state.capture() }
            #expect(short?.description.contains("asked for a block of 25 bytes and wrote 24") == true)
            test_plugin_forget()
            TestPlugin.log.pointee.load_status = -3
            let next = try saved(state)
            let unread = #expect(throws: StateError.self) { try restore(state, good) }
            #expect(unread?.description.contains("status -3, SLIP_PLUGIN_BAD_BLOCK") == true)
            // The state that was there goes on.
            test_plugin_forget()
            #expect(try saved(state) == next)
        }

        @Test func aDamagedBlockIsRefusedBeforeThePluginSeesIt() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule()
            let state = try rule.makeState(count: 2, as: Float.self)
            let good = try saved(state)
            #expect(good.numbers["block-bytes"] == [25])
            #expect(good.vectors["block"]?.count == 7)
            test_plugin_forget()
            for bytes in [-1, 24, 29, 2.5, .nan, .infinity, 1e300] {
                var bad = good
                bad.numbers["block-bytes"] = [bytes]
                #expect(throws: StateError.self) { try restore(state, bad) }
            }
            for name in ["block", "steps", "block-bytes"] {
                var bad = good
                bad.vectors[name] = nil
                bad.numbers[name] = nil
                #expect(throws: StateError.self) { try restore(state, bad) }
            }
            #expect(TestPlugin.log.pointee.created == 0)
            // 24 bytes fill six elements: only the plugin can know that one is missing.
            var short = good
            (short.numbers["block-bytes"], short.vectors["block"]) = ([24], [0, 0, 0, 0, 0, 0])
            let error = #expect(throws: StateError.self) { try restore(state, short) }
            #expect(error?.description.contains("SLIP_PLUGIN_BAD_BLOCK") == true)
        }

        @Test func aRuleWithoutDoublePrecisionSaysSo() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule([:], "test-own-length")
            let state = try rule.makeState(count: 1, as: Double.self)
            let error = #expect(throws: OptimizerError.self) { try step(rule, state, [1], [1]) }
            #expect(error?.description.contains("it does not know double precision") == true)
        }

        @Test func aRuleThatFindsItsStepLengthTellsItAndNeedsNoMemory() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule([:], "test-own-length")
            #expect(!type(of: rule).usesLearningRate)
            #expect(type(of: rule).reported == ["step-size"])
            let state = try rule.makeState(count: 1, as: Float.self)
            #expect(try step(rule, state, [1], [1]) == [0.75])
            #expect(state[scalar: "step-size"] == 0.25)
            let bytes = try saved(state)
            #expect(bytes.numbers["block-bytes"] == [0])
            let other = try rule.makeState(count: 1, as: Float.self)
            try restore(other, bytes)
            #expect(other[scalar: "step-size"] == 0.25)
            var foreign = bytes
            (foreign.numbers["block-bytes"], foreign.vectors["block"]) = ([4], [1])
            #expect(throws: StateError.self) { try restore(other, foreign) }
        }

        @Test func everyStateThatIsMadeIsDestroyedOnce() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule()
            for _ in 0..<3 {
                let state = try rule.makeState(count: 2, as: Float.self)
                _ = try step(rule, state, [1, 1], [1, 2])
                try restore(state, saved(state))
            }
            let log = TestPlugin.log.pointee
            #expect(log.created == 6)
            #expect(log.destroyed == 6)
        }

        @Test func vectorsOfNoElementsAreAllowed() throws {
            try TestPlugin.begin()
            let rule = try TestPlugin.rule()
            let state = try rule.makeState(count: 0, as: Float.self)
            #expect(try step(rule, state, [], []) == [])
            try restore(state, saved(state))
        }
    }
}
