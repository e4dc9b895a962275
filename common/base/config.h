/* Configuration is a table: one row gives key, type, place in the caller's struct, default, range and help. From it
 * come parsing, `--help`, `--check-config`, the sample file, the reference page and `--key value`, so they cannot
 * drift. Reading a configuration may block on its file; nothing else here does. */
#ifndef DUBAN_BASE_CONFIG_H
#define DUBAN_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/message.h"
#include "common/base/word.h"
#include "common/base/yaml.h"

enum config_type {
    CONFIG_TEXT, /* const char * */
    CONFIG_PATH, /* const char *, absolute: relative ones start at the file's folder, from --KEY at the working folder
                  */
    CONFIG_INT,  /* int64_t within min … max */
    CONFIG_BOOL, /* bool */
    CONFIG_DURATION, /* int64_t milliseconds: 500ms, 30s, 5min, 2h, 7d; min and max in ms */
    CONFIG_SIZE,     /* int64_t bytes: 512, 64KiB, 4MiB, 1GiB; min and max in bytes */
    CONFIG_WORD,     /* int, from words */
    CONFIG_TEXTS,    /* struct config_texts */
    CONFIG_NODE,     /* handed to read(): a list of maps, a nested shape */
};

struct config;
struct config_texts {
    const char *const *items;
    size_t count;
};

struct config_field {
    const char *key; /* "uplink.heartbeat": dots are nested maps */
    enum config_type type;
    size_t offset;        /* offsetof in the caller's struct */
    const char *fallback; /* the default, written as in the file; NULL = the zero value */
    int64_t min, max;     /* INT, DURATION, SIZE; both 0 = 0 to INT64_MAX */
    bool required;
    bool secret; /* value never printed; prefer a path to a file all the same */
    const struct word *words;
    /* CONFIG_NODE: reads node (NULL when absent) into target + offset, adds findings by yaml_wrong. */
    void (*read)(struct config *config, struct yaml_node *node, void *slot);
    const char *sample; /* for the sample file when there is no default; may hold several lines */
    const char *help, *help_zh;
};

struct config_program {
    const char *name; /* "duban-collector" */
    const char *summary, *summary_zh;
    const struct config_field *fields;
    size_t field_count;
    size_t size; /* of the caller's struct */
    /* What one row cannot say of another: called when each of them is right. May be NULL. */
    enum error_code (*check)(const void *target, struct error *err);
};

/* What the values point into; lives as long as the caller's struct. */
struct config {
    struct yaml doc;
    char *file, *folder; /* absolute */
    struct findings findings;
};

struct config_override {
    const char *key, *value;
};

/* Fills target (size bytes, zeroed first). ERROR_INPUT: config->findings tells all that is wrong and err the first of
 * it; a file that cannot be read is ERROR_IO. file NULL: defaults and overrides alone. config is initialised either
 * way and wants config_finish. */
__attribute__((warn_unused_result)) enum error_code config_load(struct config *config,
                                                                const struct config_program *program, const char *file,
                                                                const struct config_override *overrides,
                                                                size_t override_count, void *target, struct error *err);
void config_finish(struct config *config);
/* What wants mending in a table itself (a default of the wrong form, a sample missing); NULL = sound. For a test. */
const struct config_field *config_unsound(const struct config_program *program);
/* For read(): text made absolute against the configuration's folder, in the configuration's memory. */
const char *config_path(struct config *config, const char *path);

/* The command line of a service: `NAME --config FILE [--check-config] [--sample-config] [--reference] [--help]
 * [--version] [--lang en|zh] [--KEY VALUE …]`. Everything but running is done here, with its output on stdout (the
 * findings on stderr). CONFIG_RUN: target is filled, go on; CONFIG_DONE: *status is the exit status. */
enum config_action { CONFIG_RUN, CONFIG_DONE };
enum config_action config_main(struct config *config, const struct config_program *program, int argc, char *const *argv,
                               void *target, int *status);

void config_help(const struct config_program *program, enum lang lang, struct buffer *out);
void config_sample(const struct config_program *program, enum lang lang, struct buffer *out);    /* YAML */
void config_reference(const struct config_program *program, enum lang lang, struct buffer *out); /* Markdown */

/* For base/ itself: "30s", "4MiB", the key a slip was meant for. */
const char *config_nearest_key(const struct config_program *program, const char *key);
void config_print_duration(int64_t ms, struct buffer *out);
void config_print_size(int64_t bytes, struct buffer *out);

/* One value's text; false when malformed or out of int64. */
bool config_parse_duration(const char *text, int64_t *ms);
bool config_parse_size(const char *text, int64_t *bytes);

#endif
