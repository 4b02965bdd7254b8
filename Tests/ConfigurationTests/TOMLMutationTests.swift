import Configuration
import Testing

/// A small generator whose numbers depend on its seed alone (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Any bytes are safe to read, and a refusal points into the document.
@Suite struct TOMLMutationTests {
  @Test func theCorpusIsTaken() {
    for document in corpus { #expect(mistake(Array(document.utf8)) == nil) }
  }

  @Test(arguments: UInt64(0)..<40)
  func changedDocumentsAreReadOrRefused(seed: UInt64) {
    var random = SeededRandom(state: seed)
    let letters = Array("[]{}=.,\"'\\#\n\r\t -+_:0123456789eExXuUtTzZaInfbo\u{0}\u{7f}".utf8)
    for _ in 0..<25 {
      var bytes = Array(corpus[0].utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let letter = letters.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = letter
        case 1: bytes.insert(letter, at: place)
        case 2: bytes.remove(at: place)
        case 3: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 4: bytes.removeSubrange(place...)
        default:
          let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
          bytes.insert(
            contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        }
      }
      guard let error = mistake(bytes) else { continue }
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      #expect(error.place.line >= 1 && error.place.line <= lines.count)
      #expect(error.place.column >= 1)
      #expect(error.place.column <= lines[error.place.line - 1].count + 1)
    }
  }

  @Test func everyPrefixIsReadOrRefused() {
    let bytes = Array(corpus[0].utf8)
    for count in 0...bytes.count { _ = mistake(Array(bytes[..<count])) }
  }

  @Test(arguments: UInt64(0)..<50)
  func randomBytesAreReadOrRefused(seed: UInt64) {
    var random = SeededRandom(state: seed)
    for _ in 0..<40 {
      let count = Int.random(in: 0...64, using: &random)
      _ = mistake((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }
}
