/* Carries deliveries: leases them from the outbox, sends them (transfers side by side by libcurl's multi interface,
 * commands as processes, all inside the loop), closes each with its outcome. Tries are spread with back-off in real time
 * and end after a bounded number, or earlier where a fallback stands by; a throttled answer holds the whole channel and is
 * not counted as a try. A delivery whose process died is another's in seconds, that of a frozen one when its lease runs out.
 *
 * The session of a courier that lives may break while a transfer is under way. It goes on; with the next session the courier
 * says what it still carries (outbox_hold), and closes it as if nothing had been. Is it away for longer than the grace of
 * outbox_reclaim, another may have taken the delivery over: its outcome is then that one's to write (the epoch), and the
 * message may have gone out twice, with one key, as when a process dies between sending and writing that it sent. */
#ifndef DUBAN_ALERTER_COURIER_H
#define DUBAN_ALERTER_COURIER_H

#include "common/base/loop.h"
#include "services/alerter/away.h"
#include "services/alerter/channel_command.h"
#include "services/alerter/channel_zmq.h"
#include "services/alerter/heartbeat.h"

enum { COURIER_SLOTS = 16 };

struct courier_settings {
    struct channel_settings channels;
    int64_t attempts, retry_first_ms, retry_longest_ms, lease_seconds;
    int64_t fallback_after; /* tries, when there is a fallback */
    struct heartbeat_settings heartbeat;
    struct away_settings away;
};

struct courier {
    const struct courier_settings *settings; /* borrowed */
    struct loop *loop;                       /* borrowed */
    CURLM *multi;
    struct loop_timer timer; /* libcurl's */
    struct courier_slot {
        struct courier *courier;
        bool busy, ended;
        struct delivery delivery;
        const struct channel_named *named; /* NULL: not one of the configuration's */
        struct channel_transfer transfer;
        struct channel_command command;
        struct channel_verdict verdict;
        struct buffer answer;
    } slots[COURIER_SLOTS], own; /* own: what it says from memory */
    size_t busy;
    struct publisher *publishers[CHANNELS_NAMED_MAX]; /* by the list of named channels; NULL = no zmq */
    struct tick published_early;                      /* until then subscribers may still be on their way */
    struct heartbeat heartbeat;
    struct away away;
    bool declared; /* the channels, to the database */
    int holder;    /* of leases: this process, at random */
    bool held;     /* the session knows it */
    struct tick next_reclaim;
    void (*on_ended)(void *context); /* something is to be closed: call courier_work soon */
    void *context;
};

__attribute__((warn_unused_result)) enum error_code courier_open(struct courier *courier,
                                                                 const struct courier_settings *settings,
                                                                 struct loop *loop, struct error *err);
void courier_finish(struct courier *courier);
/* The database has a new session: who carries what is said anew before anything else. */
void courier_new_session(struct courier *courier);

/* Closes what ended and leases more, as far as slots are free. Waits for the database, never for a channel. Called at the
 * end of a look that went well, so it also keeps the heartbeat, and tells that the database is back. *more: it is worth calling again at once. */
__attribute__((warn_unused_result)) enum error_code courier_work(struct courier *courier, struct pg *pg, bool *more,
                                                                 struct error *err);

/* A look failed: says from memory that the database is away, when it has been so for long enough. unreached: it does not
 * answer. true: that message is under way, and wants the loop for some seconds; on_ended tells when it ended. */
bool courier_away(struct courier *courier, bool unreached);

/* How long to wait after the n-th try: doubles, bounded. */
int64_t courier_pause_ms(const struct courier_settings *settings, int attempts);

#endif
