#include "services/collector/command.h"

#include <stdio.h>

bool command_args(const struct args_program *program, int argc, char **argv, struct args *args, int *status) {
    struct error err;
    *status = 2;
    if (args_parse(program, argc, argv, args, &err)) {
        fprintf(stderr, "%s: %s\n", program->name, err.message);
        return false;
    }
    if (!args->help && !args->version) return true;
    struct buffer text = {0};
    if (args->help)
        args_usage(program, NULL, LANG_ZH, &text);
    else
        buffer_printf(&text, "%s %s\n", program->name, DUBAN_VERSION);
    fputs(buffer_text(&text), stdout);
    buffer_finish(&text);
    *status = 0;
    return false;
}

bool command_settings(const char *file, struct config *config, struct settings *settings, int *status) {
    struct error err;
    *status = 1;
    if (!file) {
        fputs("请给出配置文件：--config FILE\n", stderr);
        *status = 2;
        return false;
    }
    enum error_code code = config_load(config, &settings_program, file, NULL, 0, settings, &err);
    for (size_t i = 0; i < config->findings.count; i++)
        fprintf(stderr, "%s: %s\n", config->findings.items[i].place, config->findings.items[i].message);
    if (!code) return true;
    if (config->findings.count == 0) fprintf(stderr, "%s: %s\n", file, err.message);
    settings_finish(settings);
    config_finish(config);
    return false;
}
