import Glibc
import TradingModel
import Venues

/// `needletail book`: follows a recorded feed and prints books and totals as JSON lines.
///
/// - Parameters:
///   - arguments: those behind `book`.
///   - output: the file descriptor that results go to.
/// - Returns: the exit code: 0 done, 1 the output failed, 2 wrong usage or a bad file.
public func runBookCommand(arguments: [String], output: Int32 = 1) -> Int32 {
  // A reader that goes away is seen at the next write, not as a signal.
  signal(SIGPIPE, SIG_IGN)
  do throws(BookOptions.Mistake) {
    let options = try BookOptions(arguments)
    if options.wantsHelp {
      return writeAll(BookOptions.help, to: output) ? 0 : 1
    }
    return followBook(options, output)
  } catch {
    printForPeople(error.message + "; see needletail book --help")
    return 2
  }
}

/// A line for people, on standard error.
func printForPeople(_ text: String) { _ = writeAll("needletail book: \(text)\n", to: 2) }

/// Writes the whole of `text`; false when the descriptor does not take it.
private func writeAll(_ text: String, to descriptor: Int32) -> Bool {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written > 0 {
      bytes = bytes.dropFirst(written)
    } else if errno != EINTR {
      return errno == EPIPE
    }
  }
  return true
}

private func followBook(_ options: BookOptions, _ output: Int32) -> Int32 {
  do throws(FeedError) {
    let survey = try CaptureSurvey(kind: options.kind, files: options.files)
    var scale = try survey.scale(symbol: options.symbol)
    guard let listing = bookListing(options, &scale) else { return 2 }
    for truncation in survey.truncations { printForPeople("warning: \(truncation)") }
    var run = try BookRun(
      options: options, listing: listing, scale: scale, survey: survey, descriptor: output)
    let failure = try run.run()
    // The reader has gone: nothing is wrong.
    if failure == 0 || failure == EPIPE { return 0 }
    printForPeople("standard output: \(String(cString: strerror(failure)))")
    return 1
  } catch {
    printForPeople("\(error)")
    return 2
  }
}

/// The listing to follow; nil, and the reason told, when the instruments file is of no use.
private func bookListing(_ options: BookOptions, _ scale: inout SymbolScale) -> Listing? {
  let symbol = scale.symbol.isEmpty ? options.symbol ?? "" : scale.symbol
  var listing = Listing(
    index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .spot,
    priceDecimals: scale.priceDecimals, quantityDecimals: scale.quantityDecimals)
  if let path = options.instruments {
    do {
      let file = try InstrumentFile(path: path)
      guard
        let definition = try file.definition(feed: options.feed, options.kind, symbol: symbol)
      else {
        printForPeople(
          "\(path): defines no '\(symbol)' of '\(options.feed)'; add it, or leave out "
            + "--instruments" + (symbol.isEmpty ? ", or name the --symbol" : ""))
        return nil
      }
      listing = try definition.listing(
        index: 0, venue: 0, instrument: 0, base: 0, quote: 1, priceDecimals: scale.priceDecimals,
        quantityDecimals: scale.quantityDecimals)
    } catch {
      printForPeople("\(error)")
      return nil
    }
  }
  scale.priceDecimals = Int(listing.priceDecimals)
  scale.quantityDecimals = Int(listing.quantityDecimals)
  return listing
}
