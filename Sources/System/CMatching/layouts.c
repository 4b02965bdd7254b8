// A C target has at least one source; the header asserts its layouts wherever it is included.
#include "needletail_matching.h"
