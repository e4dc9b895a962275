/* What came through the sources that are no folders since the agent's start: for its status file. Pure. */
#ifndef DUBAN_COLLECTOR_SOURCE_TALLY_H
#define DUBAN_COLLECTOR_SOURCE_TALLY_H

#include "common/base/status.h"
#include "services/collector/taker.h"

struct source_tally {
    uint64_t documents;      /* judged and in the spool, or refused as a whole */
    uint64_t whole;          /* … of these refused as a whole */
    uint64_t again;          /* 已收过 */
    uint64_t later;          /* could not be taken when they came */
    uint64_t taken, refused; /* rows */
    char last[256];          /* Chinese: the last document and what became of it; "" = none yet */
};

void source_tally_add(struct source_tally *tally, const char *name, const struct taken *taken);
/* "source/NAME/documents" … and the text "source/NAME/last". */
void source_tally_show(const struct source_tally *tally, const struct source_settings *source, struct status *status);

#endif
