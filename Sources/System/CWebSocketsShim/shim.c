#include "CWebSocketsShim.h"

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

// `inflated_bytes` is so large, and with it the deflater's output (2^22 bytes), that a piece that
// was read and a message that is written go through zlib in one step each. libwebsockets 4.1 goes
// wrong in the next steps: it reads the message again after we gave it up, and it asserts that a
// last step makes at least four bytes. Memory that is not touched costs nothing.
// `handshake_seconds` is long because it also ends connections that clients open ahead of need.
enum { receive_bytes = 64 * 1024, handshake_seconds = 3600, inflated_bytes = 4 * 1024 * 1024 };
#define DEFLATED_BITS "22"

// libwebsockets keeps the pointers that it is given, so what they point to is kept here.
struct listener {
  struct listener *next;
  intptr_t number;
  char name[32];
  char address[64];
  char certificate_path[4096];
  char key_path[4096];
};

struct cws_server {
  struct lws_context *context;
  struct lws_vhost *inside;
  cws_handler handler;
  void *user;
  struct listener *listeners;
  int listener_count;
  uint8_t *scratch;  // LWS_PRE bytes of head room, then a frame.
  size_t scratch_count;
};

static int report(
    struct lws *wsi, enum cws_event event, const void *bytes, size_t count, unsigned flags) {
  struct cws_server *server = lws_context_user(lws_get_context(wsi));
  struct lws_vhost *vhost = lws_get_vhost(wsi);
  struct listener *listener = vhost ? lws_get_vhost_user(vhost) : NULL;
  return server->handler(
      server->user, event, (cws_stream *)wsi, (uintptr_t)lws_get_opaque_user_data(wsi),
      listener ? listener->number : -1, bytes, count, flags);
}

static int on_bytes(
    struct lws *wsi, enum lws_callback_reasons reason, void *session, void *bytes, size_t count) {
  (void)session;
  switch (reason) {
  case LWS_CALLBACK_RAW_RX: return report(wsi, cws_stream_data, bytes, count, 0);
  case LWS_CALLBACK_RAW_WRITEABLE: return report(wsi, cws_stream_writable, NULL, 0, 0);
  case LWS_CALLBACK_RAW_CLOSE: return report(wsi, cws_stream_closed, NULL, 0, 0);
  default: return 0;
  }
}

static int on_socket(
    struct lws *wsi, enum lws_callback_reasons reason, void *session, void *bytes, size_t count) {
  (void)session;
  const uint8_t *text = bytes;
  switch (reason) {
  case LWS_CALLBACK_ESTABLISHED:
    lws_set_extension_option(wsi, "permessage-deflate", "rx_buf_size", DEFLATED_BITS);
    lws_set_extension_option(wsi, "permessage-deflate", "tx_buf_size", DEFLATED_BITS);
    return report(wsi, cws_socket_opened, NULL, 0, 0);
  case LWS_CALLBACK_RECEIVE: {
    unsigned flags = (lws_is_first_fragment(wsi) ? cws_first : 0) |
                     (lws_is_final_fragment(wsi) ? cws_final : 0) |
                     (lws_frame_is_binary(wsi) ? cws_binary : 0);
    return report(wsi, cws_socket_data, bytes, count, flags);
  }
  case LWS_CALLBACK_SERVER_WRITEABLE: return report(wsi, cws_socket_writable, NULL, 0, 0);
  case LWS_CALLBACK_RECEIVE_PONG: return report(wsi, cws_socket_pong, bytes, count, 0);
  case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
    if (count < 2) return report(wsi, cws_socket_closing, NULL, 0, 0);
    return report(
        wsi, cws_socket_closing, text + 2, count - 2, (unsigned)text[0] << 8 | text[1]);
  case LWS_CALLBACK_CLOSED: return report(wsi, cws_socket_closed, NULL, 0, 0);
  // The front decided before the bridge was made; whatever is asked of this role is refused.
  case LWS_CALLBACK_HTTP: return -1;
  case LWS_CALLBACK_CLOSED_HTTP: return report(wsi, cws_socket_closed, NULL, 0, 0);
  default: return 0;
  }
}

static int on_tick(
    struct lws *wsi, enum lws_callback_reasons reason, void *session, void *bytes, size_t count) {
  (void)session, (void)bytes, (void)count;
  uint64_t expirations;
  if (reason != LWS_CALLBACK_RAW_RX_FILE) return 0;
  if (read(lws_get_socket_fd(wsi), &expirations, sizeof expirations) < 0) return 0;
  return report(wsi, cws_tick, NULL, 0, 0);
}

static const struct lws_protocols bytes_protocols[] = {
    {.name = "bytes", .callback = on_bytes, .rx_buffer_size = receive_bytes}, {.name = NULL}};
static const struct lws_protocols inside_protocols[] = {
    {.name = "socket", .callback = on_socket, .rx_buffer_size = inflated_bytes},
    {.name = "bytes", .callback = on_bytes, .rx_buffer_size = receive_bytes},
    {.name = "tick", .callback = on_tick},
    {.name = NULL}};
static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"},
    {NULL, NULL, NULL}};
// Zeros: the library sends no pings of its own and ends no idle connection; fronts decide.
static const lws_retry_bo_t no_idle_policy = {0};

static int start_ticks(struct cws_server *server, int64_t nanoseconds) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) return -1;
  struct itimerspec times = {0};
  times.it_interval.tv_sec = nanoseconds / 1000000000;
  times.it_interval.tv_nsec = nanoseconds % 1000000000;
  times.it_value = times.it_interval;
  if (timerfd_settime(fd, 0, &times, NULL) < 0) {
    close(fd);
    return -1;
  }
  lws_sock_file_fd_type descriptor = {.filefd = fd};
  return lws_adopt_descriptor_vhost(
             server->inside, LWS_ADOPT_RAW_FILE_DESC, descriptor, "tick", NULL)
             ? 0
             : -1;
}

cws_server *cws_create(cws_handler handler, void *user, int64_t tick_nanoseconds) {
  struct cws_server *server = calloc(1, sizeof *server);
  if (!server) return NULL;
  server->handler = handler;
  server->user = user;
  lws_set_log_level(0, NULL);

  struct lws_context_creation_info info;
  memset(&info, 0, sizeof info);
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.uid = -1;
  info.gid = -1;
  info.user = server;
  info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                 LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME | LWS_SERVER_OPTION_DISABLE_IPV6;
  info.pt_serv_buf_size = receive_bytes;
  info.timeout_secs = handshake_seconds;
  info.retry_and_idle_policy = &no_idle_policy;
  // Its tables have a place for every descriptor that may be open; some systems allow a milliard.
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > 1 << 20) {
    info.fd_limit_per_thread = 4096;
  }
  server->context = lws_create_context(&info);
  if (!server->context) {
    free(server);
    return NULL;
  }

  memset(&info, 0, sizeof info);
  info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
  info.vhost_name = "inside";
  info.protocols = inside_protocols;
  info.extensions = extensions;
  info.retry_and_idle_policy = &no_idle_policy;
  server->inside = lws_create_vhost(server->context, &info);
  if (!server->inside || start_ticks(server, tick_nanoseconds) < 0) {
    cws_destroy(server);
    return NULL;
  }
  // A peer that goes away is an error of a write, not the end of the process.
  struct sigaction action;
  if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
    signal(SIGPIPE, SIG_IGN);
  }
  return server;
}

void cws_destroy(cws_server *server) {
  lws_context_destroy(server->context);
  while (server->listeners) {
    struct listener *next = server->listeners->next;
    free(server->listeners);
    server->listeners = next;
  }
  free(server->scratch);
  free(server);
}

// Copies a text, empty for none; 0 where it is too long.
static int keep(char *copy, size_t size, const char *text) {
  return snprintf(copy, size, "%s", text ? text : "") < (int)size;
}

int cws_listen(
    cws_server *server, intptr_t number, const char *address, int port,
    const char *certificate_path, const char *key_path) {
  struct listener *listener = calloc(1, sizeof *listener);
  if (!listener) return -1;
  listener->number = number;
  listener->next = server->listeners;
  server->listeners = listener;

  // Virtual hosts of one port are told apart by name, so names differ.
  snprintf(listener->name, sizeof listener->name, "listener-%d", ++server->listener_count);
  if (!keep(listener->address, sizeof listener->address, address) ||
      !keep(listener->certificate_path, sizeof listener->certificate_path, certificate_path) ||
      !keep(listener->key_path, sizeof listener->key_path, key_path)) {
    return -1;
  }
  struct lws_context_creation_info info;
  memset(&info, 0, sizeof info);
  info.port = port;
  info.iface = listener->address;
  info.vhost_name = listener->name;
  info.user = listener;
  info.protocols = bytes_protocols;
  info.timeout_secs = handshake_seconds;
  info.listen_accept_role = "raw-skt";
  info.listen_accept_protocol = "bytes";
  info.retry_and_idle_policy = &no_idle_policy;
  info.options = LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG |
                 LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
  if (certificate_path) {
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.ssl_cert_filepath = listener->certificate_path;
    info.ssl_private_key_filepath = listener->key_path;
    info.alpn = "http/1.1";
  }
  struct lws_vhost *vhost = lws_create_vhost(server->context, &info);
  if (!vhost) return -1;
  int bound = lws_get_vhost_listen_port(vhost);
  return bound > 0 ? bound : -1;
}

int cws_service(cws_server *server) { return lws_service(server->context, 0); }

int cws_poll(cws_server *server) { return lws_service(server->context, -1); }

void cws_set_owner(cws_stream *stream, uintptr_t owner) {
  // The time that a TLS handshake may take goes on running after it (libwebsockets 4.1).
  lws_set_timeout((struct lws *)stream, NO_PENDING_TIMEOUT, 0);
  lws_set_opaque_user_data((struct lws *)stream, (void *)owner);
}

void cws_ask_writable(cws_stream *stream) { lws_callback_on_writable((struct lws *)stream); }

void cws_set_reading(cws_stream *stream, int is_reading) {
  lws_rx_flow_control((struct lws *)stream, is_reading ? 1 : 0);
}

void cws_cut(cws_stream *stream) {
  lws_set_timeout((struct lws *)stream, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
}

int cws_is_choked(cws_stream *stream) { return lws_send_pipe_choked((struct lws *)stream); }

int cws_write(cws_stream *stream, const uint8_t *bytes, size_t count) {
  // LWS_WRITE_RAW neither needs head room nor changes the bytes.
  return lws_write((struct lws *)stream, (unsigned char *)bytes, count, LWS_WRITE_RAW);
}

int cws_write_frame(
    cws_stream *socket, enum cws_frame kind, const uint8_t *bytes, size_t count) {
  struct lws *wsi = (struct lws *)socket;
  struct cws_server *server = lws_context_user(lws_get_context(wsi));
  if (server->scratch_count < LWS_PRE + count) {
    uint8_t *larger = realloc(server->scratch, LWS_PRE + count);
    if (!larger) return -1;
    server->scratch = larger;
    server->scratch_count = LWS_PRE + count;
  }
  if (count) memcpy(server->scratch + LWS_PRE, bytes, count);
  enum lws_write_protocol protocol = kind == cws_text_frame     ? LWS_WRITE_TEXT
                                     : kind == cws_binary_frame ? LWS_WRITE_BINARY
                                                                : LWS_WRITE_PING;
  return lws_write(wsi, server->scratch + LWS_PRE, count, protocol);
}

void cws_set_close(cws_stream *socket, unsigned code, const uint8_t *reason, size_t count) {
  lws_close_reason(
      (struct lws *)socket, (enum lws_close_status)code, (unsigned char *)reason, count);
}

static struct lws *adopt(
    struct cws_server *server, lws_adoption_type type, int fd, const char *protocol,
    uintptr_t owner) {
  lws_adopt_desc_t descriptor;
  memset(&descriptor, 0, sizeof descriptor);
  descriptor.vh = server->inside;
  descriptor.type = type;
  descriptor.fd.sockfd = fd;
  descriptor.vh_prot_name = protocol;
  descriptor.opaque = (void *)owner;
  return lws_adopt_descriptor_vhost_via_info(&descriptor);
}

cws_stream *cws_bridge(cws_server *server, uintptr_t outer_owner, uintptr_t inner_owner) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0) return NULL;
  // A failed adoption closes its descriptor.
  if (!adopt(server, LWS_ADOPT_HTTP | LWS_ADOPT_SOCKET, ends[1], NULL, inner_owner)) {
    close(ends[0]);
    return NULL;
  }
  return (cws_stream *)adopt(server, LWS_ADOPT_SOCKET, ends[0], "bytes", outer_owner);
}
