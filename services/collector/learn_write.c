#include <string.h>

#include "services/collector/learn.h"

/* Double-quoted, as YAML reads it back. */
static void write_text(struct buffer *out, struct slice text) {
    buffer_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\') buffer_add_char(out, '\\');
        if (c == '\n' || c == '\r' || c == '\t')
            buffer_add_text(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        else
            buffer_add_char(out, c);
    }
    buffer_add_char(out, '"');
}

static struct slice name_of(const struct seen *seen, size_t column) {
    return seen->columns[column].name;
}

static void write_examples(const struct learn_table *table, const struct seen *seen, size_t column,
                           struct buffer *out) {
    buffer_printf(out, "%s列，例：%s", sheet_letters(table->arena, column),
                  *seen->columns[column].examples ? seen->columns[column].examples : "（空）");
}

static bool is_named(const struct learned *learned, enum field field) {
    if (learned->fields[field] == NO_COLUMN) return false;
    return field != FIELD_AS_OF || strcmp(learned->as_of, "column") == 0;
}

static void write_columns(const struct learn_table *table, const struct seen *seen, const struct learned *learned,
                          struct buffer *out) {
    bool any = false;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        size_t column = learned->fields[i];
        if (!is_named(learned, (enum field)i)) continue;
        if (!any) buffer_add_text(out, "columns:\n");
        any = true;
        buffer_add_text(out, "  # ");
        write_examples(table, seen, column, out);
        buffer_printf(out, "\n  %s: ", field_word((enum field)i));
        write_text(out, name_of(seen, column));
        buffer_add_char(out, '\n');
    }
}

static void write_beside(const struct seen *seen, const char *key, size_t column, struct buffer *out) {
    if (column == NO_COLUMN) return;
    buffer_printf(out, ", %s: ", key);
    write_text(out, name_of(seen, column));
}

static void write_values(const struct learn_table *table, const struct seen *seen, const struct learned *learned,
                         struct buffer *out) {
    if (learned->value_count == 0) return;
    buffer_add_text(out, "values:\n");
    for (size_t i = 0; i < learned->value_count; i++) {
        const struct learned_value *value = &learned->values[i];
        buffer_add_text(out, "  # ");
        write_examples(table, seen, value->column, out);
        buffer_printf(out, "\n  - {%s: ", seen->layout == LAYOUT_WIDE_AREA ? "area" : "target");
        write_text(out, slice_of(value->subject));
        write_beside(seen, "value", value->column, out);
        write_beside(seen, "share", value->share, out);
        write_beside(seen, "month", value->month, out);
        buffer_add_text(out, "}\n");
    }
}

static void write_names(const struct learned *learned, struct buffer *out) {
    bool any = false;
    for (size_t i = 0; i < learned->name_count; i++) {
        const struct learned_name *name = &learned->names[i];
        if (!any && *name->code) buffer_add_text(out, "targets:\n");
        any |= *name->code != 0;
        if (!*name->code) continue;
        buffer_add_text(out, "  ");
        write_text(out, name->text);
        buffer_add_text(out, ": ");
        write_text(out, slice_of(name->code));
        buffer_add_char(out, '\n');
    }
    for (size_t i = 0; i < learned->name_count; i++)
        if (!*learned->names[i].code)
            buffer_printf(out, "# 没有对应、会退回的指标：%.*s\n", (int)learned->names[i].text.len,
                          learned->names[i].text.ptr);
}

static void write_key(const char *key, const char *text, struct buffer *out) {
    if (!*text) return;
    buffer_printf(out, "%s: ", key);
    write_text(out, slice_of(text));
    buffer_add_char(out, '\n');
}

static void write_as_of(const struct learned *learned, struct buffer *out) {
    if (!strchr(learned->as_of, '{')) {
        buffer_printf(out, "as_of: %s\n", learned->as_of);
        return;
    }
    buffer_add_text(out, "as_of: {file: ");
    write_text(out, slice_of(learned->as_of));
    buffer_add_text(out, "}\n");
}

static void write_fill(const struct learned *learned, struct buffer *out) {
    bool any = false;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!learned->fill[i]) continue;
        buffer_printf(out, "%s%s: down", any ? ", " : "fill: {", field_word((enum field)i));
        any = true;
    }
    if (any) buffer_add_text(out, "}\n");
}

void learn_write(const struct learn_table *table, const struct seen *seen, const struct learned *learned,
                 struct buffer *out) {
    static const char *const layouts[] = {
        [LAYOUT_LONG] = "long", [LAYOUT_WIDE_AREA] = "wide-area", [LAYOUT_WIDE_TARGET] = "wide-target"};
    buffer_printf(out, "# 照“%s”认出的列，每一项都经人确认。表头改了，请重新运行 learn，或照样改这里。\n", table->file);
    buffer_printf(out, "layout: %s\nheader: %zu\n", layouts[seen->layout], seen->depth);
    write_key("sheet", learned->sheet, out);
    write_columns(table, seen, learned, out);
    write_values(table, seen, learned, out);
    write_names(learned, out);
    write_as_of(learned, out);
    write_key("area", learned->area, out);
    write_key("unit", learned->unit, out);
    write_fill(learned, out);
    if (learned->number_and_note) buffer_add_text(out, "cell: number+note\n");
    if (learned->increments) buffer_add_text(out, "increments: yes\n");
}
