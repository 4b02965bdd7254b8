/// How inputs stand in a log: a byte for the kind, then its fields. The numbers of kinds are never used
/// for something else.
extension FrontInput {
  func write(to writer: inout InputWriter) {
    switch self {
    case .tick: writer.byte(0)
    case .handle(let request):
      writer.byte(1)
      request.write(to: &writer)
    case .upgrade(let request):
      writer.byte(2)
      request.write(to: &writer)
    case .opened(let connection, let request):
      writer.byte(3)
      writer.number(connection)
      request.write(to: &writer)
    case .received(let connection, .text(let text)):
      writer.byte(4)
      writer.number(connection)
      writer.text(text)
    case .received(let connection, .binary(let bytes)):
      writer.byte(5)
      writer.number(connection)
      writer.block(bytes)
    case .ponged(let connection):
      writer.byte(6)
      writer.number(connection)
    case .closed(let connection, let closure):
      writer.byte(7)
      writer.number(connection)
      closure.write(to: &writer)
    case .response(let failure, let request):
      writer.byte(8)
      failure.write(to: &writer)
      request.write(to: &writer)
    case .state(let query):
      writer.byte(9)
      query.write(to: &writer)
    case .draw(nil): writer.byte(10)
    case .draw(let failure?):
      writer.byte(11)
      failure.write(to: &writer)
    case .answers(let digest):
      writer.byte(12)
      writer.number(digest)
    case .clockOffset(let offset):
      writer.byte(13)
      writer.signed(offset)
    case .fundingInterval(let interval):
      writer.byte(14)
      writer.signed(interval)
    }
  }

  init(from reader: inout InputReader) throws(InputReader.Malformed) {
    switch try reader.byte() {
    case 0: self = .tick
    case 1: self = .handle(try HTTPRequest(from: &reader))
    case 2: self = .upgrade(try HTTPRequest(from: &reader))
    case 3: self = .opened(connection: try reader.number(), try HTTPRequest(from: &reader))
    case 4: self = .received(connection: try reader.number(), .text(try reader.text()))
    case 5: self = .received(connection: try reader.number(), .binary(try reader.block()))
    case 6: self = .ponged(connection: try reader.number())
    case 7: self = .closed(connection: try reader.number(), try WebSocketClosure(from: &reader))
    case 8: self = .response(try ServerFailure(from: &reader), try HTTPRequest(from: &reader))
    case 9: self = .state(try FormFields(from: &reader))
    case 10: self = .draw(nil)
    case 11: self = .draw(try ServerFailure(from: &reader))
    case 12: self = .answers(try reader.number())
    case 13: self = .clockOffset(try reader.signed())
    case 14: self = .fundingInterval(try reader.signed())
    default: throw InputReader.Malformed(expected: "a kind of input")
    }
  }
}

extension HTTPRequest {
  func write(to writer: inout InputWriter) {
    writer.text(method)
    writer.text(path)
    writer.byte(query == nil ? 0 : 1)
    if let query { writer.text(query) }
    writer.number(UInt64(headers.fields.count))
    for field in headers.fields {
      writer.text(field.name)
      writer.text(field.value)
    }
    writer.block(body)
    writer.number(connection)
    writer.byte(isVersion10 ? 1 : 0)
  }

  init(from reader: inout InputReader) throws(InputReader.Malformed) {
    self.init(method: try reader.text(), path: try reader.text())
    if try reader.flag() { query = try reader.text() }
    for _ in 0..<(try reader.number()) { headers.add(try reader.text(), try reader.text()) }
    body = try reader.block()
    connection = try reader.number()
    isVersion10 = try reader.flag()
  }
}

extension WebSocketClosure {
  func write(to writer: inout InputWriter) {
    writer.number(code.map { UInt64($0) + 1 } ?? 0)
    writer.text(reason)
    writer.byte(isByPeer ? 1 : 0)
  }

  init(from reader: inout InputReader) throws(InputReader.Malformed) {
    let code = try reader.number()
    guard code <= UInt64(UInt16.max) + 1 else {
      throw InputReader.Malformed(expected: "a close code")
    }
    self.init(
      code: code == 0 ? nil : UInt16(code - 1), reason: try reader.text(),
      isByPeer: try reader.flag())
  }
}

extension ServerFailure {
  func write(to writer: inout InputWriter) {
    switch self {
    case .serverError(let status, let isCarriedOut):
      writer.byte(isCarriedOut ? 1 : 0)
      writer.signed(Int64(status))
    case .maintenance: writer.byte(2)
    case .banned(let seconds):
      writer.byte(3)
      writer.signed(Int64(seconds))
    }
  }

  init(from reader: inout InputReader) throws(InputReader.Malformed) {
    switch try reader.byte() {
    case 0: self = .serverError(status: Int(try reader.signed()), isCarriedOut: false)
    case 1: self = .serverError(status: Int(try reader.signed()), isCarriedOut: true)
    case 2: self = .maintenance
    case 3: self = .banned(secondsLeft: Int(try reader.signed()))
    default: throw InputReader.Malformed(expected: "a kind of failure")
    }
  }
}

extension FormFields {
  func write(to writer: inout InputWriter) {
    writer.number(UInt64(fields.count))
    for field in fields {
      writer.text(field.name)
      writer.text(field.value)
    }
  }

  init(from reader: inout InputReader) throws(InputReader.Malformed) {
    var fields: [Field] = []
    for _ in 0..<(try reader.number()) {
      fields.append(Field(name: try reader.text(), value: try reader.text()))
    }
    self.init(fields: fields)
  }
}
