#include <curl/curl.h>

// Swift does not call functions with `...`, and libcurl's header hides them behind macros.

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

typedef size_t (*ccurl_take)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_take(CURL *handle, ccurl_take take) {
  return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
}

typedef int (*ccurl_progress)(
    void *context, curl_off_t down, curl_off_t downNow, curl_off_t up, curl_off_t upNow);

static inline CURLcode ccurl_set_progress(CURL *handle, ccurl_progress progress) {
  return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, progress);
}

static inline CURLcode ccurl_get_size(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
