// The C library's `environ` is a plain variable; it is read at start-up, before other threads write.
@preconcurrency import Glibc

/// The variables of this process.
enum ProcessEnvironment {
  /// All of them, in no order.
  static var all: [(name: String, text: String)] {
    var result: [(name: String, text: String)] = []
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = environ
    while let place = next, let entry = place.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        let name = String(text[..<equals])
        result.append((name, String(text[text.index(after: equals)...])))
      }
      next = place + 1
    }
    return result
  }
}
