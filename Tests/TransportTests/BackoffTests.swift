import Testing

@testable import Transport

@Suite struct BackoffTests {
  @Test(arguments: UInt64(0)..<20)
  func waitsDoubleUpToTheCeiling(seed: UInt64) {
    var backoff = Backoff(seed: seed)
    var same = Backoff(seed: seed)
    var step = backoff.policy.first
    for failure in 1...20 {
      let wait = backoff.closed(at: 0)
      #expect(wait > step / 2 && wait <= step)
      #expect(wait == same.closed(at: 7))
      #expect(backoff.failureCount == failure)
      step = min(step * 2, backoff.policy.ceiling)
    }
  }

  @Test func aLossIsAnsweredAtOnceAFewTimes() {
    var backoff = Backoff(seed: 1)
    let policy = backoff.policy
    for _ in 0..<policy.promptCount {
      backoff.opened(at: 0)
      #expect((1...policy.prompt).contains(backoff.closed(at: 0)))
    }
    #expect(backoff.failureCount == 0)
    // No more of that, before time has passed.
    backoff.opened(at: policy.promptInterval - 1)
    #expect(backoff.closed(at: policy.promptInterval - 1) > policy.first / 2)
    #expect(backoff.failureCount == 1)
    backoff.opened(at: policy.promptInterval)
    #expect(backoff.closed(at: policy.promptInterval) <= policy.prompt)
    backoff.opened(at: policy.promptInterval)
    #expect(backoff.closed(at: policy.promptInterval) > policy.first / 2)
    // What was never open is no loss.
    #expect(backoff.closed(at: .max / 2) > policy.first / 2)
    #expect(backoff.failureCount == 3)
    // All of them again.
    for _ in 0..<policy.promptCount {
      backoff.opened(at: .max / 2)
      #expect(backoff.closed(at: .max / 2) <= policy.prompt)
    }
    #expect(backoff.failureCount == 3)
  }

  @Test func onlyAStableConnectionResets() {
    var policy = Backoff.Policy()
    policy.promptCount = 0
    var backoff = Backoff(policy: policy, seed: 1)
    for _ in 0..<5 { _ = backoff.closed(at: 0) }
    backoff.opened(at: 1000)
    _ = backoff.closed(at: 1000 + backoff.policy.stable - 1)
    #expect(backoff.failureCount == 6)
    backoff.opened(at: 0)
    #expect(backoff.closed(at: backoff.policy.stable) <= backoff.policy.first)
    #expect(backoff.failureCount == 1)
  }

  @Test func theSmallestPolicy() {
    var policy = Backoff.Policy()
    policy.first = 1
    policy.ceiling = 1
    policy.prompt = 1
    var backoff = Backoff(policy: policy, seed: 3)
    for _ in 0..<100 { #expect(backoff.closed(at: 0) == 1) }
    policy.ceiling = .max
    backoff = Backoff(policy: policy, seed: 3)
    for _ in 0..<100 { #expect(backoff.closed(at: 0) > 0) }
  }
}
