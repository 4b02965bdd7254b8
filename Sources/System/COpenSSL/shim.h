// SHA-256's plain-data context is what lets a signature be made without any allocation; OpenSSL 3
// would rather see EVP, which allocates.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

// A macro that Swift cannot see.
static inline EVP_PKEY *copenssl_generate_p256_key(void) { return EVP_EC_gen("P-256"); }
