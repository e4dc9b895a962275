#include "services/collector/sql_settings.h"

#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "services/collector/sheet.h"

enum { EVERY_DEFAULT_MS = MS_HOUR, TIMEOUT_DEFAULT_MS = 30000, ROWS_DEFAULT = 20000, DAY_MINUTES = 24 * 60 };

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

static void read_connection(struct config *config, struct yaml_node *node, struct arena *arena,
                            struct sql_settings *out) {
    const char *file = NULL;
    get_text(&config->doc, node, "connection", YAML_OPTIONAL, arena, &out->connection);
    if (yaml_get_text(&config->doc, node, "connection_file", YAML_OPTIONAL, &file)) {
        const char *path = config_path(config, file);
        out->connection_file = arena_copy(arena, path ? path : file);
    }
    if (!out->connection == !out->connection_file)
        yaml_wrong(&config->doc, node, "give connection or connection_file, one of them");
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
    int which = out->days;
    if (!map) return;
    get_duration(doc, map, "every", 1000, &out->every_ms);
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
    *out = (struct sql_settings){.schedule = {.every_ms = EVERY_DEFAULT_MS, .to_minute = DAY_MINUTES},
                                 .timeout_ms = TIMEOUT_DEFAULT_MS,
                                 .rows_max = ROWS_DEFAULT};
    if (!yaml_as_map(doc, node, "sql")) return;
    if (yaml_get_word(doc, node, "driver", YAML_REQUIRED, drivers, &driver)) out->driver = (enum sql_driver)driver;
    read_connection(config, node, arena, out);
    get_text(doc, node, "query", YAML_REQUIRED, arena, &out->query);
    read_columns(doc, yaml_get_map(doc, node, "columns", YAML_OPTIONAL), arena, out);
    read_schedule(doc, yaml_get_map(doc, node, "schedule", YAML_OPTIONAL), &out->schedule);
    get_text(doc, node, "watermark", YAML_OPTIONAL, arena, &out->watermark);
    get_duration(doc, node, "timeout", 1000, &out->timeout_ms);
    yaml_get_int(doc, node, "rows", YAML_OPTIONAL, 1, SHEET_ROWS_MAX, &out->rows_max);
    yaml_no_others(doc, node);
}
