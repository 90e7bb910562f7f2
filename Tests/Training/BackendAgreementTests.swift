#if OneDNN
    import Buffers
    import Datasets
    import Graphs
    import Layers
    import OneDNN
    import OpenBLAS
    import Optimizers
    import Testing
    import Training
    import Vectorized

    @Suite struct BackendAgreementTests {
        /// The mean losses of 200 steps, twenty by twenty.
        private static func curve(
            _ backends: [any Backend], channels: (first: Int, second: Int, stride: Int)
        ) throws -> [Double] {
            let network = try Network(name: "two", input: [1, 8, 8], seed: 3) {
                Conv2D(channels.first, kernel: 3, padding: 1, bias: false)
                BatchNorm2D()
                ReLU()
                Conv2D(channels.second, kernel: 3, stride: channels.stride, padding: 1)
                ReLU()
                MaxPool2D(2)
                Dense(10)
            }
            let settings = TrainingSettings(
                epochs: 5, batchSize: 32, optimizer: try SGD(momentum: 0.9), learningRate: 0.01, seed: 4,
                workers: Workers(2), backends: BackendList(backends))
            var losses: [Double] = []
            var events = TrainingEvents()
            events.shouldStop = { losses.count == 200 }
            events.stepped = { progress in
                // What is told is the mean since the epoch began.
                let before = progress.step > 1 ? losses.suffix(progress.step - 1).reduce(0, +) : 0
                losses.append(progress.loss * Double(progress.step) - before)
            }
            let trainer = try Trainer(
                network: network, training: digits(), validation: digits(.test, first: 50), settings: settings)
            _ = try trainer.run(events)
            try #require(losses.count == 200)
            return stride(from: 0, to: 200, by: 20).map { losses[$0..<$0 + 20].reduce(0, +) / 20 }
        }

        /// The second network's convolutions are Winograd's.
        @Test(arguments: [(16, 32, 2), (128, 128, 1)])
        func theLossOf200StepsIsThatOfOpenBLAS(first: Int, second: Int, stride: Int) throws {
            let channels = (first: first, second: second, stride: stride)
            let openBLAS = try Self.curve([OpenBLASBackend(), VectorizedBackend()], channels: channels)
            let oneDNN = try Self.curve(
                [OneDNNBackend(), OpenBLASBackend(), VectorizedBackend()], channels: channels)
            #expect(openBLAS != oneDNN, "the same bits: oneDNN did not run")
            #expect(openBLAS[9] < openBLAS[0] / 4)
            for (expected, found) in zip(openBLAS, oneDNN) {
                #expect(abs(found - expected) <= 0.01 * expected, "\(oneDNN) instead of \(openBLAS)")
            }
        }
    }
#endif
