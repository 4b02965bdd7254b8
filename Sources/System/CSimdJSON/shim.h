// Nothing: simdjson.h is C++ and stays out of the importers of this module.
