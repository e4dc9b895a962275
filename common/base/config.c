#include "common/base/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/base/yaml_memory.h"

static bool in_range(const struct config_field *field, int64_t value, struct buffer *why) {
    int64_t min = field->min, max = field->min || field->max ? field->max : INT64_MAX;
    if (value >= min && value <= max) return true;
    void (*print)(int64_t, struct buffer *) = field->type == CONFIG_DURATION ? config_print_duration
                                              : field->type == CONFIG_SIZE   ? config_print_size
                                                                             : NULL;
    buffer_add_text(why, "is outside ");
    if (print) {
        print(min, why);
        buffer_add_text(why, " to ");
        print(max, why);
    } else {
        buffer_printf(why, "%" PRId64 " to %" PRId64, min, max);
    }
    return false;
}

static bool set_number(const struct config_field *field, const char *text, void *slot, struct buffer *why) {
    int64_t value;
    bool good;
    if (field->type == CONFIG_DURATION) {
        good = config_parse_duration(text, &value);
        if (!good) buffer_add_text(why, "is not a duration like 500ms, 30s, 5min, 2h, 7d");
    } else if (field->type == CONFIG_SIZE) {
        good = config_parse_size(text, &value);
        if (!good) buffer_add_text(why, "is not a size like 512, 64KiB, 4MiB, 1GiB");
    } else {
        good = text_to_int(text, strlen(text), &value);
        if (!good) buffer_add_text(why, "is not a whole number (digits only, no leading zero)");
    }
    if (!good || !in_range(field, value, why)) return false;
    *(int64_t *)slot = value;
    return true;
}

static bool set_word(const struct config_field *field, const char *text, void *slot, struct buffer *why) {
    if (word_find(field->words, text, strlen(text), slot)) return true;
    buffer_add_text(why, "is none of: ");
    word_list(field->words, why);
    const char *near = word_nearest(field->words, text);
    if (near) buffer_printf(why, "; did you mean \"%s\"?", near);
    return false;
}

static bool set_bool(const char *text, void *slot, struct buffer *why) {
    bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0) {
        buffer_add_text(why, "is neither true nor false");
        return false;
    }
    *(bool *)slot = yes;
    return true;
}

static bool set_text(struct config *config, const char *text, void *slot, struct buffer *why) {
    const char *kept = yaml_keep_text(&config->doc, text, strlen(text));
    if (!kept) {
        buffer_add_text(why, "cannot be kept: no memory");
        return false;
    }
    *(const char **)slot = kept;
    return true;
}

static bool set_path(struct config *config, const char *folder, const char *text, void *slot, struct buffer *why) {
    AUTO_FREE char *joined = text[0] ? path_join(folder, text) : strdup("");
    if (!joined) {
        buffer_add_text(why, "cannot be kept: no memory");
        return false;
    }
    return set_text(config, joined, slot, why);
}

/* "a, b" of a default or the command line. */
static bool set_texts(struct config *config, const char *text, void *slot, struct buffer *why) {
    char *copy = yaml_keep_text(&config->doc, text, strlen(text));
    const char **items = yaml_keep(&config->doc, NULL, (strlen(text) + 1) * sizeof *items);
    if (!copy || !items) {
        buffer_add_text(why, "cannot be kept: no memory");
        return false;
    }
    size_t count = 0;
    for (char *save = NULL, *item = strtok_r(copy, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
        item += strspn(item, " ");
        size_t len = strlen(item);
        while (len && item[len - 1] == ' ')
            item[--len] = '\0';
        if (len) items[count++] = item;
    }
    *(struct config_texts *)slot = (struct config_texts){items, count};
    return true;
}

static bool set_value(struct config *config, const struct config_field *field, const char *folder, const char *text,
                      void *slot, struct buffer *why) {
    switch (field->type) {
    case CONFIG_TEXT:
        return set_text(config, text, slot, why);
    case CONFIG_PATH:
        return set_path(config, folder, text, slot, why);
    case CONFIG_INT:
    case CONFIG_DURATION:
    case CONFIG_SIZE:
        return set_number(field, text, slot, why);
    case CONFIG_BOOL:
        return set_bool(text, slot, why);
    case CONFIG_WORD:
        return set_word(field, text, slot, why);
    case CONFIG_TEXTS:
        return set_texts(config, text, slot, why);
    case CONFIG_NODE:
        break;
    }
    buffer_add_text(why, "can only be given in the configuration file");
    return false;
}

/* --- the file --- */

/* The map that holds the last part of a dotted key, and that part in *name; NULL when there is none. */
static struct yaml_node *find_map(struct yaml *doc, const char *key, const char **name) {
    struct yaml_node *map = doc->root;
    for (const char *dot; (dot = strchr(key, '.')); key = dot + 1) {
        char part[64];
        snprintf(part, sizeof part, "%.*s", (int)(dot - key), key);
        map = yaml_map_get(doc, map, part, YAML_OPTIONAL);
        if (!map) return NULL;
    }
    *name = key;
    return map;
}

static void take_texts_node(struct config *config, struct yaml_node *map, const char *name, void *slot) {
    struct config_texts texts;
    if (yaml_get_texts(&config->doc, map, name, YAML_OPTIONAL, &texts.items, &texts.count))
        *(struct config_texts *)slot = texts;
}

/* Whether the file says something about the field. */
static bool take_field(struct config *config, const struct config_field *field, void *slot) {
    const char *name = NULL;
    struct yaml_node *map = find_map(&config->doc, field->key, &name);
    struct yaml_node *node = map ? yaml_map_get(&config->doc, map, name, YAML_OPTIONAL) : NULL;
    if (field->type == CONFIG_NODE) {
        field->read(config, node, slot);
        return node != NULL;
    }
    if (!node) return false;
    if (field->type == CONFIG_TEXTS) {
        take_texts_node(config, map, name, slot);
        return true;
    }
    const char *text;
    if (!yaml_as_text(&config->doc, node, field->key, &text)) return true;
    CLEAN(buffer_finish) struct buffer why = {0};
    bool bare = field->type != CONFIG_TEXT && field->type != CONFIG_PATH && field->type != CONFIG_WORD;
    if (bare && node->quoted)
        yaml_wrong(&config->doc, node, "%s: write the value without quotes", field->key);
    else if (!set_value(config, field, config->folder, text, slot, &why))
        yaml_wrong(&config->doc, node, "%s: \"%s\" %s", field->key, field->secret ? "…" : text, buffer_text(&why));
    return true;
}

/* Unknown keys, in every map that a dotted key goes through. */
static void refuse_others(struct config *config, const struct config_program *program) {
    yaml_no_others(&config->doc, config->doc.root);
    const char *last = "";
    size_t last_len = 0;
    for (size_t i = 0; i < program->field_count; i++) {
        const char *key = program->fields[i].key, *name = NULL;
        const char *dot = strrchr(key, '.');
        size_t len = dot ? (size_t)(dot - key) : 0;
        if (!dot || (len == last_len && strncmp(key, last, len) == 0)) continue;
        last = key;
        last_len = len;
        struct yaml_node *map = find_map(&config->doc, key, &name);
        if (map) yaml_no_others(&config->doc, map);
    }
}

/* --- overrides --- */

static const struct config_field *find_field(const struct config_program *program, const char *key) {
    for (size_t i = 0; i < program->field_count; i++) {
        if (strcmp(program->fields[i].key, key) == 0) return &program->fields[i];
    }
    return NULL;
}

static void take_override(struct config *config, const struct config_program *program, const char *here,
                          const struct config_override *override, char *base, bool *given) {
    CLEAN(buffer_finish) struct buffer place = {0}, why = {0};
    buffer_printf(&place, "--%s", override->key);
    const struct config_field *field = find_field(program, override->key);
    if (!field) {
        const char *near = config_nearest_key(program, override->key);
        findings_add(&config->findings, false, buffer_text(&place), "unknown option%s%s%s",
                     near ? "; did you mean --" : "", near ? near : "", near ? "?" : "");
        return;
    }
    given[field - program->fields] = true;
    if (!set_value(config, field, here, override->value, base + field->offset, &why))
        findings_add(&config->findings, false, buffer_text(&place), "\"%s\" %s", field->secret ? "…" : override->value,
                     buffer_text(&why));
}

const char *config_nearest_key(const struct config_program *program, const char *key) {
    AUTO_FREE const char **keys = calloc(program->field_count + 1, sizeof *keys);
    for (size_t i = 0; keys && i < program->field_count; i++)
        keys[i] = program->fields[i].key;
    return keys ? text_nearest(key, keys, program->field_count) : NULL;
}

/* --- loading --- */

static enum error_code open_file(struct config *config, const char *file, struct error *err) {
    config->file = file ? path_absolute(file) : strdup("");
    config->folder = file && config->file ? path_folder(config->file) : path_absolute(".");
    if (!config->file || !config->folder) return error_set(err, ERROR_MEMORY, "no memory for the configuration");
    CLEAN(buffer_finish) struct buffer bytes = {0};
    if (file) {
        enum error_code code = file_read(file, YAML_BYTES_MAX, &bytes, err);
        if (code) return code;
    }
    yaml_parse(&config->doc, file ? file : "(no file)", buffer_text(&bytes), bytes.len, &config->findings);
    return ERROR_OK;
}

static void set_default(struct config *config, const struct config_field *field, void *slot) {
    CLEAN(buffer_finish) struct buffer why = {0};
    if (field->fallback && !set_value(config, field, config->folder, field->fallback, slot, &why))
        findings_add(&config->findings, false, field->key, "the built-in default \"%s\" %s", field->fallback,
                     buffer_text(&why));
}

static enum error_code first_finding(const struct config *config, struct error *err) {
    if (config->findings.errors == 0) return ERROR_OK;
    for (size_t i = 0; i < config->findings.count; i++) {
        const struct finding *finding = &config->findings.items[i];
        if (finding->warning) continue;
        error_set(err, ERROR_INPUT, "%s", finding->message);
        error_place(err, "%s", finding->place);
        return ERROR_INPUT;
    }
    return error_set(err, ERROR_INPUT, "the configuration is wrong");
}

enum error_code config_load(struct config *config, const struct config_program *program, const char *file,
                            const struct config_override *overrides, size_t override_count, void *target,
                            struct error *err) {
    *config = (struct config){0};
    memset(target, 0, program->size);
    enum error_code code = open_file(config, file, err);
    if (code) return code;
    AUTO_FREE char *here = path_absolute(".");
    AUTO_FREE bool *given = calloc(program->field_count + 1, sizeof *given);
    if (!here || !given) return error_set(err, ERROR_MEMORY, "no memory for the configuration");
    bool readable = config->findings.errors == 0;
    char *base = target;
    for (size_t i = 0; i < program->field_count; i++) {
        const struct config_field *field = &program->fields[i];
        set_default(config, field, base + field->offset);
        given[i] = take_field(config, field, base + field->offset);
    }
    refuse_others(config, program);
    for (size_t i = 0; i < override_count; i++)
        take_override(config, program, here, &overrides[i], base, given);
    for (size_t i = 0; readable && i < program->field_count; i++) {
        const struct config_field *field = &program->fields[i];
        if (field->required && !given[i])
            findings_add(&config->findings, false, file ? file : "", "%s is missing: %s", field->key, field->help);
    }
    struct error wrong = {0};
    if (config->findings.errors == 0 && program->check && program->check(target, &wrong))
        findings_add(&config->findings, false, file ? file : "", "%s", wrong.message);
    return first_finding(config, err);
}

void config_finish(struct config *config) {
    if (!config) return;
    yaml_finish(&config->doc);
    findings_finish(&config->findings);
    free(config->file);
    free(config->folder);
    *config = (struct config){0};
}

const char *config_path(struct config *config, const char *path) {
    CLEAN(buffer_finish) struct buffer why = {0};
    const char *kept = "";
    return set_path(config, config->folder, path, &kept, &why) ? kept : "";
}

const struct config_field *config_unsound(const struct config_program *program) {
    CLEAN(config_finish) struct config config = {.folder = strdup("/")};
    for (size_t i = 0; config.folder && i < program->field_count; i++) {
        const struct config_field *field = &program->fields[i];
        CLEAN(buffer_finish) struct buffer why = {0};
        union {
            int64_t number;
            bool flag;
            int word;
            const char *text;
            struct config_texts texts;
        } slot;
        bool unsound = !field->help || !field->help_zh || (field->required && !field->sample) ||
                       (field->type == CONFIG_WORD && !field->words) || (field->type == CONFIG_NODE && !field->read) ||
                       (field->fallback && !set_value(&config, field, "/", field->fallback, &slot, &why));
        for (size_t j = 0; j < i; j++)
            unsound = unsound || strcmp(program->fields[j].key, field->key) == 0;
        if (unsound) return field;
    }
    return NULL;
}
