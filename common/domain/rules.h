/* The rules of light and of alerts as data: an ordered list with thresholds, from a versioned file (deploy/plan/
 * rules.yaml is the shipped one). The first rule of a report that holds decides its light.
 * Rules are read once, then never changed. Pure: bytes come in as arguments. */
#ifndef DUBAN_DOMAIN_RULES_H
#define DUBAN_DOMAIN_RULES_H

#include "common/domain/alert_words.h"

enum report_condition {
    WHEN_POINTS,       /* at least `tenths` behind the plan, as printed */
    WHEN_OUT_OF_REACH, /* at least `tenths` behind, and out of reach where a forecast was possible */
    WHEN_UNITS,        /* at least `units` behind; and `tenths`, if given */
    WHEN_NODE_MISSED,
};
enum goal_size { GOAL_ANY, GOAL_LARGE, GOAL_SMALL }; /* small = counted and below small_goal */

enum { RULE_NAME_MAX = 24 };

struct report_rule {
    char name[RULE_NAME_MAX]; /* the token printed as `rule` */
    enum report_condition when;
    enum goal_size goal;
    int32_t tenths;
    int64_t units;
    enum light light; /* yellow or red */
};

enum { REPORT_RULES_MAX = 16, RULES_VERSION_MAX = 32, RULES_HASH_TEXT = 33 };

struct alert_rules {
    unsigned due_soon_first, due_soon_last; /* days before due: 30, 7 */
    unsigned answer_days;                   /* working days to answer: 3 */
    unsigned held_days;                     /* working days until a held figure is on the morning list: 3 */
    unsigned silence_hours;                 /* working hours without STATUS until 断线: 8 */
    /* escalation: working days after the rung before was said; and the last rung of each rule */
    unsigned urge_days, yellow_card_days, red_card_days; /* 5, 10, 10 */
    enum alert_rung top[ALERT_RULES];
};

enum release_by { RELEASE_OFFICE, RELEASE_AUTO };

struct light_rules {
    char version[RULES_VERSION_MAX];
    char hash[RULES_HASH_TEXT]; /* of the file's bytes, hex; "" for the shipped default */
    struct report_rule reports[REPORT_RULES_MAX];
    size_t report_count;
    int64_t small_goal;          /* 20 */
    struct decimal reach_factor; /* 1.5 */
    unsigned reach_days;         /* 28 */
    unsigned reports_weighed;    /* 2: the worse of the last two reports */
    enum light aspire_worst, overdue, fell_back, red_before_on_plan;
    enum release_by release; /* office: a computed red waits for a person */
    struct alert_rules alerts;
};

const char *report_condition_word(enum report_condition when); /* "points", as the file says it */
const char *goal_size_word(enum goal_size goal);               /* "small" */

/* DOMAIN's own rules. */
const struct light_rules *rules_shipped(void);
/* Reads a rules file; what is absent keeps the shipped value. All errors go to findings with their place. */
__attribute__((warn_unused_result)) enum error_code rules_read(const char *name, struct slice bytes,
                                                               struct light_rules *out, struct findings *findings);

#endif
