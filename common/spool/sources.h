/* What the sources have given so far, in the spool's file so that it is written in the same transaction as the events:
 * which files are taken, how an untaken file looked, and the last figure sent for each cell and day, so that a file
 * sent again gives "unchanged", "no change" or "changed". Every call may block on the disk; those that write must stand
 * between spool_begin and spool_commit, except sources_look_set. */
#ifndef DUBAN_SPOOL_SOURCES_H
#define DUBAN_SPOOL_SOURCES_H

#include "common/base/buffer.h"
#include "common/spool/spool.h"

enum { SOURCE_HASH_BYTES = EVENT_HASH_BYTES };

/* --- files --- */

struct source_file {
    bool found;
    char name[256]; /* under which it was first taken, cut to fit */
    struct instant taken_at;
};
/* By content, within one source. */
__attribute__((warn_unused_result)) enum error_code sources_file_find(struct spool *spool, const char *source,
                                                                      const uint8_t hash[SOURCE_HASH_BYTES],
                                                                      struct source_file *out, struct error *err);
__attribute__((warn_unused_result)) enum error_code sources_file_mark(struct spool *spool, const char *source,
                                                                      const uint8_t hash[SOURCE_HASH_BYTES],
                                                                      const char *name, struct instant now,
                                                                      struct error *err);

/* --- how a file looked: a file is quiet when it looks the same at two looks some domain time apart --- */

struct source_look {
    bool found;
    bool decided; /* in this very form it was taken, refused or known: nothing to do */
    int64_t size, mtime_ns;
    struct instant since; /* it has looked like this since */
    struct instant first; /* the name was first seen */
};
__attribute__((warn_unused_result)) enum error_code sources_look_find(struct spool *spool, const char *source,
                                                                      const char *name, struct source_look *out,
                                                                      struct error *err);
__attribute__((warn_unused_result)) enum error_code sources_look_set(struct spool *spool, const char *source,
                                                                     const char *name, const struct source_look *look,
                                                                     struct error *err);

/* --- what the last file of a source was about: a later one that shrank or lost a county says so --- */

struct source_extent {
    bool found;
    char name[256];       /* of that file, cut to fit */
    int64_t figures;      /* how many it held */
    struct buffer cells;  /* "T06.1 510822\n"…, sorted, each once */
};
void source_extent_finish(struct source_extent *extent);
/* *out wants source_extent_finish either way. */
__attribute__((warn_unused_result)) enum error_code sources_extent_find(struct spool *spool, const char *source,
                                                                        struct source_extent *out, struct error *err);
__attribute__((warn_unused_result)) enum error_code sources_extent_set(struct spool *spool, const char *source,
                                                                       const char *name, int64_t figures,
                                                                       struct slice cells, struct error *err);

/* --- receipts of what programs bring, by content: who asks again hears the same --- */

/* `more` is that of the receipt's event. */
__attribute__((warn_unused_result)) enum error_code sources_receipt_set(struct spool *spool, const char *source,
                                                                        const uint8_t hash[SOURCE_HASH_BYTES],
                                                                        struct slice more, struct instant now,
                                                                        struct error *err);
/* Adds it to *more. */
__attribute__((warn_unused_result)) enum error_code sources_receipt_find(struct spool *spool, const char *source,
                                                                         const uint8_t hash[SOURCE_HASH_BYTES],
                                                                         struct buffer *more, bool *found,
                                                                         struct error *err);
__attribute__((warn_unused_result)) enum error_code sources_receipt_forget(struct spool *spool, struct instant before,
                                                                           struct error *err);

/* --- a source that is asked again and again: how far its answers have been taken --- */

struct source_pull {
    bool found;
    char mark[96];           /* the watermark, in the source's own words; "" = none yet */
    struct instant asked_at; /* the last time, with or without an answer; INSTANT_NONE = never */
    uint32_t failures;       /* in a row, up to then */
    char code[32];           /* why the last one failed; "" = it did not */
    uint8_t refused[SOURCE_HASH_BYTES], noted[SOURCE_HASH_BYTES]; /* of what the last receipts said; zeros = nothing */
    uint8_t basis[SOURCE_HASH_BYTES]; /* of the question: of another one the watermark means nothing */
};
__attribute__((warn_unused_result)) enum error_code sources_pull_find(struct spool *spool, const char *source,
                                                                      struct source_pull *out, struct error *err);
/* In the same transaction as the events it covers. */
__attribute__((warn_unused_result)) enum error_code sources_pull_set(struct spool *spool, const char *source,
                                                                     const struct source_pull *pull,
                                                                     struct error *err);

/* --- the last figure sent for a cell and day, by reporter --- */

struct source_figure {
    bool found;
    struct day as_of;
    struct figure figure;
    uint8_t uid[EVENT_UID_BYTES]; /* of the event that gave it */
    uint32_t kind;                /* of that event */
    bool doubted;                 /* the agent saw a reason to hold it: not to be repeated by "no change" */
};
struct source_cell {
    struct slice target, area, reporter;
};
/* That of exactly this day. */
__attribute__((warn_unused_result)) enum error_code sources_figure_at(struct spool *spool,
                                                                      const struct source_cell *cell, struct day as_of,
                                                                      struct source_figure *out, struct error *err);
/* The newest of an earlier day. */
__attribute__((warn_unused_result)) enum error_code sources_figure_before(struct spool *spool,
                                                                          const struct source_cell *cell,
                                                                          struct day as_of, struct source_figure *out,
                                                                          struct error *err);
__attribute__((warn_unused_result)) enum error_code sources_figure_set(struct spool *spool,
                                                                       const struct source_cell *cell,
                                                                       const struct source_figure *figure,
                                                                       struct error *err);

/* --- words on a task or target: the last ones, to know what is repeated --- */

__attribute__((warn_unused_result)) enum error_code sources_words_same(struct spool *spool,
                                                                       const struct source_cell *cell, struct day as_of,
                                                                       struct slice words, bool *same,
                                                                       struct error *err);
__attribute__((warn_unused_result)) enum error_code sources_words_set(struct spool *spool,
                                                                      const struct source_cell *cell, struct day as_of,
                                                                      struct slice words, struct error *err);

#endif
