/* A service's command line around its table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/config.h"
#include "common/base/text.h"

enum task { TASK_RUN, TASK_CHECK, TASK_HELP, TASK_SAMPLE, TASK_REFERENCE, TASK_VERSION };

static const struct word tasks[] = {
    {"--check-config", TASK_CHECK},  {"--help", TASK_HELP},       {"-h", TASK_HELP}, {"--sample-config", TASK_SAMPLE},
    {"--reference", TASK_REFERENCE}, {"--version", TASK_VERSION}, {NULL, 0}};

struct command_line {
    int task;
    enum lang lang;
    const char *file;
    struct config_override *overrides; /* room for argc */
    size_t override_count;
    char *names; /* the overrides' keys, cut at "=" */
};

static void command_line_finish(struct command_line *line) {
    free(line->overrides);
    free(line->names);
}

static const char *nearest_option(const struct config_program *program, const char *word) {
    const char *near = word_nearest(tasks, word);
    if (near) return near + 2;
    near = config_nearest_key(program, word + 2);
    static const char *const own[] = {"config", "lang"};
    return near ? near : text_nearest(word + 2, own, sizeof own / sizeof own[0]);
}

static bool is_key(const struct config_program *program, const char *name) {
    for (size_t i = 0; i < program->field_count; i++) {
        if (strcmp(program->fields[i].key, name) == 0) return true;
    }
    return strcmp(name, "config") == 0 || strcmp(name, "lang") == 0;
}

static enum error_code take_value(const struct config_program *program, struct command_line *line, const char *name,
                                  const char *value, struct error *err) {
    if (!value) return error_set(err, ERROR_USAGE, "--%s wants a value; see %s --help", name, program->name);
    if (strcmp(name, "config") == 0)
        line->file = value;
    else if (strcmp(name, "lang") != 0)
        line->overrides[line->override_count++] = (struct config_override){name, value};
    else if (!lang_parse(value, &line->lang))
        return error_set(err, ERROR_USAGE, "--lang is en or zh, not \"%s\"", value);
    return ERROR_OK;
}

static enum error_code read_line(const struct config_program *program, int argc, char *const *argv,
                                 struct command_line *line, struct error *err) {
    size_t bytes = 1;
    for (int i = 1; i < argc; i++)
        bytes += strlen(argv[i]) + 1;
    line->overrides = calloc((size_t)argc + 1, sizeof *line->overrides);
    char *at = line->names = malloc(bytes);
    if (!line->overrides || !line->names) return error_set(err, ERROR_MEMORY, "no memory for the command line");
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (word_find(tasks, word, strlen(word), &line->task)) continue;
        if (strncmp(word, "--", 2) != 0)
            return error_set(err, ERROR_USAGE, "\"%s\" is no option; see %s --help", word, program->name);
        size_t len = strcspn(word + 2, "=");
        const char *name = at;
        memcpy(at, word + 2, len);
        at[len] = '\0';
        at += len + 1;
        const char *value = word[2 + len] == '=' ? word + 3 + len : NULL;
        if (!is_key(program, name)) {
            const char *near = nearest_option(program, word);
            return error_set(err, ERROR_USAGE, "there is no option --%s%s%s%s; see %s --help", name,
                             near ? "; did you mean --" : "", near ? near : "", near ? "?" : "", program->name);
        }
        if (!value && i + 1 < argc) value = argv[++i];
        enum error_code code = take_value(program, line, name, value, err);
        if (code) return code;
    }
    return ERROR_OK;
}

static void print_findings(const struct findings *findings) {
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        fprintf(stderr, "%s%s%s%s\n", finding->place, finding->place[0] ? ": " : "",
                finding->warning ? "warning: " : "", finding->message);
    }
}

static int print_page(const struct config_program *program, const struct command_line *line) {
    CLEAN(buffer_finish) struct buffer page = {0};
    if (line->task == TASK_VERSION)
        buffer_printf(&page, "%s %s\n", program->name, DUBAN_VERSION);
    else if (line->task == TASK_HELP)
        config_help(program, line->lang, &page);
    else if (line->task == TASK_SAMPLE)
        config_sample(program, line->lang, &page);
    else
        config_reference(program, line->lang, &page);
    bool good = !page.failed && fputs(buffer_text(&page), stdout) >= 0 && fflush(stdout) == 0;
    return good ? 0 : 1;
}

static int tell_failure(const struct config_program *program, const struct config *config, const struct error *err) {
    if (config->findings.count)
        print_findings(&config->findings);
    else
        fprintf(stderr, "%s: %s\n", program->name, err->message);
    return error_exit_status(err->code);
}

enum config_action config_main(struct config *config, const struct config_program *program, int argc, char *const *argv,
                               void *target, int *status) {
    *config = (struct config){0};
    struct error err = {0};
    CLEAN(command_line_finish) struct command_line line = {.task = TASK_RUN};
    *status = 0;
    if (read_line(program, argc, argv, &line, &err)) {
        *status = tell_failure(program, config, &err);
        return CONFIG_DONE;
    }
    if (line.task != TASK_RUN && line.task != TASK_CHECK) {
        *status = print_page(program, &line);
        return CONFIG_DONE;
    }
    if (config_load(config, program, line.file, line.overrides, line.override_count, target, &err)) {
        *status = tell_failure(program, config, &err);
        return CONFIG_DONE;
    }
    print_findings(&config->findings); /* warnings */
    if (line.task == TASK_RUN) return CONFIG_RUN;
    printf("%s: %s\n", line.file ? line.file : program->name, lang_pick(line.lang, "no errors", "没有错误"));
    return CONFIG_DONE;
}
