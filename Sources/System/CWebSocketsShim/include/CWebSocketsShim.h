// libwebsockets as Swift needs it: one callback, opaque handles, numbers for owners.
//
// A listener hands out plain byte streams (its raw-skt role, TLS or not). Where a stream's request
// is a WebSocket handshake, a bridge takes over: one end is a byte stream, the other a connection of
// libwebsockets' own HTTP and WebSocket roles, which does handshake, frames and compression. This is
// how request lines stay readable undecoded: the library's HTTP role keeps only a decoded form, and
// venues sign the undecoded one.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct cws_server cws_server;
typedef struct cws_stream cws_stream;

enum cws_event {
  // Byte streams: accepted ones and the outer ends of bridges.
  cws_stream_data,
  cws_stream_writable,
  cws_stream_closed,
  // WebSocket connections: the inner ends of bridges.
  cws_socket_opened,
  cws_socket_data,  // flags: cws_first, cws_final, cws_binary
  cws_socket_writable,
  cws_socket_pong,
  cws_socket_closing,  // by the peer; flags: its close code, 0 for none; bytes: its reason
  cws_socket_closed,
  cws_tick
};
enum { cws_first = 1, cws_final = 2, cws_binary = 4 };
enum cws_frame { cws_text_frame, cws_binary_frame, cws_ping_frame };

// `listener` is the number given to cws_listen, -1 inside; `owner` the stream's, 0 until it is set.
// Another answer than 0 closes the stream.
typedef int (*cws_handler)(
    void *user, enum cws_event event, cws_stream *stream, uintptr_t owner, intptr_t listener,
    const uint8_t *bytes, size_t count, unsigned flags);

// A server that calls `handler` with cws_tick every `tick_nanoseconds`; null where it cannot be.
cws_server *cws_create(cws_handler handler, void *user, int64_t tick_nanoseconds);
// Cuts everything; the handler hears of every stream's end.
void cws_destroy(cws_server *server);
// Listens on an IPv4 address; port 0 chooses. With TLS where a certificate is given. The port, or -1.
int cws_listen(
    cws_server *server, intptr_t listener, const char *address, int port,
    const char *certificate_path, const char *key_path);
// Waits for events and handles them; negative when the server is at its end.
int cws_service(cws_server *server);
// The same without waiting.
int cws_poll(cws_server *server);

void cws_set_owner(cws_stream *stream, uintptr_t owner);
void cws_ask_writable(cws_stream *stream);
// Whether bytes that arrive are reported; where not, the sender is held back.
void cws_set_reading(cws_stream *stream, int is_reading);
// Cuts the stream soon after this call, without waiting for what is unsent.
void cws_cut(cws_stream *stream);
// Nonzero where a write would wait.
int cws_is_choked(cws_stream *stream);
// Writes all bytes, keeping a copy of what the system does not take at once; negative on error.
int cws_write(cws_stream *stream, const uint8_t *bytes, size_t count);
// Writes a frame of a WebSocket connection; negative on error.
int cws_write_frame(
    cws_stream *socket, enum cws_frame kind, const uint8_t *bytes, size_t count);
// What a WebSocket connection's close frame says when the handler next answers nonzero.
void cws_set_close(cws_stream *socket, unsigned code, const uint8_t *reason, size_t count);
// Makes a bridge: its outer end, owned by `outer_owner`; the inner end is owned by `inner_owner`.
cws_stream *cws_bridge(cws_server *server, uintptr_t outer_owner, uintptr_t inner_owner);
