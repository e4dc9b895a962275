/* Alerts, their notices, the messages made of them and how these were delivered, for reading. Texts are borrowed from
 * the rows. */
#ifndef DUBAN_STORE_QUERY_ALERT_H
#define DUBAN_STORE_QUERY_ALERT_H

#include "common/store/session.h"

struct alert_row {
    int64_t id, file, cell;                    /* 0 = none */
    const char *rule, *target, *area, *stream; /* codes and name; "" = none */
    struct day period;
    const char *state, *cause, *step; /* as they stood at the instant asked for */
    struct instant opened_at, changed_at, resolved_at;
    bool back_filled;
    int64_t rung, issued; /* 0-3; rung as it stood, issued as known now */
    const char *facts;    /* JSON */
};
struct notice_row {
    int64_t id, alert, message_id;                                             /* message_id 0 = not yet */
    const char *step, *recipient, *meant_for, *state, *cause, *message, *line; /* message: its number; line: of this
                                                                                          item in it; "" = none */
    bool unroutable;
    int64_t item; /* of the message that says it; 0 = not yet */
    struct instant not_before, window_at; /* window_at INSTANT_NONE = not yet */
};
struct message_row_read {
    int64_t id;
    const char *number, *recipient, *first_line, *body;
    struct instant window_at, rendered_at;
};
struct delivery_row {
    int64_t message;
    const char *channel, *address, *state, *last_answer;
    int64_t attempts;
};

struct alert_rows {
    struct alert_row *items; /* by opened_at, id */
    size_t count;
    struct pg_rows rows;
};
struct notice_rows {
    struct notice_row *items; /* by alert, id */
    size_t count;
    struct pg_rows rows;
};
struct message_rows {
    struct message_row_read *items; /* by window, number */
    size_t count;
    struct pg_rows rows;
};
struct delivery_rows {
    struct delivery_row *items; /* by message, id */
    size_t count;
    struct pg_rows rows;
};

/* Opened at `known_at` or before, as they stood then; `all` = with those resolved by then. */
__attribute__((warn_unused_result)) enum error_code query_alerts(struct pg *pg, int32_t programme,
                                                                 struct instant known_at, bool all,
                                                                 struct alert_rows *out, struct error *err);
__attribute__((warn_unused_result)) enum error_code
query_notices(struct pg *pg, int32_t programme, struct instant known_at, struct notice_rows *out, struct error *err);
/* Windows after `from` (exclusive; INSTANT_NONE = all) up to known_at. */
__attribute__((warn_unused_result)) enum error_code query_messages(struct pg *pg, int32_t programme,
                                                                   struct instant from, struct instant known_at,
                                                                   struct message_rows *out, struct error *err);
__attribute__((warn_unused_result)) enum error_code query_deliveries(struct pg *pg, int32_t programme,
                                                                     struct delivery_rows *out, struct error *err);
/* A row of another list with the same columns. */
struct alert_row alert_row_take(const struct pg_rows *rows, size_t row);
void alert_rows_finish(struct alert_rows *rows);
void notice_rows_finish(struct notice_rows *rows);
void message_rows_finish(struct message_rows *rows);
void delivery_rows_finish(struct delivery_rows *rows);

#endif
