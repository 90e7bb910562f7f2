import Buffers
import Graphs
import Tensors
import Testing

/// Operators with random attributes on random operands: accepted or refused with a text, never a crash.
@Suite struct FuzzTests {
    /// Random numbers, with a taste for the edges of their ranges.
    struct Source {
        var random: Philox

        mutating func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &random)] }

        mutating func integer() -> Int {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: pick([.min, .max, .min + 1, 1 << 40, -1 << 40, 1 << 31, -1 << 31, 1 << 20])
            default: Int.random(in: -4...6, using: &random)
            }
        }

        mutating func integers(upTo count: Int = 4) -> [Int] {
            (0..<Int.random(in: 0...count, using: &random)).map { _ in integer() }
        }

        mutating func size() -> Int {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: 0
            case 1: pick([-1, 1 << 20, 1 << 39, .max, .min])
            default: pick([1, 1, 2, 3, 4, 5, 7])
            }
        }

        mutating func shape() -> [Int] { (0..<pick([0, 1, 2, 2, 3, 4, 4, 4, 5])).map { _ in size() } }

        mutating func window() -> Window {
            func pair(_ source: inout Source, _ usual: [Int]) -> [Int] {
                Int.random(in: 0..<10, using: &source.random) == 0
                    ? source.integers(upTo: 3) : [source.pick(usual), source.pick(usual)]
            }
            let pads = (0..<4).map { _ in Int.random(in: 0..<9, using: &random) == 0 ? integer() : pick([0, 1, 2]) }
            return Window(
                kernel: pair(&self, [1, 2, 3]), strides: pair(&self, [1, 1, 2, 3]), dilations: pair(&self, [1, 1, 2]),
                padding: pick([
                    .none, .sameUpper, .sameLower,
                    .explicit(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]),
                ]),
                ceilMode: Bool.random(using: &random))
        }

        mutating func operand() -> CaseOperand {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: return .absent
            case 1: return .labels(shape(), below: 3)
            case 2, 3: return .integers(integers())
            case 4: return .integers(integers(), shape: shape())
            default: return .parameter(shape())
            }
        }

        mutating func optional(_ list: [Int]) -> [Int]? { Bool.random(using: &random) ? nil : list }

        /// An operator of each kind in turn.
        mutating func operation(_ kind: Int) -> any Operator {
            let (w, i, s, flag) = (window(), integer(), shape(), Bool.random(using: &random))
            let (a, b, c) = (optional(integers()), optional(integers()), optional(integers()))
            let ratio = pick([0, 0.5, 1, -1, .nan, .infinity])
            let groups = pick([1, 1, 2, i])
            let (mode, coordinates) = (pick(Pad.Mode.allCases), pick(Coordinates.allCases))
            let table: [() -> any Operator] = [
                { Convolution(window: w, groups: groups) },
                { ConvolutionDataGradient(window: w, groups: groups, shape: s) },
                { ConvolutionWeightGradient(window: w, groups: groups, shape: s) },
                { ChannelSum() }, { MaxPool(window: w) }, { MaxPoolGradient(window: w) },
                { MaxPoolPlaces(window: w, isColumnMajor: flag) },
                { AveragePool(window: w, countsPadding: flag) },
                { AveragePoolGradient(window: w, countsPadding: flag, shape: s) },
                { GlobalAveragePool() }, { GlobalAveragePoolGradient(shape: s) },
                { BatchNormalization(epsilon: ratio) }, { BatchNormalizationTraining(epsilon: ratio) },
                { BatchNormalizationGradient(mask: flag ? .result : .recomputedResult) },
                { FrozenBatchNormalizationGradient(epsilon: ratio) }, { FoldBatchNormalization(epsilon: ratio) },
                { RepeatBatchNormalization(activation: flag ? .relu : .identity) },
                { Gemm(transposeA: flag) }, { MatMul() }, { Add() }, { Sub() }, { Mul() }, { Div() }, { Sum() },
                { Scale(factor: ratio) }, { Relu() }, { ReluGradient() }, { LeakyRelu(alpha: ratio) },
                { LeakyReluGradient(alpha: ratio) }, { Sigmoid() }, { SigmoidGradient() }, { Tanh() },
                { TanhGradient() },
                { Clip(lower: ratio) }, { ClipGradient(upper: ratio) }, { Softmax(axis: i, flattensFromAxis: flag) },
                { SoftmaxGradient(axis: i, flattensFromAxis: flag) }, { LogSoftmax(axis: i, flattensFromAxis: flag) },
                { LogSoftmaxGradient(axis: i) }, { Dropout(ratio: ratio, givesMask: flag) },
                { DropoutTraining(ratio: ratio, salt: 1) },
                { Identity() }, { Cast(to: flag ? .real : .integer) }, { CastLike() }, { Copy() },
                { Flatten(axis: i) }, { ConstantOfShape(flag ? .real(1) : .integer(i)) },
                { Reshape(allowZero: flag) }, { Expand() }, { Squeeze(axes: a) }, { Unsqueeze(axes: a) },
                { Transpose(permutation: flag ? a : Array(s.indices.reversed())) }, { Concat(axis: i) },
                { Slice(starts: a, ends: b, axes: c, overhang: flag ? .atEnd : .refused) },
                { SliceGradient(slice: Slice(starts: a ?? [0], ends: b ?? [1]), shape: s) },
                { Gather(axis: i, indices: flag ? .integers(a ?? []) : nil) },
                { GatherGradient(gather: Gather(axis: i, indices: .integers(a ?? [])), shape: s) },
                { ShapeOf(start: i, end: a?.first) }, { ReduceMean(axes: a, keepsDimensions: flag) },
                { ReduceSum(axes: a, isIdentityWithoutAxes: flag) }, { SumToShape(shape: s) },
                { SoftmaxCrossEntropy() },
                { Pad(mode: mode, pads: a, axes: b) }, { Tile(repeats: a) },
                {
                    Resize(
                        interpolation: flag ? .cubic(a: ratio, excludesOutside: true) : .linear,
                        coordinates: coordinates, axes: a, scales: flag ? [ratio, 1.5] : nil, sizes: b,
                        antialiases: groups == 1, region: c.map { $0.map(Double.init) }, extrapolation: ratio)
                },
                { SamplingGradient(sampling: Pad(pads: a ?? [0, 1]), shape: s) },
                { SamplingGradient(sampling: Resize(sizes: a ?? [2]), shape: s) },
                { Split(axis: i, parts: groups, sizes: a) },
                { DepthToSpace(block: i, isColumnRowDepth: flag) }, { SpaceToDepth(block: i) },
                {
                    ConvolutionTranspose(
                        window: w, groups: groups, outputPadding: a ?? [0, 0], outputSize: flag ? b : nil)
                },
                { Standardization(flag ? .fromAxis(i) : .channels(groups), epsilon: ratio) },
                { StandardizationGradient(of: Standardization(flag ? .fromAxis(i) : .channels(groups))) },
                { LocalResponse(size: i, alpha: ratio) }, { LocalResponseGradient(of: LocalResponse(size: i)) },
                { ArgMax(axis: i, keepsDimension: flag) }, { ReduceMax(axes: a) }, { ReduceProd(axes: a) },
                { ReduceL2(axes: a) }, { Max() }, { ExtremumGradient() }, { Where() }, { Pow() },
                { PowGradient(isOfExponent: flag) }, { PRelu() }, { Gelu() }, { UnaryGradient(of: Elu(alpha: ratio)) },
                { Comparison(.less) }, { Connective(.or) }, { Not() }, { Mod() }, { Truth() }, { Progression() },
                { SizeOf() }, { SoftmaxCrossEntropyGradient() }, { MeanSquaredError() }, { MeanSquaredErrorGradient() },
            ]
            return table[kind % table.count]()
        }
    }

    /// Appends, specialises and, where that is affordable, runs the operator. Returns whether it was accepted.
    private func attempt(_ operation: any Operator, _ operands: [CaseOperand]) -> Bool {
        do {
            let graph = try OperandGraph(operation, operands)
            let specialized = try graph.specialized()
            let sizes = specialized.values.map { value in
                value.type.map { Shape.checkedCount($0.shape.map { max($0, 1) }) ?? .max } ?? 0
            }
            #expect(specialized.nodes.allSatisfy { $0.outputs.allSatisfy { specialized.type(of: $0) != nil } })
            let isReal = specialized.nodes.allSatisfy {
                $0.outputs.allSatisfy { specialized.type(of: $0)?.kind == .real }
            }
            if isReal, !specialized.nodes.isEmpty, sizes.allSatisfy({ $0 <= 1 << 16 }),
                specialized.multiplyAdds < 1 << 22
            {
                try graph.run()
            }
            return true
        } catch let error as GraphError {
            #expect(!error.description.isEmpty)
            if case .badOperands(let node, _, let reason) = error {
                #expect(node == "tested")
                #expect(reason.count > 10, "\(type(of: operation).name): \(reason)")
            }
            return false
        } catch {
            Issue.record("\(type(of: operation).name) threw \(error)")
            return false
        }
    }

    @Test func randomOperandsAreAcceptedOrRefused() {
        var source = Source(random: Philox(seed: 2))
        var accepted: Set<String> = []
        for round in 0..<30_000 {
            let operation = source.operation(round)
            var operands = (0..<source.pick([1, 1, 2, 2, 3, 5, 6])).map { _ in source.operand() }
            // Unrelated shapes are refused too soon to be interesting: often all operands have the first one's.
            if source.pick([true, false]), case .parameter(let shape) = operands[0] {
                operands = operands.map { if case .parameter = $0 { .parameter(shape) } else { $0 } }
            }
            if attempt(operation, operands) { accepted.insert(type(of: operation).name) }
        }
        #expect(accepted.count > 35, "only \(accepted.sorted()) were ever accepted")
    }

    @Test func operandsThatNearlyFitAreAcceptedOrRefused() {
        var source = Source(random: Philox(seed: 3))
        var counts = (accepted: 0, refused: 0)
        for _ in 0..<20 {
            for testCase in OperatorCases.all {
                var operands = testCase.operands
                let index = Int.random(in: 0..<operands.count, using: &source.random)
                switch (source.pick([0, 1, 2, 3, 4]), operands[index]) {
                case (0, _): operands[index] = source.operand()
                case (1, _): operands.remove(at: index)
                case (2, _): operands.append(source.operand())
                case (_, .parameter(var shape)) where !shape.isEmpty:
                    shape[Int.random(in: 0..<shape.count, using: &source.random)] = source.size()
                    operands[index] = .parameter(shape)
                case (_, .integers(var elements, let shape)) where !elements.isEmpty:
                    elements[Int.random(in: 0..<elements.count, using: &source.random)] = source.integer()
                    operands[index] = .integers(elements, shape: shape)
                default: operands.swapAt(index, 0)
                }
                if attempt(testCase.operation, operands) { counts.accepted += 1 } else { counts.refused += 1 }
            }
        }
        #expect(counts.accepted > 500 && counts.refused > 500, "\(counts)")
    }
}
