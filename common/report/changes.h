/* What moved between an earlier moment and the view's. */
#ifndef DUBAN_REPORT_CHANGES_H
#define DUBAN_REPORT_CHANGES_H

#include <jansson.h>

#include "common/report/view.h"

struct change {
    size_t cell;
    int direction;      /* 1 better, -1 worse, 0 neither */
    bool light, figure; /* what moved: light or state; the value */
};
struct changes {
    struct moment since;
    struct assessment *before; /* like view->cells */
    struct change *items;      /* plan order */
    size_t count;
    size_t figures;          /* cells whose value moved, listed or not */
    const struct view *view; /* borrowed */
};

/* figures: also cells of which only the value moved. false: out of memory. */
__attribute__((warn_unused_result)) bool changes_make(struct view *view, const struct moment *since, bool figures,
                                                      struct changes *out);
void changes_finish(struct changes *changes);
json_t *changes_json(const struct changes *changes);
/* A county that falls silent, or speaks again, changes all its cells at once: that is one thing to be told. */
enum change_silence { SILENCE_NOT, SILENCE_BEGAN, SILENCE_ENDED };
enum change_silence change_silence(const struct changes *changes, const struct change *change);
/* "剑阁37项、旺苍2项", at most so many areas, then "等"; nothing when there are none. */
void changes_silence_words(const struct changes *changes, enum change_silence which, size_t most, struct buffer *out);
/* What got worse comes first (0), the worst of it before the rest; for printers that show only so many. CHANGE_RANKS
 * for what is silence. */
enum { CHANGE_RANKS = 15 };
unsigned change_rank(const struct changes *changes, const struct change *change);
/* "▼苍溪 融合试点村 黄→红（待核定）" */
void change_words(const struct changes *changes, const struct change *change, struct buffer *out);

/* The same of one cell as somebody may see it, before and after. change_between: false = no news. */
struct change_sides {
    const struct assessment *before, *after; /* borrowed */
};
struct change_sides changes_sides(const struct changes *changes, const struct change *change);
bool change_between(struct change_sides sides, size_t cell, struct change *out);
enum change_silence change_sides_silence(struct change_sides sides, const struct change *change);
unsigned change_sides_rank(struct change_sides sides, const struct change *change);
void change_sides_words(const struct view *view, const struct change *change, struct change_sides sides,
                        struct buffer *out);
json_t *change_json(const struct view *view, const struct change *change, struct change_sides sides);

/* What the last morning view knew: the first window (08:30) of the working day before the view's day. */
struct moment changes_last_workday(const struct view *view);

#endif
