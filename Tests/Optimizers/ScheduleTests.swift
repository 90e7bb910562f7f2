import Optimizers
import Testing

@Suite struct ScheduleTests {
    @Test func constantStaysAtTheBaseRate() throws {
        let schedule = try ScheduleTable.parse("constant")
        for epoch in [0, 0.5, 7, 1000] { #expect(schedule.learningRate(base: 0.3, epoch: epoch) == 0.3) }
    }

    @Test func linearFallsEvenlyAndThenStaysFlat() throws {
        let schedule = try ScheduleTable.parse("linear:0.01:20")
        #expect(schedule.learningRate(base: 1, epoch: 0) == 1)
        #expect(abs(schedule.learningRate(base: 1, epoch: 10) - 0.505) < 1e-15)
        #expect(abs(schedule.learningRate(base: 1, epoch: 2.5) - 0.87625) < 1e-15)
        for epoch in [20, 20.5, 100] { #expect(schedule.learningRate(base: 1, epoch: epoch) == 0.01) }
    }

    @Test func stepsMultiplyAtEachEpoch() throws {
        let schedule = try ScheduleTable.parse("step:150,225:0.1")
        for (epoch, rate) in [(0, 0.1), (149.999, 0.1), (150, 0.01), (224.5, 0.01), (225, 0.001), (300, 0.001)] {
            #expect(abs(schedule.learningRate(base: 0.1, epoch: epoch) - rate) < 1e-16, "epoch \(epoch)")
        }
    }

    @Test(arguments: ["constant", "linear:0.01:20", "linear:0:1.5", "step:150,225:0.1", "step:3:0.5"])
    func theTextFormReadsBack(_ text: String) throws {
        #expect(try ScheduleTable.parse(text).description == text)
    }

    @Test(arguments: [
        ("", "no learning-rate schedule is named ''; valid: constant, linear:FINAL:EPOCHS, step:E1,E2,…:FACTOR"),
        (
            "cosin",
            "no learning-rate schedule is named 'cosin'; valid: constant, linear:FINAL:EPOCHS, step:E1,E2,…:FACTOR"
        ),
        ("constant:1", "'constant:1' is not of the form constant"),
        ("linear:0.1", "'linear:0.1' is not of the form linear:FINAL:EPOCHS"),
        ("linear:x:20", "FINAL is 'x' in a schedule of the form linear:FINAL:EPOCHS; allowed: [0, infinity)"),
        ("linear:nan:20", "FINAL is 'nan' in a schedule of the form linear:FINAL:EPOCHS; allowed: [0, infinity)"),
        ("linear:0.1:0", "EPOCHS is '0' in a schedule of the form linear:FINAL:EPOCHS; allowed: (0, infinity)"),
        (
            "step::0.1",
            "epoch is '' in a schedule of the form step:E1,E2,…:FACTOR; allowed: a whole number in [1, 1073741824]"
        ),
        (
            "step:3,2:0.1",
            "E1,E2,… is '3,2' in a schedule of the form step:E1,E2,…:FACTOR; allowed: one or more epochs, rising"
        ),
        (
            "step:1.5:0.1",
            "epoch is '1.5' in a schedule of the form step:E1,E2,…:FACTOR; allowed: a whole number in [1, 1073741824]"
        ),
        ("step:3:-1", "FACTOR is '-1' in a schedule of the form step:E1,E2,…:FACTOR; allowed: (0, infinity)"),
    ])
    func aBadTextIsAnsweredWithTheValidForm(_ text: String, _ message: String) {
        let error = #expect(throws: ScheduleError.self) { try ScheduleTable.parse(text) }
        #expect(error?.description == message)
    }
}
