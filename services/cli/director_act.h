/* What one line of a script does to the world of files. Blocks until it is done. */
#ifndef DUBAN_CLI_DIRECTOR_ACT_H
#define DUBAN_CLI_DIRECTOR_ACT_H

#include "services/cli/script.h"

__attribute__((warn_unused_result)) enum error_code director_act(const struct script_line *line, const char *folder,
                                                                 struct error *err);

#endif
