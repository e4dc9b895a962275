/* The events of cells, as the assessment wants them: in commit order (known_at, log, seq), with who sent them. One query
 * for any number of cells; texts and arrays belong to the history until history_finish. Waits for the database. */
#ifndef DUBAN_STORE_HISTORY_H
#define DUBAN_STORE_HISTORY_H

#include "common/domain/ledger.h"
#include "common/link/pg.h"

struct history_cell {
    int32_t cell; /* id of the row in `cell` */
    struct cell_event *events;
    size_t count;
};
struct history_log { /* which life of its stream a log is */
    int32_t log;
    uint8_t epoch[16];
};
struct history {
    struct history_cell *cells; /* as asked, in that order */
    size_t count;
    struct pg_rows rows; /* owns the texts */
    struct cell_event *events;
    struct history_log *logs; /* of those events; by log */
    size_t log_count;
};

/* Events known before `before`. cells: ids without repetition. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code history_load(struct pg *pg, const int32_t *cells, size_t count,
                                                                 struct instant before, struct history *out,
                                                                 struct error *err);
void history_finish(struct history *history);

/* For other lists of events: what to select of event e and stream s, and how to take it from column `first` on. Texts
 * are borrowed from the rows. */
#define HISTORY_EVENT_SQL                                                                                              \
    "e.log, e.seq, e.known_at, e.kind, e.uid, e.as_of, e.value, e.denominator, e.done, e.reported_at, e.reporter, "    \
    "e.source_file, e.source_place, e.source_raw, e.source_document, e.replaces, e.reason, e.note, e.blocked_by, "     \
    "e.more, s.name, s.unit, s.role"
enum { HISTORY_EVENT_COLUMNS = 23 };
void history_take_event(const struct pg_rows *rows, size_t row, size_t first, struct cell_event *out);

#endif
