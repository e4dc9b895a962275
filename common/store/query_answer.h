/* What messages say by their numbers, what was answered and whether it held, and how much was asked of whom: for
 * reading. Texts are borrowed from the rows. Waits for the database. */
#ifndef DUBAN_STORE_QUERY_ANSWER_H
#define DUBAN_STORE_QUERY_ANSWER_H

#include "common/store/session.h"
#include "proto/event.h"

/* One item of a message: which alert it is about. An item of several notices has a row for each. */
struct said_item {
    int64_t item, alert, notice;
    const char *number;                        /* of the message, as it was given */
    const char *rule, *step;                   /* of the notice */
    const char *target, *area, *stream, *unit; /* of the alert: codes, name and unit of the stream; "" = none */
    const char *state;                         /* of the alert now */
    const char *recipient;
    int64_t rung;
    struct instant window_at;
};
struct said_items {
    struct said_item *items; /* by item, notice */
    size_t count;
    struct pg_rows rows;
};
/* The items of the message of that number (letters of either case); none: no such message. */
__attribute__((warn_unused_result)) enum error_code query_said(struct pg *pg, int32_t programme, struct slice number,
                                                               struct said_items *out, struct error *err);
void said_items_finish(struct said_items *items);
/* What was said last of a cell that an answer is wanted to and that still stands: "D21-1108-05/2"; "" = nothing. */
__attribute__((warn_unused_result)) enum error_code query_newest_said(struct pg *pg, int32_t programme,
                                                                      const char *target, const char *area, char *out,
                                                                      size_t capacity, struct error *err);
/* Numbers that could have been meant: of that day, else the newest. "D21-1108-04、D21-1108-05"; "" = none was given. */
__attribute__((warn_unused_result)) enum error_code query_numbers_near(struct pg *pg, int32_t programme,
                                                                       struct slice number, char *out, size_t capacity,
                                                                       struct error *err);

/* One answer to one alert (reply_alert); an answer that answers nothing has one row with alert 0. */
struct answer_row {
    int64_t reply, alert, item; /* item 0 = the message as a whole */
    uint8_t uid[EVENT_UID_BYTES];
    const char *number, *who, *reason, *words, *reporter, *refused; /* "" = none */
    const char *rule, *target, *area, *stream;                      /* of the alert */
    const char *outcome; /* as known at the instant: "standing" while it had not ended; "" with refused */
    struct day by_day;   /* DAY_NONE = an answer, no promise */
    bool on_behalf;
    struct instant known_at, ended_at; /* ended_at INSTANT_NONE = not by then */
};
struct answer_rows {
    struct answer_row *items; /* by known_at, reply, alert */
    size_t count;
    struct pg_rows rows;
};
__attribute__((warn_unused_result)) enum error_code
query_answers(struct pg *pg, int32_t programme, struct instant known_at, struct answer_rows *out, struct error *err);
void answer_rows_finish(struct answer_rows *rows);

/* How much one recipient was sent and asked. A message in a shared room counts for each unit it names. */
struct asked_row {
    const char *recipient;
    int64_t messages, items, asks; /* asks: items that want something done or answered */
    int64_t trial;                 /* messages that were kept, not sent */
    int64_t answered;              /* asks with an answer */
};
struct asked_rows {
    struct asked_row *items; /* by recipient */
    size_t count;
    struct pg_rows rows;
};
/* Windows from `since` (INSTANT_NONE = all) to known_at. */
__attribute__((warn_unused_result)) enum error_code query_asked(struct pg *pg, int32_t programme, struct instant since,
                                                                struct instant known_at, struct asked_rows *out,
                                                                struct error *err);
void asked_rows_finish(struct asked_rows *rows);

/* The office holds back what waits, or lets it go again: one notice by its id, or all that is still on its way of a
 * message by its number. *changed: how many. Its own statement, as duban_admin. */
__attribute__((warn_unused_result)) enum error_code outbox_hold_notice(struct pg *pg, int32_t programme, int64_t notice,
                                                                       bool hold, int64_t *changed, struct error *err);
__attribute__((warn_unused_result)) enum error_code outbox_hold_message(struct pg *pg, int32_t programme,
                                                                        struct slice number, bool hold,
                                                                        int64_t *changed, struct error *err);

#endif
