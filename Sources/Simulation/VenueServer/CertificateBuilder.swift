import COpenSSL

/// A certificate with its key, made by OpenSSL.
final class CertificateBuilder {
  private let certificate: OpaquePointer
  private let key: OpaquePointer
  /// `MBSTRING_UTF8` of openssl/asn1.h, a macro that Swift cannot see.
  private static let utf8Text: Int32 = 0x1000

  /// A new key and a version 3 certificate without extensions, not signed yet.
  private init(commonName: String, serial: Int, days: Int) throws(TestAuthorityError) {
    guard let key = copenssl_generate_p256_key() else { throw TestAuthorityError("a key") }
    guard let certificate = X509_new() else {
      EVP_PKEY_free(key)
      throw TestAuthorityError("a certificate")
    }
    self.key = key
    self.certificate = certificate
    let name = X509_get_subject_name(certificate)
    let text = Array(commonName.utf8)
    guard X509_set_version(certificate, 2) == 1,
      ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial) == 1,
      X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != nil,
      X509_gmtime_adj(X509_getm_notAfter(certificate), days * 86_400) != nil,
      X509_set_pubkey(certificate, key) == 1,
      X509_NAME_add_entry_by_txt(
        name, "CN", Self.utf8Text, text, Int32(text.count), -1, 0) == 1
    else { throw TestAuthorityError("the fields of \(commonName)") }
  }

  deinit {
    X509_free(certificate)
    EVP_PKEY_free(key)
  }

  /// An authority that signed itself.
  static func authority(days: Int) throws(TestAuthorityError) -> CertificateBuilder {
    let made = try CertificateBuilder(
      commonName: "Needletail test authority", serial: randomSerial(), days: days)
    try made.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: made)
    try made.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: made)
    try made.add(NID_subject_key_identifier, "hash", issuer: made)
    try made.sign(by: made)
    return made
  }

  /// A server certificate for `names` (`DNS:host`, `IP:address`), signed by `signer`.
  static func server(
    names: [String], days: Int, signer: CertificateBuilder
  ) throws(TestAuthorityError) -> CertificateBuilder {
    let made = try CertificateBuilder(
      commonName: "Needletail test venue", serial: randomSerial(), days: days)
    try made.add(NID_basic_constraints, "critical,CA:FALSE", issuer: signer)
    try made.add(NID_key_usage, "critical,digitalSignature", issuer: signer)
    try made.add(NID_ext_key_usage, "serverAuth", issuer: signer)
    try made.add(NID_subject_key_identifier, "hash", issuer: signer)
    try made.add(NID_authority_key_identifier, "keyid", issuer: signer)
    try made.add(NID_subject_alt_name, names.joined(separator: ","), issuer: signer)
    try made.sign(by: signer)
    return made
  }

  /// Clients that keep what they have seen take two certificates of one issuer and serial for a
  /// forgery, so serials differ between runs.
  private static func randomSerial() -> Int { Int.random(in: 1...Int.max) }

  private func add(
    _ kind: Int32, _ value: String, issuer: CertificateBuilder
  ) throws(TestAuthorityError) {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer.certificate, certificate, nil, nil, 0)
    guard let made = X509V3_EXT_conf_nid(nil, &context, kind, value) else {
      throw TestAuthorityError("the extension '\(value)'")
    }
    defer { X509_EXTENSION_free(made) }
    guard X509_add_ext(certificate, made, -1) == 1 else {
      throw TestAuthorityError("adding the extension '\(value)'")
    }
  }

  private func sign(by signer: CertificateBuilder) throws(TestAuthorityError) {
    guard X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate)) == 1,
      X509_sign(certificate, signer.key, EVP_sha256()) > 0
    else { throw TestAuthorityError("signing") }
  }

  /// The certificate as PEM.
  func certificateText() throws(TestAuthorityError) -> [UInt8] {
    try Self.text { PEM_write_bio_X509($0, certificate) }
  }

  /// The key as PEM, PKCS #8, not encrypted.
  func keyText() throws(TestAuthorityError) -> [UInt8] {
    try Self.text { PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) }
  }

  private static func text(_ write: (OpaquePointer?) -> Int32) throws(TestAuthorityError) -> [UInt8]
  {
    guard let memory = BIO_new(BIO_s_mem()) else { throw TestAuthorityError("memory for PEM") }
    defer { BIO_free(memory) }
    guard write(memory) == 1 else { throw TestAuthorityError("writing PEM") }
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = BIO_read(memory, &bytes, Int32(bytes.count))
    guard count > 0 else { throw TestAuthorityError("reading PEM") }
    return Array(bytes.prefix(Int(count)))
  }
}
