import Journal
import TradingCore
import TradingModel

/// Why an input did not go through, or could not be recorded.
public enum EngineError: Error, CustomStringConvertible {
  case core(CoreError)
  case journal(JournalError)

  public var description: String {
    switch self {
    case .core(let error): "\(error)"
    case .journal(let error): "\(error)"
    }
  }
}

/// The core with its journal: record, then act.
///
/// `apply` returns once the input and all it led to are in the journal (and, in a `.disk` run, after
/// `commit`, on the disk); only then may the outputs be acted upon.
public struct JournaledCore: ~Copyable {
  public var core: TradingCore
  /// The outputs of the input applied last.
  public var outputs: RecordBuffer
  private var journal: JournalWriter?
  private let hashInterval: UInt64
  private var proof: RecordBuffer

  /// - Parameters:
  ///   - journal: nil keeps nothing, for measurements.
  ///   - hashInterval: the rolling output hash is recorded every so many inputs.
  public init(
    core: consuming TradingCore, journal: consuming JournalWriter?, hashInterval: UInt64 = 4096
  ) {
    outputs = RecordBuffer(capacity: core.capacity.outputByteCount)
    self.core = core
    self.journal = journal
    self.hashInterval = hashInterval
    proof = RecordBuffer(capacity: 128)
  }

  /// Applies an input, and records it with its outputs.
  ///
  /// - Parameter record: a whole record; gets its sequence number.
  public mutating func apply(_ record: UnsafeMutableRawPointer) throws(EngineError) {
    outputs.removeAll()
    do throws(CoreError) {
      try core.apply(record, into: &outputs)
    } catch {
      throw .core(error)
    }
    guard journal != nil else { return }
    try keep(UnsafeRawPointer(record))
    var offset = 0
    while offset < outputs.byteCount {
      let output = UnsafeRawPointer(outputs.base + offset)
      try keep(output, content: output.load64(RecordHeader.contentOffset))
      offset += Int(output.load32(0))
    }
    if core.counts.inputs % hashInterval == 0 { try recordHash() }
  }

  /// Applies an encoded definition or other input that stands in an array.
  public mutating func apply(_ bytes: [UInt8]) throws(EngineError) {
    var bytes = bytes
    let result: Result<Void, EngineError> = bytes.withUnsafeMutableBytes { buffer in
      do throws(EngineError) {
        return .success(try apply(buffer.baseAddress!))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private mutating func keep(
    _ record: UnsafeRawPointer, content: UInt64? = nil
  ) throws(EngineError) {
    do throws(JournalError) {
      try journal?.append(record, byteCount: Int(record.load32(0)), content: content)
    } catch {
      throw .journal(error)
    }
  }

  /// Records the rolling hash over all outputs so far.
  private mutating func recordHash() throws(EngineError) {
    proof.removeAll()
    guard
      let record = proof.append(
        kind: .outputHash, byteCount: OutputHash.byteCount, isOutput: false, time: core.now)
    else { preconditionFailure("Invariant: there is room for one proof") }
    OutputHash(
      hash: core.outputHash.value, outputs: core.counts.outputs, inputs: core.counts.inputs
    ).store(at: record)
    record.store64(core.takeSequence(), 8)
    try keep(UnsafeRawPointer(record))
  }

  private mutating func keepProof(_ bytes: [UInt8]) throws(EngineError) {
    var bytes = bytes
    let sequence = core.takeSequence()
    let result: Result<Void, EngineError> = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress!.store64(sequence, 8)
      do throws(EngineError) {
        return .success(try keep(UnsafeRawPointer(buffer.baseAddress!)))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Waits until all that was applied survives the loss of power, where the run asks for that.
  public mutating func commit() throws(EngineError) {
    do throws(JournalError) {
      try journal?.commit(upTo: core.sequence)
    } catch {
      throw .journal(error)
    }
  }

  /// What the journal holds; nil without one.
  public mutating func journalSummary() -> JournalSummary? { journal?.summary }

  /// Records the orderly end of the run, with the hashes that a replay must reach, and closes the
  /// journal. Returns the state hash.
  public mutating func finish() throws(EngineError) -> (stateHash: UInt64, summary: JournalSummary?)
  {
    let stateHash = core.stateHash()
    if journal != nil {
      try keepProof(
        RunEnd(
          stateHash: stateHash, outputHash: core.outputHash.value, inputs: core.counts.inputs,
          outputs: core.counts.outputs
        ).encoded(time: core.now))
    }
    let summary = journal?.summary
    do throws(JournalError) {
      try journal?.close()
    } catch {
      throw .journal(error)
    }
    journal = nil
    return (stateHash, summary)
  }
}
