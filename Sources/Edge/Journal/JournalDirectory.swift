import Glibc

/// The directory of a journal, open and, for a writer, locked against a second one.
struct JournalDirectory: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Creates the directory, with those above it, or takes an empty one.
  ///
  /// - Throws: `.exists`, `.cannotCreate`, `.inUse`.
  init(creating path: String) throws(JournalError) {
    try Self.makeDirectories(path)
    let names = try Self.names(in: path)
    guard names.isEmpty else { throw .exists(path: path) }
    try self.init(locking: path)
  }

  /// Opens a directory for writing.
  ///
  /// - Throws: `.missing`, `.cannotOpen`, `.inUse`.
  init(locking path: String) throws(JournalError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.openFailure(path, errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      Glibc.close(descriptor)
      throw .inUse(path: path)
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    unlock()
    Glibc.close(descriptor)
  }

  /// Lets another writer in. Said outright, for a forked process may hold the descriptor too.
  func unlock() { flock(descriptor, LOCK_UN) }

  /// Makes the names of new files durable.
  func sync() throws(JournalError) {
    guard fsync(descriptor) == 0 else {
      throw .cannotWrite(path: path, reason: systemErrorText(errno))
    }
  }

  /// The names in the directory at `path`, without `.` and `..`, in no order.
  ///
  /// - Throws: `.missing`, `.cannotOpen`.
  static func names(in path: String) throws(JournalError) -> [String] {
    guard let listing = opendir(path) else { throw openFailure(path, errno) }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(cString: $0.baseAddress!.assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func openFailure(_ path: String, _ code: Int32) -> JournalError {
    code == ENOENT
      ? .missing(path: path)
      : code == ENOTDIR
        ? .notAJournal(path: path, reason: "it is a file; expected a directory of segments")
        : .cannotOpen(path: path, reason: systemErrorText(code))
  }

  private static func makeDirectories(_ path: String) throws(JournalError) {
    var end = path.startIndex
    while end != path.endIndex {
      end = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
      let part = String(path[..<end])
      if mkdir(part, 0o755) != 0 && errno != EEXIST {
        throw .cannotCreate(path: part, reason: systemErrorText(errno))
      }
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .cannotCreate(path: path, reason: "a file stands there; expected a directory")
    }
  }
}
