/* The words of what leaves the house (MESSAGES: the alert on a phone). One message per recipient and window: a single
 * item, or several, worst first; a room's message says each of its units once, with its items under it. Line 1 has at
 * most 40 characters: state, county, short name, done/goal unit, one number. No colour word before a release, no
 * adjective, nothing of others in a message to one. Pure. */
#ifndef DUBAN_DOMAIN_DIGEST_H
#define DUBAN_DOMAIN_DIGEST_H

#include "common/base/buffer.h"
#include "common/domain/pace.h"
#include "common/domain/route.h"

enum { FIRST_LINE_CHARS_MAX = 40, DIGEST_ITEMS_MAX = 30, DIGEST_BYTES = 2000 /* a robot's text, room for marks */ };
enum { DIGEST_RUNGS = 4 }; /* 提醒 催办 拟黄牌 拟红牌 */

/* The newest answer to an alert, as it was taken down. who.ptr NULL = none. */
struct digest_answer {
    struct slice who, reason, text; /* reason: its token ("land"); NULL = none */
    struct day said, by;            /* by = DAY_NONE: an answer, no promise */
};
/* Of "issued" and "withdrawn". */
struct digest_issue {
    const char *level; /* "yellow_card" "red_card" "circular" */
    struct slice document, by;
    struct day on; /* the day it was issued */
};
/* What the house says of itself (送不到 日历 积压). */
struct digest_house {
    const char *number, *channel; /* of the message that did not arrive */
    const char *meant_for;        /* whom it was for, in words */
    const char *answer;           /* the channel's last answer */
    size_t waiting;               /* how many wait */
    int64_t minutes;              /* the oldest of them, real */
    int year;                     /* of the calendar that is not loaded */
};
enum digest_change { CHANGE_NONE, CHANGE_NEW, CHANGE_WORSE, CHANGE_SAME }; /* against the message before */

/* One alert, with what is known of its subject at the window. Everything is borrowed; what is zero is not known. */
struct digest_item {
    enum alert_rule rule;
    const char *step; /* of the notice: "first" … "urged" "yellow_card" "red_card" "issued" "withdrawn" "recovered" */
    const char *cause;       /* of the alert's state: of the recovery; "promise_broken" */
    int64_t alert;           /* its id; 0 = none */
    const char *recipient;   /* in a room: whose item it is; NULL elsewhere */
    const struct cell *cell; /* NULL for a stream's and the house's own */
    const struct assessment *assessment;
    struct instant reported_at;     /* of the newest figure; INSTANT_NONE */
    unsigned decimals;              /* as its reporter wrote it: "31.0" has one */
    struct slice words, words_unit; /* the reporter's own, of the newest report; NULL = 没有填; who reported it */
    struct slice due_document;      /* of the decision that moved the due day */
    struct pace pace;               /* the county's own */
    struct day red_since;           /* of a recovery from red: since when it stood */
    const struct stream_facts *stream;
    const struct receipt *receipt; /* of 退回 */
    struct instant opened_at;
    struct instant said[DIGEST_RUNGS]; /* when each rung was first said */
    struct digest_answer answer;
    struct digest_issue issue;
    struct digest_house house;
    bool standing;             /* said before, nothing new: on the list only */
    enum digest_change change; /* digest_prepare */
    bool by_units;             /* digest_prepare: gaps are compared in things, not in points */
    const char *others;        /* "青川县、市交通运输局": who gets it too; NULL = nobody */
    const char *meant_for;     /* unroutable: whom it was meant for; NULL */
    const char *past;          /* number of the message this one answers to ("D21-0908-04"); NULL */
};

/* What this recipient was told before: all that still stands, and what has ended since the message before. */
struct digest_past_item {
    int64_t alert;
    const char *step; /* as it was last said */
    bool over;        /* resolved since */
};
struct digest_past {
    struct day day;                       /* of the message before */
    const struct digest_past_item *items; /* by alert */
    size_t count;
};

/* What a message is rendered with. */
struct digest_view {
    const struct plan *plan;
    const struct light_rules *rules; /* NULL = the shipped ones */
    const char *recipient;           /* "area:510823"; of a room "room:wecom:NAME" */
    struct instant now;
    const char *number;
    const struct digest_past *past; /* NULL = none */
    unsigned reported, expected; /* areas in of the newest closed period, for this recipient; expected 0 = not said */
    size_t bytes_max;            /* whole items give way, and are counted; 0 = no limit */
};

/* Before items are sorted: sets change and by_units (all that is behind is counted in things). past NULL = none. */
void digest_prepare(const struct plan *plan, const struct digest_past *past, struct digest_item *items, size_t count);
/* <0 when a comes first: in a room its units, then worst first, what got worse before what did not, by gap, plan order,
 * area code. Total and stable for qsort. */
int digest_compare(const struct plan *plan, const struct digest_item *a, const struct digest_item *b);

void digest_first_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
/* The whole text, first line included, number at the end. items are sorted. */
void digest_message(const struct digest_view *view, const struct digest_item *items, size_t count, struct buffer *out);
/* "D21-1108-05" */
void digest_number(struct day day, unsigned ordinal, char out[32]);

#endif
