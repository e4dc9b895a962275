/* The alerter's configuration as one table. */
#ifndef DUBAN_ALERTER_SETTINGS_H
#define DUBAN_ALERTER_SETTINGS_H

#include "services/alerter/courier.h"

struct settings {
    const char *database, *clock, *status, *programme, *rules;
    const char *webhook_secret_file, *email_password_file;
    struct courier_settings courier;
    int64_t poll_ms;
    int log_level;
};
extern const struct config_program alerter_program;

/* Reads the files of secrets into settings->courier.channels. */
__attribute__((warn_unused_result)) enum error_code settings_secrets(struct settings *settings, struct error *err);
void settings_finish(struct settings *settings); /* the secrets */

#endif
