import Optimizers
import Testing

@Suite struct StageTests {
    @Test func aStageKeepsWhatItDoesNotName() throws {
        let rule = try RDA(gamma: 1, lambda: 1e-6)
        let first = try OptimizerStage("100:gamma=0.2", after: rule)
        let second = try OptimizerStage("200.5:lambda=3e-6,gamma=0.05", after: first.optimizer)
        #expect(first.epoch == 100)
        #expect(first.optimizer.values == ((try RDA(gamma: 0.2, lambda: 1e-6)).values))
        #expect(second.epoch == 200.5)
        #expect(second.optimizer.values == ((try RDA(gamma: 0.05, lambda: 3e-6)).values))
        try OptimizerStage.check([first, second], after: rule)
        #expect(throws: StageError.notRising("100")) { try OptimizerStage.check([second, first], after: rule) }
    }

    @Test(arguments: [
        ("", "'' is not of the form EPOCH:NAME=VALUE,NAME=VALUE…, such as 100:gamma=0.2"),
        ("5:gamma", "'5:gamma' is not of the form EPOCH:NAME=VALUE,NAME=VALUE…, such as 100:gamma=0.2"),
        ("5:gamma=x", "'5:gamma=x' is not of the form EPOCH:NAME=VALUE,NAME=VALUE…, such as 100:gamma=0.2"),
        ("x:gamma=1", "a stage begins at epoch 'x', but must begin at a finite number above 0"),
        ("0:gamma=1", "a stage begins at epoch '0', but must begin at a finite number above 0"),
        (
            "1:gama=1",
            "rda has no setting 'gama'; did you mean 'gamma'? "
                + "It has: gamma, lambda, threshold, threshold-epochs, scale-centre, anchor-steps"
        ),
        ("1:gamma=1,gamma=2", "'gamma' stands twice in '1:gamma=1,gamma=2'"),
        ("1:gamma=0", "gamma is 0, but must be a finite number above 0"),
    ])
    func aBadStageSaysWhatIsWrong(_ text: String, _ message: String) throws {
        let rule = try RDA()
        let error = #expect(throws: StageError.self) { try OptimizerStage(text, after: rule) }
        #expect(error?.description == message)
    }

    @Test func aStageCannotRememberMore() throws {
        let plain = try SGD()
        let momentum = try OptimizerStage("3:momentum=0.9", after: plain)
        #expect(throws: StageError.otherState("3")) { try OptimizerStage.check([momentum], after: plain) }
    }
}
