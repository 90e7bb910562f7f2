/// Finding what somebody may have meant.
package enum Spelling {
    /// The candidate that is nearest to a word, if it is near enough to have been meant: at most a third of the letters
    /// added, left out, changed or swapped with a neighbour, and at least one such slip allowed.
    /// Words of more than 256 letters are nobody's slip: to compare them would take long.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        guard word.utf8.count <= 256 else { return nil }
        let scored = candidates.filter { $0.utf8.count <= 256 }.map {
            (candidate: $0, slips: slips(from: word.lowercased(), to: $0.lowercased()))
        }
        guard let best = scored.min(by: { $0.slips < $1.slips }) else { return nil }
        return best.slips <= max(1, best.candidate.count / 3) ? best.candidate : nil
    }

    /// How a sentence ends that names a wrong word: `; did you mean 'WORD'?` where a candidate is near enough, else `.`.
    package static func hint(for word: String, among candidates: [String]) -> String {
        nearest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? "."
    }

    /// The Damerau–Levenshtein distance, in its restricted form: the fewest single slips that make one word another.
    private static func slips(from a: String, to b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count { table[i][0] = i }
        for j in 0...b.count { table[0][j] = j }
        for i in a.indices {
            for j in b.indices {
                var best = min(table[i][j + 1] + 1, table[i + 1][j] + 1, table[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, table[i - 1][j - 1] + 1) }
                table[i + 1][j + 1] = best
            }
        }
        return table[a.count][b.count]
    }
}
