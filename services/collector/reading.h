/* What one figure of a row says, before anything is compared with what was known: a figure, words, nothing — or why it
 * is refused. A row is read once for what all its figures share (target, area, day), then once for each slot of the
 * header. Pure; texts and refusals lie in the arena. */
#ifndef DUBAN_COLLECTOR_READING_H
#define DUBAN_COLLECTOR_READING_H

#include "common/domain/catalogue.h"
#include "services/collector/header.h"

enum reading_kind {
    READING_EMPTY,  /* no text at all, or said already by the row's first slot */
    READING_FOOTER, /* 填表人：…, or a row without any key */
    READING_TOTAL,  /* 合计 …: figure is what it claims, FIGURE_NONE when it cannot be read */
    READING_BLANK,  /* not reported */
    READING_FIGURE,
    READING_NO_CHANGE, /* the word 无变化 */
    READING_WORDS,     /* a note alone */
    READING_REFUSED,
};

struct reading {
    enum reading_kind kind;
    size_t row, slot;    /* of the sheet, of the header */
    size_t target, task; /* of the plan; one of them, or NO_INDEX both (totals) */
    size_t area;
    struct day as_of;
    struct figure figure;
    bool increment; /* the figure is that of the month alone, still to be added up */
    bool has_month, has_share;
    struct decimal month, share; /* 本月 and 目标任务 beside it, in the plan's unit */
    struct slice note, reason, blocked_by, document, reporter; /* ptr NULL = none */
    struct slice raw;                                          /* the figure's cell as written */
    size_t value_column, day_column;                           /* NO_COLUMN: the day is that of the whole file */
    struct refusal refusal;
};

struct reader {
    const struct plan *plan;
    const struct mapping *mapping;
    const struct sheet *sheet;
    const struct header *header;
    struct arena *arena;
    const char *unit;                /* the reporting unit of this agent */
    bool on_behalf;                  /* 代报: a document is required */
    struct day as_of;                /* for all rows; DAY_NONE = the column says */
    int year;                        /* for months without one; 0 = none */
    const char *year_doubt;          /* title and file name name different years: in Chinese; NULL = no doubt */
    const struct slot *slot;         /* being read */
    struct slice above[FIELD_COUNT]; /* for fill: down-always; kept by reading_row */
    struct slice *notes_above;       /* for 同上, by slot; header->slot_count of them, kept by reading_figure */
};

/* The row's own part: EMPTY, FOOTER, REFUSED, or FIGURE and TOTAL with target, area and day as far as the row says. */
struct reading reading_row(struct reader *reader, size_t row);
/* The figure of one slot; row is what reading_row gave. What is wrong with the whole row is said by the first slot. */
struct reading reading_figure(struct reader *reader, const struct reading *row, size_t slot);

#endif
