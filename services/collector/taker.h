/* From the sources into the spool. A look into the folders takes what may be taken, file by file in the order of their
 * names; what is no file is brought by its source. Events, receipt, what was last sent and the mark "taken" are one
 * transaction, so that a kill at any point loses and doubles nothing. A failing source never stops the others. Blocks
 * on the disk. */
#ifndef DUBAN_COLLECTOR_TAKER_H
#define DUBAN_COLLECTOR_TAKER_H

#include "common/domain/catalogue.h"
#include "proto/more.h"
#include "services/collector/paper.h"
#include "services/collector/settings.h"

struct taker {
    const struct settings *settings;   /* borrowed */
    struct spool *spool;               /* borrowed */
    const struct catalogue *catalogue; /* borrowed; may be exchanged between looks */
};

enum { TAKER_TROUBLE_MAX = 256 };
struct taker_report {
    uint64_t files_taken;            /* in this look */
    uint64_t files_pending;          /* could be taken now and were not: the spool is full, a read failed */
    uint64_t files_waiting;          /* not quiet yet */
    uint64_t files_unfinished;       /* not whole for more than 24 h */
    struct instant wake_at;          /* when to look again at the latest; INSTANT_NONE */
    char trouble[TAKER_TROUBLE_MAX]; /* Chinese or English, the last thing that went wrong; "" = nothing */
    char last_file[256];             /* taken last; "" = none in this look */
    char again[640]; /* a file whose content was taken before: "“a.csv”已收过…"; "" = none in this look */
};

/* An error is the spool's and leaves it rolled back; all else is in the report. */
__attribute__((warn_unused_result)) enum error_code taker_look(struct taker *taker, struct instant now,
                                                               struct taker_report *report, struct error *err);

/* What is no file in a folder: the body of a request, a message, the standard input, the rows of a query. */
enum { DOCUMENT_NAME_MAX = 160 };
struct document {
    const struct source_settings *source;
    const char *name;    /* a plain file name, as document_name makes one: in receipts, and of rejected files */
    struct slice bytes;  /* what a file would hold; all of it is there */
    struct sheet *sheet; /* … or rows already in cells: named, the names in the first row. Judging takes its content
                            over; the caller finishes it either way. NULL = bytes */
};

enum taken_how {
    DOCUMENT_TAKEN, /* judged and in the spool, with what was refused in the receipt */
    DOCUMENT_AGAIN, /* this very content was taken before from this source: 已收过, nothing was written */
    DOCUMENT_LATER, /* not taken, nothing was written: the spool is full or the disk short. Bring it again */
};
struct taken {
    enum taken_how how;
    uint8_t mark[SOURCE_HASH_BYTES]; /* by which the content is known (mark.h) */
    struct verdict verdict;          /* DOCUMENT_TAKEN: every row, the note, the receipt */
    bool told;                       /* DOCUMENT_TAKEN: refused as a whole, as it was before: nothing was written */
    struct source_file before;       /* DOCUMENT_AGAIN: under which name, when */
    bool has_receipt;                /* DOCUMENT_AGAIN, of kinds that give an answer: what it was told then */
    struct more receipt;             /* borrows from the bytes below */
    struct buffer more;
    const char *why;                 /* DOCUMENT_LATER: Chinese, static */
    char trouble[TAKER_TROUBLE_MAX]; /* the rejected file could not be written; "" = all is well */
};
/* The same way into the spool as a file's: judged, events, receipt, memory and mark in one transaction, which is on
 * the disk when this returns. Refused rows go to the source's folder for them, if it has one. Blocks on the disk. An
 * error is the spool's and leaves it rolled back. *out wants taken_finish either way. */
__attribute__((warn_unused_result)) enum error_code taker_take(struct taker *taker, const struct document *document,
                                                               struct instant now, struct taken *out,
                                                               struct error *err);
void taken_finish(struct taken *taken);
/* "进度-1f3a9c02.csv": the source's name, some of the content's hash, the ending (with its dot). The same content has
 * the same name, another does not write over its rejected file. */
void document_name(const struct source_settings *source, const struct document *document, const char *ending,
                   char out[DOCUMENT_NAME_MAX]);

/* For those who judge and keep by themselves (sql_take.h): the events of a verdict with what is to be remembered of
 * them, in a transaction that is open; the rejected file, or an old one removed; bytes that the events want. */
__attribute__((warn_unused_result)) enum error_code
taker_keep_outcomes(struct spool *spool, const struct verdict *verdict, struct instant now, struct error *err);
void taker_give_back(const struct source_settings *source, const char *name, const struct verdict *verdict,
                     char trouble[static TAKER_TROUBLE_MAX]);
size_t taker_room(const struct verdict *verdict);

/* The spool as a paper's memory. */
struct memory taker_memory(struct spool *spool);
/* Reads a file and fills a paper for it (bytes into *bytes; of a workbook the beginning, the rest stays in paper->file
 * until taker_close). */
__attribute__((warn_unused_result)) enum error_code taker_open(const struct settings *settings,
                                                               const struct source_settings *source, const char *path,
                                                               struct buffer *bytes, struct paper *paper,
                                                               struct error *err);
void taker_close(struct paper *paper);
/* Nothing is missing at its end, as far as its kind shows that. */
bool taker_is_whole(const struct paper *paper);

#endif
