/* Which alerts a cell, a stream or the house itself calls for at an instant: pure rules.
 *
 * A rule looks at one subject and answers with *wants*: what ought to stand now. Keys come from rule, subject and
 * opening event, never from a sequence, so that a restored database repeats with the same key. Alerts look at the
 * computed light, never at an override. Mutes are no matter of the wants but of the life (alert_life.h). */
#ifndef DUBAN_DOMAIN_ALERT_WANTS_H
#define DUBAN_DOMAIN_ALERT_WANTS_H

#include "common/domain/alert_words.h"
#include "common/domain/rules.h"

enum { ALERT_KEY_MAX = 192, ALERT_WORD_MAX = 24, ALERT_WANTS_MAX = 16 };

struct alert_want {
    enum alert_rule rule;
    char key[ALERT_KEY_MAX];
    const char *step; /* static: "first" "30" "7" "yellow" "red" "days_3" */
    unsigned rank;    /* of the step: a higher one is said, a lower one never goes back */
    const char
        *inhibit;     /* static cause ("missing" "offline" "rejected" "held" "overdue"), or NULL; never of an overdue */
    bool stands_only; /* keeps what stands, opens nothing new */
    struct day about; /* the date it is about: before the plan's load it is 补录 */
    struct day period;
    int64_t file, message;
};
struct alert_wants {
    struct alert_want items[ALERT_WANTS_MAX];
    size_t count;
};

/* One file as an agent took it. Texts are borrowed. */
struct receipt {
    int64_t id;
    uint8_t uid[EVENT_UID_BYTES];
    struct instant known_at;
    struct slice file, feed, period;
    int32_t taken, unchanged, held, refused;
    struct slice place, code, text; /* of its first refusal */
};
/* Answers and requests come in tables of their own (回复 延期申请 销号申请), named in the receipt: no reports. */
bool receipt_is_request(const struct receipt *receipt);

enum speaker { SPEAKER_COUNTY, SPEAKER_DEPARTMENT, SPEAKER_OFFICE };
/* What is known of one agent at an instant. Texts are borrowed. */
struct stream_facts {
    int32_t id;
    const char *name;
    enum speaker role;
    size_t area, unit; /* NO_INDEX = none: the one it speaks for */
    struct slice unit_name;
    struct instant made_at;
    struct instant heard_at;        /* the newest STATUS; INSTANT_NONE = never */
    struct instant heard_before;    /* the newest before this instant: a step's own STATUS may or may not be in yet */
    bool desk;                      /* speaks only when the office decides: its silence is no news */
    struct period period;           /* the newest closed one; first = DAY_NONE: none yet */
    size_t owed, missing;           /* cells that owe a report of it; those without any */
    size_t missing_due;             /* of them, due by the end of the month of today */
    const struct receipt *receipts; /* its newest files, oldest first */
    size_t receipt_count;
    /* The office's decisions about its area without a target (mutes, issues, reversals of them), in commit order. */
    const struct cell_event *decisions;
    size_t decision_count;
};

/* Events as given to the assessment. The city's roll-up calls for overdue and review only: the counties' own alerts say
 * the rest. rules NULL = the shipped ones. */
void alert_wants_cell(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                      const struct cell_event *events, size_t count, const struct assessment *assessment,
                      struct instant now, struct alert_wants *out);
void alert_wants_stream(const struct plan *plan, const struct light_rules *rules, const struct stream_facts *stream,
                        struct instant now, struct alert_wants *out);
/* A message that no channel took (number: D21-1108-05; undelivered false = it got through after all). */
void alert_wants_message(const struct plan *plan, int64_t message, const char *number, bool undelivered,
                         struct alert_wants *out);
/* The house: from 1 December on a calendar without the next year (period = its 1 January); an outbox that stands still
 * since an instant (INSTANT_NONE = it does not). */
void alert_wants_house(const struct plan *plan, struct instant stuck_since, struct instant now,
                       struct alert_wants *out);

/* When the rules above would look again by themselves, > now; INSTANT_NONE = never. Of the alerts that stand see
 * alert_life_next. */
struct instant alert_next_cell(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                               const struct cell_event *events, size_t count, const struct assessment *assessment,
                               struct instant now);
struct instant alert_next_stream(const struct plan *plan, const struct light_rules *rules,
                                 const struct stream_facts *stream, struct instant now);
struct instant alert_next_house(const struct plan *plan, struct instant now);

/* Why what stands is no longer called for. */
struct alert;
struct alert_over { /* the context of alert_over_cell */
    const struct assessment *now;
    enum light was;                  /* shown before */
    const struct cell_event *events; /* as given to the assessment; NULL: a correction is taken for progress */
    size_t count;
};
const char *alert_over_cell(const struct alert *standing, const void *over);
const char *alert_over_stream(const struct alert *standing, const void *facts);
const char *alert_over_house(const struct alert *standing, const void *unused); /* messages and the house */

#endif
