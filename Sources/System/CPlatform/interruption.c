#include "CPlatform.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static atomic_int interruption_count;
static char exit_text[64];
static volatile sig_atomic_t exit_text_length;

static void interrupted(int signal_number) {
  (void)signal_number;
  if (atomic_fetch_add(&interruption_count, 1) == 0) return;
  if (exit_text_length > 0) {
    ssize_t written = write(STDOUT_FILENO, exit_text, (size_t)exit_text_length);
    (void)written;
  }
  _exit(130);
}

int cplatform_handle_interruption(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = interrupted;
  if (sigaction(SIGINT, &action, NULL) != 0) return errno;
  if (sigaction(SIGTERM, &action, NULL) != 0) return errno;
  action.sa_handler = SIG_IGN;
  return sigaction(SIGPIPE, &action, NULL) == 0 ? 0 : errno;
}

int cplatform_interruption_count(void) {
  return atomic_load_explicit(&interruption_count, memory_order_relaxed);
}

void cplatform_request_interruption(void) {
  int none = 0;
  atomic_compare_exchange_strong(&interruption_count, &none, 1);
}

void cplatform_set_exit_text(const char *text) {
  size_t length = strnlen(text, sizeof exit_text - 1);
  exit_text_length = 0;
  memcpy(exit_text, text, length);
  exit_text_length = (sig_atomic_t)length;
}
