/* The database away is an alert too, and no row can hold it: said from memory on one channel of the configuration, once an
 * outage (and once when it is over), in real time. Each alerter says it for itself, and a restart counts anew. What to say
 * and when is decided here; the courier carries it. Pure. */
#ifndef DUBAN_ALERTER_AWAY_H
#define DUBAN_ALERTER_AWAY_H

#include "services/alerter/channel.h"

struct away_settings {
    const char *channel, *address; /* as in the table of contacts; channel NULL = it is not said */
    int64_t after_ms;
};
enum away_step {
    AWAY_NOTHING,
    AWAY_SAID, /* it is away */
    AWAY_BACK,
};
struct away {
    bool failing, unreached; /* no look succeeds; unreached: the database does not answer at all */
    bool told;               /* that it is away; so its return is told, too */
    struct tick since, next_try;
    struct instant failed, began, ended; /* real; began: of the outage that is or was told */
    enum away_step under_way;
    int tries; /* of what is to be said next */
};

/* A look failed, or went well. */
void away_failed(struct away *away, bool unreached, struct tick tick, struct instant now);
void away_well(struct away *away, struct instant now);
/* What is to be sent now; it counts as under way until away_sent. */
enum away_step away_due(struct away *away, const struct away_settings *settings, struct tick tick);
/* Its outcome. wait_ms: until the next try. An outage is told for as long as it lasts, its end `tries_max` times at most. */
void away_sent(struct away *away, bool delivered, int64_t wait_ms, int tries_max, struct tick tick);

/* The message; host: this machine's name. false: no memory. out wants delivery_finish. */
__attribute__((warn_unused_result)) bool away_message(const struct away *away, const struct away_settings *settings,
                                                      enum away_step step, const char *host, struct instant now,
                                                      struct delivery *out);
/* Whether the way that settings names is there; an error says which key to mend. */
__attribute__((warn_unused_result)) enum error_code away_check(const struct away_settings *settings,
                                                               const struct channel_settings *channels,
                                                               struct error *err);

#endif
