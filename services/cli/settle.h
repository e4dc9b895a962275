/* Settled: everything that can happen at the clock's instant has happened (DOMAIN: two clocks). Pure: decided from what
 * the programs say of themselves (status files, read before and after the database) and from the database.
 *
 * Keys looked at in a status file: numbers `files_pending`, `wake_at` (domain ms at which the program wants to look
 * again; 0 or absent = not by itself), `stream/NAME/last_seq`, `stream/NAME/acked_seq`; text `stream/NAME/halt` (absent
 * or "" = not halted), or state "halted" for all its streams. */
#ifndef DUBAN_CLI_SETTLE_H
#define DUBAN_CLI_SETTLE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/store/query_settle.h"

struct settle_process {
    char name[STATUS_WORD_MAX]; /* of its status file */
    struct status status;
    bool alive;
};
struct settle_upstream {
    struct settle_process *processes; /* by name */
    size_t count;
};

struct settle_input {
    int64_t step; /* the clock's; -1: real clock */
    struct instant now;
    const struct settle_upstream *before, *after;
    const struct settle_database *database;
    size_t expected; /* at least so many programs; 0 = any number */
};
enum { SETTLE_WORDS_MAX = 40, SETTLE_WORD_MAX = 200 };
struct settle_result {
    bool settled;
    int64_t step;
    struct instant next_at; /* when something would happen by itself, > now; INSTANT_NONE = never */
    char outstanding[SETTLE_WORDS_MAX][SETTLE_WORD_MAX];
    size_t count; /* more than SETTLE_WORDS_MAX are counted, not kept */
};

void settle_decide(const struct settle_input *input, struct settle_result *out);

#endif
