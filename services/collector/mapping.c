#include "services/collector/mapping.h"

#include <string.h>

#include "common/base/word.h"

static const struct {
    const char *word;
    const char *names[2];
} fields[FIELD_COUNT] = {
    [FIELD_TARGET] = {"target", {"指标", "target"}},
    [FIELD_AREA] = {"area", {"地区", "area"}},
    [FIELD_AS_OF] = {"as_of", {"数据日期", "as_of"}},
    [FIELD_VALUE] = {"value", {"数值", "value"}},
    [FIELD_NUMERATOR] = {"numerator", {"分子", "numerator"}},
    [FIELD_DENOMINATOR] = {"denominator", {"分母", "denominator"}},
    [FIELD_NOTE] = {"note", {"备注", "note"}},
    [FIELD_REASON] = {"reason", {"更正说明", "reason"}},
    [FIELD_UNIT] = {"unit", {"单位", "unit"}},
    [FIELD_REPORTER] = {"reporter", {"填报单位", "reporter"}},
    [FIELD_BLOCKED_BY] = {"blocked_by", {"卡在", "blocked_by"}},
    [FIELD_DOCUMENT] = {"document", {"文号", "document"}},
    [FIELD_MONTH] = {"month", {"本月", "month"}},
    [FIELD_SHARE] = {"share", {"目标任务", "share"}},
};

const char *field_word(enum field field) {
    return fields[field].word;
}

const char *mapping_name(const struct mapping *mapping, enum field field) {
    return mapping->columns[field].count ? mapping->columns[field].names[0] : fields[field].names[0];
}

static void read_columns(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    struct yaml_node *columns = yaml_get_map(doc, node, "columns", YAML_OPTIONAL);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        out->columns[i] = (struct mapping_column){.names = fields[i].names, .count = 2};
        const char *const *names = NULL;
        size_t count = 0;
        if (!yaml_get_texts(doc, columns, fields[i].word, YAML_OPTIONAL, &names, &count) || count == 0) continue;
        const char **kept = arena_array(arena, count, sizeof *kept);
        if (!kept) return;
        for (size_t k = 0; k < count; k++)
            kept[k] = arena_copy(arena, names[k]);
        out->columns[i] = (struct mapping_column){.names = kept, .count = count, .given = true};
    }
    yaml_no_others(doc, columns);
}

bool field_is_of_value(enum field field) {
    return field == FIELD_VALUE || field == FIELD_NUMERATOR || field == FIELD_DENOMINATOR || field == FIELD_NOTE ||
           field == FIELD_REASON || field == FIELD_UNIT || field == FIELD_MONTH || field == FIELD_SHARE;
}

static void read_as_of(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    static const struct word words[] = {
        {"column", AS_OF_COLUMN}, {"title", AS_OF_TITLE}, {"period", AS_OF_PERIOD}, {"mtime", AS_OF_MTIME}, {NULL, 0}};
    struct yaml_node *as_of = yaml_map_get(doc, node, "as_of", YAML_OPTIONAL);
    int from = AS_OF_COLUMN;
    if (as_of && as_of->kind == YAML_KIND_MAP) {
        const char *pattern = NULL;
        if (yaml_get_text(doc, as_of, "file", YAML_REQUIRED, &pattern)) {
            if (!strstr(pattern, "{yyyy}") || !strstr(pattern, "{mm}"))
                yaml_wrong(doc, as_of, "the pattern needs {yyyy} and {mm}, as in \"*{yyyy}{mm}*.csv\"");
            out->as_of_pattern = arena_copy(arena, pattern);
        }
        yaml_no_others(doc, as_of);
        out->as_of = AS_OF_FILE_NAME;
    } else if (as_of && yaml_as_word(doc, as_of, "as_of", words, &from)) {
        out->as_of = (enum as_of_from)from;
    }
}

/* "米: 0.001" or "米/公里: 0.001". */
static void read_factors(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    struct yaml_node *factors = yaml_get_map(doc, node, "factors", YAML_OPTIONAL);
    if (!factors || factors->count == 0) return;
    out->factors = arena_array(arena, factors->count, sizeof *out->factors);
    for (size_t i = 0; out->factors && i < factors->count; i++) {
        struct yaml_pair *pair = &factors->pairs[i];
        struct mapping_factor *factor = &out->factors[out->factor_count];
        pair->taken = true;
        if (!yaml_as_decimal(doc, &pair->value, pair->key, &factor->factor)) continue;
        if (factor->factor.mantissa <= 0) yaml_wrong(doc, &pair->value, "a factor is above 0");
        const char *slash = strchr(pair->key, '/');
        factor->unit = arena_text(arena, pair->key, slash ? (size_t)(slash - pair->key) : strlen(pair->key));
        factor->to = slash ? arena_copy(arena, slash + 1) : NULL;
        out->factor_count++;
    }
}

static void read_targets(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    struct yaml_node *targets = yaml_get_map(doc, node, "targets", YAML_OPTIONAL);
    if (!targets || targets->count == 0) return;
    out->targets = arena_array(arena, targets->count, sizeof *out->targets);
    for (size_t i = 0; out->targets && i < targets->count; i++) {
        struct yaml_pair *pair = &targets->pairs[i];
        const char *code = NULL;
        pair->taken = true;
        if (!yaml_as_text(doc, &pair->value, pair->key, &code)) continue;
        out->targets[out->target_count++] =
            (struct mapping_target){arena_copy(arena, pair->key), arena_copy(arena, code)};
    }
}

static void read_shape(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    static const struct word cells[] = {{"number", 0}, {"number+note", 1}, {NULL, 0}};
    static const struct word separators[] = {{"comma", ','}, {"tab", '\t'}, {"semicolon", ';'}, {NULL, 0}};
    static const struct word serials[] = {{"1900", 1900}, {"1904", 1904}, {NULL, 0}};
    static const struct word answers[] = {{"yes", 1}, {"no", 0}, {NULL, 0}};
    int value = 0;
    const char *text = NULL;
    if (yaml_get_word(doc, node, "serial", YAML_OPTIONAL, serials, &value)) out->serial = value;
    if (yaml_get_word(doc, node, "cell", YAML_OPTIONAL, cells, &value)) out->number_and_note = value == 1;
    if (yaml_get_word(doc, node, "separator", YAML_OPTIONAL, separators, &value)) out->separator = (char)value;
    if (yaml_get_word(doc, node, "increments", YAML_OPTIONAL, answers, &value)) out->increments = value == 1;
    if (yaml_get_text(doc, node, "area", YAML_OPTIONAL, &text)) out->area = arena_copy(arena, text);
    if (yaml_get_text(doc, node, "sheet", YAML_OPTIONAL, &text)) out->sheet = arena_copy(arena, text);
    if (yaml_get_text(doc, node, "unit", YAML_OPTIONAL, &text)) {
        out->unit_of_plan = strcmp(text, "plan") == 0;
        if (!out->unit_of_plan) out->unit = arena_copy(arena, text);
    }
}

/* fill: {target: down, area: down-always} */
static void read_fill(struct yaml *doc, struct yaml_node *node, struct mapping *out) {
    static const struct word words[] = {{"down", FILL_MERGED}, {"down-always", FILL_ALWAYS}, {NULL, 0}};
    static const enum field fields_filled[] = {FIELD_TARGET, FIELD_AREA, FIELD_AS_OF, FIELD_UNIT, FIELD_NOTE};
    struct yaml_node *fill = yaml_get_map(doc, node, "fill", YAML_OPTIONAL);
    for (size_t i = 0; i < sizeof fields_filled / sizeof *fields_filled; i++) {
        int value = FILL_NONE;
        if (yaml_get_word(doc, fill, fields[fields_filled[i]].word, YAML_OPTIONAL, words, &value))
            out->fill[fields_filled[i]] = (enum fill)value;
    }
    yaml_no_others(doc, fill);
}

static void read_states(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    static const struct word words[] = {{"done", 1}, {"not_done", 0}, {NULL, 0}};
    struct yaml_node *states = yaml_get_map(doc, node, "states", YAML_OPTIONAL);
    if (!states || states->count == 0) return;
    out->states = arena_array(arena, states->count, sizeof *out->states);
    for (size_t i = 0; out->states && i < states->count; i++) {
        struct yaml_pair *pair = &states->pairs[i];
        int value = 0;
        pair->taken = true;
        if (yaml_as_word(doc, &pair->value, pair->key, words, &value))
            out->states[out->state_count++] = (struct mapping_state){arena_copy(arena, pair->key), value == 1};
    }
}

/* --- wide tables --- */

static void read_value(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    struct mapping_value *value = &out->values[out->value_count++];
    const char *text = NULL;
    if (!yaml_as_map(doc, node, "values")) return;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (field_is_of_value((enum field)i) && yaml_get_text(doc, node, fields[i].word, YAML_OPTIONAL, &text))
            value->columns[i] = arena_copy(arena, text);
    bool wide_area = out->layout == LAYOUT_WIDE_AREA;
    if (yaml_get_text(doc, node, wide_area ? "area" : "target", YAML_REQUIRED, &text))
        *(wide_area ? &value->area : &value->target) = arena_copy(arena, text);
    yaml_no_others(doc, node);
    bool fraction = value->columns[FIELD_NUMERATOR] && value->columns[FIELD_DENOMINATOR];
    bool month = out->increments && value->columns[FIELD_MONTH];
    if (!value->columns[FIELD_VALUE] && !fraction && !month)
        yaml_wrong(doc, node, "a column is missing: value, or numerator and denominator");
}

static bool same_text(const char *a, const char *b) {
    return a && b && strcmp(a, b) == 0;
}

/* One column for two figures, or two columns for one. */
static void check_twins(struct yaml *doc, struct yaml_node *values, const struct mapping *out) {
    for (size_t i = 0; i < out->value_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct mapping_value *a = &out->values[k], *b = &out->values[i];
            if (same_text(a->target, b->target) || same_text(a->area, b->area))
                yaml_wrong(doc, &values->items[i], "%s has two entries", b->target ? b->target : b->area);
            if (same_text(a->columns[FIELD_VALUE], b->columns[FIELD_VALUE]))
                yaml_wrong(doc, &values->items[i], "the column \"%s\" stands in two entries", b->columns[FIELD_VALUE]);
        }
}

static void read_layout(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    static const struct word layouts[] = {
        {"long", LAYOUT_LONG}, {"wide-area", LAYOUT_WIDE_AREA}, {"wide-target", LAYOUT_WIDE_TARGET}, {NULL, 0}};
    int layout = LAYOUT_LONG;
    int64_t depth = 1;
    if (yaml_get_word(doc, node, "layout", YAML_OPTIONAL, layouts, &layout)) out->layout = (enum layout)layout;
    if (yaml_get_int(doc, node, "header", YAML_OPTIONAL, 1, HEADER_DEPTH_MAX, &depth)) out->depth = (size_t)depth;
    const char *const *names = NULL;
    size_t count = 0;
    if (yaml_get_texts(doc, node, "ignore", YAML_OPTIONAL, &names, &count) && count) {
        out->ignored = arena_array(arena, count, sizeof *out->ignored);
        for (size_t i = 0; out->ignored && i < count; i++)
            out->ignored[out->ignored_count++] = arena_copy(arena, names[i]);
    }
    enum field subject = out->layout == LAYOUT_WIDE_AREA ? FIELD_AREA : FIELD_TARGET;
    if (out->layout != LAYOUT_LONG && (out->columns[subject].given || out->columns[FIELD_VALUE].given))
        yaml_wrong(doc, node, "a wide table has a column for each %s: columns must name neither %s nor value",
                   fields[subject].word, fields[subject].word);
    if (out->layout == LAYOUT_WIDE_AREA && out->area)
        yaml_wrong(doc, node, "layout wide-area and area contradict each other");
    struct yaml_node *values = yaml_get_list(doc, node, "values", YAML_OPTIONAL);
    if (!values || values->count == 0) return;
    if (out->layout == LAYOUT_LONG) yaml_wrong(doc, values, "only layout wide-area and wide-target have values");
    out->values = arena_array(arena, values->count, sizeof *out->values);
    for (size_t i = 0; out->values && i < values->count; i++)
        read_value(doc, &values->items[i], arena, out);
    check_twins(doc, values, out);
}

void mapping_read(struct yaml *doc, struct yaml_node *node, struct arena *arena, struct mapping *out) {
    *out = (struct mapping){.as_of = AS_OF_COLUMN, .depth = 1};
    read_columns(doc, node, arena, out);
    read_as_of(doc, node, arena, out);
    read_factors(doc, node, arena, out);
    read_targets(doc, node, arena, out);
    read_shape(doc, node, arena, out);
    read_fill(doc, node, out);
    read_states(doc, node, arena, out);
    read_layout(doc, node, arena, out);
    yaml_no_others(doc, node);
}
