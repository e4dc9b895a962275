#include "services/collector/sql_settings.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "services/collector/sheet.h"

enum {
    EVERY_DEFAULT_MS = MS_HOUR,
    EVERY_LEAST_MS = MS_MINUTE,
    TIMEOUT_DEFAULT_MS = 30000,
    ROWS_DEFAULT = 20000,
    DAY_MINUTES = 24 * 60,
    FROM_MINUTE = 8 * 60 + 30,
    TO_MINUTE = 17 * 60 + 30,
    OVERLAP_MS = 10 * MS_MINUTE,
    OVERLAP_COUNT = 1000,
};

static const struct word drivers[] = {
    {"postgresql", SQL_DRIVER_POSTGRESQL}, {"odbc", SQL_DRIVER_ODBC}, {NULL, 0}};
static const struct word days[] = {{"every", SQL_EVERY_DAY}, {"working", SQL_WORKING_DAYS}, {NULL, 0}};

static void get_text(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, struct arena *arena,
                     const char **out) {
    const char *text = NULL;
    if (yaml_get_text(doc, map, key, need, &text)) *out = arena_copy(arena, text);
}

static void get_duration(struct yaml *doc, struct yaml_node *map, const char *key, int64_t min_ms, int64_t *out) {
    const char *text = NULL;
    int64_t ms = 0;
    if (!yaml_get_text(doc, map, key, YAML_OPTIONAL, &text)) return;
    if (config_parse_duration(text, &ms) && ms >= min_ms)
        *out = ms;
    else
        yaml_wrong(doc, map, "%s: \"%s\" is not a duration of at least %lld s, like 30s, 5min, 1h", key, text,
                   (long long)min_ms / 1000);
}

static void get_path(struct config *config, struct yaml_node *map, const char *key, struct arena *arena,
                     const char **out) {
    const char *file = NULL;
    if (!yaml_get_text(&config->doc, map, key, YAML_OPTIONAL, &file)) return;
    const char *path = config_path(config, file);
    *out = arena_copy(arena, path ? path : file);
}

static void read_connection(struct config *config, struct yaml_node *node, struct arena *arena,
                            struct sql_settings *out) {
    get_text(&config->doc, node, "connection", YAML_OPTIONAL, arena, &out->connection);
    get_path(config, node, "connection_file", arena, &out->connection_file);
    if (!out->connection == !out->connection_file)
        yaml_wrong(&config->doc, node, "give connection or connection_file, one of them");
    get_path(config, node, "password_file", arena, &out->password_file);
    get_text(&config->doc, node, "password_env", YAML_OPTIONAL, arena, &out->password_env);
    if (out->password_file && out->password_env)
        yaml_wrong(&config->doc, node, "give password_file or password_env, not both");
}

/* What only reads begins with one of these. The database is told as well that nothing may be written. */
static bool only_reads(const char *query) {
    static const char *const words[] = {"select", "with"};
    while (*query && strchr(" \t\r\n(", *query))
        query++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if (strncasecmp(query, words[i], len) == 0 && query[len] && strchr(" \t\r\n*(", query[len])) return true;
    }
    return false;
}

static void read_query(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct sql_settings *out) {
    get_text(doc, node, "query", YAML_REQUIRED, arena, &out->query);
    if (!out->query) return;
    if (!only_reads(out->query)) yaml_wrong(doc, node, "query: it must begin with SELECT or WITH");
    bool asks = strstr(out->query, "$1") != NULL;
    if (asks && !out->watermark) yaml_wrong(doc, node, "query: it has $1, so `watermark` must name a column");
    if (!asks && out->watermark)
        yaml_wrong(doc, node, "query: `watermark` is given, so it needs a condition like: %s >= $1", out->watermark);
}

/* A number is one for columns of numbers, everything else a duration. */
static void read_overlap(struct yaml *doc, struct yaml_node *node, struct sql_overlap *out) {
    const char *text = NULL;
    *out = (struct sql_overlap){.ms = OVERLAP_MS, .count = OVERLAP_COUNT};
    if (!yaml_get_text(doc, node, "overlap", YAML_OPTIONAL, &text)) return;
    if (!text_to_int(text, strlen(text), &out->count) && !config_parse_duration(text, &out->ms))
        yaml_wrong(doc, node, "overlap: \"%s\" is neither a duration like 10min nor a number", text);
    if (out->count < 0 || out->ms < 0) yaml_wrong(doc, node, "overlap: it cannot be negative");
}

static void read_watermark(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct sql_settings *out) {
    get_text(doc, node, "watermark", YAML_OPTIONAL, arena, &out->watermark);
    read_overlap(doc, node, &out->overlap);
    get_text(doc, node, "from", out->watermark ? YAML_REQUIRED : YAML_OPTIONAL, arena, &out->from);
}

static void read_zone(struct yaml *doc, struct yaml_node *node, struct sql_settings *out) {
    const char *text = NULL;
    if (!yaml_get_text(doc, node, "zone", YAML_OPTIONAL, &text)) return;
    out->zoned = stamp_zone(text, &out->zone);
    if (!out->zoned) yaml_wrong(doc, node, "zone: \"%s\" is none of \"+08:00\", UTC, 北京时间", text);
}

/* "8:30-17:30" */
static bool parse_hours(const char *text, struct sql_schedule *out) {
    int hour[2], minute[2], end = 0;
    if (sscanf(text, "%2d:%2d-%2d:%2d%n", &hour[0], &minute[0], &hour[1], &minute[1], &end) != 4 || text[end])
        return false;
    for (int i = 0; i < 2; i++)
        if (hour[i] < 0 || minute[i] < 0 || minute[i] > 59 || hour[i] * 60 + minute[i] > DAY_MINUTES) return false;
    out->from_minute = hour[0] * 60 + minute[0];
    out->to_minute = hour[1] * 60 + minute[1];
    return out->from_minute < out->to_minute;
}

static void read_schedule(struct yaml *doc, struct yaml_node *map, struct sql_schedule *out) {
    const char *hours = NULL;
    int which = (int)out->days;
    if (!map) return;
    get_duration(doc, map, "every", EVERY_LEAST_MS, &out->every_ms);
    if (yaml_get_text(doc, map, "hours", YAML_OPTIONAL, &hours) && !parse_hours(hours, out))
        yaml_wrong(doc, map, "hours: \"%s\" are no hours like 8:30-17:30", hours);
    if (yaml_get_word(doc, map, "days", YAML_OPTIONAL, days, &which)) out->days = (enum sql_days)which;
    yaml_no_others(doc, map);
}

static void read_columns(struct yaml *doc, struct yaml_node *map, struct arena *arena, struct sql_settings *out) {
    if (!map) return;
    out->columns = arena_array(arena, map->count, sizeof *out->columns);
    for (size_t i = 0; out->columns && i < map->count; i++) {
        struct sql_column *column = &out->columns[out->column_count];
        const char *name = NULL;
        if (!yaml_get_text(doc, map, map->pairs[i].key, YAML_REQUIRED, &name)) continue;
        column->column = arena_copy(arena, map->pairs[i].key);
        column->name = arena_copy(arena, name);
        out->column_count++;
    }
}

void sql_settings_read(struct config *config, struct yaml_node *node, struct arena *arena, struct sql_settings *out) {
    struct yaml *doc = &config->doc;
    int driver = SQL_DRIVER_POSTGRESQL;
    *out = (struct sql_settings){.schedule = {.every_ms = EVERY_DEFAULT_MS,
                                              .from_minute = FROM_MINUTE,
                                              .to_minute = TO_MINUTE,
                                              .days = SQL_WORKING_DAYS},
                                 .zone = STAMP_HERE,
                                 .timeout_ms = TIMEOUT_DEFAULT_MS,
                                 .rows_max = ROWS_DEFAULT};
    if (!yaml_as_map(doc, node, "sql")) return;
    if (yaml_get_word(doc, node, "driver", YAML_REQUIRED, drivers, &driver)) out->driver = (enum sql_driver)driver;
    read_connection(config, node, arena, out);
    read_watermark(doc, node, arena, out);
    read_query(doc, node, arena, out);
    read_zone(doc, node, out);
    read_columns(doc, yaml_get_map(doc, node, "columns", YAML_OPTIONAL), arena, out);
    read_schedule(doc, yaml_get_map(doc, node, "schedule", YAML_OPTIONAL), &out->schedule);
    get_duration(doc, node, "timeout", 1000, &out->timeout_ms);
    yaml_get_int(doc, node, "rows", YAML_OPTIONAL, 1, SHEET_ROWS_MAX, &out->rows_max);
    yaml_no_others(doc, node);
}
