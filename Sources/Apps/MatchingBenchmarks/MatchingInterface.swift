import CComparison
import Glibc
import MatchingComparison
import MatchingFlow

/// The functions of one engine behind the comparison's interface: the built-in one's, or those of a
/// shared library.
struct MatchingInterface {
  typealias NewOrder = @convention(c) (UnsafePointer<new_order_t>) -> Void
  typealias Cancel = @convention(c) (UnsafePointer<cancel_t>) -> Void
  typealias Modify = @convention(c) (UnsafePointer<modify_t>) -> Void
  typealias Start =
    @convention(c) (UInt64, UnsafePointer<me_transport_t>?, UnsafeMutableRawPointer?) -> Void
  typealias Plain = @convention(c) () -> Void
  typealias Transport = @convention(c) () -> UnsafePointer<me_transport_t>?

  let start: Start
  let shutdown: Plain
  let newOrder: NewOrder
  let cancel: Cancel
  let modify: Modify
  let flush: Plain
  let transport: UnsafePointer<me_transport_t>

  /// The engine that is linked into this program.
  init() {
    start = engineInit
    shutdown = engineShutdown
    newOrder = engineOnNewOrder
    cancel = engineOnCancel
    modify = engineOnModify
    flush = engineFlush
    transport = engineGetTransport()!
  }

  /// The engine of the library at `path`. One without a queue of its own gets ours.
  init(library path: String) throws {
    guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw MatchingFailure(description: "\(path): \(String(cString: dlerror()))")
    }
    func find<Function>(_ name: String, _ type: Function.Type) throws -> Function {
      guard let symbol = dlsym(library, name) else {
        throw MatchingFailure(description: "\(path): no function \(name)")
      }
      return unsafeBitCast(symbol, to: type)
    }
    start = try find("engine_init", Start.self)
    shutdown = try find("engine_shutdown", Plain.self)
    newOrder = try find("engine_on_new_order", NewOrder.self)
    cancel = try find("engine_on_cancel", Cancel.self)
    modify = try find("engine_on_modify", Modify.self)
    flush = try find("engine_flush", Plain.self)
    let own = try? find("engine_get_transport", Transport.self)
    transport = own.flatMap { $0() } ?? engineGetTransport()!
  }

  @inline(__always)
  func send(_ message: UnsafePointer<FlowMessage>) {
    switch message.pointee.kind {
    case .newOrder: newOrder(message.newOrder)
    case .cancel: cancel(message.cancel)
    case .modify: modify(message.modify)
    }
  }
}

/// Why a measurement could not be made.
struct MatchingFailure: Error, CustomStringConvertible {
  var description: String
}
