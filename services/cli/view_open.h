/* The view a command asks for with --programme, --as-of and --known-at. */
#ifndef DUBAN_CLI_VIEW_OPEN_H
#define DUBAN_CLI_VIEW_OPEN_H

#include "common/report/view.h"
#include "services/cli/cli.h"

/* *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code view_open(struct cli *cli, struct pg *pg, struct view *out,
                                                              struct error *err);
/* The same at a moment given; used by whoever draws again and again. */
__attribute__((warn_unused_result)) enum error_code
view_open_at(struct cli *cli, struct pg *pg, const struct moment *moment, struct view *out, struct error *err);

#endif
