/* The worksheet, or the text, that holds a table, before anybody knows its header: the separator and the sheet with
 * which a table can be seen. */
#ifndef DUBAN_COLLECTOR_LEARN_OPEN_H
#define DUBAN_COLLECTOR_LEARN_OPEN_H

#include "services/collector/learn_ask.h"
#include "services/collector/learn_see.h"
#include "services/collector/paper.h"

struct learn_opened {
    struct decoded decoded;
    struct sheet sheet;
    struct seen seen;
    const char *sheet_answer; /* for mapping.sheet: a name or pattern; "" = needs none */
};

/* False: *refusal says why the file cannot be read, or the asker failed. *out wants learn_opened_finish either way. */
bool learn_open(const struct paper *paper, struct day today, struct arena *arena, struct learn_asker *asker,
                struct learn_opened *out, struct refusal *refusal);
void learn_opened_finish(struct learn_opened *opened);

#endif
