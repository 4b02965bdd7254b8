// Nothing: libwebsockets.h and what it includes stay out of the importers of this module.
