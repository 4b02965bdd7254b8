// SHA-256's plain-data context is what lets a signature be made without any allocation; OpenSSL 3
// would rather see EVP, which allocates.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
