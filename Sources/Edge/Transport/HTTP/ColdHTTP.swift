import CCurl

/// What a server answered.
public struct ColdHTTPAnswer: Equatable, Sendable {
  public var status: Int
  public var body: [UInt8]
  /// Seconds until the next request may come (Retry-After, RFC 9110, section 10.2.3); 0 where the server
  /// does not say.
  public var retryAfter = 0
}

/// Why there is no answer.
public enum ColdHTTPError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The address cannot be used at all.
  case endpoint(EndpointError)
  /// A secure address, and nobody to trust.
  case noTrust(address: String)
  /// Refused, cut off, not believed, too slow or too long, in libcurl's words.
  case failed(address: String, reason: String)
  /// The server's certificate is not one that is believed, in libcurl's words.
  case untrusted(address: String, reason: String)
  /// Nobody wants the answer any more.
  case stopped

  public var description: String {
    switch self {
    case .endpoint(let error): "\(error)"
    case .noTrust(let address): "'\(address)' is encrypted, and no certificates to trust are given"
    case .failed(let address, let reason): "\(address): \(reason)"
    case .untrusted(let address, let reason): "\(address) is not believed: \(reason)"
    case .stopped: "stopped while waiting"
    }
  }
}

/// Requests of which nothing is urgent, one after the other, by libcurl: it blocks, connects by every
/// address that a name has, decompresses, and keeps the connection for the next request.
///
/// TLS is 1.2 or later, certificates and names are always checked, plain text goes only to this machine;
/// redirections are not followed, and no proxy, cookie or `.netrc` is used. One thread.
public final class ColdHTTP {
  /// A body that is longer is refused, bytes: the longest of a venue's lists of instruments has a fifth.
  static let bodySizeMax = 64 << 20

  /// What libcurl's callbacks see while a request is under way.
  private final class Transfer {
    var body: [UInt8] = []
    let mayStop: () -> Bool

    init(mayStop: @escaping () -> Bool) { self.mayStop = mayStop }
  }

  /// Once a process, before the first handle (curl_global_init(3)).
  private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  private let handle: UnsafeMutableRawPointer
  private let trust: TLSTrust?

  /// - Parameters:
  ///   - trust: whose certificates are believed; nil where every address is plain text on this machine.
  ///   - timeout: for one request, with connecting, milliseconds.
  ///   - userAgent: what requests say of the program that sends them.
  public init(trust: TLSTrust?, timeout: Int = 10_000, userAgent: String = "needletail") {
    guard Self.isReady, let handle = curl_easy_init() else {
      // Its only cause is memory that is used up.
      preconditionFailure("libcurl makes no handle")
    }
    self.handle = handle
    self.trust = trust
    setRules(timeout, userAgent)
    ccurl_set_take(handle) { bytes, size, count, context in
      guard let bytes, let context else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      guard transfer.body.count + size * count <= ColdHTTP.bodySizeMax else { return 0 }
      transfer.body.append(
        contentsOf: UnsafeRawBufferPointer(start: bytes, count: size * count))
      return size * count
    }
    ccurl_set_progress(handle) { context, _, _, _, _ in
      guard let context else { return 0 }
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().mayStop() ? 1 : 0
    }
  }

  deinit { curl_easy_cleanup(handle) }

  /// What holds for every request; nothing runs where one of the rules is not taken.
  private func setRules(_ timeout: Int, _ userAgent: String) {
    var results = [
      ccurl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1),
      ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2),
      ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
      ccurl_set_text(handle, CURLOPT_NOPROXY, "*"),
      ccurl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
      ccurl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip, deflate"),
      ccurl_set_text(handle, CURLOPT_USERAGENT, userAgent),
      ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1),
      ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, timeout),
      ccurl_set_long(handle, CURLOPT_NOPROGRESS, 0),
    ]
    switch trust {
    case .file(let path):
      results.append(ccurl_set_text(handle, CURLOPT_CAINFO, path))
      results.append(ccurl_set_text(handle, CURLOPT_CAPATH, nil))
    // The system's folder is believed besides.
    case .systemAnd(let path): results.append(ccurl_set_text(handle, CURLOPT_CAINFO, path))
    case .system, nil: break
    }
    precondition(results.allSatisfy { $0 == CURLE_OK }, "libcurl checks certificates as it is told")
  }

  /// Sends one request and waits for its answer.
  ///
  /// - Parameters:
  ///   - method: `GET`, `POST`...
  ///   - fields: besides those that every request has; Host and Content-Length are libcurl's.
  ///   - mayStop: whether somebody no longer wants to wait; asked again and again.
  /// - Throws: `ColdHTTPError`; whether the request arrived is then not known.
  public func ask(
    _ method: String, _ url: String, fields: [HTTPField] = [], body: [UInt8] = [],
    mayStop: @escaping () -> Bool = { false }
  ) throws(ColdHTTPError) -> ColdHTTPAnswer {
    try check(url)
    let transfer = Transfer(mayStop: mayStop)
    let context = Unmanaged.passUnretained(transfer).toOpaque()
    ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
    ccurl_set_text(handle, CURLOPT_URL, url)
    var lines: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(lines) }
    // Bodies are small: nothing is gained by asking whether they are welcome.
    for line in fields.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      lines = curl_slist_append(lines, line)
    }
    ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, lines)
    setBody(method, body)
    let result = withExtendedLifetime(transfer) { curl_easy_perform(handle) }
    guard result == CURLE_OK else {
      if result == CURLE_ABORTED_BY_CALLBACK { throw .stopped }
      let address = url.prefix { $0 != "?" }
      let reason =
        result == CURLE_WRITE_ERROR
        ? "an answer of more than \(Self.bodySizeMax) bytes"
        : String(cString: curl_easy_strerror(result))
      if Self.isDisbelief(result) { throw .untrusted(address: String(address), reason: reason) }
      throw .failed(address: String(address), reason: reason)
    }
    var status = 0
    ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    var retryAfter: curl_off_t = 0
    ccurl_get_size(handle, CURLINFO_RETRY_AFTER, &retryAfter)
    return ColdHTTPAnswer(status: status, body: transfer.body, retryAfter: Int(retryAfter))
  }

  /// Whether the certificate is what was wrong: that does not pass by itself.
  private static func isDisbelief(_ code: CURLcode) -> Bool {
    code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE
      || code == CURLE_SSL_ISSUER_ERROR
  }

  private func check(_ url: String) throws(ColdHTTPError) {
    let endpoint: Endpoint
    do throws(EndpointError) {
      endpoint = try Endpoint(url)
    } catch {
      throw .endpoint(error)
    }
    // What is asked is not told: a signature may stand in it.
    if endpoint.scheme.isSecure && trust == nil {
      throw .noTrust(address: "\(endpoint.scheme.rawValue)://\(endpoint.authority)")
    }
  }

  /// libcurl derives a method from its options: what the last request set is taken back.
  private func setBody(_ method: String, _ body: [UInt8]) {
    ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, nil)
    ccurl_set_long(handle, CURLOPT_HTTPGET, 1)
    if !body.isEmpty || method == "POST" || method == "PUT" {
      ccurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      // Sets POST, and copies.
      body.withUnsafeBytes { bytes in
        let start = bytes.bindMemory(to: CChar.self).baseAddress
        if let start {
          ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, start)
        } else {
          ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
        }
      }
    }
    ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, method)
  }
}
