import Accelerators
import Buffers
import Optimizers
import Testing

/// What every accelerator in the table has to do.
@Suite struct AccelerationTests {
    static let points = Sequences.make("collinear", length: 14, seed: 2)

    static func settings(of name: String) -> [[String: Double]] {
        name == "rna"
            ? [
                [:], ["window": 3], ["gradient-residuals": 1], ["window": 4, "relaxation": 0.5],
                ["window": 4, "gradient-residuals": 1, "relaxation": 0], ["window": 3, "grid": 1],
            ] : [[:]]
    }

    static func run(
        _ acceleration: Acceleration<Double>, _ epochs: Range<Int>, from start: AlignedBuffer<Double>
    ) throws {
        if epochs.lowerBound == 0 { try acceleration.begin(at: start.elements, workers: .serial) }
        for epoch in epochs {
            for gradient in points[epoch...epoch + 1] {
                for k in gradient.indices { start.pointer[k] += 0.1 * (gradient[k] - start.pointer[k]) }
                try gradient.withUnsafeBufferPointer { try acceleration.observeGradient($0, workers: .serial) }
            }
            try acceleration.endEpoch(at: start.elements, workers: .serial)
            try acceleration.decide(
                plain: 1, proposed: epoch % 3 == 0 ? 2 : 0, moving: start.mutableElements, workers: .serial)
        }
    }

    @Test(arguments: AcceleratorTable.builtIn.map { $0.name })
    func aResumedRunHasTheSameBits(_ name: String) throws {
        for settings in Self.settings(of: name) {
            for mode in AccelerationMode.allCases {
                let make = {
                    try Acceleration<Double>(
                        AcceleratorTable.make(name, settings: settings), mode: mode, count: 24, gradientCount: 24)
                }
                let (whole, first, second) = (try make(), try make(), try make())
                let (theta, half) = (try AlignedBuffer(Self.points[0]), try AlignedBuffer(Self.points[0]))
                try Self.run(whole, 0..<12, from: theta)
                try Self.run(first, 0..<5, from: half)
                try transfer(first, to: second)
                try Self.run(second, 5..<12, from: half)
                #expect(bits(Array(half.elements)) == bits(Array(theta.elements)), "\(name) \(settings) \(mode)")
                #expect(bits(Array(second.proposal.elements)) == bits(Array(whole.proposal.elements)))
                #expect(second.diagnostics == whole.diagnostics)
            }
        }
    }

    @Test(arguments: AcceleratorTable.builtIn.map { $0.name })
    func coefficientsHaveTheSumOne(_ name: String) throws {
        let acceleration = try Acceleration<Double>(
            AcceleratorTable.make(name), mode: .offline, count: 24, gradientCount: 24)
        let theta = try AlignedBuffer(Self.points[0])
        try Self.run(acceleration, 0..<12, from: theta)
        let diagnostics = acceleration.diagnostics
        #expect(diagnostics.fill == min(diagnostics.window, 12))
        #expect(diagnostics.coefficients.count == diagnostics.fill)
        #expect(abs(diagnostics.coefficients.reduce(0, +) - 1) < 1e-10)
        #expect(diagnostics.tally.accepted == 8)
        #expect(diagnostics.tally.rejected == [.worse: 4])
    }

    @Test func averagesWeighTheWindowByAge() throws {
        for (name, settings, expected) in [
            ("uniform-average", ["window": 3], 4.0), ("exponential-average", ["window": 3, "decay": 0.5], 31.0 / 7),
            ("last-iterate", [:], 5),
        ] as [(String, [String: Double], Double)] {
            let state = try AcceleratorTable.make(name, settings: settings)
                .makeState(count: 1, gradientCount: 1, as: Float.self)
            for value in 1...5 {
                try [Float(value)].withUnsafeBufferPointer {
                    try state.observe($0, meanGradient: nil, workers: .serial)
                }
            }
            let target = try AlignedBuffer<Float>(count: 1)
            #expect(try state.propose(into: target.mutableElements, workers: .serial) == .accepted)
            #expect(abs(Double(target.pointer[0]) - expected) < 1e-6, "\(name)")
        }
    }

    @Test(arguments: AcceleratorTable.builtIn.map { $0.name })
    func settingsMakeTheSameAcceleratorAgain(_ name: String) throws {
        let accelerator = try AcceleratorTable.make(name)
        #expect(try AcceleratorTable.make(name, settings: accelerator.values).values == accelerator.values)
        #expect(Set(accelerator.values.keys) == Set(type(of: accelerator).settings.map(\.name)))
        for setting in type(of: accelerator).settings {
            #expect(accelerator.values[setting.name] == setting.standard)
        }
    }

    @Test func badSettingsAreNamedWithWhatIsAllowed() {
        let error = #expect(throws: AcceleratorError.self) { try AcceleratorTable.make("rna", settings: ["window": 0]) }
        #expect(error?.description == "window is 0, but must be a whole number from 1 to 128")
        #expect(throws: SettingError.self) { try RNA(regularization: -1e-9) }
        #expect(throws: SettingError.self) { try RNA(regularization: .nan) }
        #expect(throws: SettingError.self) { try RNA(settings: ["grid": 3]) }
        let unknown = #expect(throws: AcceleratorError.self) { try AcceleratorTable.make("rma") }
        #expect(
            unknown?.description
                == "no accelerator is named 'rma'; did you mean 'rna'? Known: rna, uniform-average, "
                + "exponential-average, last-iterate")
        #expect(
            AcceleratorError.unknownAccelerator(name: "anderson", known: ["rna", "last-iterate"]).description
                == "no accelerator is named 'anderson'. Known: rna, last-iterate")
    }

    @Test func aMissingMeanGradientIsNamed() throws {
        let state = try RNA(gradientResiduals: true).makeState(count: 2, gradientCount: 2, as: Float.self)
        #expect(throws: AcceleratorError.missingGradient) {
            try [1, 2].withUnsafeBufferPointer { try state.observe($0, meanGradient: nil, workers: .serial) }
        }
    }
}
