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

    @Test func inverseTimeHalvesAfterOneOverItsDecay() throws {
        let schedule = try ScheduleTable.parse("inverse:0.1")
        for (epoch, rate) in [(0.0, 0.4), (5, 0.4 / 1.5), (10, 0.2), (30, 0.1)] {
            #expect(abs(schedule.learningRate(base: 0.4, epoch: epoch) - rate) < 1e-16, "epoch \(epoch)")
        }
    }

    @Test func cosineFallsSlowlyFastAndSlowly() throws {
        let schedule = try ScheduleTable.parse("cosine:0.1:30")
        for (epoch, rate) in [(0.0, 1.1), (10, 0.85), (15, 0.6), (20, 0.35), (30, 0.1), (99, 0.1)] {
            #expect(abs(schedule.learningRate(base: 1.1, epoch: epoch) - rate) < 1e-15, "epoch \(epoch)")
        }
    }

    @Test func warmupRampsTheScheduleBehindIt() throws {
        let schedule = try ScheduleTable.parse("warmup:0.2:4:step:2:0.5")
        for (epoch, rate) in [(0, 0.2), (1, 0.4), (1.5, 0.5), (2, 0.3), (3, 0.4), (4, 0.5), (100, 0.5)] {
            #expect(abs(schedule.learningRate(base: 1, epoch: epoch) - rate) < 1e-15, "epoch \(epoch)")
        }
    }

    /// Smith's triangular policy at its corners and halfway between them; half a cycle is 2 epochs.
    @Test func cyclesGoUpAndDownBetweenTheBounds() throws {
        for (text, middle) in [("", 0.5), (":parabolic", 0.75), (":sinusoidal", 0.5)] {
            let steady = try ScheduleTable.parse("cyclical:9:2:triangular\(text)")
            let halving = try ScheduleTable.parse("cyclical:9:2:triangular2\(text)")
            let fading = try ScheduleTable.parse("cyclical:9:2:exp-range=0.5\(text)")
            for (epoch, height) in [(0.0, 0.0), (1, middle), (2, 1), (3, middle), (4, 0), (6, 1), (8, 0), (10, 1)] {
                let cycle = Int(epoch) / 4
                for (schedule, scale) in [
                    (steady, 1), (halving, [1, 0.5, 0.25, 0.125][cycle]), (fading, powers[Int(epoch)]),
                ] {
                    let rate = schedule.learningRate(base: 1, epoch: epoch)
                    #expect(abs(rate - (1 + 8 * height * scale)) < 1e-14, "\(schedule) at \(epoch)")
                }
            }
        }
    }

    private let powers = (0...10).map { (epoch: Int) -> Double in
        (0..<epoch).reduce(1.0) { power, _ in power / 2 }
    }

    @Test(arguments: [
        "constant", "linear:0.01:20", "linear:0:1.5", "step:150,225:0.1", "step:3:0.5", "inverse:0.1",
        "cosine:0.001:30", "warmup:0.1:5:cosine:0:90", "warmup:0:2.5:warmup:0.5:1:constant",
        "cyclical:0.1:2:triangular",
        "cyclical:0.1:2.5:triangular2:parabolic", "cyclical:0.1:4:exp-range=0.9:sinusoidal", "cyclical:0:1:exp-range=0",
    ])
    func theTextFormReadsBack(_ text: String) throws {
        #expect(try ScheduleTable.parse(text).description == text)
    }

    @Test(arguments: [
        ("", "no learning-rate schedule is named ''. Known: \(ScheduleTable.forms.joined(separator: ", "))"),
        (
            "cosin:0:3",
            "no learning-rate schedule is named 'cosin'; did you mean 'cosine'? "
                + "Known: \(ScheduleTable.forms.joined(separator: ", "))"
        ),
        ("inverse", "'inverse' is not of the form inverse:DECAY"),
        ("inverse:-1", "in inverse:DECAY, DECAY is '-1', but must be a finite number of at least 0"),
        ("cosine:0", "'cosine:0' is not of the form cosine:FINAL:EPOCHS"),
        ("warmup:0.1:5", "'warmup:0.1:5' is not of the form warmup:FACTOR:EPOCHS:SCHEDULE"),
        ("warmup:2:5:constant", "in warmup:FACTOR:EPOCHS:SCHEDULE, FACTOR is '2', but must be from 0 to 1"),
        ("warmup:0:5:linear:1", "'linear:1' is not of the form linear:FINAL:EPOCHS"),
        (
            "cyclical:1:2:triangle",
            "in cyclical:MAX:HALF-CYCLE:SCALE[:WINDOW], SCALE is 'triangle', but must be triangular, triangular2 or "
                + "exp-range=FACTOR; did you mean 'triangular'?"
        ),
        (
            "cyclical:1:2:triangular:parabola",
            "in cyclical:MAX:HALF-CYCLE:SCALE[:WINDOW], WINDOW is 'parabola', but must be linear, parabolic or "
                + "sinusoidal; did you mean 'parabolic'?"
        ),
        (
            "cyclical:1:2:exp-range=1.5",
            "in cyclical:MAX:HALF-CYCLE:SCALE[:WINDOW], exp-range is '1.5', but must be from 0 to 1"
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
