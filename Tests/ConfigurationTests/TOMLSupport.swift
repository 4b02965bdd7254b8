import Configuration
import Testing

/// A document's values on one line: `{a: 1, b: {c: "x"}}`; floats and dates by their text.
func written(_ table: TOMLTable) -> String {
  "{" + table.entries.map { "\($0.key): \(written($0.value))" }.joined(separator: ", ") + "}"
}

func written(_ value: TOMLValue) -> String {
  switch value.content {
  case .string(let text): "\"\(text)\""
  case .integer(let number): "\(number)"
  case .float(let text): "f\(text)"
  case .boolean(let flag): "\(flag)"
  case .date(let kind, let text): "\(kind) \(text)"
  case .array(let values): "[" + values.map(written).joined(separator: ", ") + "]"
  case .table(let table): written(table)
  }
}

func parse(_ text: String) throws -> TOMLTable { try TOMLDocument.parse(Array(text.utf8)) }

/// The error that a document leads to; nil for one that is taken.
func mistake(_ bytes: [UInt8]) -> TOMLError? {
  do throws(TOMLError) {
    _ = try TOMLDocument.parse(bytes)
    return nil
  } catch {
    return error
  }
}

/// Documents that have every construct, to change at random.
let corpus = [
  """
  # A comment
  title = "TOML \\u00e9 \\U0001F600 \\"quoted\\" \\t"
  'literal key' = 'C:\\Users'
  "a.b" = [1, 2.5e-3, 0xdead_beef, 0o17, 0b101, inf, -nan, +1_000]
  when = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5-07:00, 1979-05-27, 07:32:00]
  text = \"\"\"
  first \\
     second ""quotes"" \"\"\"\"\"
  raw = '''
  as it ''stands''
  '''
  point = { x = 1, y.z = [ { a = true }, {} ] }
  [a.b.c]
  d.e.f = false
  [a]
  [[products]]
  name = "é"
  [products.sizes]
  [[products]]
  [[products.variants]]
  """
]
