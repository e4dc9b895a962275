/* The session of one spool with the centre: proto/sender driven over a CURVE DEALER socket in the program's loop. The
 * uplink watches its socket and arms a timer there; the program calls uplink_turn at the end of every turn
 * (link_loop.on_turn) and after every commit to the spool. Only spool_send_and_wait blocks on the network; commits to
 * the spool block on the disk. One thread. */
#ifndef DUBAN_SPOOL_UPLINK_H
#define DUBAN_SPOOL_UPLINK_H

#include "common/link/context.h"
#include "common/link/poll.h"
#include "common/spool/spool.h"

struct uplink;

struct uplink_server {
    const char *address; /* "tcp://centre.example:5557" */
    const char *key;     /* the server's public key, 40 characters of Z85 */
};
/* Everything is borrowed until uplink_destroy. */
struct uplink_settings {
    const struct uplink_server *servers; /* tried in turn */
    size_t server_count;
    const char *secret_key_file; /* the agent's own secret key */
    const char *software;        /* "duban-collector 0.1.0" */
};

/* What there is to show of it. */
struct uplink_status {
    enum sender_state state;
    enum halt_reason halt;
    const char *server;         /* address in use or tried */
    uint64_t alarms;            /* how many times the centre's database went back or stalled */
    const char *trouble;        /* English, the last failure of connection or handshake; "" = none since it was live */
    uint64_t rejected;          /* events told to be in quarantine since the start */
    uint64_t statuses_answered; /* STATUS messages that were answered with an ACK */
    uint64_t last_rejected_seq;
    unsigned last_rejected_code; /* enum quarantine_code */
};

/* Borrows spool, context and loop. Takes halted state and gen from the spool. */
__attribute__((warn_unused_result)) enum error_code uplink_create(const struct uplink_settings *settings,
                                                                  struct spool *spool, struct link_context *context,
                                                                  struct link_loop *loop, struct uplink **out,
                                                                  struct error *err);
void uplink_destroy(struct uplink **uplink);

/* Reads and sends all that is to be read and sent now; never waits. An error is the spool's (disk): the session is
 * dropped and tried again later, unless the spool is broken. `domain` is for retention. */
__attribute__((warn_unused_result)) enum error_code uplink_turn(struct uplink *uplink, struct instant domain,
                                                                struct error *err);

struct uplink_status uplink_status(const struct uplink *uplink);
bool uplink_is_live(const struct uplink *uplink);
/* LIVE, and the centre has acknowledged all that the spool holds. */
bool uplink_is_settled(const struct uplink *uplink);
/* Sends one STATUS as soon as the session is live and settled; statuses_answered grows with its answer. */
void uplink_status_wanted(struct uplink *uplink);

/* The quarantine code, if the centre names this event in an acknowledgement of this session; 0 until then. */
void uplink_watch(struct uplink *uplink, uint64_t seq);
unsigned uplink_watched(const struct uplink *uplink);

/* The operator's word. Moves the spool into a new epoch where the reason asks for it (spool_new_epoch), clears the
 * halt. centre_gen: as told with the halt, or a higher one known otherwise; 0 = that stored in the spool. */
__attribute__((warn_unused_result)) enum error_code uplink_resume(struct uplink *uplink, uint64_t centre_gen,
                                                                  struct error *err);

/* Appends the event and returns when the centre has acknowledged it: what `duban confirm` does. *rejected: 0, or the
 * quarantine code the centre gave it. ERROR_CONNECTION after deadline_ms: the event stays in the spool and goes with
 * the next session. ERROR_REFUSED: halted, the words say why. Makes a context and a loop of its own (which blocks the
 * signals). */
__attribute__((warn_unused_result)) enum error_code
spool_send_and_wait(struct spool *spool, const struct uplink_settings *settings, const struct event *event,
                    struct instant now, int deadline_ms, unsigned *rejected, struct error *err);
/* The same for all that the spool holds and the centre has not acknowledged: one whole session of a program that is
 * started now and then. ERROR_OK at once when there is nothing. */
__attribute__((warn_unused_result)) enum error_code spool_send_held(struct spool *spool,
                                                                    const struct uplink_settings *settings,
                                                                    struct instant now, int deadline_ms,
                                                                    struct error *err);

#endif
