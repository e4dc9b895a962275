/* What leaves the house: notices become messages at their window, messages become deliveries, deliveries are leased (with
 * an epoch, so that a lease that ran out cannot be closed by its old holder). Domain time decides what is due and what a
 * message says; real time (the database's now()) only retries and leases. Waits for the database. */
#ifndef DUBAN_STORE_OUTBOX_H
#define DUBAN_STORE_OUTBOX_H

#include "common/domain/route.h"
#include "common/store/session.h"

struct waiting_notice {
    int64_t id, alert;
    char step[ALERT_WORD_MAX], cause[ALERT_WORD_MAX]; /* cause: of the alert's state */
    char recipient[RECIPIENT_MAX], meant_for[RECIPIENT_MAX]; /* meant_for "" = routable */
    char past[32]; /* number of the newest message to this recipient about this alert; "" = none */
    enum alert_rule rule;
    enum alert_state state;
    int32_t cell, stream;
    struct day period;
    int64_t file;
    struct instant opened_at;
    char *key; /* heap */
};
struct waiting_notices {
    struct waiting_notice *items; /* by recipient (bytes), then id */
    size_t count;
};
/* Locks what is due at `now`: a second renderer waits, then finds it rendered. In the caller's transaction. */
__attribute__((warn_unused_result)) enum error_code outbox_waiting(struct pg *pg, int32_t programme,
                                                                   struct instant now, struct waiting_notices *out,
                                                                   struct error *err);
void waiting_notices_finish(struct waiting_notices *notices);
/* How many numbers of that day are given: the next is one more. prefix "D21-1108-". */
__attribute__((warn_unused_result)) enum error_code outbox_numbers(struct pg *pg, int32_t programme,
                                                                   const char *prefix, unsigned *given,
                                                                   struct error *err);

struct outbox_delivery {
    const char *channel, *address;
};
struct outbox_message {
    const char *number, *recipient;
    struct instant window_at, rendered_at;
    const char *const *keys; /* of its notices, in the order of items: the idempotency key comes from them */
    const int64_t *notices;
    const int *items;        /* item number of each notice; several may share one */
    size_t notice_count;
    struct slice first_line, body, facts;
    const struct outbox_delivery *deliveries;
    size_t delivery_count;
    bool trial; /* deliveries are kept, not sent */
};
__attribute__((warn_unused_result)) enum error_code outbox_message_add(struct pg *pg, int32_t programme,
                                                                       const struct outbox_message *message,
                                                                       struct error *err);
__attribute__((warn_unused_result)) enum error_code outbox_drop(struct pg *pg, int64_t notice, const char *cause,
                                                                struct error *err);

/* --- deliveries --- */

struct delivery {
    int64_t id, lease_epoch;
    int attempts; /* this one included */
    char *channel, *address, *key, *number, *recipient, *first_line, *body, *facts, *programme; /* heap */
    struct instant rendered_at;
};
struct deliveries {
    struct delivery *items;
    size_t count;
};
/* Leases at most `limit`; its own transaction (one statement). */
__attribute__((warn_unused_result)) enum error_code outbox_lease(struct pg *pg, int limit, int lease_ms,
                                                                 struct deliveries *out, struct error *err);
void delivery_finish(struct delivery *delivery);
void deliveries_finish(struct deliveries *deliveries);

enum delivery_outcome { DELIVERY_DELIVERED, DELIVERY_RETRY, DELIVERY_FAILED };
/* Closes a lease; nothing happens when another holds it by now. retry_ms counts with DELIVERY_RETRY. */
__attribute__((warn_unused_result)) enum error_code outbox_close(struct pg *pg, const struct delivery *delivery,
                                                                 enum delivery_outcome outcome, const char *answer,
                                                                 int retry_ms, struct error *err);
/* Real milliseconds until the next try or the next lease runs out; -1 = nothing is under way. */
__attribute__((warn_unused_result)) enum error_code outbox_next_try(struct pg *pg, int64_t *ms, struct error *err);

#endif
