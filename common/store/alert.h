/* Alerts that stand, and their changes with transitions and notices: written in bulk, in the transaction that assessed.
 * A notice's key is unique, so that whatever is repeated is said once; one dropped because its alert was suppressed is
 * revived when it opens again. Waits for the database. */
#ifndef DUBAN_STORE_ALERT_H
#define DUBAN_STORE_ALERT_H

#include "common/domain/route.h"
#include "common/store/session.h"

struct standing_alert {
    struct alert alert;   /* its answers are lent by the list */
    int32_t cell, stream; /* 0 = none */
};
struct standing_alerts {
    struct standing_alert *items; /* by cell, stream, id */
    size_t count;
    struct alert_answer *answers;
};
/* Not resolved: of these cells, of these streams, of the house itself (messages, calendar, outbox). */
__attribute__((warn_unused_result)) enum error_code alerts_of_cells(struct pg *pg, const int32_t *cells, size_t count,
                                                                    struct standing_alerts *out, struct error *err);
__attribute__((warn_unused_result)) enum error_code alerts_of_streams(struct pg *pg, const int32_t *streams,
                                                                      size_t count, struct standing_alerts *out,
                                                                      struct error *err);
__attribute__((warn_unused_result)) enum error_code alerts_of_house(struct pg *pg, int32_t programme,
                                                                    struct standing_alerts *out, struct error *err);
/* By their ids, those of them that stand. */
__attribute__((warn_unused_result)) enum error_code alerts_by_id(struct pg *pg, const int64_t *ids, size_t count,
                                                                 struct standing_alerts *out, struct error *err);
void standing_alerts_finish(struct standing_alerts *alerts);

struct alert_write {
    int64_t id;  /* 0 = new */
    int64_t row; /* of the table; alerts_write fills it in */
    unsigned opening; /* how often its cause came; of a new one alerts_write finds it */
    char key[ALERT_KEY_MAX];
    enum alert_rule rule;
    int32_t cell, stream;
    struct day period;
    int64_t file, message;
    enum alert_state from, to; /* from counts when id is not 0 */
    char step[ALERT_WORD_MAX];
    const char *cause; /* static */
    bool back_filled;
    bool recovered;         /* those who were told hear that it is over */
    bool office_recovered;  /* the office hears so in any case */
    bool withdrawn;         /* those who were told of what was issued hear that it is not any more */
    char decision[33];      /* of withdrawn: the reversal's uid, hex */
    enum alert_rung rung, issued;
    struct instant rung_at, rung_said_at;
    char *facts; /* JSON, heap; alert_writes_finish frees it; NULL = {} */
};
struct notice_write {
    size_t alert; /* index of its alert_write */
    char step[ALERT_WORD_MAX];
    char decision[33]; /* of "issued": the decision's uid, hex, so that a second one is said, too; "" = none */
    char recipient[RECIPIENT_MAX];
    bool unroutable;
    char meant_for[RECIPIENT_MAX]; /* "" = none */
};
struct answer_write {
    int64_t reply, alert;
    enum answer_outcome outcome;
};
struct alert_writes {
    struct alert_write *items;
    size_t count, capacity;
    struct notice_write *notices;
    size_t notice_count, notice_capacity;
    struct answer_write *answers;
    size_t answer_count, answer_capacity;
    bool failed; /* no memory */
};
/* A new item, zeroed; NULL (and failed) without memory. Lent until the next call. */
struct alert_write *alert_writes_add(struct alert_writes *writes);
struct notice_write *alert_writes_notice(struct alert_writes *writes);
struct answer_write *alert_writes_answer(struct alert_writes *writes);
void alert_writes_finish(struct alert_writes *writes);

/* window: when the notices may be said. back_filled ones are kept held. */
__attribute__((warn_unused_result)) enum error_code alerts_write(struct pg *pg, int32_t programme,
                                                                 const struct alert_writes *writes, struct instant now,
                                                                 struct instant window, const char *rules_version,
                                                                 struct error *err);

/* A window has said the rung that an alert stands on: from now on it counts, and its subject is looked at again at
 * `next` at the latest. */
struct alert_said {
    int64_t alert;
    int32_t cell, stream; /* 0 = none */
    struct instant next;  /* INSTANT_NONE = nothing comes by itself */
};
__attribute__((warn_unused_result)) enum error_code alerts_said(struct pg *pg, const struct alert_said *said,
                                                                size_t count, struct instant at, struct error *err);

#endif
