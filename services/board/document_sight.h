/* What one scope sees of the facts: its cells, each as it may be shown. Outside the office a red that waits for release
 * is not there: neither its light nor what gives it away (rule, why, threshold), nor the step of its alert. Pure. */
#ifndef DUBAN_BOARD_DOCUMENT_SIGHT_H
#define DUBAN_BOARD_DOCUMENT_SIGHT_H

#include "services/board/document.h"

struct sight {
    const struct facts *facts;
    const struct view *view;
    const struct plan *plan;
    const struct scope *scope;
    bool whole;                  /* sees what is not released, too */
    struct assessment now, then; /* of the last cell that had to be shown otherwise */
};

struct sight sight_of(const struct facts *facts, const struct scope *scope);
static inline bool sight_sees(const struct sight *sight, size_t cell) {
    return scope_sees_cell(sight->scope, sight->view, cell);
}
/* The cell as this scope may see it, today and at the changes' moment (NULL when there was none). Lent until the next
 * call of the same function. */
const struct assessment *sight_now(struct sight *sight, size_t cell);
const struct assessment *sight_then(struct sight *sight, size_t cell);
/* A red of this cell waits for release, and this scope does not see it. */
bool sight_hides(const struct sight *sight, size_t cell);

/* What is drawn of a cell: one of these, worst first. */
enum lamp {
    LAMP_RED,
    LAMP_PROPOSED, /* a computed red, 待核定 */
    LAMP_YELLOW,
    LAMP_GREY,
    LAMP_BLUE,
    LAMP_GREEN,
    LAMP_UNDATED,
    LAMP_NONE, /* words, not started, no sum */
    LAMP_NO_TASK,
    LAMPS,
};
enum lamp lamp_of(const struct assessment *seen);
const char *lamp_word(enum lamp lamp); /* "red" "proposed_red" … */
const char *lamp_name(enum lamp lamp); /* "红" "待核定" "黄" "灰" "正常" "完成" "无期限" "–" "无任务" */
/* Its figure is older than it ought to be: hatched. */
bool lamp_is_stale(const struct assessment *seen);

/* How many of each; and how many carry what stands beside a light. */
struct counts {
    size_t lamps[LAMPS];
    size_t cells, extended, back_filled, made_good, stale, held, awaiting_final;
};
void counts_add(struct counts *counts, const struct assessment *seen);
void counts_sum(struct counts *into, const struct counts *counts);
json_t *counts_json(const struct counts *counts);
enum lamp counts_worst(const struct counts *counts); /* LAMPS: nothing there */
/* "红5 待核定2 黄3 灰1"; of what is in order only that: "正常4 完成2". */
void counts_words(const struct counts *counts, struct buffer *out);

#endif
