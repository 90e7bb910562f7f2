import Accelerators
import Buffers
import Convex
import Testing

@Suite struct MethodTests {
    static let names =
        ConvexMethodTable.bases
        + ConvexMethodTable.bases.flatMap { base in ConvexMethodTable.accelerations.map { "\(base)+\($0)" } }

    @Test(arguments: names) func everyMethodFindsTheMinimum(_ name: String) throws {
        for loss in Loss.allCases {
            let comparison = ConvexComparison(try Problems.model(loss))
            let method = try ConvexMethodTable.make(name, ConvexMethodSettings())
            #expect(method.name == name)
            let trace = try comparison.run(method, budget: ConvexBudget(gradients: 1500, tolerance: 1e-9))
            #expect(trace.best <= 1e-9, "\(name), \(loss): \(trace.best)")
            #expect(trace.samples.first?.suboptimality == 1)
            // Costs only ever rise.
            for (a, b) in zip(trace.samples, trace.samples.dropFirst()) {
                #expect(b.gradients > a.gradients || b.functions > a.functions)
                #expect(b.seconds >= a.seconds)
            }
        }
    }

    @Test func gradientDescentTakesTheStepsOfItsFormula() throws {
        let (quadratic, _) = try Problems.quadratic(5, condition: 10)
        let counted = CountedObjective(quadratic)
        let run = try GradientDescent().makeRun(counted, from: [1, 2, 3, 4, 5])
        var (x, gradient) = ([1.0, 2, 3, 4, 5], [Double](repeating: 0, count: 5))
        for _ in 0..<4 {
            run.step()
            quadratic.gradient(at: x, into: &gradient)
            x = zip(x, gradient).map { $0 - $1 / quadratic.smoothness }
            #expect(scaledError(run.point, x) < 1e-14)
        }
        #expect(counted.evaluations.gradients == 4)
        #expect(counted.evaluations.functions == 0)
    }

    @Test func nesterovsMethodTakesTheStepsOfItsFormulas() throws {
        let (quadratic, _) = try Problems.quadratic(5, condition: 16)
        for form in NesterovMethod.Form.allCases {
            let run = try NesterovMethod(form: form).makeRun(CountedObjective(quadratic), from: [1, 2, 3, 4, 5])
            var (x, y) = ([1.0, 2, 3, 4, 5], [1.0, 2, 3, 4, 5])
            var (t, gradient) = (1.0, x)
            for _ in 0..<5 {
                run.step()
                quadratic.gradient(at: y, into: &gradient)
                let next = zip(y, gradient).map { $0 - $1 / quadratic.smoothness }
                let later = (1 + (1 + 4 * t * t).squareRoot()) / 2
                // √(μ/L) = 1/4.
                let beta = form == .stronglyConvex ? 0.6 : (t - 1) / later
                y = zip(next, x).map { $0 + beta * ($0 - $1) }
                (x, t) = (next, later)
                #expect(scaledError(run.point, x) < 1e-12)
                #expect(scaledError(run.origin, y) < 1e-12)
            }
        }
    }

    @Test(arguments: [1e-6, 1, 1e6]) func backtrackingNeedsNoConstant(_ scale: Double) throws {
        let order = 8
        let (base, _) = try Problems.quadratic(order, condition: 20)
        // The same problem in other units: what is found must not depend on them.
        var matrix: [Double] = []
        for i in 0..<order {
            var column = [Double](repeating: 0, count: order)
            base.hessianProduct(at: column, with: (0..<order).map { $0 == i ? 1 : 0 }, into: &column)
            matrix += column
        }
        for i in 0..<order { for j in 0..<i { matrix[i * order + j] = matrix[j * order + i] } }
        let objective = try QuadraticObjective(
            matrix: matrix.map { scale * $0 }, linear: base.linear.map { scale * $0 }, strongConvexity: scale)
        let comparison = ConvexComparison(objective)
        for method in [GradientDescent(step: .backtracking), NesterovMethod(step: .backtracking)] as [any ConvexMethod]
        {
            let trace = try comparison.run(method, budget: ConvexBudget(gradients: 400, tolerance: 1e-10))
            #expect(trace.best <= 1e-10, "\(method.name)")
            #expect((trace.samples.last?.functions ?? 0) > (trace.samples.count - 1))
        }
    }

    @Test func limitedMemoryWithRoomForAllEndsOnAQuadraticSoon() throws {
        let (objective, _) = try Problems.quadratic(20, condition: 1000)
        let trace = try ConvexComparison(objective).run(
            LBFGS(memory: 40), budget: ConvexBudget(gradients: 200, tolerance: 1e-12))
        #expect((trace.first(within: 1e-12)?.gradients ?? 200) < 60)
        // A trial of the line search asks for value and gradient together.
        #expect(trace.samples.last.map { Double($0.functions) == $0.gradients } == true)
    }

    @Test func stochasticMethodsCountTermsAsPartsOfAGradient() throws {
        let model = try Problems.model(.logistic)
        for (method, first, later) in [(try SAGA(), 2.0, 1.0), (try SVRG(), 3, 3)]
            as [(any ConvexMethod, Double, Double)]
        {
            let counted = CountedObjective(model)
            let run = try method.makeRun(counted, from: [Double](repeating: 0, count: model.dimension))
            run.step()
            #expect(abs(counted.evaluations.gradients - first) < 1e-9)
            run.step()
            #expect(abs(counted.evaluations.gradients - first - later) < 1e-9)
        }
        let (quadratic, _) = try Problems.quadratic(3, condition: 2)
        #expect(throws: ConvexError.needsSum(method: "saga")) {
            try SAGA().makeRun(CountedObjective(quadratic), from: [0, 0, 0])
        }
        #expect(throws: ConvexError.needsSum(method: "svrg")) {
            try SVRG().makeRun(CountedObjective(quadratic), from: [0, 0, 0])
        }
    }

    @Test func theGuardCountsItsValuesAndPlainRNANone() throws {
        let model = try Problems.model(.logistic)
        let start = [Double](repeating: 0, count: model.dimension)
        for (name, functions) in [
            ("gd+rna-online", 0), ("gd+rna-offline", 0), ("gd+rna-guarded", 12), ("gd+rna-restart", 2),
        ] {
            var settings = try ConvexMethodSettings()
            settings.rna = try RNA(window: 4, regularization: 1e-8)
            let counted = CountedObjective(model)
            let run = try ConvexMethodTable.make(name, settings).makeRun(counted, from: start)
            for _ in 0..<6 { run.step() }
            #expect(counted.evaluations.functions == functions, "\(name)")
            #expect(counted.evaluations.gradients == 6, "\(name)")
        }
    }

    @Test func guardedSequencesNeverDoWorseThanAPlainStep() throws {
        let model = try Problems.model(.logistic, conditionNumber: 1e5)
        let counted = CountedObjective(model)
        let run = try ConvexMethodTable.make("gd+rna-guarded", ConvexMethodSettings())
            .makeRun(counted, from: [Double](repeating: 0, count: model.dimension))
        for _ in 0..<60 {
            let before = try GradientDescent().makeRun(CountedObjective(model), from: run.origin)
            before.step()
            run.step()
            #expect(model.value(at: run.point) <= model.value(at: before.point))
        }
    }

    @Test func offlineTheMethodIsNotTouched() throws {
        let model = try Problems.model(.logistic)
        let start = [Double](repeating: 0, count: model.dimension)
        let method = try ConvexMethodTable.make("nesterov+rna-offline", ConvexMethodSettings())
        let (run, plain) = (
            try method.makeRun(CountedObjective(model), from: start),
            try NesterovMethod().makeRun(CountedObjective(model), from: start)
        )
        for _ in 0..<20 {
            run.step()
            plain.step()
            #expect(run.origin == plain.origin)
        }
        #expect(model.value(at: run.point) < model.value(at: plain.point))
    }

    @Test func unknownNamesAreAnsweredWithTheKnownOnes() throws {
        for name in ["newton", "gd+", "gd+rna-offlin", "gd+rna-offline+rna", ""] {
            let error = #expect(throws: ConvexError.self) {
                try ConvexMethodTable.make(name, ConvexMethodSettings())
            }
            #expect(error?.description.contains("gd, nesterov, nesterov-convex, lbfgs, saga, svrg") == true)
        }
        #expect(throws: ConvexError.self) { try LBFGS(memory: 0) }
        #expect(throws: ConvexError.self) { try SAGA(step: 0) }
        #expect(throws: ConvexError.self) { try SVRG(passes: 0) }
    }
}
