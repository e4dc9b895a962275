/* The thread that knows the database: listens for changes, gathers those of 100 ms, reads what stands once in one
 * REPEATABLE READ transaction, makes every document somebody looks at, publishes them in one step and tells the live
 * streams. When nobody looks it only remembers that there is something to read. When the database is away the last
 * documents stay, and say since when. */
#ifndef DUBAN_BOARD_READER_H
#define DUBAN_BOARD_READER_H

#include "common/base/loop.h"
#include "common/base/status.h"
#include "services/board/library.h"
#include "services/board/board.h"

struct reader {
    struct board *board;
    struct clock clock;
    struct loop loop;
    struct pg *pg;
    int watched_fd;
    struct present present;
    struct facts *facts; /* heap; NULL = nothing was read yet */
    struct wanted {
        char *key;
        struct scope_copy scope;
        struct ask ask;
        bool always;
    } * wanted; /* what is made anew at each reading */
    size_t wanted_count, wanted_capacity;
    struct loop_timer look, beat;
    struct tick looked_at; /* end of the last reading, good or not */
    int64_t cost_ms;       /* of the last good one */
    unsigned failures;     /* in a row */
    bool notified;
    struct status status;
    enum error_code fatal;
};

__attribute__((warn_unused_result)) enum error_code reader_open(struct reader *reader, struct board *board,
                                                                struct error *err);
/* Runs until SIGTERM or SIGINT. */
__attribute__((warn_unused_result)) enum error_code reader_run(struct reader *reader, struct error *err);
void reader_finish(struct reader *reader);

#endif
