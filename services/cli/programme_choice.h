/* Which programme a command means: --programme, the configuration's, the only one, or else the one the office's own
 * stream belongs to. */
#ifndef DUBAN_CLI_PROGRAMME_CHOICE_H
#define DUBAN_CLI_PROGRAMME_CHOICE_H

#include "common/store/programme.h"
#include "services/cli/cli.h"

/* *out wants programme_finish when it is ERROR_OK. */
enum error_code choose_programme(struct cli *cli, struct pg *pg, struct programme *out, struct error *err);

#endif
