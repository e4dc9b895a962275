/* duban-alerter: the wiring. */
#include <sodium.h>
#include <stdio.h>

#include "common/base/log.h"
#include "services/alerter/alerter.h"

static enum error_code run(struct settings *settings, struct error *err) {
    struct alerter alerter;
    enum error_code code = settings_secrets(settings, err);
    if (code) return code;
    code = alerter_open(&alerter, settings, err);
    if (!code) {
        log_info("started", "version=%s", DUBAN_VERSION);
        code = alerter_run(&alerter, err);
    }
    alerter_finish(&alerter);
    return code;
}

int main(int argc, char **argv) {
    struct config config;
    struct settings settings = {0};
    struct error err = {0};
    int status = 0;
    if (config_main(&config, &alerter_program, argc, argv, &settings, &status) == CONFIG_DONE) {
        config_finish(&config);
        return status;
    }
    log_init("duban-alerter", (enum log_level)settings.log_level, 2);
    if (sodium_init() < 0) error_set(&err, ERROR_IO, "libsodium cannot get random bytes from the kernel");
    if (err.code == ERROR_OK && run(&settings, &err) != ERROR_OK) log_failure(LOG_LEVEL_ERROR, "stopped", &err);
    settings_finish(&settings);
    config_finish(&config);
    return error_exit_status(err.code);
}
