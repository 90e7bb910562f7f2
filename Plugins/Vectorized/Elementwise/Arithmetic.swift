import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// The four operations on two tensors, one of which may be stretched, and the sum of several of one shape.
    func arithmetic(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case let add as Add: combine("add", CK_ADD, request, relu: add.activation == .relu)
        case is Sub: combine("sub", CK_SUBTRACT, request)
        case is Mul: combine("mul", CK_MULTIPLY, request)
        case is Div: combine("div", CK_DIVIDE, request)
        case is PRelu: combine("prelu", CK_SLOPE, request)
        case is Max where request.inputs.count == 2: combine("max", CK_LARGER, request)
        case is Min where request.inputs.count == 2: combine("min", CK_SMALLER, request)
        case let comparison as Comparison: combine("comparison", comparison.relation.code, request)
        case is Sum: sum(request)
        case is Expand, is GlobalAveragePoolGradient: stretch(request)
        default: nil
        }
    }

    private func combine(
        _ name: String, _ operation: ck_operator, _ request: KernelRequest, relu: Bool = false
    ) -> Kernel? {
        guard let a = request.inputs[0], let b = request.inputs[1], a.type.kind == .real, b.type.kind == .real else {
            return nil
        }
        let y = request.outputs[0]
        // One operand is as large as the result; the other may be smaller.
        let (large, small, isSwapped) = a.isOrdered(like: y) ? (a, b, false) : (b, a, true)
        guard large.isOrdered(like: y), let form = Stretch(y, small) else { return nil }
        let loop = StretchedLoop(form)
        let activation: Int32 = relu ? 1 : 0
        return Kernel(name: "vectorized.\(name)") { call in
            let large = UnsafePointer(call.input(isSwapped ? 1 : 0, as: Float.self))
            let small = UnsafePointer(call.input(isSwapped ? 0 : 1, as: Float.self))
            let y = call.output(0, as: Float.self)
            loop.run(call.workers) { run in
                if isSwapped {
                    ck_combine_f32(
                        operation, activation, run.rows, run.length, small + run.small, run.smallRow, run.smallStep,
                        large + run.large, run.length, 1, y + run.large)
                } else {
                    ck_combine_f32(
                        operation, activation, run.rows, run.length, large + run.large, run.length, 1,
                        small + run.small, run.smallRow, run.smallStep, y + run.large)
                }
            }
        }
    }

    private func sum(_ request: KernelRequest) -> Kernel? {
        guard let count = request.elementCount, request.inputs.count > 1 else { return nil }
        let operands = request.inputs.count
        return Kernel(name: "vectorized.sum") { call in
            let y = call.output(0, as: Float.self)
            call.workers.split(count, grain: elementGrain) { range, _ in
                // Block by block, so that a partial sum is still in the cache when the next operand is added.
                for start in stride(from: range.lowerBound, to: range.upperBound, by: 4096) {
                    let length = min(4096, range.upperBound - start)
                    var partial = UnsafePointer(call.input(0, as: Float.self))
                    for operand in 1..<operands {
                        ck_combine_f32(
                            CK_ADD, 0, 1, length, partial + start, 0, 1,
                            UnsafePointer(call.input(operand, as: Float.self)) + start, 0, 1, y + start)
                        partial = UnsafePointer(y)
                    }
                }
            }
        }
    }

    /// A tensor stretched to the result's shape; a mean's gradient is divided by the number of pixels.
    private func stretch(_ request: KernelRequest) -> Kernel? {
        guard let x = request.inputs[0], let form = Stretch(request.outputs[0], x) else { return nil }
        let isMean = request.operation is GlobalAveragePoolGradient
        let factor = isMean ? 1 / Float(request.outputs[0].shape[2] * request.outputs[0].shape[3]) : 1
        let loop = StretchedLoop(form)
        return Kernel(name: isMean ? "vectorized.global_average_pool_gradient" : "vectorized.expand") { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let y = call.output(0, as: Float.self)
            loop.run(call.workers) { run in
                ck_fill_rows_f32(
                    y + run.large, run.rows, run.length, run.length, x + run.small, run.smallRow, run.smallStep, factor)
            }
        }
    }
}

extension Comparison.Relation {
    fileprivate var code: ck_operator {
        switch self {
        case .equal: CK_EQUAL
        case .less: CK_LESS
        case .lessOrEqual: CK_LESS_OR_EQUAL
        case .greater: CK_GREATER
        case .greaterOrEqual: CK_GREATER_OR_EQUAL
        }
    }
}

/// Walks a tensor and a smaller one that is stretched to it, row by row.
struct StretchedLoop: Sendable {
    /// Some rows of equal length.
    struct Run {
        /// Where the first row starts in the larger tensor, whose rows lie behind each other.
        var large: Int
        /// Where its operand starts in the smaller tensor.
        var small: Int
        /// How far apart the operands of two rows lie there.
        var smallRow: Int
        /// How far apart the operands of two neighbours in a row lie there: 0 or 1.
        var smallStep: Int
        /// The number of rows.
        var rows: Int
        /// The elements of a row.
        var length: Int
    }

    private let form: Stretch

    init(_ form: Stretch) { self.form = form }

    /// Calls `body` for runs that together cover everything, on several threads.
    func run(_ workers: Workers, _ body: (Run) -> Void) {
        let form = form
        if form.inner > 1, form.repeats * form.outer * form.middle == 1 {
            workers.split(form.inner, grain: elementGrain) { range, _ in
                body(
                    Run(
                        large: range.lowerBound, small: range.lowerBound, smallRow: 0, smallStep: 1, rows: 1,
                        length: range.count))
            }
        } else if form.inner > 1 {
            // Rows are what is kept innermost; the rows of one stretched index share their operand.
            workers.split(form.repeats * form.outer * form.middle, grain: rowGrain(form.inner)) { range, _ in
                var row = range.lowerBound
                while row < range.upperBound {
                    let line = row / form.middle
                    let end = min(range.upperBound, (line + 1) * form.middle)
                    body(
                        Run(
                            large: row * form.inner, small: line % form.outer * form.inner, smallRow: 0, smallStep: 1,
                            rows: end - row, length: form.inner))
                    row = end
                }
            }
        } else if form.outer > 1 {
            // Rows are what one element is stretched to.
            workers.split(form.repeats * form.outer, grain: rowGrain(form.middle)) { range, _ in
                var row = range.lowerBound
                while row < range.upperBound {
                    let end = min(range.upperBound, (row / form.outer + 1) * form.outer)
                    body(
                        Run(
                            large: row * form.middle, small: row % form.outer, smallRow: 1, smallStep: 0,
                            rows: end - row, length: form.middle))
                    row = end
                }
            }
        } else {
            // One element is stretched to all.
            workers.split(form.middle, grain: elementGrain) { range, _ in
                body(
                    Run(large: range.lowerBound, small: 0, smallRow: 0, smallStep: 0, rows: 1, length: range.count))
            }
        }
    }
}
