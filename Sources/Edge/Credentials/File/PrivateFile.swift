import Glibc

/// A file that only its owner may read and write (mode 0600).
struct PrivateFile: Sendable {
  let path: String
  var byteCountMax = 1 << 20

  init(path: String) { self.path = path }

  /// Whether something stands at the path.
  var exists: Bool { access(path, F_OK) == 0 || errno != ENOENT }

  // MARK: Reading

  /// All its bytes.
  ///
  /// - Throws: also when others than the owner may read or write it.
  func bytes() throws(SecretsFileError) -> [UInt8] {
    let descriptor = try opened()
    defer { close(descriptor) }
    let byteCount = try checkedByteCount(descriptor)
    var result = [UInt8](repeating: 0, count: byteCount)
    let count = result.withUnsafeMutableBytes { Self.readAll(descriptor, into: $0) }
    guard let count else { throw system("reading") }
    return Array(result[..<count])
  }

  /// The same, in guarded memory all the way.
  func secret() throws(SecretsFileError) -> SecretBytes {
    let descriptor = try opened()
    defer { close(descriptor) }
    let byteCount = try checkedByteCount(descriptor)
    return try SecretBytes(count: byteCount) { (room) throws(SecretsFileError) in
      guard Self.readAll(descriptor, into: room) == byteCount else { throw system("reading") }
    }
  }

  private func opened() throws(SecretsFileError) -> Int32 {
    // A named pipe at the path would otherwise hold us until somebody writes.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor >= 0 { return descriptor }
    if errno == ENOENT { throw .notFound(path: path) }
    throw system("opening")
  }

  private func checkedByteCount(_ descriptor: Int32) throws(SecretsFileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw system("looking at it") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile(path: path) }
    guard status.st_uid == geteuid() else { throw .foreignOwner(path: path) }
    guard status.st_mode & 0o077 == 0 else {
      throw .openToOthers(path: path, mode: status.st_mode & 0o7777)
    }
    guard status.st_size <= byteCountMax else {
      throw .tooLarge(path: path, byteCountMax: byteCountMax)
    }
    return Int(status.st_size)
  }

  private static func readAll(
    _ descriptor: Int32, into room: UnsafeMutableRawBufferPointer
  ) -> Int? {
    var offset = 0
    while offset < room.count {
      let count = read(descriptor, room.baseAddress! + offset, room.count - offset)
      if count < 0, errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      offset += count
    }
    return offset
  }

  // MARK: Writing

  /// Puts `bytes` in the place of what is there: after a crash at any moment the path holds either
  /// the old file or the new one, whole. Missing directories are made, for the owner alone.
  func replace(with bytes: [UInt8]) throws(SecretsFileError) {
    let target = resolved
    try makeDirectory(Self.directory(of: target))
    var temporary = Array((target + ".XXXXXX").utf8CString)
    // Mode 0600 from the start, whatever the umask.
    let descriptor = mkstemp(&temporary)
    guard descriptor >= 0 else { throw system("making a new file beside it") }
    var isOpen = true
    func giveUp(_ action: String) -> SecretsFileError {
      let error = system(action)
      if isOpen { close(descriptor) }
      unlink(temporary)
      return error
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    guard fchmod(descriptor, 0o600) == 0 else { throw giveUp("setting its mode") }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + offset, $0.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { throw giveUp("writing") }
      offset += count
    }
    guard fsync(descriptor) == 0 else { throw giveUp("writing to the disk") }
    isOpen = false
    guard close(descriptor) == 0 else { throw giveUp("writing to the disk") }
    guard rename(temporary, target) == 0 else { throw giveUp("replacing it") }
    try synchronizeDirectory(of: target)
  }

  /// Runs `body` while no other process does so for a file in the same directory.
  func locked<R>(
    _ body: () throws(SecretsFileError) -> R
  ) throws(SecretsFileError) -> R {
    let directory = Self.directory(of: resolved)
    try makeDirectory(directory)
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw system("opening its directory") }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      if errno != EINTR { throw system("locking its directory") }
    }
    return try body()
  }

  /// Behind symbolic links, so that a link stays one.
  private var resolved: String {
    guard let name = realpath(path, nil) else { return path }
    defer { free(name) }
    return String(cString: name)
  }

  private func synchronizeDirectory(of target: String) throws(SecretsFileError) {
    let descriptor = open(Self.directory(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw system("opening its directory") }
    defer { close(descriptor) }
    // Some file systems do not know this for directories; there the rename itself has to do.
    if fsync(descriptor) != 0, errno != EINVAL { throw system("writing its directory to the disk") }
  }

  private func makeDirectory(_ directory: String) throws(SecretsFileError) {
    if mkdir(directory, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT else { throw system("making its directory") }
    try makeDirectory(Self.directory(of: directory))
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
      throw system("making its directory")
    }
  }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func system(_ action: String) -> SecretsFileError {
    .system(path: path, action: action, reason: String(cString: strerror(errno)))
  }
}
