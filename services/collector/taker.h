/* From the folders into the spool. Each look takes what may be taken, file by file in the order of their names: events,
 * receipt, what was last sent and the mark "taken" in one transaction, so that a kill at any point loses and doubles
 * nothing. A failing source never stops the others. Blocks on the disk. */
#ifndef DUBAN_COLLECTOR_TAKER_H
#define DUBAN_COLLECTOR_TAKER_H

#include "common/domain/catalogue.h"
#include "services/collector/paper.h"
#include "services/collector/settings.h"

struct taker {
    const struct settings *settings;   /* borrowed */
    struct spool *spool;               /* borrowed */
    const struct catalogue *catalogue; /* borrowed; may be exchanged between looks */
};

struct taker_report {
    uint64_t files_taken;      /* in this look */
    uint64_t files_pending;    /* could be taken now and were not: the spool is full, a read failed */
    uint64_t files_waiting;    /* not quiet yet */
    uint64_t files_unfinished; /* not whole for more than 24 h */
    struct instant wake_at;    /* when to look again at the latest; INSTANT_NONE */
    char trouble[256];         /* Chinese or English, the last thing that went wrong; "" = nothing */
    char last_file[256];       /* taken last; "" = none in this look */
    char again[640]; /* a file whose content was taken before: "“a.csv”已收过…"; "" = none in this look */
};

/* An error is the spool's and leaves it rolled back; all else is in the report. */
__attribute__((warn_unused_result)) enum error_code taker_look(struct taker *taker, struct instant now,
                                                               struct taker_report *report, struct error *err);
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
