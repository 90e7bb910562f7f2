import Buffers

extension RNAState {
    /// The coefficients of the points held now; computed from the Gram matrix, whatever the points' length.
    ///
    /// - Parameter regularization: λ, if another one than the settings' is to be tried.
    public func solve(regularization: Double? = nil) -> RNASolution {
        RNASolution(gram: gram, regularization: regularization ?? settings.regularization)
    }

    /// RᵀR, row by row, oldest point first.
    public var gramMatrix: [Double] { gram.elements }

    /// The number of points that would be combined now.
    public var fill: Int { history.entries.count }

    /// Writes the extrapolation, in one pass on all threads; where it is rejected, the last point instead.
    ///
    /// Counts the outcome. Sums are taken in double precision.
    ///
    /// - Throws: ``AcceleratorError/noPoints`` if there has been none,
    ///   ``AcceleratorError/wrongCount(what:expected:found:)`` for a target of another length.
    @discardableResult
    public func extrapolate(
        into target: MutableSegments<Element>, workers: Workers = .all
    ) throws(AcceleratorError) -> Proposal {
        guard target.count == count else { throw .wrongCount(what: "target", expected: count, found: target.count) }
        guard let last = history.entries.last?.point ?? history.origin else { throw .noPoints }
        let solution = solve()
        var proposal = Proposal.accepted
        if let reason = solution.rejection {
            proposal = .rejected(reason)
        } else if !combine(solution.coefficients, into: target, workers) {
            proposal = .rejected(.notFinite)
        }
        if proposal != .accepted {
            _ = Combinations.combine(
                [(history.vectors[last], 1)], range: 0..<count, into: target, workers: workers)
        }
        tally.count(proposal)
        return proposal
    }

    /// Writes Σ c_i (y_{i−1} + β r_i), and returns whether all of it is finite.
    private func combine(
        _ coefficients: [Double], into target: MutableSegments<Element>, _ workers: Workers
    ) -> Bool {
        let beta = settings.relaxation
        var points: [(vector: Int, weight: Double)] = []
        var residuals: [(vector: Int, weight: Double)] = []
        for (entry, c) in zip(history.entries, coefficients) {
            if entry.isResidual {
                points.append((entry.point, c))
                residuals.append((entry.companion, (beta - 1) * c))
            } else {
                points.append((entry.point, beta * c))
                points.append((entry.companion, (1 - beta) * c))
            }
        }
        // Residuals may be shorter than points: beyond them, the later point stands for the earlier one.
        let head = terms(points + residuals)
        let tail = terms(points)
        let headIsFinite = Combinations.combine(head, range: 0..<residualCount, into: target, workers: workers)
        let tailIsFinite = Combinations.combine(tail, range: residualCount..<count, into: target, workers: workers)
        return headIsFinite && tailIsFinite
    }

    /// Each vector once, with the sum of its weights, in the order of the first use; vectors without weight are not read.
    private func terms(_ uses: [(vector: Int, weight: Double)]) -> [(vector: AlignedBuffer<Element>, weight: Double)] {
        var order: [Int] = []
        var weights: [Int: Double] = [:]
        for (vector, weight) in uses {
            if weights[vector] == nil { order.append(vector) }
            weights[vector, default: 0] += weight
        }
        return order.compactMap { index in
            guard let weight = weights[index], weight != 0 else { return nil }
            return (history.vectors[index], weight)
        }
    }
}
