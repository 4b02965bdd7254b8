import Glibc

/// Why a file could not be read.
public enum FileError: Error, Equatable, CustomStringConvertible {
  case missing(path: String)
  case isDirectory(path: String)
  case unreadable(path: String, reason: String)

  public var description: String {
    switch self {
    case .missing(let path): "\(path): no such file"
    case .isDirectory(let path): "\(path) is a directory; expected a file"
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    }
  }
}

/// A file's bytes, mapped for reading. A file that another process makes shorter meanwhile ends
/// this one by SIGBUS: for recorded data, not for files in use.
public struct MappedFile: ~Copyable, @unchecked Sendable {
  /// As given.
  public let path: String
  /// The file's length when it was mapped.
  public let byteCount: Int
  /// Valid as long as the value; of an empty file, an address not to be read.
  public let base: UnsafeRawPointer

  /// - Throws: `FileError`.
  public init(_ path: String) throws(FileError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw errno == ENOENT
        ? .missing(path: path) : .unreadable(path: path, reason: errnoText(errno))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw .unreadable(path: path, reason: errnoText(errno))
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
    let byteCount = Int(status.st_size)
    var base = UnsafeRawPointer(bitPattern: 8)!
    if byteCount > 0 {
      guard let room = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, file, 0), room != MAP_FAILED
      else { throw .unreadable(path: path, reason: errnoText(errno)) }
      madvise(room, byteCount, MADV_SEQUENTIAL)
      base = UnsafeRawPointer(room)
    }
    self.path = path
    self.byteCount = byteCount
    self.base = base
  }

  deinit {
    if byteCount > 0 { munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }
  }

  /// All of it.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base, count: byteCount)
  }
}
