// A program with its own iteration over its own arrays, which takes nothing but the accelerators from Slipstream.
import Accelerators

// f(x) = ½ Σ hᵢ (xᵢ − 1)², whose least value is 0, and gradient descent with step 1/L on it.
let curvatures = (0..<1000).map { 0.1 + 0.9 * Double($0) / 999 }
func objective(_ x: [Double]) -> Double {
    zip(curvatures, x).reduce(0) { $0 + $1.0 * ($1.1 - 1) * ($1.1 - 1) / 2 }
}

var x = [Double](repeating: 0, count: curvatures.count)
let history = try RNA(window: 20, regularization: 1e-12).makeState(count: x.count, as: Double.self)
try history.start(at: x)
for _ in 1...20 {
    for i in x.indices { x[i] -= curvatures[i] * (x[i] - 1) }
    try history.push(x)
}
let extrapolation = try history.extrapolated()

let gain = objective(x) / objective(extrapolation)
print("after 20 steps: f = \(objective(x)); extrapolated: f = \(objective(extrapolation)), \(gain) times less")

/// The extrapolation is no better than it should be.
struct TooLittleGain: Error { let gain: Double }
guard gain > 1000 else { throw TooLittleGain(gain: gain) }
