import CKernels

/// Arithmetic on vectors of one length.
enum Vectors {
    static func dot(_ a: [Double], _ b: [Double]) -> Double { ck_dot_f64(a, b, min(a.count, b.count)) }

    static func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

    /// y ← y + factor x.
    static func add(_ x: [Double], times factor: Double, to y: inout [Double]) {
        y.withUnsafeMutableBufferPointer { y in
            guard let base = y.baseAddress else { return }
            ck_scale_and_add_f64(1, base, factor, x, nil, min(y.count, x.count))
        }
    }

    /// x + factor d.
    static func moved(_ x: [Double], along d: [Double], by factor: Double) -> [Double] {
        var result = x
        add(d, times: factor, to: &result)
        return result
    }

    static func difference(_ a: [Double], _ b: [Double]) -> [Double] { moved(a, along: b, by: -1) }

    static func isFinite(_ x: [Double]) -> Bool { ck_all_finite_f64(x, x.count) != 0 }
}
