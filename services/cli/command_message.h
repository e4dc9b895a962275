/* One message by its number: what it says, to whom it went, how each way answered, what was replied. */
#ifndef DUBAN_CLI_COMMAND_MESSAGE_H
#define DUBAN_CLI_COMMAND_MESSAGE_H

#include "services/cli/cli.h"

/* word: "D21-1108-05"; an item behind it ("/2") means the message it stands in. ERROR_NOT_FOUND names those near. */
__attribute__((warn_unused_result)) enum error_code command_message(struct cli *cli, const char *word,
                                                                    struct error *err);

#endif
