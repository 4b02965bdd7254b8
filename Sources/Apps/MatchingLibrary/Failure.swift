import CMatching

/// An error of the C interface, on its way to becoming a function's status.
struct Failure: Error {
  let status: ntm_status

  private init(_ status: Int) { self.status = ntm_status(status) }

  static var null: Failure { Failure(NTM_ERROR_NULL) }
  static var book: Failure { Failure(NTM_ERROR_BOOK) }
  static var structSize: Failure { Failure(NTM_ERROR_STRUCT_SIZE) }
  static var enumValue: Failure { Failure(NTM_ERROR_ENUM) }
  static var reserved: Failure { Failure(NTM_ERROR_RESERVED) }
  static var range: Failure { Failure(NTM_ERROR_RANGE) }
  static var capacity: Failure { Failure(NTM_ERROR_CAPACITY) }
  static var memory: Failure { Failure(NTM_ERROR_MEMORY) }
  static var version: Failure { Failure(NTM_ERROR_VERSION) }

  /// What `ntm_status_text` says.
  static func text(_ status: ntm_status) -> StaticString {
    switch Int(status) {
    case NTM_OK: "done"
    case NTM_NONE: "not there"
    case NTM_ERROR_NULL: "a pointer is NULL"
    case NTM_ERROR_BOOK: "no open book has this handle"
    case NTM_ERROR_STRUCT_SIZE: "a struct has a size that is not understood"
    case NTM_ERROR_ENUM: "a byte is none of its enum's values"
    case NTM_ERROR_RESERVED: "a reserved field is not 0"
    case NTM_ERROR_RANGE: "a number is out of range"
    case NTM_ERROR_CAPACITY: "the library has no room for another book"
    case NTM_ERROR_MEMORY: "not enough memory"
    case NTM_ERROR_VERSION: "compiled for a version that this library does not serve"
    default: "no status"
    }
  }
}
