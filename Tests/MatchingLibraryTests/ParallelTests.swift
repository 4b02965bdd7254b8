import CMatching
import MatchingLibrary
import Testing

/// Books of one library on many threads.
@Suite struct ParallelTests {
  /// Opaque pointers are not `Sendable`; a library may be used from any thread.
  struct SharedLibrary: @unchecked Sendable { let pointer: OpaquePointer }

  @Test func booksWorkInParallel() async throws {
    let fixture = try LibraryFixture(bookCapacity: 9)
    let library = SharedLibrary(pointer: fixture.library)
    let hashes = await withTaskGroup(of: UInt64.self) { group in
      for _ in 0..<8 { group.addTask { Self.play(library.pointer) } }
      return await group.reduce(into: [UInt64]()) { $0.append($1) }
    }
    #expect(hashes.count == 8 && Set(hashes).count == 1 && hashes[0] != 0)
  }

  /// Threads race for fewer places than there are threads: nobody gets another's book.
  @Test func placesAreClaimedOnce() async throws {
    let fixture = try LibraryFixture(bookCapacity: 3)
    let library = SharedLibrary(pointer: fixture.library)
    let counts = await withTaskGroup(of: (made: Int, wrong: Int).self) { group in
      for owner: UInt64 in 1...4 { group.addTask { Self.claim(library.pointer, owner) } }
      return await group.reduce((made: 0, wrong: 0)) { ($0.made + $1.made, $0.wrong + $1.wrong) }
    }
    #expect(counts.made > 0 && counts.wrong == 0)
  }

  private static func play(_ library: OpaquePointer) -> UInt64 {
    var book: ntm_book = 0
    var config = LibraryFixture.config
    guard ntm_book_create(library, &config, &book) == NTM_OK else { return 0 }
    for id: UInt64 in 1...4_000 {
      let side = id % 3 == 0 ? NTM_SIDE_SELL : NTM_SIDE_BUY
      var order = LibraryFixture.order(side, id, Int64(id * 7 % 40), Int64(id % 9 + 1))
      _ = ntm_submit(library, book, &order)
      if id % 5 == 0 { _ = ntm_cancel(library, book, id * 31 % id) }
    }
    var hash: UInt64 = 0
    _ = ntm_state_hash(library, book, &hash)
    return ntm_book_destroy(library, book) == NTM_OK ? hash : 0
  }

  private static func claim(_ library: OpaquePointer, _ owner: UInt64) -> (made: Int, wrong: Int) {
    var made = 0
    var wrong = 0
    for _ in 0..<300 {
      var book: ntm_book = 0
      var config = LibraryFixture.config
      let status = ntm_book_create(library, &config, &book)
      if status == NTM_ERROR_CAPACITY { continue }
      made += 1
      var order = LibraryFixture.order(NTM_SIDE_BUY, owner, 1, 1)
      let isOwn =
        ntm_submit(library, book, &order) == NTM_OK
        && ntm_cancel(library, book, owner) == NTM_OK
        && ntm_book_destroy(library, book) == NTM_OK
      if !isOwn { wrong += 1 }
    }
    return (made, wrong)
  }
}
