/* Which cells a command is asked about: --lead --area --light --due-within. Pure. */
#ifndef DUBAN_CLI_FILTER_H
#define DUBAN_CLI_FILTER_H

#include "common/base/args.h"
#include "common/report/view.h"

struct filter {
    bool any;             /* something was asked for */
    size_t unit, area;    /* NO_INDEX = all; unit leads or takes part */
    unsigned lights;      /* bits 1 << enum light; 0 = all */
    struct day due_until; /* DAY_NONE = any; only what is not done */
    struct day today;
};
/* ERROR_USAGE names what is not known and what is near. */
__attribute__((warn_unused_result)) enum error_code
filter_read(const struct args *args, const struct plan *plan, struct day today, struct filter *out, struct error *err);
/* The same for the lists of a view. Borrows both. */
struct filtered {
    const struct filter *filter;
    const struct view *view;
};
struct selection filter_selection(const struct filtered *filtered);
bool filter_takes(const struct filter *filter, const struct plan *plan, size_t cell,
                  const struct assessment *assessment);

#endif
