#include "CSimdJSONShim.h"

#include <simdjson.h>

#include <new>
#include <string>

struct csimdjson_parser {
  simdjson::dom::parser parser;
};

csimdjson_parser *csimdjson_create(void) { return new (std::nothrow) csimdjson_parser; }

void csimdjson_destroy(csimdjson_parser *parser) { delete parser; }

size_t csimdjson_padding(void) { return simdjson::SIMDJSON_PADDING; }

int64_t csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t count) {
  simdjson::dom::element root;
  // false: the padding is there, nothing is copied.
  if (parser->parser.parse(bytes, count, false).get(root) != simdjson::SUCCESS) return -1;
  simdjson::dom::object object;
  if (root.get(object) == simdjson::SUCCESS) return static_cast<int64_t>(object.size());
  simdjson::dom::array array;
  return root.get(array) == simdjson::SUCCESS ? static_cast<int64_t>(array.size()) : 0;
}

const char *csimdjson_version(void) { return SIMDJSON_STRINGIFY(SIMDJSON_VERSION); }

const char *csimdjson_implementation(void) {
  static const std::string name = simdjson::get_active_implementation()->name();
  return name.c_str();
}
