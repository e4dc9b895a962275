/* What try, setup and resume have in common: options and the configuration they name. */
#ifndef DUBAN_COLLECTOR_COMMAND_H
#define DUBAN_COLLECTOR_COMMAND_H

#include "common/base/args.h"
#include "services/collector/settings.h"

/* False: it has said what is wrong, or shown the help; *status is the exit status. */
bool command_args(const struct args_program *program, int argc, char **argv, struct args *args, int *status);
/* Loads the configuration; findings and errors go to stderr. Both want their finish when true. */
bool command_settings(const char *file, struct config *config, struct settings *settings, int *status);

#endif
