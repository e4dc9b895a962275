/* duban-aggregator: the wiring. */
#include <stdlib.h>

#include "common/base/log.h"
#include "services/aggregator/shell.h"

int main(int argc, char **argv) {
    struct config config;
    struct settings settings;
    struct shell *shell = calloc(1, sizeof *shell);
    struct error err = {0};
    int status = 1;
    if (!shell) return 1;
    if (config_main(&config, &settings_program, argc, argv, &settings, &status) == CONFIG_RUN) {
        log_init("duban-aggregator", (enum log_level)settings.log_level, 2);
        if (shell_open(shell, &settings, &err) == ERROR_OK) {
            log_info("started", "listen=%s", router_address(shell->router));
            status = shell_run(shell);
            log_info("stopped", "received=%llu committed=%llu", (unsigned long long)shell->core.received,
                     (unsigned long long)shell->core.committed);
        } else {
            log_failure(LOG_LEVEL_ERROR, "cannot_start", &err);
            status = error_exit_status(err.code);
        }
        shell_close(shell);
    }
    config_finish(&config);
    free(shell);
    return status;
}
