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
        ("", "no learning-rate schedule is named ''; known: constant, linear:FINAL:EPOCHS, step:E1,E2,…:FACTOR"),
        (
            "cosin",
            "no learning-rate schedule is named 'cosin'; known: constant, linear:FINAL:EPOCHS, step:E1,E2,…:FACTOR"
        ),
        ("constant:1", "'constant:1' is not of the form constant"),
        ("linear:0.1", "'linear:0.1' is not of the form linear:FINAL:EPOCHS"),
        ("linear:x:20", "in linear:FINAL:EPOCHS, FINAL is 'x', but must be a finite number of at least 0"),
        ("linear:nan:20", "in linear:FINAL:EPOCHS, FINAL is 'nan', but must be a finite number of at least 0"),
        ("linear:0.1:0", "in linear:FINAL:EPOCHS, EPOCHS is '0', but must be a finite number above 0"),
        (
            "step::0.1",
            "in step:E1,E2,…:FACTOR, epoch is '', but must be a whole number from 1 to 1073741824"
        ),
        (
            "step:3,2:0.1",
            "in step:E1,E2,…:FACTOR, E1,E2,… is '3,2', but must be one or more epochs, rising"
        ),
        (
            "step:1.5:0.1",
            "in step:E1,E2,…:FACTOR, epoch is '1.5', but must be a whole number from 1 to 1073741824"
        ),
        ("step:3:-1", "in step:E1,E2,…:FACTOR, FACTOR is '-1', but must be a finite number above 0"),
    ])
    func aBadTextIsAnsweredWithTheValidForm(_ text: String, _ message: String) {
        let error = #expect(throws: ScheduleError.self) { try ScheduleTable.parse(text) }
        #expect(error?.description == message)
    }
}
