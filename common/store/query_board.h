/* What the board reads beside the morning view: what was last said of the alerts that stand, and pages of what is over.
 * Texts are borrowed from the rows. Waits for the database. */
#ifndef DUBAN_STORE_QUERY_BOARD_H
#define DUBAN_STORE_QUERY_BOARD_H

#include "common/store/quarantine.h"
#include "common/store/query_alert.h"
#include "common/store/query_feed.h"

struct board_said {
    int64_t alert;
    struct instant rung_said_at; /* since when its ladder counts; INSTANT_NONE = not said yet */
    struct board_line {
        const char *number, *line; /* "" = none */
        int64_t item;
    } newest, open;     /* of the newest message that said it; of the newest that did not only propose a card */
};
struct board_standing {
    struct board_said *items; /* by alert */
    size_t count;
    struct pg_rows rows;
};
/* Of the alerts that stood at the instant. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code query_board_standing(struct pg *pg, int32_t programme,
                                                                         struct instant known_at,
                                                                         struct board_standing *out,
                                                                         struct error *err);
void board_standing_finish(struct board_standing *standing);
const struct board_said *board_standing_of(const struct board_standing *standing, int64_t alert); /* NULL */

/* A page of what is over, newest first: alerts resolved by the instant, below `before` (an id; 0 = from the newest). */
__attribute__((warn_unused_result)) enum error_code query_board_resolved(struct pg *pg, int32_t programme,
                                                                         struct instant known_at, int64_t before,
                                                                         size_t limit, struct alert_rows *out,
                                                                         struct error *err);
/* How many are over by the instant, of one rule and cell or stream each; of the newest BOARD_OVER_MAX alone, so that
 * counting them costs the same however long a programme goes on. Each row is like an alert's, with no more set than
 * rule, target, area and stream. */
enum { BOARD_OVER_MAX = 10000 };
struct board_over {
    struct board_over_row {
        struct alert_row alert;
        int64_t count;
    } * items;
    size_t count;
    struct pg_rows rows;
};
__attribute__((warn_unused_result)) enum error_code query_board_over(struct pg *pg, int32_t programme,
                                                                     struct instant known_at, struct board_over *out,
                                                                     struct error *err);
void board_over_finish(struct board_over *over);
/* A page of files, newest first, below `before` (0 = from the newest); id > 0: that one alone. */
__attribute__((warn_unused_result)) enum error_code query_board_files(struct pg *pg, int32_t programme,
                                                                      struct instant known_at, int64_t id,
                                                                      int64_t before, size_t limit,
                                                                      struct feed_files *out, struct error *err);

/* All files of one stream, newest first, as `duban feeds FILE` reads them. */
__attribute__((warn_unused_result)) enum error_code query_board_stream_files(struct pg *pg, int32_t programme,
                                                                             struct instant known_at, int32_t stream,
                                                                             struct feed_files *out,
                                                                             struct error *err);

/* Where a row of quarantine stands: newest first. */
struct quarantine_place {
    struct instant known_at; /* INSTANT_NONE = before the newest */
    int32_t log;
    int64_t seq;
};
/* A page behind a place, of the programme, known by the instant. each: false stops. */
__attribute__((warn_unused_result)) enum error_code
query_board_quarantine(struct pg *pg, int32_t programme, struct instant known_at, const struct quarantine_place *after,
                       size_t limit, bool (*each)(void *context, const struct quarantined *row), void *context,
                       struct error *err);

/* When a stream first reported a month: figures and no-changes as of a day in it. */
struct board_report {
    int32_t stream;
    struct day month; /* its first day */
    struct instant first_at;
};
struct board_reports {
    struct board_report *items; /* by stream, month */
    size_t count;
};
/* Of these streams, months from `from` on, known by the instant. */
__attribute__((warn_unused_result)) enum error_code query_board_reports(struct pg *pg, const int32_t *streams,
                                                                        size_t count, struct day from,
                                                                        struct instant known_at,
                                                                        struct board_reports *out, struct error *err);
void board_reports_finish(struct board_reports *reports);
/* The earliest report of a stream in [from, until]; INSTANT_NONE. */
struct instant board_reports_first(const struct board_reports *reports, int32_t stream, struct day from,
                                   struct day until);

#endif
