import Slipstream

/// What a model makes of stored inputs, compared with what it should make of them.
struct ModelCheck {
    /// How far a number may be off.
    struct Tolerance {
        /// As a part of the expected number.
        let relative: Double
        /// Whatever the number is.
        let absolute: Double

        /// Whether a number is near enough to an expected one. NaN is near NaN alone, and infinities near themselves.
        func accepts(_ value: Double, _ expected: Double) -> Bool {
            if value == expected || (value.isNaN && expected.isNaN) { return true }
            return expected.isFinite && abs(value - expected) <= absolute + relative * abs(expected)
        }
    }

    /// How an output compares.
    struct Comparison: Encodable {
        let output: String
        let elements: Int
        /// How many of them are too far off.
        let misses: Int
        /// The largest difference.
        let largestError: Double
        /// What is wrong besides numbers: another shape.
        let fault: String?

        var isPassed: Bool { misses == 0 && fault == nil }

        private enum CodingKeys: String, CodingKey {
            case output, elements, misses, fault
            case largestError = "largest_error"
        }
    }

    let model: ONNXModel
    let compiler: Compiler
    let tolerance: Tolerance

    /// Runs the model on a data set, and compares its outputs in order.
    ///
    /// - Throws: ``ModelFileError``'s causes, and `GraphError` if the graph cannot be compiled for the inputs.
    func compare(_ data: TestDataSet) throws -> [Comparison] {
        let (imported, input) = try importModel(data.inputs)
        let values = try input.map { try data.inputs[$0].tensor.elements(as: Float.self) } ?? [0]
        let shape = input.map { data.inputs[$0].tensor.shape } ?? [1]
        let results = try outputs(of: imported, shape: shape, values)
        guard results.count == data.outputs.count else {
            throw OutputCountError(outputs: results.count, stored: data.outputs.count)
        }
        return try zip(results, zip(imported.file.graph.outputs, data.outputs)).map { result, expected in
            try compare(result, named: expected.0.name, with: expected.1.tensor)
        }
    }

    /// The model with an input of data; with none if it wants to know that one, too, as a list of numbers' bounds.
    private func importModel(_ values: [TensorMessage]) throws -> (model: ImportedModel, input: Int?) {
        let (bound, input) = try model.binding(values)
        do { return (try ImportedModel(bound), input) } catch let error as ImportError {
            guard input != nil, let known = try? ImportedModel(model.binding(values, keepsData: false).model) else {
                throw error
            }
            return (known, nil)
        }
    }

    /// The outputs: what is known without data as it is, the rest from one run.
    private func outputs(of model: ImportedModel, shape: [Int], _ values: [Float]) throws -> [Result] {
        let graph = try model.graph.specialized(inputShapes: [shape])
        var computed = model.graph
        let open = graph.outputs.indices.filter { graph[graph.outputs[$0]].constant == nil }
        computed.keepOutputs(open.map { graph.outputs[$0] })
        var results = graph.outputs.map { graph[$0].constant.map(Result.init) }
        if !open.isEmpty {
            let program = try compiler.compile(computed, inputShapes: [shape], mode: .inference, as: Float.self)
            let input = try AlignedBuffer(values)
            withExtendedLifetime((program, input, model)) {
                program.run(
                    parameters: model.parameters.values.pointer, inputs: [UnsafeRawPointer(input.pointer)])
                for (position, index) in open.enumerated() {
                    results[index] = Result(
                        shape: program.outputTypes[position].shape, values: program.output(position).map(Double.init))
                }
            }
        }
        return results.compactMap { $0 }
    }

    private func compare(_ result: Result, named name: String, with expected: ONNXTensor) throws -> Comparison {
        let isReal = expected.dataType.isTrainable
        guard result.shape == expected.shape else {
            return Comparison(
                output: name, elements: expected.count, misses: expected.count, largestError: .infinity,
                fault: "its shape is \(Shape.describe(result.shape)), but should be \(Shape.describe(expected.shape))")
        }
        let wanted = try isReal ? expected.elements(as: Double.self) : expected.integers().map(Double.init)
        // Integers and truth values are right or wrong.
        let tolerance = isReal ? tolerance : Tolerance(relative: 0, absolute: 0)
        var (misses, largest) = (0, 0.0)
        for (value, wanted) in zip(result.values, wanted) where value != wanted {
            if !tolerance.accepts(value, wanted) { misses += 1 }
            if !(value.isNaN && wanted.isNaN) {
                let error = abs(value - wanted)
                largest = max(largest, error.isNaN ? .infinity : error)
            }
        }
        return Comparison(output: name, elements: wanted.count, misses: misses, largestError: largest, fault: nil)
    }
}

/// A data set that does not hold one tensor for each of a model's outputs.
struct OutputCountError: Error, CustomStringConvertible {
    let outputs: Int
    let stored: Int

    var description: String {
        "the model has \(outputs) output\(outputs == 1 ? "" : "s"), but the data set holds \(stored): it needs a file "
            + "output_N.pb for each, from N = 0"
    }
}

extension ModelCheck {
    /// What the model gave.
    private struct Result {
        let shape: [Int]
        let values: [Double]

        init(shape: [Int], values: [Double]) {
            self.shape = shape
            self.values = values
        }

        init(_ constant: Constant) {
            shape = constant.type.shape
            switch constant {
            case .real(let tensor): values = tensor.elements.map(Double.init)
            case .integer(_, let elements): values = elements.map(Double.init)
            }
        }
    }
}
