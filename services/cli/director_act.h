/* What one line of a script does to the world of files. Blocks until it is done. ERROR_CONNECTION: a command ended with
 * exit status 3, it could not reach what it needs and has done nothing. */
#ifndef DUBAN_CLI_DIRECTOR_ACT_H
#define DUBAN_CLI_DIRECTOR_ACT_H

#include "services/cli/script.h"

__attribute__((warn_unused_result)) enum error_code director_act(const struct script_line *line, const char *folder,
                                                                 struct error *err);

#endif
