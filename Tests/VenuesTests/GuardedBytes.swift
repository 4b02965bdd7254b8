import Glibc

/// Memory between two pages that nobody may touch: who reads beyond its bytes ends the test.
struct GuardedBytes: ~Copyable {
  private let pages: UnsafeMutableRawPointer
  private let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  init() {
    guard
      let pages = mmap(
        nil, pageSize * 3, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      pages != MAP_FAILED
    else { preconditionFailure("memory for a test") }
    self.pages = pages
    mprotect(pages, pageSize, PROT_NONE)
    mprotect(pages + pageSize * 2, pageSize, PROT_NONE)
  }

  deinit { munmap(pages, pageSize * 3) }

  /// Calls `body` with a copy of `bytes`, at most a page, that ends where memory does, then with one that
  /// begins where memory does.
  func withCopies(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
    precondition(bytes.count <= pageSize, "a copy has room on a page")
    for start in [pageSize * 2 - bytes.count, pageSize] {
      let copy = UnsafeMutableRawBufferPointer(start: pages + start, count: bytes.count)
      copy.copyBytes(from: bytes)
      body(UnsafeRawBufferPointer(copy))
    }
  }
}
