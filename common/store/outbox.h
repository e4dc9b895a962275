/* What leaves the house: notices become messages at their window, messages become deliveries, deliveries are leased (with
 * an epoch, so that a lease that ran out cannot be closed by its old holder; until its time is over, or its holder is gone). Domain time decides what is due and what a
 * message says; real time (the database's now()) only retries and leases. Waits for the database. */
#ifndef DUBAN_STORE_OUTBOX_H
#define DUBAN_STORE_OUTBOX_H

#include "common/domain/digest.h"
#include "common/store/session.h"

struct waiting_notice {
    int64_t id, alert;
    char step[ALERT_WORD_MAX], cause[ALERT_WORD_MAX]; /* cause: of the alert's state */
    char recipient[RECIPIENT_MAX], meant_for[RECIPIENT_MAX]; /* meant_for "" = routable */
    char past[32]; /* number of the newest message to this recipient about this alert; "" = none */
    enum alert_rule rule;
    enum alert_state state;
    enum alert_rung rung; /* of the alert */
    bool rung_said;       /* by an earlier window */
    bool answered;        /* its alert, once at least */
    int32_t cell, stream;
    struct day period;
    int64_t file, message; /* message: of an undeliverable one */
    struct instant opened_at;
    char *key; /* heap; of the notice */
};
struct waiting_notices {
    struct waiting_notice *items; /* by recipient (bytes), then alert, then id */
    size_t count;
};
/* What is due at `now`. In the caller's transaction, with the programme held: nobody else renders or holds them back. */
__attribute__((warn_unused_result)) enum error_code outbox_waiting(struct pg *pg, int32_t programme,
                                                                   struct instant now, struct waiting_notices *out,
                                                                   struct error *err);
void waiting_notices_sort(struct waiting_notices *notices); /* after recipients were changed */
void waiting_notices_finish(struct waiting_notices *notices);
/* Meant for somebody whom no channel reaches any more: the office's from now on, marked. */
__attribute__((warn_unused_result)) enum error_code outbox_unreachable(struct pg *pg, const int64_t *notices,
                                                                       size_t count, struct error *err);
/* How many numbers of that day are given: the next is one more. prefix "D21-1108-", day: its start. */
__attribute__((warn_unused_result)) enum error_code outbox_numbers(struct pg *pg, int32_t programme,
                                                                   const char *prefix, struct instant day, unsigned *given,
                                                                   struct error *err);

struct outbox_delivery {
    const char *channel, *address; /* address: a mail box, a webhook's URL, or the NAME of a channel of the configuration */
    const char *mention;           /* whom a robot calls: userids or numbers, comma between; NULL = nobody */
    const char *fallback_channel, *fallback_address; /* NULL = none; taken once when the first way has failed */
};
struct outbox_message {
    const char *number, *recipient;
    const char *kind; /* "notices", "room", "brief", "test"; NULL = "notices" */
    struct instant window_at, rendered_at;
    const char *const *keys; /* of its notices, in the order of items: the idempotency key comes from them */
    const int64_t *notices;
    const int *items;        /* item number of each notice; several may share one */
    size_t notice_count;
    struct slice first_line, body, facts;
    struct slice long_body;      /* for mail, where it differs; ptr NULL = body */
    const char *attachment_name; /* mail carries it; NULL = none */
    struct slice attachment;
    const struct outbox_delivery *deliveries;
    size_t delivery_count;
    bool trial; /* deliveries are kept, not sent */
};
__attribute__((warn_unused_result)) enum error_code outbox_message_add(struct pg *pg, int32_t programme,
                                                                       const struct outbox_message *message, int64_t *id,
                                                                       struct error *err); /* id may be NULL */
/* Around the writing of a window's messages. PostgreSQL plans the check of a foreign key once a session; planned while
 * `message` is empty it would read the whole table for each delivery ever after. */
__attribute__((warn_unused_result)) enum error_code outbox_messages_begin(struct pg *pg, struct error *err);
__attribute__((warn_unused_result)) enum error_code outbox_messages_end(struct pg *pg, struct error *err);
/* The notices that a window has done with, all at once: it may be hundreds of thousands. by[i] says said[i]; a notice may
 * be said by several messages, or by none (when no channel may take it). */
struct outbox_said {
    const int64_t *notices, *said, *by;
    size_t count, said_count;
};
__attribute__((warn_unused_result)) enum error_code outbox_rendered(struct pg *pg, const struct outbox_said *said,
                                                                    struct error *err);
/* causes[i] is notices[i]'s. */
__attribute__((warn_unused_result)) enum error_code outbox_drop(struct pg *pg, const int64_t *notices,
                                                                const char *const *causes, size_t count,
                                                                struct error *err);

/* --- what was said and answered before: outbox_past.c --- */

/* Of one alert. Texts are borrowed from the rows. */
struct alert_past {
    int64_t alert;
    struct instant said[4]; /* when each rung was first said; INSTANT_NONE = not yet */
    bool answered;          /* its newest answer, if there is one: */
    struct instant answered_at;
    struct slice who, reason, words;
    struct day by_day; /* DAY_NONE = no promise */
};
struct alert_pasts {
    struct alert_past *items; /* by alert */
    size_t count;
    struct pg_rows said, answers;
};
/* Only alerts of which there is something to tell are in the list. */
__attribute__((warn_unused_result)) enum error_code outbox_past(struct pg *pg, const int64_t *alerts, size_t count,
                                                                struct alert_pasts *out, struct error *err);
const struct alert_past *alert_pasts_find(const struct alert_pasts *pasts, int64_t alert); /* NULL */
void alert_pasts_finish(struct alert_pasts *pasts);
/* What recipients of lists were told before; which counties have a period open: outbox_told.c. */
struct outbox_told {
    struct digest_past_item *items;
    struct pg_rows rows, silent;
};
__attribute__((warn_unused_result)) enum error_code outbox_told(struct pg *pg, int32_t programme,
                                                                const char *const *recipients, size_t count,
                                                                struct outbox_told *out, struct error *err);
/* false: that recipient was told nothing that still counts. *out borrows. */
bool outbox_told_past(const struct outbox_told *told, const char *recipient, struct digest_past *out);
bool outbox_told_silent(const struct outbox_told *told, const char *area); /* by code */
void outbox_told_finish(struct outbox_told *told);

/* A message that did not arrive, as the house tells of it. Texts are borrowed from the rows. */
struct message_failure {
    int64_t message;
    const char *number, *recipient, *channel, *address, *answer; /* of its first failed delivery */
    bool undelivered; /* no way took it, and nothing else went this way since */
};
struct message_failures {
    struct message_failure *items; /* by message */
    size_t count;
    struct pg_rows rows;
};
/* Of these messages, and of those about which an alert of the house stands. */
__attribute__((warn_unused_result)) enum error_code outbox_failures(struct pg *pg, int32_t programme,
                                                                    const int64_t *messages, size_t count,
                                                                    struct message_failures *out, struct error *err);
const struct message_failure *message_failures_find(const struct message_failures *failures, int64_t message); /* NULL */
void message_failures_finish(struct message_failures *failures);
/* How the outbox stands, in real time: what waits, and for how long the oldest has waited for its first try to end. */
struct outbox_wait {
    int64_t waiting, oldest_ms;
};
__attribute__((warn_unused_result)) enum error_code outbox_waits(struct pg *pg, int32_t programme,
                                                                 struct outbox_wait *out, struct error *err);

/* --- the configured channels, as all alerters share them: outbox_channel.c --- */

struct outbox_channel {
    const char *name, *kind; /* "office-room", "wecom" */
    int64_t interval_ms;     /* one message in so long; 0 = no pace */
    int64_t burst;           /* so many at once, saved up; 1 or more */
    int64_t abreast;         /* deliveries under way at a time; 1 or more */
    int64_t quiet_seconds;   /* after each full and half hour, when every robot of the country speaks */
};
/* What this configuration has; an old row is brought up to date and keeps its pace and its hold. */
__attribute__((warn_unused_result)) enum error_code outbox_channels_declare(struct pg *pg,
                                                                            const struct outbox_channel *channels,
                                                                            size_t count, struct error *err);
struct outbox_channel_row {
    char *name, *kind, *held_cause, *last_answer; /* heap; "" = none */
    struct instant held_until, declared_at;       /* real; held_until INSTANT_NONE = it is not held */
    int64_t waiting, failed;                      /* deliveries */
};
struct outbox_channel_rows {
    struct outbox_channel_row *items; /* by name */
    size_t count;
};
__attribute__((warn_unused_result)) enum error_code outbox_channels(struct pg *pg, struct outbox_channel_rows *out,
                                                                    struct error *err);
void outbox_channel_rows_finish(struct outbox_channel_rows *rows);

/* A message marked as a test, on its own, for one delivery; *delivery is its id. Allowed to duban_admin, in trial mode
 * too. An open transaction is not wanted: it is committed at once, and the alerters are woken. */
__attribute__((warn_unused_result)) enum error_code outbox_test_add(struct pg *pg, int32_t programme,
                                                                    const char *channel, const char *address,
                                                                    struct instant now, int64_t *delivery,
                                                                    struct error *err);
struct outbox_test_state {
    char state[16]; /* as in the table: "waiting", "leased", "delivered", "failed", "dropped" */
    int64_t attempts;
    char answer[512];
    bool held; /* the channel waits: for its pace, its vendor, or the end of the quiet minutes */
};
__attribute__((warn_unused_result)) enum error_code outbox_test_state(struct pg *pg, int64_t delivery,
                                                                      struct outbox_test_state *out,
                                                                      struct error *err);

/* --- deliveries: outbox_delivery.c, who holds them: outbox_holder.c --- */

struct delivery {
    int64_t id, lease_epoch; /* the epoch's low 31 bits are the holder */
    int attempts; /* this one included */
    char *channel, *address, *key, *number, *recipient, *first_line, *body, *facts, *programme; /* heap */
    char *kind, *mention, *long_body, *attachment_name; /* heap; "" = none */
    struct buffer attachment;
    bool has_fallback;
    struct instant rendered_at;
};
struct deliveries {
    struct delivery *items;
    size_t count;
};
/* A process that carries deliveries has a number, and each of its sessions holds a lock of that number, by which PostgreSQL
 * itself knows whether it lives. Once in every session, before its first lease. What it still carries is leased anew, unless
 * another has taken it over by now; what is leased in its name and not carried (the answer to that lease was lost) is free. */
struct outbox_carried {
    int64_t delivery, lease_epoch;
};
enum { OUTBOX_HOLDER_MAX = 0x7fffffff }; /* from 1 */
__attribute__((warn_unused_result)) enum error_code outbox_hold(struct pg *pg, int holder,
                                                                const struct outbox_carried *carried, size_t count,
                                                                int lease_ms, struct error *err);
/* Leases whose holder has no session any more run out in OUTBOX_GRACE_MS: time for a holder that lives to come back, when
 * only its connection broke. (After the server's own start, when nobody has a session, as much more as a process may take
 * to try again.) One that comes back later finds another's epoch: it cannot close what it carried, and what it sent may be
 * sent a second time, with the same key. */
enum { OUTBOX_GRACE_MS = 2000, OUTBOX_RESTART_MS = 6000 };
__attribute__((warn_unused_result)) enum error_code outbox_reclaim(struct pg *pg, struct error *err);
/* Leases at most `limit`, no configured channel beyond its pace; its own transaction (one statement). A message about
 * nothing but what has been done since it was rendered is not leased but closed as 'dropped'. */
__attribute__((warn_unused_result)) enum error_code outbox_lease(struct pg *pg, int holder, int limit, int lease_ms,
                                                                 struct deliveries *out, struct error *err);
void delivery_finish(struct delivery *delivery);
void deliveries_finish(struct deliveries *deliveries);

enum delivery_outcome {
    DELIVERY_DELIVERED,
    DELIVERY_RETRY,
    DELIVERY_FAILED,    /* for good: its fallback, if it has one, is added in the same transaction */
    DELIVERY_THROTTLED, /* not spent: the channel as a whole waits */
};
/* Closes a lease and keeps the attempt; nothing happens when another holds it by now. wait_ms: until the next try
 * (DELIVERY_RETRY), until the channel speaks again (DELIVERY_THROTTLED). */
__attribute__((warn_unused_result)) enum error_code outbox_close(struct pg *pg, const struct delivery *delivery,
                                                                 enum delivery_outcome outcome, const char *answer,
                                                                 int wait_ms, struct error *err);
/* Real milliseconds until the next try or the next lease runs out, a second at most while anything is leased (its holder may
 * be gone by then); -1 = nothing is under way. */
__attribute__((warn_unused_result)) enum error_code outbox_next_try(struct pg *pg, int64_t *ms, struct error *err);

/* --- self-watch: what could not be delivered --- */

struct failed_delivery {
    int64_t id, message;
    char *number, *recipient, *channel, *first_line, *answer; /* heap */
    struct instant rendered_at;
};
struct failed_deliveries {
    struct failed_delivery *items; /* by id */
    size_t count;
};
/* Failed for good, no fallback or that failed too, and not told yet. Tests are not among them. In the caller's
 * transaction, where the rows are locked: tell them and call outbox_failed_told before it ends. */
__attribute__((warn_unused_result)) enum error_code outbox_failed_since(struct pg *pg, int32_t programme,
                                                                        struct failed_deliveries *out,
                                                                        struct error *err);
__attribute__((warn_unused_result)) enum error_code outbox_failed_told(struct pg *pg,
                                                                       const struct failed_deliveries *told,
                                                                       struct error *err);
void failed_deliveries_finish(struct failed_deliveries *failed);

#endif
