#include "common/report/grid.h"

#include <stdlib.h>
#include <string.h>

void grid_init(struct grid *grid, const struct grid_column *columns, size_t count) {
    *grid = (struct grid){.columns = columns, .column_count = count};
}

void grid_finish(struct grid *grid) {
    for (size_t i = 0; i < grid->count; i++)
        free(grid->cells[i]);
    free(grid->cells);
    *grid = (struct grid){0};
}

static void put(struct grid *grid, char *text) {
    if (grid->count == grid->capacity && text) {
        size_t capacity = grid->capacity ? 2 * grid->capacity : 64;
        char **cells = realloc(grid->cells, capacity * sizeof *cells);
        if (cells) {
            grid->cells = cells;
            grid->capacity = capacity;
        }
    }
    if (!text || grid->count == grid->capacity) {
        free(text);
        grid->failed = true;
        return;
    }
    grid->cells[grid->count++] = text;
}

void grid_add(struct grid *grid, const char *text) {
    put(grid, strdup(text ? text : ""));
}

void grid_addf(struct grid *grid, const char *format, ...) {
    struct buffer text = {0};
    va_list args;
    va_start(args, format);
    buffer_vprintf(&text, format, args);
    va_end(args);
    put(grid, text.len ? buffer_take(&text) : strdup(""));
    buffer_finish(&text);
}

size_t grid_rows(const struct grid *grid) {
    return grid->count / grid->column_count;
}

static void print_line(const struct grid *grid, const char *const *texts, const size_t *widths, const char *indent,
                       struct buffer *out) {
    size_t start = out->len;
    buffer_add_text(out, indent);
    for (size_t i = 0; i < grid->column_count; i++) {
        if (i) buffer_add_text(out, "  ");
        text_pad(texts[i], strlen(texts[i]), widths[i], grid->columns[i].align, out);
    }
    while (out->len > start && out->data[out->len - 1] == ' ')
        buffer_cut(out, out->len - 1);
    buffer_add_char(out, '\n');
}

void grid_print(const struct grid *grid, const char *indent, struct buffer *out) {
    size_t widths[GRID_COLUMNS_MAX] = {0}, columns = grid->column_count;
    const char *titles[GRID_COLUMNS_MAX] = {0};
    bool titled = columns && grid->columns[0].title;
    if (grid->failed) out->failed = true;
    for (size_t i = 0; i < columns && titled; i++) {
        titles[i] = grid->columns[i].title;
        widths[i] = text_width(titles[i], strlen(titles[i]));
    }
    for (size_t i = 0; i < grid->count; i++) {
        size_t width = text_width(grid->cells[i], strlen(grid->cells[i])), max = grid->columns[i % columns].max_width;
        if (max && width > max) width = max;
        if (width > widths[i % columns]) widths[i % columns] = width;
    }
    if (titled) print_line(grid, titles, widths, indent, out);
    for (size_t row = 0; row < grid_rows(grid); row++)
        print_line(grid, (const char *const *)grid->cells + row * columns, widths, indent, out);
}
