#include "common/base/args.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

static const struct args_option *find_in(const struct args_option *options, const char *name, size_t len) {
    for (; options && options->name; options++) {
        if (strlen(options->name) == len && memcmp(options->name, name, len) == 0) return options;
    }
    return NULL;
}

static const struct args_option *find_option(const struct args_program *program, const struct args_command *command,
                                             const char *name, size_t len) {
    const struct args_option *found = command ? find_in(command->options, name, len) : NULL;
    return found ? found : find_in(program->common, name, len);
}

static enum error_code refuse_option(const struct args_program *program, const struct args_command *command,
                                     const char *word, size_t len, struct error *err) {
    const char *names[ARGS_MAX];
    size_t count = 0;
    const struct args_option *tables[] = {command ? command->options : NULL, program->common};
    for (size_t t = 0; t < 2; t++) {
        for (const struct args_option *o = tables[t]; o && o->name && count < ARGS_MAX; o++)
            names[count++] = o->name;
    }
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)len, word);
    const char *near = text_nearest(name, names, count);
    return error_set(err, ERROR_USAGE, "there is no option --%s%s%s%s; see %s%s%s --help", name,
                     near ? "; did you mean --" : "", near ? near : "", near ? "?" : "", program->name,
                     command && command->name ? " " : "", command && command->name ? command->name : "");
}

static enum error_code refuse_command(const struct args_program *program, const char *word, struct error *err) {
    const char *names[ARGS_MAX];
    size_t count = 0;
    for (const struct args_command *c = program->commands; c->name && count < ARGS_MAX; c++) {
        size_t len = strlen(word);
        /* "key" alone: show what it could go on with. */
        if (strncmp(c->name, word, len) == 0 && c->name[len] == ' ')
            return error_set(err, ERROR_USAGE, "\"%s\" wants one more word, as in \"%s\"; see %s --help", word, c->name,
                             program->name);
        names[count++] = c->name;
    }
    const char *near = text_nearest(word, names, count);
    return error_set(err, ERROR_USAGE, "there is no command \"%s\"%s%s%s; see %s --help", word,
                     near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "", program->name);
}

/* The command that begins with this word, and with the next one if its name has two. */
static const struct args_command *find_command(const struct args_program *program, const char *first,
                                               const char *second, int *words) {
    char both[128];
    snprintf(both, sizeof both, "%s %s", first, second ? second : "");
    const struct args_command *found = NULL;
    for (const struct args_command *c = program->commands; c->name; c++) {
        if (strcmp(c->name, both) == 0) {
            *words = 2;
            return c;
        }
        if (strcmp(c->name, first) == 0) found = c;
    }
    *words = 1;
    return found;
}

static enum error_code take_option(const struct args_program *program, struct args *out, int argc, char *const *argv,
                                   int *at, struct error *err) {
    const char *word = argv[*at] + 2;
    size_t len = strcspn(word, "=");
    const char *value = word[len] == '=' ? word + len + 1 : NULL;
    const struct args_option *option = find_option(program, out->command, word, len);
    if (!option) return refuse_option(program, out->command, word, len, err);
    if (!option->value && value) return error_set(err, ERROR_USAGE, "--%s takes no value", option->name);
    if (option->value && !value) {
        if (*at + 1 >= argc)
            return error_set(err, ERROR_USAGE, "--%s wants a value: --%s %s", option->name, option->name,
                             option->value);
        value = argv[++*at];
    }
    if (!option->repeated && args_has(out, option->name))
        return error_set(err, ERROR_USAGE, "--%s stands twice", option->name);
    if (out->given_count == ARGS_MAX) return error_set(err, ERROR_USAGE, "more than %d options", ARGS_MAX);
    out->given[out->given_count++] = (struct args_given){option, value};
    return ERROR_OK;
}

static enum error_code take_positional(struct args *out, const char *word, struct error *err) {
    if (out->positional_count == ARGS_MAX) return error_set(err, ERROR_USAGE, "more than %d words", ARGS_MAX);
    out->positionals[out->positional_count++] = word;
    return ERROR_OK;
}

/* "-5" is a number and "-" standard input; every other single dash is a slip. */
static bool is_odd_dash(const char *word) {
    return word[0] == '-' && word[1] != '\0' && (word[1] < '0' || word[1] > '9');
}

static enum error_code take_word(const struct args_program *program, struct args *out, int argc, char *const *argv,
                                 int *at, bool *options_over, struct error *err) {
    const char *word = argv[*at];
    if (!*options_over && strcmp(word, "--") == 0) {
        *options_over = true;
        return ERROR_OK;
    }
    if (!*options_over && word[0] == '-' && word[1] == '-') return take_option(program, out, argc, argv, at, err);
    if (!*options_over && is_odd_dash(word))
        return error_set(err, ERROR_USAGE, "there is no option %s; options have two dashes, see %s --help", word,
                         program->name);
    if (out->command) return take_positional(out, word, err);
    int words;
    out->command = find_command(program, word, *at + 1 < argc ? argv[*at + 1] : NULL, &words);
    if (!out->command) return refuse_command(program, word, err);
    *at += words - 1;
    return ERROR_OK;
}

/* --help and --version win over everything wrong beside them. */
static void look_for_help(int argc, char *const *argv, struct args *out) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        out->help = out->help || strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
        out->version = out->version || strcmp(argv[i], "--version") == 0;
    }
}

static bool has_words(const struct args_command *command) {
    return command->positionals && *command->positionals;
}

static enum error_code check_positionals(const struct args_program *program, const struct args *args,
                                         struct error *err) {
    const struct args_command *command = args->command;
    if (!command) return error_set(err, ERROR_USAGE, "which command? see %s --help", program->name);
    if (args->positional_count >= command->positional_min && args->positional_count <= command->positional_max)
        return ERROR_OK;
    bool more = args->positional_count > command->positional_max;
    return error_set(err, ERROR_USAGE, "%s%s%s: usage: %s%s%s%s%s", more ? "\"" : "",
                     more ? args->positionals[command->positional_max] : "something is missing",
                     more ? "\" is one word too many" : "", program->name, command->name ? " " : "",
                     command->name ? command->name : "", has_words(command) ? " " : "",
                     has_words(command) ? command->positionals : "");
}

enum error_code args_parse(const struct args_program *program, int argc, char *const *argv, struct args *out,
                           struct error *err) {
    *out = (struct args){.command = program->commands ? NULL : &program->plain};
    look_for_help(argc, argv, out);
    bool options_over = false;
    enum error_code code = ERROR_OK;
    for (int at = 1; at < argc && !code; at++) {
        bool asks =
            strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0 || strcmp(argv[at], "--version") == 0;
        if (options_over || !asks) code = take_word(program, out, argc, argv, &at, &options_over, err);
    }
    if (out->help || out->version) return ERROR_OK;
    return code ? code : check_positionals(program, out, err);
}

bool args_has(const struct args *args, const char *option) {
    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, option) == 0) return true;
    }
    return false;
}

const char *args_value(const struct args *args, const char *option, const char *fallback) {
    size_t at = 0;
    for (const char *value; (value = args_each(args, option, &at));)
        fallback = value;
    return fallback;
}

const char *args_each(const struct args *args, const char *option, size_t *at) {
    while (*at < args->given_count) {
        const struct args_given *given = &args->given[(*at)++];
        if (strcmp(given->option->name, option) == 0 && given->value) return given->value;
    }
    return NULL;
}

/* --- help --- */

enum { NAME_COLUMNS = 30 };

static void add_row(struct buffer *out, const char *name, const char *help) {
    buffer_add_text(out, "  ");
    if (text_width(name, strlen(name)) < NAME_COLUMNS)
        text_pad(name, strlen(name), NAME_COLUMNS, TEXT_LEFT, out);
    else
        buffer_printf(out, "%s\n  %*s", name, NAME_COLUMNS, "");
    buffer_printf(out, "%s\n", help ? help : "");
}

static void add_options(const struct args_option *options, enum lang lang, struct buffer *out) {
    for (; options && options->name; options++) {
        char name[128];
        snprintf(name, sizeof name, "--%s%s%s", options->name, options->value ? " " : "",
                 options->value ? options->value : "");
        add_row(out, name, lang_pick(lang, options->help, options->help_zh));
    }
}

static void add_usage_line(const struct args_program *program, const struct args_command *command, enum lang lang,
                           struct buffer *out) {
    buffer_printf(out, "%s%s", lang_pick(lang, "Usage: ", "用法："), program->name);
    if (command->name) buffer_printf(out, " %s", command->name);
    if (command->options || program->common) buffer_printf(out, " %s", lang_pick(lang, "[OPTION]…", "[选项]…"));
    if (has_words(command)) buffer_printf(out, " %s", command->positionals);
    buffer_add_char(out, '\n');
}

void args_usage(const struct args_program *program, const struct args_command *command, enum lang lang,
                struct buffer *out) {
    if (!command && !program->commands) command = &program->plain;
    if (command) {
        add_usage_line(program, command, lang, out);
        if (command->help) buffer_printf(out, "%s\n", lang_pick(lang, command->help, command->help_zh));
    } else {
        buffer_printf(out, "%s%s %s\n%s\n\n%s\n", lang_pick(lang, "Usage: ", "用法："), program->name,
                      lang_pick(lang, "COMMAND [OPTION]…", "命令 [选项]…"),
                      lang_pick(lang, program->summary, program->summary_zh), lang_pick(lang, "Commands:", "命令："));
        for (const struct args_command *c = program->commands; c->name; c++) {
            char name[128];
            snprintf(name, sizeof name, "%s%s%s", c->name, has_words(c) ? " " : "", has_words(c) ? c->positionals : "");
            add_row(out, name, lang_pick(lang, c->help, c->help_zh));
        }
    }
    buffer_printf(out, "\n%s\n", lang_pick(lang, "Options:", "选项："));
    if (command) add_options(command->options, lang, out);
    add_options(program->common, lang, out);
    add_row(out, "--help", lang_pick(lang, "this text", "显示本说明"));
    add_row(out, "--version", lang_pick(lang, "the version", "显示版本"));
}
