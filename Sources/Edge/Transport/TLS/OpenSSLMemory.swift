import COpenSSLMemory

/// Where OpenSSL takes its memory from, in every process that has this module.
///
/// By itself OpenSSL 3.0 allocates four pieces of 40 bytes for each message and its answer, which it
/// gives back at once. Here small pieces come from a block of 512 KiB, from the moment the program is
/// loaded, and a connection in steady use allocates nothing.
public enum OpenSSLMemory {
  /// Whether it is so; otherwise somebody else gave OpenSSL its memory before.
  public static var isPrepared: Bool { copenssl_slots_are_used() }
}
