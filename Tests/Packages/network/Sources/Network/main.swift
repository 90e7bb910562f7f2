// A program that builds a network of its own from layers and trains it on the embedded digits.
import Accelerators
import Datasets
import Layers
import OpenBLAS
import Optimizers
import Training
import Vectorized

// Backends are used once they are registered; without any, everything runs on the readable reference kernels.
OpenBLAS.register()
Vectorized.register()

let network = try Network(name: "own", input: [1, 8, 8], seed: 0) {
    Conv2D(16, kernel: 3, padding: 1, bias: false)
    BatchNorm2D()
    ReLU()
    MaxPool2D(2)
    Dense(10)
}
let digits = try DatasetSpecification("digits")
let settings = TrainingSettings(
    epochs: 10, batchSize: 32, optimizer: try SGD(momentum: 0.9), learningRate: 0.05,
    acceleration: AccelerationSettings(try RNA(window: 5)), backends: .registered)
let trainer = try Trainer(
    network: network, training: digits.load(defaultSplit: .train), validation: digits.load(defaultSplit: .test),
    settings: settings)
try trainer.run()

/// The accuracy, from 0 to 1, of the best network that a run has seen.
func accuracy(_ best: Best?) -> Double { best?.evaluation?.accuracy ?? 0 }
let (plain, extrapolated) = (accuracy(trainer.state.best), accuracy(trainer.state.bestAccelerated))
let backends = settings.backends.backends.map(\.name)
print("accuracy on 360 test digits: plain \(plain), extrapolated \(extrapolated); backends \(backends)")

/// The networks are no better than they should be.
struct TooInaccurate: Error { let plain, extrapolated: Double }
guard plain > 0.95, extrapolated > 0.95 else { throw TooInaccurate(plain: plain, extrapolated: extrapolated) }
/// A backend that was linked and registered is not used.
struct Unregistered: Error { let backends: [String] }
guard backends == ["openblas", "vectorized", "reference"] else { throw Unregistered(backends: backends) }
