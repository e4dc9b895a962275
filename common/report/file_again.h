/* One file and what became of it: what of it counts now, and whether the rows that were refused came again. Pure. */
#ifndef DUBAN_REPORT_FILE_AGAIN_H
#define DUBAN_REPORT_FILE_AGAIN_H

#include "common/report/evidence.h"
#include "common/report/view.h"

/* Two files are the same table when they came by one stream and are of one period, or one of them of none, and bear one
 * name, or are of one source and one period ("最终版(2)"). */
bool file_is_same_table(const struct feed_file *a, const struct feed_file *b);
/* The newest file after files->items[index] that is the same table; NULL = none has come. files: FEED_ALL. */
const struct feed_file *file_again(const struct feed_files *files, size_t index);

/* A figure of the file, and what became of it. */
struct file_figure {
    size_t cell, event; /* of view->events[cell] */
    struct evidence evidence;
};
struct file_figures {
    struct file_figure *items; /* in the order of the file */
    size_t count;
};
/* false: out of memory. */
__attribute__((warn_unused_result)) bool file_figures_find(const struct view *view, const struct feed_files *files,
                                                           size_t index, struct file_figures *out);
void file_figures_finish(struct file_figures *figures);

enum row_again {
    ROW_AGAIN_NO,      /* nothing of this table has come since */
    ROW_AGAIN_TAKEN,   /* from the same place of a later file a figure was taken */
    ROW_AGAIN_REFUSED, /* the newest one was refused at the same place */
    ROW_AGAIN_GONE,    /* the newest one was not refused there, nor was anything taken from there */
    ROW_AGAIN_UNKNOWN, /* the newest one had more refusals than it lists */
};
struct row_fate {
    enum row_again again;
    const struct feed_file *file; /* which one; NULL with ROW_AGAIN_NO */
};
/* place: of a refusal of files->items[index], "" = the whole file. */
struct row_fate row_again(const struct view *view, const struct feed_files *files, size_t index, const char *place);
const char *row_again_word(enum row_again again); /* "taken" */
/* "F12 已收", "F12 又退", "还没有重报" */
void row_again_words(const struct row_fate *fate, char *out, size_t capacity);

#endif
