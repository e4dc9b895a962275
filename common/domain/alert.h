/* Which alerts a cell or a stream calls for, and what becomes of those that stand: pure rules, and the life of an alert.
 *
 * A rule looks at one subject and answers with *wants*: what ought to stand now. alert_life compares them with what
 * stands and gives the changes, each with its cause. Nothing here knows who is told (route.h), in which words
 * (digest.h) or where it is kept (common/store/alert.h). Keys come from rule, subject and opening event, never from a
 * sequence, so that a restored database repeats with the same key. */
#ifndef DUBAN_DOMAIN_ALERT_H
#define DUBAN_DOMAIN_ALERT_H

#include "common/domain/assess.h"
#include "common/domain/rules.h"

enum alert_rule {
    ALERT_DUE_SOON,   /* 临期: 30 and 7 days before the due day */
    ALERT_SLIPPING,   /* 滞后: the newest report's own light is yellow or red */
    ALERT_REVIEW,     /* 核定: a computed red waits for the office */
    ALERT_OVERDUE,    /* 逾期 */
    ALERT_FELL_BACK,  /* 回落 */
    ALERT_CORRECTION, /* 更正: a figure is held */
    ALERT_MISSING,    /* 未报: agent alive, nothing for a closed period */
    ALERT_OFFLINE,    /* 断线: no STATUS for 8 working hours (rules) */
    ALERT_REJECTED,   /* 退回: a file came and was refused, whole or in part */
    ALERT_RULES,
};
enum alert_state { ALERT_OPEN, ALERT_PROMISED, ALERT_SUPPRESSED, ALERT_RESOLVED };

enum { ALERT_KEY_MAX = 192, ALERT_WORD_MAX = 24, ALERT_WANTS_MAX = 16 };

/* One that stands (open, promised or suppressed). */
struct alert {
    int64_t id;
    enum alert_rule rule;
    enum alert_state state;
    char key[ALERT_KEY_MAX];
    char step[ALERT_WORD_MAX];
    struct day period; /* of a missing one; DAY_NONE */
    int64_t file;      /* of a rejected one; 0 */
    struct instant opened_at;
};

struct alert_want {
    enum alert_rule rule;
    char key[ALERT_KEY_MAX];
    const char *step;    /* static: "first" "30" "7" "yellow" "red" "days_3" */
    unsigned rank;       /* of the step: a higher one is said, a lower one never goes back */
    const char *inhibit; /* static cause, or NULL */
    bool stands_only;    /* keeps what stands, opens nothing new */
    struct day about;    /* the date it is about: before the plan's load it is 补录 */
    struct day period;
    int64_t file;
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

enum speaker { SPEAKER_COUNTY, SPEAKER_DEPARTMENT, SPEAKER_OFFICE };
/* What is known of one agent at an instant. Texts are borrowed. */
struct stream_facts {
    int32_t id;
    const char *name;
    enum speaker role;
    size_t area, unit;     /* NO_INDEX = none: the one it speaks for */
    struct slice unit_name;
    struct instant made_at;
    struct instant heard_at;     /* the newest STATUS; INSTANT_NONE = never */
    struct instant heard_before; /* the newest before this instant: a step's own STATUS may or may not be in yet */
    bool desk;                   /* speaks only when the office decides: its silence is no news */
    struct period period;        /* the newest closed one; first = DAY_NONE: none yet */
    size_t owed, missing;        /* cells that owe a report of it; those without any */
    size_t missing_due;          /* of them, due by the end of the month of today */
    const struct receipt *receipts; /* its newest files, oldest first */
    size_t receipt_count;
};

/* Events as given to the assessment. The city's roll-up calls for overdue and review only: the counties' own alerts say
 * the rest. rules NULL = the shipped ones. */
void alert_wants_cell(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                      const struct cell_event *events, size_t count, const struct assessment *assessment,
                      struct instant now, struct alert_wants *out);
void alert_wants_stream(const struct plan *plan, const struct light_rules *rules, const struct stream_facts *stream,
                        struct instant now, struct alert_wants *out);
/* When the rules above would look again by themselves, > now; INSTANT_NONE = never. */
struct instant alert_next_cell(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                               const struct cell_event *events, size_t count, const struct assessment *assessment,
                               struct instant now);
struct instant alert_next_stream(const struct plan *plan, const struct light_rules *rules,
                                 const struct stream_facts *stream, struct instant now);

struct alert_change {
    size_t standing; /* index of what stands; NO_INDEX: new */
    size_t want;     /* NO_INDEX: resolved */
    enum alert_state to;
    const char *step; /* of the alert afterwards */
    const char *cause;
    bool say;       /* a notice for its step */
    bool recovered; /* those who were told of it hear that it is over: 转好, 补齐 */
};
enum { ALERT_CHANGES_MAX = 2 * ALERT_WANTS_MAX + 24 };
struct alert_changes {
    struct alert_change items[ALERT_CHANGES_MAX];
    size_t count;
};
/* `over`: the cause for what is no longer called for (alert_over_cell, alert_over_stream). */
void alert_life(const struct alert_wants *wants, const struct alert *standing, size_t count,
                const char *(*over)(const struct alert *standing, const void *context), const void *context,
                struct alert_changes *out);
struct alert_over { /* the context of alert_over_cell */
    const struct assessment *now;
    enum light was; /* shown before */
};
const char *alert_over_cell(const struct alert *standing, const void *over);
const char *alert_over_stream(const struct alert *standing, const void *facts);

const char *alert_rule_name(enum alert_rule rule);    /* "due_soon" */
const char *alert_rule_word(enum alert_rule rule);    /* "临期" */
bool alert_rule_find(struct slice name, enum alert_rule *out);
enum light alert_light(struct slice word); /* "red"; LIGHT_NONE for none known */
const char *alert_state_name(enum alert_state state); /* "open" */
bool alert_state_find(struct slice name, enum alert_state *out);
const char *alert_cause_words(const char *cause); /* Chinese; the cause itself when unknown */

#endif
