import COpenSSL

/// Where OpenSSL takes its memory from, in the whole process.
///
/// By itself OpenSSL 3.0 allocates four pieces of 40 bytes for each message and its answer, which it
/// gives back at once. After `prepare` small pieces come from a block of 512 KiB, and a connection in
/// steady use allocates nothing. Everything in this module that uses OpenSSL prepares first; a
/// program that uses it elsewhere before that should call `prepare` at its very start.
public enum OpenSSLMemory {
  private static let isPrepared: Bool = copenssl_use_slots()

  /// Sets it up, the first time; returns whether it is. Where OpenSSL was used before, it is too late,
  /// and OpenSSL goes on with the allocator. From any thread.
  @discardableResult
  public static func prepare() -> Bool { isPrepared }
}
