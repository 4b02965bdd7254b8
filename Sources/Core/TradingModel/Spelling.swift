/// Finds what somebody meant to write.
public enum Spelling {
  /// The candidate nearest to `word` (insertions, deletions, substitutions and swaps of
  /// neighbours); nil when none is near enough to be meant.
  ///
  /// - Complexity: O(candidates x length^2).
  public static func nearest(to word: String, among candidates: [String]) -> String? {
    var best: String?
    var bestDistance = max(2, word.utf8.count / 2) + 1
    for candidate in candidates {
      let distance = distance(Array(word.utf8), Array(candidate.utf8))
      if distance < bestDistance {
        bestDistance = distance
        best = candidate
      }
    }
    return best
  }

  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
