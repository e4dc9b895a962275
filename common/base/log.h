/* Logs: logfmt lines on stderr, one write(2) a line.
 *     time=2026-03-01T09:00:00.123+08:00 level=info program=duban-collector event=batch_committed stream=X events=12
 * Event names are stable and lower case: people search for them. Real time, never domain time. Never log a secret:
 * no keys, tokens, webhook addresses, contents of figures' notes.
 *
 * There is one logger for the process, the only global state of base/: log_init in main sets it up before any thread;
 * logging itself is safe from any thread. Before log_init everything from info on goes out, without program=. */
#ifndef DUBAN_BASE_LOG_H
#define DUBAN_BASE_LOG_H

#include <stdbool.h>

#include "common/base/error.h"
#include "common/base/word.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
extern const struct word log_levels[]; /* debug info warn error: for a configuration's CONFIG_WORD */

/* program must outlive the process (a literal). fd: 2 in main, a pipe or file in tests. */
void log_init(const char *program, enum log_level lowest, int fd);
void log_set_level(enum log_level lowest);

/* format is `key=value key=value …`, split at the spaces of the format, not of the values: log_info("taken",
 * "file=%s rows=%zu", …). Values with spaces, quotes, '=' or control characters come out quoted and escaped, so a
 * hostile file name cannot forge a line. Conversions: d i u x s c p f g with h l ll z j t, flags, widths, precisions.
 * More than 20 lines of one event in 10 s are counted instead; the count follows as suppressed=N. */
__attribute__((format(printf, 3, 4))) void log_write(enum log_level level, const char *event, const char *format, ...);
#define log_debug(event, ...) log_write(LOG_LEVEL_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...) log_write(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_write(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_write(LOG_LEVEL_ERROR, event, __VA_ARGS__)
/* An error value: code=, place=, errno=, message=. */
void log_failure(enum log_level level, const char *event, const struct error *err);

#endif
