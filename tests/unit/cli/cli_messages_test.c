#include <criterion/criterion.h>

#include "services/cli/cli.h"

/* Both languages take the same arguments. */
Test(cli_messages, are_sound) {
    const struct message_row *unsound = message_unsound(&cli_messages);
    cr_assert_null(unsound, "%s", unsound ? unsound->en : "");
}
