/* By what a source knows a document again: its content; with `as_of: period` also the period it was about when it came,
 * because the same table says something new a month later. What was refused as a whole is marked apart: nothing of it
 * was taken, so the same content is judged again (the mapping may have been mended), but its refusal goes to the centre
 * once. */
#ifndef DUBAN_COLLECTOR_MARK_H
#define DUBAN_COLLECTOR_MARK_H

#include "services/collector/paper.h"

void mark_of(const struct paper *paper, bool refused, uint8_t out[SOURCE_HASH_BYTES]);
/* Whether it was taken before, and under which name. */
__attribute__((warn_unused_result)) enum error_code mark_find(struct spool *spool, const struct paper *paper,
                                                              struct source_file *out, struct error *err);
/* Whether it was refused as a whole before. */
__attribute__((warn_unused_result)) enum error_code mark_refused_before(struct spool *spool, const struct paper *paper,
                                                                        bool *before, struct error *err);

#endif
