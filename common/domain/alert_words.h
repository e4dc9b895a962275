/* The closed lists of the alerts, their tokens (stored, printed in JSON) and the words people read. Pure. */
#ifndef DUBAN_DOMAIN_ALERT_WORDS_H
#define DUBAN_DOMAIN_ALERT_WORDS_H

#include "common/domain/assess.h"

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
    /* the house's own, to the office alone */
    ALERT_UNDELIVERABLE, /* 送不到: a message no channel took */
    ALERT_CALENDAR,      /* 日历: next year's calendar is not loaded */
    ALERT_STUCK,         /* 积压: the outbox stands still */
    ALERT_RULES,
};
enum alert_state { ALERT_OPEN, ALERT_PROMISED, ALERT_SUPPRESSED, ALERT_RESOLVED };

/* How far an alert has come without an answer that holds; as stored. */
enum alert_rung { RUNG_REMINDED, RUNG_URGED, RUNG_YELLOW_CARD, RUNG_RED_CARD };

/* What became of an answer; as stored. Without a day it is ANSWERED for good, a promise stands until it ends. */
enum answer_outcome {
    ANSWERED,
    PROMISE_STANDING,
    PROMISE_KEPT,
    PROMISE_BROKEN,
    PROMISE_WORSE,    /* it got worse before the day */
    PROMISE_REPLACED, /* by a newer one, or the matter itself fell away (an extension, a correction) */
    PROMISE_REVERSED, /* the office took the answer back */
};

/* How an alert ended. */
enum cause_class {
    CAUSE_NOT_AN_END,
    CAUSE_PROGRESS,
    CAUSE_EXTENSION,
    CAUSE_CORRECTION, /* of a figure, of the allocation, of the plan */
    CAUSE_IGNORED,    /* it became the next, worse one */
    CAUSE_FALSE,      /* nothing was mended and yet it is over */
};

const char *alert_rule_name(enum alert_rule rule); /* "due_soon" */
const char *alert_rule_word(enum alert_rule rule); /* "临期" */
bool alert_rule_find(struct slice name, enum alert_rule *out);
bool alert_rule_is_house(enum alert_rule rule);       /* 送不到 日历 积压: 【运行】 */
enum light alert_light(struct slice word);            /* "red"; LIGHT_NONE for none known */
const char *alert_state_name(enum alert_state state); /* "open" */
bool alert_state_find(struct slice name, enum alert_state *out);
const char *
alert_rung_name(enum alert_rung rung); /* "remind" "urge" "yellow_card" "red_card": the words of the rules file */
bool alert_rung_find(struct slice name, enum alert_rung *out);
const char *alert_rung_word(enum alert_rung rung); /* "提醒" "催办" "拟黄牌" "拟红牌" */
const char *
alert_rung_step(enum alert_rung rung); /* of its notice: "urged" "yellow_card" "red_card"; NULL for the first */
enum alert_rung
alert_level_rung(struct slice level); /* of an issue: "yellow_card", "red_card", "circular"; else reminded */
const char *answer_outcome_name(enum answer_outcome outcome); /* "standing" */
bool answer_outcome_find(struct slice name, enum answer_outcome *out);
const char *alert_cause_words(const char *cause); /* Chinese; the cause itself when unknown */
enum cause_class alert_cause_class(const char *cause);
const char *cause_class_name(enum cause_class class); /* "progress" "extension" "correction" "ignored" "false"; NULL */

#endif
