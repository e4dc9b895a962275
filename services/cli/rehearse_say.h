/* What a rehearsal found, as a page for people and as JSON. Pure. */
#ifndef DUBAN_CLI_REHEARSE_SAY_H
#define DUBAN_CLI_REHEARSE_SAY_H

#include "common/base/buffer.h"
#include "services/cli/rehearse.h"

enum { REHEARSE_SHOWN = 20 }; /* differences, without --full */

struct rehearsal {
    struct rehearse_span span;
    struct rehearse_by now, then;
    const char *rules_file, *plan_file; /* NULL = as they are */
    struct instant loaded;              /* the first load */
    struct rehearse_telling told_now, told_then;
    struct rehearse_comparison comparison;
};

void rehearse_print(const struct rehearsal *rehearsal, bool full, struct buffer *out);
/* full: with every line that either says. */
void rehearse_print_json(const struct rehearsal *rehearsal, bool full, struct buffer *out);

#endif
