import COpenSSL

/// What an earlier connection leaves so that the next to the same host saves a round trip and the
/// certificate's check (RFC 8446, section 2.2).
///
/// Never changes, hence the unchecked `Sendable`; OpenSSL counts references to it atomically.
public final class TLSSession: @unchecked Sendable {
  let handle: OpaquePointer
  /// The host whose certificate was checked, and by whose authority; it is used for no other.
  let host: String
  let context: TLSContext

  /// Takes the reference that `handle` is.
  init(taking handle: OpaquePointer, host: String, context: TLSContext) {
    self.handle = handle
    self.host = host
    self.context = context
  }

  deinit { SSL_SESSION_free(handle) }
}
