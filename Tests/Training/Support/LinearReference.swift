import Datasets
import Foundation
import Layers

/// Softmax regression in double precision, written out: what ``Networks/linear(seed:outputs:)`` has to compute.
struct LinearReference {
    var loss = 0.0
    var accuracy = 0.0
    /// With respect to the weights, then the offsets.
    var gradient: [Double]

    init(_ network: Network, _ data: any Dataset) {
        let theta = network.parameters.values.elements.map(Double.init)
        let size = data.imageShape.count
        let classes = theta.count / (size + 1)
        let pixels = data.values().map(Double.init)
        gradient = [Double](repeating: 0, count: theta.count)
        var correct = 0
        for (image, label) in data.labels.enumerated() {
            let x = pixels[image * size..<(image + 1) * size]
            let logits = (0..<classes).map { (k: Int) -> Double in
                let row = theta[k * size..<(k + 1) * size]
                return zip(row, x).reduce(theta[classes * size + k]) { $0 + $1.0 * $1.1 }
            }
            let scale = logits.map { exp($0) }.reduce(0, +)
            loss += (log(scale) - logits[Int(label)]) / Double(data.count)
            if logits.firstIndex(of: logits.max() ?? 0) == Int(label) { correct += 1 }
            for k in 0..<classes {
                let error = (exp(logits[k]) / scale - (k == Int(label) ? 1 : 0)) / Double(data.count)
                for (index, pixel) in x.enumerated() { gradient[k * size + index] += error * pixel }
                gradient[classes * size + k] += error
            }
        }
        accuracy = Double(correct) / Double(data.count)
    }
}
