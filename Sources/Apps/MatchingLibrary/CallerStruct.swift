import CMatching

/// Structs that begin with `struct_size`, as a caller of any version fills them.
enum CallerStruct {
  /// The largest size that is believed.
  private static let sizeMax = 4096

  /// Reads a struct. A longer one, of a later version, may have nothing at its end that would have
  /// to be understood.
  ///
  /// All versions so far have had one size, the least that is taken.
  @inline(__always)
  static func read<Value: BitwiseCopyable>(
    _ pointer: UnsafePointer<Value>
  ) throws(Failure) -> Value {
    let size = try size(pointer)
    if size != MemoryLayout<Value>.size { try checkTail(pointer, size) }
    return pointer.pointee
  }

  /// How many bytes the caller's struct has: no fewer than `Value`.
  @inline(__always)
  static func size<Value: BitwiseCopyable>(_ pointer: UnsafePointer<Value>) throws(Failure) -> Int {
    let size = Int(UnsafeRawPointer(pointer).load(as: UInt32.self))
    if size < MemoryLayout<Value>.size || size > sizeMax { throw .structSize }
    return size
  }

  private static func checkTail<Value>(
    _ pointer: UnsafePointer<Value>, _ size: Int
  ) throws(Failure) {
    let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
    if bytes[MemoryLayout<Value>.size...].contains(where: { $0 != 0 }) { throw .structSize }
  }
}
