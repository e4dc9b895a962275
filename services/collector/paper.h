/* One file, judged: bytes in, events and refusals out. The pure heart of the collector: no clock, no network, no disk
 * but the file itself when it is a workbook; what was sent before is asked for through struct memory.
 *
 * The file is refused when its structure is in doubt, the row when the row is, and a figure that looks odd goes out
 * with its doubts: only the centre holds. A receipt always says what became of the file. */
#ifndef DUBAN_COLLECTOR_PAPER_H
#define DUBAN_COLLECTOR_PAPER_H

#include <stdio.h>

#include "common/spool/sources.h"
#include "services/collector/decode.h"
#include "services/collector/reading.h"

/* What this agent has sent before. They may fail with the spool's error. */
struct memory {
    void *context;
    enum error_code (*figure_at)(void *context, const struct source_cell *cell, struct day as_of,
                                 struct source_figure *out, struct error *err);
    enum error_code (*figure_before)(void *context, const struct source_cell *cell, struct day as_of,
                                     struct source_figure *out, struct error *err);
    enum error_code (*words_same)(void *context, const struct source_cell *cell, struct day as_of, struct slice words,
                                  bool *same, struct error *err);
    /* The last file of a source; NULL = files are not compared. *out wants source_extent_finish. */
    enum error_code (*last_file)(void *context, const char *source, struct source_extent *out, struct error *err);
};

struct paper {
    const char *source; /* the feed's name in the configuration */
    struct slice name;  /* of the file */
    struct slice bytes;
    FILE *file; /* of a workbook: bytes are only its beginning, the rest is read as a stream; NULL = bytes are all */
    struct sheet *sheet; /* rows that came as cells; judging takes it over and leaves it empty. NULL = bytes hold it */
    bool too_large; /* bytes were not read: refused by its size */
    const struct refusal *given; /* with sheet: it is refused as a whole for this; NULL = it is not */
    uint8_t hash[SOURCE_HASH_BYTES];
    struct instant now;      /* domain time */
    struct instant modified; /* when the file was last written; INSTANT_NONE = unknown */
    const struct catalogue *catalogue;
    const struct mapping *mapping;
    const char *unit; /* the reporting unit */
    bool on_behalf;
    struct memory memory;
    enum error_code (*make_uid)(uint8_t uid[EVENT_UID_BYTES], struct error *err);
};

/* Why the centre will probably hold a figure. */
enum doubt {
    DOUBT_FALL = 1 << 0,
    DOUBT_CHANGED = 1 << 1,
    DOUBT_ABOVE_GOAL = 1 << 2,
    DOUBT_POWER_OF_TEN = 1 << 3,
    DOUBT_ABOVE_HUNDRED = 1 << 4,
    DOUBT_FUTURE = 1 << 5,
    DOUBT_DENOMINATOR = 1 << 6,
};
enum { DOUBT_COUNT = 7 };
const char *doubt_word(unsigned index);    /* "fall"; index of the bit */
const char *doubt_chinese(unsigned index); /* "累计数变小" */

enum outcome_kind { OUTCOME_SKIPPED, OUTCOME_BLANK, OUTCOME_EVENT, OUTCOME_UNCHANGED, OUTCOME_REFUSED };
struct outcome {
    enum outcome_kind kind;
    struct reading reading;
    struct event event; /* OUTCOME_EVENT */
    unsigned doubts;
    bool remember_figure, remember_words;
    struct source_cell cell;
    struct source_figure figure; /* to be remembered */
};

/* Which cells stand in the file: "T06.1 510822\n"…, sorted. */
struct extent {
    int64_t figures;
    struct slice cells;
    bool part; /* of the last file of the source: not worth being compared with */
};

struct verdict {
    struct arena *arena;    /* owns all texts */
    bool workbook;          /* it is a zip file, at least */
    struct decoded decoded; /* of text */
    struct sheet sheet;
    struct unread {         /* of a workbook */
        size_t line;        /* the first that stands too far below; 0 = none */
        const char *sheets; /* the other worksheets; NULL, "" = none */
    } unread;
    struct header header;
    struct refusal whole;     /* code 0: the file was not refused as a whole */
    struct outcome *outcomes; /* one for each row below the header and slot of it, row by row */
    size_t outcome_count;
    uint32_t taken, unchanged, held, refused, blank, skipped; /* held are among the taken */
    const char *period;                                       /* "2021-10"; NULL = unknown */
    const char *feed; /* of a table of answers or requests (requests.h): "回复"; NULL = a report of the source */
    const char *note; /* warnings, Chinese; NULL = none */
    struct extent extent;
    struct event receipt;
};

/* verdict wants verdict_finish either way. Errors are those of memory, uids or the heap. */
__attribute__((warn_unused_result)) enum error_code paper_judge(const struct paper *paper, struct verdict *out,
                                                                struct error *err);
void verdict_finish(struct verdict *verdict);

#endif
