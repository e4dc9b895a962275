/* The life of an alert: what becomes of those that stand, each change with its cause.
 *
 * open → promised (someone named a day) → open again when the day is over or it gets worse; suppressed while something
 * else makes it pointless (silence, a held figure, a mute), listed with its cause; resolved. State lies in struct alert
 * alone, as the store keeps it, and in the events: who evaluates, how often and after which restart does not matter. */
#ifndef DUBAN_DOMAIN_ALERT_LIFE_H
#define DUBAN_DOMAIN_ALERT_LIFE_H

#include "common/domain/alert_wants.h"

/* One answer to an alert, as the store matched it. */
struct alert_answer {
    int64_t reply; /* its row */
    uint8_t uid[EVENT_UID_BYTES];
    struct instant known_at;
    struct day by_day; /* DAY_NONE: an answer, no promise */
    char reason[ALERT_WORD_MAX];
    enum answer_outcome outcome; /* as stored */
};

/* One that stands (open, promised or suppressed). */
struct alert {
    int64_t id;
    enum alert_rule rule;
    enum alert_state state;
    char key[ALERT_KEY_MAX];
    char step[ALERT_WORD_MAX];
    char cause[ALERT_WORD_MAX]; /* of the last change */
    struct day period;          /* of a missing one, a calendar; DAY_NONE */
    int64_t file;               /* of a rejected one; 0 */
    int64_t message;            /* of an undeliverable one; 0 */
    struct instant opened_at, changed_at;
    enum alert_rung rung;
    struct instant rung_at, rung_said_at; /* INSTANT_NONE: not said yet, nothing counts */
    enum alert_rung issued;               /* the highest the office issued */
    unsigned opening;                     /* how often its cause came, after it was over */
    bool back_filled;                     /* 补录 */
    const struct alert_answer *answers;   /* borrowed, oldest first, whatever became of them */
    size_t answer_count;
};

/* What a life is judged by, beside the wants. */
struct alert_case {
    const struct plan *plan;
    const struct light_rules *rules; /* NULL = the shipped ones */
    const struct cell *cell;         /* NULL: a stream's, the house's */
    const char *stream;              /* its name; NULL */
    const struct cell_event *events; /* the cell's, or stream_facts.decisions: mutes, issues, reversals */
    size_t count;
    struct instant now; /* what is known at it counts */
};

/* One a standing alert at most. What is written are `to`, step, cause, rung, rung_at, rung_said_at and issued. */
struct alert_change {
    size_t standing; /* index of what stands; NO_INDEX: new */
    size_t want;     /* NO_INDEX: resolved */
    enum alert_state to;
    const char *step; /* of the alert afterwards */
    const char *cause;
    bool say;              /* a notice for its step */
    const char *also;      /* a notice beside it: "urged" "yellow_card" "red_card" "issued" "withdrawn"; NULL */
    bool recovered;        /* those who were told of it hear that it is over: 转好, 补齐 */
    bool office_recovered; /* muted until resolved: the office hears so in any case */
    enum alert_rung rung, issued;
    struct instant rung_at, rung_said_at;
    size_t decision; /* the event of an "issued" or "withdrawn" (its reversal); NO_INDEX */
};
struct answer_change {
    size_t standing, answer;
    enum answer_outcome outcome;
};
enum { ALERT_CHANGES_MAX = 2 * ALERT_WANTS_MAX + 24, ANSWER_CHANGES_MAX = 128 };
struct alert_changes {
    struct alert_change items[ALERT_CHANGES_MAX];
    size_t count;
    struct answer_change answers[ANSWER_CHANGES_MAX];
    size_t answer_count;
};

/* `over`: the cause for what is no longer called for (alert_over_cell, alert_over_stream, alert_over_house). */
void alert_life(const struct alert_case *judged, const struct alert_wants *wants, const struct alert *standing,
                size_t count, const char *(*over)(const struct alert *standing, const void *context),
                const void *context, struct alert_changes *out);
/* The next instant > now at which the alerts, after these changes, could change by themselves: the end of a promise, of
 * a mute, a step of the ladder. INSTANT_NONE = only an event can. */
struct instant alert_life_next(const struct alert_case *judged, const struct alert_wants *wants,
                               const struct alert *standing, size_t count, const struct alert_changes *changes);
/* The alert after a change, as the store keeps it (standing NULL: a new one, id 0, without answers). */
void alert_after(const struct alert_case *judged, const struct alert *standing, const struct alert_want *want,
                 const struct alert_change *change, struct alert *out);

/* The mute that holds an alert of this rule, opened then, at the case's now: an index of its events; NO_INDEX = none.
 */
size_t alert_mute(const struct alert_case *judged, enum alert_rule rule, struct instant opened_at);

#endif
