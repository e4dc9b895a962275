/* One cell's alerts over a span of time, told again in memory: under these rules and this plan, with the events and the
 * answers that really came, what would have been said to whom, and how did every alert end?
 *
 * The same rooms speak as in the alerter (assess, alert_wants, alert_life, route); here stands only when one looks (a
 * minute after an event, the cell's own next instant, a plan's load), what a store would keep, and the windows. No
 * clock, no database, nothing is sent. Taken as live throughout, with one plan and one set of rules from the first load
 * on; holds of the outbox and shared rooms are not repeated: a recipient is a key of route.h. */
#ifndef DUBAN_DOMAIN_REPLAY_H
#define DUBAN_DOMAIN_REPLAY_H

#include "common/domain/alert.h"
#include "common/domain/route.h"

/* An answer as it was matched to an alert of the cell: it answers the alert of that rule that stands. */
struct replay_answer {
    enum alert_rule rule;
    struct alert_answer answer; /* outcome as it was given: standing, or answered */
};

struct replay_case {
    const struct plan *plan;
    const struct light_rules *rules;     /* NULL = the shipped ones */
    size_t cell;                         /* of plan->cells */
    const struct cell_events *events;    /* of each of plan->cells, in commit order: the city's needs its counties' */
    const struct replay_answer *answers; /* of this cell, by known_at */
    size_t answer_count;
    const struct instant *loads; /* of a plan, oldest first, at least one: with the first it begins */
    size_t load_count;
    struct instant until; /* inclusive */
    struct assess_scratch *scratch;
};

struct replay_said { /* one notice, to one recipient, in one window */
    size_t alert;    /* index of alerts */
    char step[ALERT_WORD_MAX];
    char recipient[RECIPIENT_MAX];
    char meant_for[RECIPIENT_MAX]; /* whom the office hears it for; "" */
    struct instant window;
};
struct replay_alert {
    enum alert_rule rule;
    char key[ALERT_KEY_MAX];
    char cause[ALERT_WORD_MAX];         /* of its last change */
    struct instant opened_at, ended_at; /* ended_at INSTANT_NONE: it stands */
    bool back_filled;
};
struct replay_red {             /* a computed red, released or not */
    struct instant from, until; /* until INSTANT_NONE: it stands */
};
struct replay {
    struct replay_said *said; /* by window */
    size_t said_count;
    struct replay_alert *alerts; /* by opening */
    size_t alert_count;
    struct replay_red *reds; /* by from */
    size_t red_count, red_capacity;
};

/* false: no memory. *out is initialised either way. */
__attribute__((warn_unused_result)) bool replay_cell(const struct replay_case *replayed, struct replay *out);
void replay_finish(struct replay *replay);

/* What became of the cell, by all that is known at `until` (rules do not matter): met when its goal was reached by the
 * figures as of its due day, extensions counted; missed when that day is over and it was not; else still open. */
enum replay_outcome { REPLAY_OPEN, REPLAY_MET, REPLAY_MISSED };
/* *due: DAY_NONE for one without. false: no memory. */
__attribute__((warn_unused_result)) bool replay_outcome(const struct replay_case *replayed, enum replay_outcome *out,
                                                        struct day *due);

#endif
