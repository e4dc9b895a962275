/* What a table says of itself: help, sample file, reference page. */
#include <inttypes.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/config.h"
#include "common/base/text.h"

static const char *type_name(const struct config_field *field, enum lang lang) {
    switch (field->type) {
    case CONFIG_TEXT:
        return lang_pick(lang, "TEXT", "文字");
    case CONFIG_PATH:
        return lang_pick(lang, "PATH", "路径");
    case CONFIG_INT:
        return lang_pick(lang, "NUMBER", "整数");
    case CONFIG_BOOL:
        return "true|false";
    case CONFIG_DURATION:
        return lang_pick(lang, "DURATION", "时长");
    case CONFIG_SIZE:
        return lang_pick(lang, "SIZE", "大小");
    case CONFIG_WORD:
        return lang_pick(lang, "WORD", "选词");
    case CONFIG_TEXTS:
        return lang_pick(lang, "LIST", "列表");
    case CONFIG_NODE:
        return lang_pick(lang, "BLOCK", "段落");
    }
    return "";
}

static void add_number(const struct config_field *field, int64_t value, struct buffer *out) {
    if (field->type == CONFIG_DURATION)
        config_print_duration(value, out);
    else if (field->type == CONFIG_SIZE)
        config_print_size(value, out);
    else
        buffer_printf(out, "%" PRId64, value);
}

/* "1s to 1min" or "one, two"; nothing when everything goes. */
static void add_range(const struct config_field *field, enum lang lang, struct buffer *out) {
    bool number = field->type == CONFIG_INT || field->type == CONFIG_DURATION || field->type == CONFIG_SIZE;
    if (field->type == CONFIG_WORD) word_list(field->words, out);
    if (!number || (!field->min && !field->max)) return;
    add_number(field, field->min, out);
    if (field->max == INT64_MAX) {
        buffer_add_text(out, lang_pick(lang, " or more", " 以上"));
        return;
    }
    buffer_add_text(out, lang_pick(lang, " to ", " 至 "));
    add_number(field, field->max, out);
}

static const char *help_of(const struct config_field *field, enum lang lang) {
    const char *help = lang_pick(lang, field->help, field->help_zh);
    return help ? help : "";
}

/* --- help --- */

static void add_help_row(const struct config_field *field, enum lang lang, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer range = {0};
    add_range(field, lang, &range);
    buffer_printf(out, "  --%s %s\n        %s", field->key, type_name(field, lang), help_of(field, lang));
    if (range.len) buffer_printf(out, "%s%s", lang_pick(lang, "; ", "；"), buffer_text(&range));
    if (field->required)
        buffer_add_text(out, lang_pick(lang, " (required)", "（必填）"));
    else if (field->fallback && field->fallback[0])
        buffer_printf(out, lang == LANG_ZH ? "（默认 %s）" : " (default %s)", field->fallback);
    buffer_add_char(out, '\n');
}

void config_help(const struct config_program *program, enum lang lang, struct buffer *out) {
    buffer_printf(out, "%s%s --config FILE [--KEY VALUE]…\n%s\n\n", lang_pick(lang, "Usage: ", "用法："), program->name,
                  lang_pick(lang, program->summary, program->summary_zh));
    buffer_add_text(out, lang_pick(lang,
                                   "  --config FILE     the configuration (YAML)\n"
                                   "  --check-config    check it and say all that is wrong\n"
                                   "  --sample-config   print a configuration to start from\n"
                                   "  --reference       print all keys as a Markdown page\n"
                                   "  --lang en|zh      the language of these texts\n"
                                   "  --help, --version\n\n"
                                   "Every key of the configuration can be given here too and then wins:\n\n",
                                   "  --config FILE     配置文件（YAML）\n"
                                   "  --check-config    检查配置文件，列出全部问题\n"
                                   "  --sample-config   输出一份示例配置\n"
                                   "  --reference       以 Markdown 输出全部配置项\n"
                                   "  --lang en|zh      以上文字的语言\n"
                                   "  --help, --version\n\n"
                                   "配置文件的每一项也可写在命令行，以命令行为准：\n\n"));
    for (size_t i = 0; i < program->field_count; i++) {
        if (program->fields[i].type != CONFIG_NODE) add_help_row(&program->fields[i], lang, out);
    }
}

/* --- sample --- */

enum { INDENT = 2 };

static void add_indent(struct buffer *out, size_t depth) {
    buffer_printf(out, "%*s", (int)(depth * INDENT), "");
}

/* The keys of nested maps that this key is in and the one before it was not. Returns the depth of the last part. */
static size_t add_headings(const char *key, const char *before, struct buffer *out) {
    size_t depth = 0;
    bool same = true;
    for (const char *dot; (dot = strchr(key, '.')); depth++) {
        size_t len = (size_t)(dot - key) + 1;
        same = same && strncmp(key, before, len) == 0;
        if (same) {
            before += len;
        } else {
            add_indent(out, depth);
            buffer_printf(out, "%.*s:\n", (int)len - 1, key);
        }
        key = dot + 1;
    }
    return depth;
}

static bool needs_quotes(const struct config_field *field, const char *value) {
    if (field->type != CONFIG_TEXT && field->type != CONFIG_PATH) return false;
    size_t plain = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-");
    size_t len = strlen(value);
    return len == 0 || value[plain] != '\0' || value[0] == '-' || value[len - 1] == ':' || strcmp(value, "null") == 0;
}

static void add_sample_value(const struct config_field *field, const char *value, size_t depth, bool comment,
                             struct buffer *out) {
    if (field->type != CONFIG_NODE && !strchr(value, '\n')) {
        bool quotes = needs_quotes(field, value), list = field->type == CONFIG_TEXTS;
        buffer_printf(out, " %s%s%s\n", quotes ? "\"" : list ? "[" : "", value, quotes ? "\"" : list ? "]" : "");
        return;
    }
    buffer_add_char(out, '\n');
    while (*value) {
        size_t len = strcspn(value, "\n");
        add_indent(out, depth + 1);
        buffer_printf(out, "%s%.*s\n", comment ? "# " : "", (int)len, value);
        value += len + (value[len] == '\n');
    }
}

static void add_sample_field(const struct config_field *field, size_t depth, enum lang lang, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer range = {0};
    add_range(field, lang, &range);
    add_indent(out, depth);
    buffer_printf(out, "# %s%s%s%s\n", help_of(field, lang), range.len ? " (" : "", buffer_text(&range),
                  range.len ? ")" : "");
    /* What has a default, or may be left out, stands as a comment: the file says only what differs. */
    const char *value = field->required && field->sample ? field->sample
                        : field->fallback                ? field->fallback
                        : field->sample                  ? field->sample
                                                         : "";
    const char *dot = strrchr(field->key, '.');
    add_indent(out, depth);
    buffer_printf(out, "%s%s:", field->required ? "" : "# ", dot ? dot + 1 : field->key);
    add_sample_value(field, value, depth, !field->required, out);
}

void config_sample(const struct config_program *program, enum lang lang, struct buffer *out) {
    buffer_printf(out, "# %s: %s\n", program->name, lang_pick(lang, program->summary, program->summary_zh));
    const char *before = "";
    for (size_t i = 0; i < program->field_count; i++) {
        const struct config_field *field = &program->fields[i];
        size_t depth = add_headings(field->key, before, out);
        add_sample_field(field, depth, lang, out);
        before = field->key;
    }
}

/* --- reference --- */

/* A bar ends a table's cell. */
static void add_cell(struct buffer *out, const char *text) {
    for (; *text; text++) {
        if (*text == '|') buffer_add_char(out, '\\');
        buffer_add_char(out, *text == '\n' ? ' ' : *text);
    }
}

void config_reference(const struct config_program *program, enum lang lang, struct buffer *out) {
    buffer_printf(out, "# %s\n\n%s\n\n", program->name, lang_pick(lang, program->summary, program->summary_zh));
    buffer_add_text(out,
                    lang_pick(lang, "| key | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n",
                              "| 键 | 类型 | 默认值 | 范围 | 含义 |\n| --- | --- | --- | --- | --- |\n"));
    for (size_t i = 0; i < program->field_count; i++) {
        const struct config_field *field = &program->fields[i];
        CLEAN(buffer_finish) struct buffer range = {0};
        add_range(field, lang, &range);
        buffer_printf(out, "| `%s` | ", field->key);
        add_cell(out, type_name(field, lang));
        buffer_add_text(out, " | ");
        if (field->required)
            buffer_add_text(out, lang_pick(lang, "required", "必填"));
        else if (field->fallback && field->fallback[0])
            buffer_printf(out, "`%s`", field->fallback);
        buffer_add_text(out, " | ");
        add_cell(out, buffer_text(&range));
        buffer_add_text(out, " | ");
        add_cell(out, help_of(field, lang));
        buffer_add_text(out, " |\n");
    }
}
