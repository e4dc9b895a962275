#include "services/collector/folders.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "services/collector/command.h"

static void add_once(struct buffer *out, const char *folder, size_t len) {
    const char *at = out->len ? buffer_text(out) : "";
    while (*at) {
        size_t line = strcspn(at, "\n");
        if (line == len && memcmp(at, folder, len) == 0) return;
        at += line + 1;
    }
    buffer_printf(out, "%.*s\n", (int)len, folder);
}

static void add_folder(struct buffer *out, const char *folder) {
    if (folder && *folder) add_once(out, folder, strlen(folder));
}

static void add_folder_of(struct buffer *out, const char *file) {
    const char *slash = file ? strrchr(file, '/') : NULL;
    if (slash && slash != file) add_once(out, file, (size_t)(slash - file));
}

void folders_list(const struct settings *settings, struct buffer *out) {
    add_folder_of(out, settings->spool);
    add_folder_of(out, settings->status);
    for (size_t i = 0; i < settings->sources.count; i++) {
        add_folder(out, settings->sources.items[i].folder);
        add_folder(out, settings->sources.items[i].rejected);
    }
}

static const struct args_option options[] = {
    {.name = "config", .value = "FILE", .help = "configuration", .help_zh = "配置文件"},
    {.name = NULL},
};
static const struct args_program program = {
    .name = "duban-collector",
    .summary = "lists the folders that the agent writes into",
    .summary_zh = "列出采集端要写的文件夹",
    .plain = {.name = "folders", .options = options},
};

int folders_main(int argc, char **argv) {
    CLEAN(buffer_finish) struct buffer text = {0};
    struct args args;
    struct config config;
    struct settings settings;
    int status;
    if (!command_args(&program, argc, argv, &args, &status)) return status;
    if (!command_settings(args_value(&args, "config", NULL), &config, &settings, &status)) return status;
    folders_list(&settings, &text);
    fputs(text.len ? buffer_text(&text) : "", stdout);
    settings_finish(&settings);
    config_finish(&config);
    return 0;
}
