/// The server's own front: tests in any language drive faults through it.
///
/// - `GET /admin/faults`: `{"PRODUCT": {...}}`.
/// - `POST /admin/faults` with `{"product": NAME, "faults": {...}, "ban_seconds": N}`: sets the named
///   fields; without a product, of all. `ban_seconds` bans from now on.
/// - `POST /admin/disconnect` with `{"product": NAME, "connection": ID, "code": CODE, "reason": TEXT}`:
///   without a code cut, without a connection all, without a product everywhere.
/// - `POST /admin/lose` with `{"product": NAME, "path": PATH, "nanoseconds": N}`: what is pushed over
///   WebSocket connections opened at the path is thrown away for so long; without a product everywhere.
/// - `GET /admin/state?product=NAME`: the front's own records, its open connections, its faults.
/// - `POST /admin/funding` with `{"product": NAME, "interval_seconds": N}`: what lies between two funding
///   times of all contracts, 0 for none; without a product, of all.
/// - `POST /admin/quit`: the server ends once this is answered.
final class AdminFront: VenueFront {
  var products: [ProductServer] = []
  private(set) var isQuitting = false
  private var quitTime: Int64 = .max

  func tick(at now: ServerTime) {
    if now.monotonic >= quitTime { isQuitting = true }
  }

  func handle(_ request: HTTPRequest, _ reply: HTTPReply, at now: ServerTime) {
    do throws(AdminRefusal) {
      switch (request.method, request.path) {
      case ("GET", "/admin/faults"):
        reply.send(.json(.object(products.map { (key: $0.name, value: $0.faults.json) })))
      case ("POST", "/admin/faults"):
        try setFaults(try body(of: request))
        reply.send(.json(.object(products.map { (key: $0.name, value: $0.faults.json) })))
      case ("POST", "/admin/disconnect"):
        let count = try disconnect(try body(of: request))
        reply.send(.json(["disconnected": .integer(count)]))
      case ("POST", "/admin/funding"):
        reply.send(.json(try setFunding(try body(of: request))))
      case ("POST", "/admin/lose"):
        let count = try lose(try body(of: request))
        reply.send(.json(["connections": .integer(count)]))
      case ("GET", "/admin/state"): reply.send(.json(try state(request.queryFields)))
      case ("POST", "/admin/quit"):
        // Late enough for the answer to be written.
        quitTime = now.monotonic + 20_000_000
        reply.send(.json(["quitting": true]))
      default: throw AdminRefusal(404, "no such place: \(request.method) \(request.path)")
      }
    } catch {
      reply.send(.json(["error": .string(error.reason)], status: error.status))
    }
  }

  private struct AdminRefusal: Error {
    var status: Int
    var reason: String
    init(_ status: Int, _ reason: String) {
      self.status = status
      self.reason = reason
    }
  }

  private func body(of request: HTTPRequest) throws(AdminRefusal) -> JSONValue {
    if request.body.isEmpty { return [:] }
    do throws(JSONError) {
      let value = try JSONValue.parse(request.body)
      if value.members != nil { return value }
    } catch {
      throw AdminRefusal(400, error.description)
    }
    throw AdminRefusal(400, "expected a JSON object")
  }

  private func chosen(_ name: String?) throws(AdminRefusal) -> [ProductServer] {
    guard let name else { return products }
    let found = products.filter { $0.name == name }
    if found.isEmpty {
      throw AdminRefusal(
        404, "no product \(name); there are \(products.map(\.name).joined(separator: ", "))")
    }
    return found
  }

  private func setFaults(_ body: JSONValue) throws(AdminRefusal) {
    var changes: [(product: ProductServer, faults: ServerFaults)] = []
    for product in try chosen(body["product"]?.string) {
      var faults = product.faults
      do throws(ServerFaultsError) {
        if let fields = body["faults"] { try faults.apply(fields) }
      } catch {
        throw AdminRefusal(400, error.description)
      }
      if let seconds = body["ban_seconds"] {
        guard let whole = seconds.integer, (0...1_000_000_000).contains(whole) else {
          throw AdminRefusal(400, "ban_seconds: expected whole seconds, at least 0")
        }
        let wall = ServerLoop.readClocks().realtime
        faults.bannedUntil = whole == 0 ? 0 : wall + whole * 1_000_000_000
      }
      changes.append((product, faults))
    }
    for change in changes { change.product.setFaults(change.faults) }
  }

  private func setFunding(_ body: JSONValue) throws(AdminRefusal) -> JSONValue {
    let chosen = try chosen(body["product"]?.string)
    guard let seconds = body["interval_seconds"]?.integer, (0...1_000_000).contains(seconds) else {
      throw AdminRefusal(400, "interval_seconds: expected whole seconds, 0 to 1,000,000")
    }
    for product in chosen { product.setFundingInterval(seconds * 1_000_000_000) }
    return ["interval_seconds": .integer(seconds)]
  }

  /// How many WebSocket connections were ended.
  private func disconnect(_ body: JSONValue) throws(AdminRefusal) -> Int {
    var count = 0
    for product in try chosen(body["product"]?.string) {
      let wanted = body["connection"]?.integer
      let connections = product.openConnections.filter { wanted == nil || Int64($0.id) == wanted }
      count += connections.count
      if let code = body["code"]?.integer {
        guard (1000...4999).contains(code) else {
          throw AdminRefusal(400, "code: expected 1000 to 4999")
        }
        let reason = body["reason"]?.string ?? ""
        for connection in connections { connection.close(code: UInt16(code), reason: reason) }
      } else if wanted == nil {
        product.disconnectAll()
      } else {
        for connection in connections { connection.disconnect() }
      }
    }
    return count
  }

  /// How many connections lose what is pushed.
  private func lose(_ body: JSONValue) throws(AdminRefusal) -> Int {
    guard let path = body["path"]?.string, path.hasPrefix("/") else {
      throw AdminRefusal(400, "path: expected the path at which connections were opened")
    }
    guard let time = body["nanoseconds"]?.integer, (0...1 << 61).contains(time) else {
      throw AdminRefusal(400, "nanoseconds: expected a whole number, at least 0")
    }
    var count = 0
    for product in try chosen(body["product"]?.string) {
      count += product.losePushes(for: time, at: path)
    }
    return count
  }

  private func state(_ query: FormFields) throws(AdminRefusal) -> JSONValue {
    .object(
      try chosen(query["product"]).map { product in
        let connections = product.openConnections.map { connection -> JSONValue in
          [
            "id": .integer(connection.id), "path": .string(connection.path),
            "query": connection.query.map { .string($0) } ?? nil,
            "open": .boolean(connection.isOpen),
            "queued_bytes": .integer(connection.queuedBytes),
          ]
        }
        let value: JSONValue = [
          "connections": .array(connections), "streams": .integer(product.streamCount),
          "faults": product.faults.json, "venue": product.state(query),
        ]
        return (key: product.name, value: value)
      })
  }
}
