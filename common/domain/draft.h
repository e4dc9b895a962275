/* The draft of a 黄牌, 红牌 or 通报 for the office to sign: the figure and its day, what was due originally and now,
 * every reminder with its day, what was answered, the county's own words, what is asked by when. A draft says nothing
 * that is not written down elsewhere, and that it has no force before it is signed. Pure. */
#ifndef DUBAN_DOMAIN_DRAFT_H
#define DUBAN_DOMAIN_DRAFT_H

#include "common/base/buffer.h"
#include "common/domain/assess.h"

enum draft_level { DRAFT_YELLOW_CARD, DRAFT_RED_CARD, DRAFT_CIRCULAR };

struct draft_reminder { /* one that was put into a message */
    struct instant at;
    const char *word;   /* "逾期" "催办" */
    const char *number; /* of the message, with its item */
};
struct draft_answer {
    struct instant at;
    struct slice who;
    struct day by_day;   /* DAY_NONE = no promise */
    const char *reason;  /* Chinese; NULL */
    struct slice text;   /* nil */
    const char *outcome; /* "兑现" "未兑现"; NULL = still to come, or no promise */
};
struct draft {
    enum draft_level level;
    const struct plan *plan;
    const struct cell *cell;
    const struct assessment *now;
    struct day today;
    struct instant reported_at;     /* of the figure; INSTANT_NONE */
    struct slice words, words_unit; /* the county's own; nil = 没有填 */
    const char *extension_document; /* of the extension in force; NULL */
    const struct draft_reminder *reminders;
    size_t reminder_count;
    const struct draft_answer *answers;
    size_t answer_count;
    const char *document; /* number; NULL = left open */
    unsigned answer_days; /* working days to answer */
};
void draft_write(const struct draft *draft, struct buffer *out);

bool draft_level_parse(const char *word, enum draft_level *out); /* "yellow_card" "red_card" "circular" */
const char *draft_level_word(enum draft_level level);
const char *draft_level_chinese(enum draft_level level); /* "黄牌" "红牌" "通报" */

#endif
