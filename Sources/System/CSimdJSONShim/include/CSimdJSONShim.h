// simdjson's parse of a document, as a yardstick for our own decoders: benchmarks only.
// https://github.com/simdjson/simdjson/blob/master/doc/dom.md
#ifndef CSIMDJSONSHIM_H
#define CSIMDJSONSHIM_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser, with memory that it keeps from one document to the next.
typedef struct csimdjson_parser csimdjson_parser;

/// NULL where there is no memory.
csimdjson_parser *csimdjson_create(void);
void csimdjson_destroy(csimdjson_parser *parser);

/// Bytes behind a document that must be readable.
size_t csimdjson_padding(void);

/// Parses a whole document: its structure, every number and every string. Tells how many members or elements
/// the outermost value has; -1 where the document is wrong.
int64_t csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t count);

/// The library's version, and the instructions it chose for this processor, such as "haswell".
const char *csimdjson_version(void);
const char *csimdjson_implementation(void);

#ifdef __cplusplus
}
#endif
#endif
