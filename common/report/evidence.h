/* What became of one event of a cell, read off the replayed ledger. Pure. */
#ifndef DUBAN_REPORT_EVIDENCE_H
#define DUBAN_REPORT_EVIDENCE_H

#include "common/base/buffer.h"
#include "common/domain/ledger.h"
#include "common/store/query_feed.h"

struct evidence {
    const char *token; /* standing held other replaced decision words; static */
    bool held;
    char words[256];            /* "待核：下降（现按 57）" */
    struct event_origin origin; /* filled by who asks the database */
};
struct evidence evidence_of(const struct ledger *ledger, const struct cell_event *events, size_t event);
const char *evidence_kind_name(enum event_kind kind); /* "数" "更正" "无变化" … */
/* "下降、改数": the causes that still hold a figure. */
void hold_causes_words(unsigned causes, char *out, size_t capacity);
/* "市交通运输局报31.9（08-31）": a figure kept beside the one that counts. */
void second_source_words(const struct second_source *source, struct buffer *out);

#endif
