#include "services/collector/workbook_write.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/text.h"

enum { CELL_CHARS_MAX = 32000, COMMENT_CHARS_MAX = 2000, COMMENT_WIDTH = 320, COMMENT_HEIGHT = 110 };

struct page {
    char *path, *part; /* written as part, then renamed */
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *formats[PAGE_COLOURS];
    lxw_error failed;
    bool memory;
};

static const lxw_color_t colours[PAGE_COLOURS] = {[PAGE_HEADER] = 0xD9E1F2,
                                                  [PAGE_TAKEN] = 0xE2F0D9,
                                                  [PAGE_HELD] = 0xFFE699,
                                                  [PAGE_REFUSED] = 0xF8A5A5,
                                                  [PAGE_QUIET] = 0xEDEDED};

static void keep(struct page *page, lxw_error error) {
    if (error != LXW_NO_ERROR && page->failed == LXW_NO_ERROR) page->failed = error;
}

/* Hidden, so that no folder takes it for a file that was put there. */
static char *part_path(const char *path) {
    AUTO_FREE char *folder = path_folder(path);
    struct buffer name = {0};
    buffer_printf(&name, ".%s.part", path_name(path));
    char *part = folder && !name.failed ? path_join(folder, buffer_text(&name)) : NULL;
    buffer_finish(&name);
    return part;
}

static void make_formats(struct page *page) {
    for (size_t i = PAGE_HEADER; i < PAGE_COLOURS; i++) {
        page->formats[i] = workbook_add_format(page->workbook);
        page->memory |= !page->formats[i];
        if (page->formats[i]) format_set_bg_color(page->formats[i], colours[i]);
    }
    if (page->formats[PAGE_HEADER]) format_set_bold(page->formats[PAGE_HEADER]);
}

struct page *page_create(const char *path, const char *sheet) {
    struct page *page = calloc(1, sizeof *page);
    if (!page) return NULL;
    page->path = path_absolute(path);
    page->part = page->path ? part_path(page->path) : NULL;
    page->workbook = page->part ? workbook_new(page->part) : NULL;
    if (page->workbook) {
        bool allowed = workbook_validate_sheet_name(page->workbook, sheet) == LXW_NO_ERROR;
        page->sheet = workbook_add_worksheet(page->workbook, allowed ? sheet : "Sheet1");
        make_formats(page);
    }
    if (!page->sheet || page->memory) page_destroy(&page);
    return page;
}

void page_destroy(struct page **page) {
    if (!*page) return;
    if ((*page)->workbook) lxw_workbook_free((*page)->workbook);
    free((*page)->path);
    free((*page)->part);
    free(*page);
    *page = NULL;
}

/* Fit for a cell: line breaks may stay, other controls not. */
static char *cell_text(struct slice text, size_t chars) {
    struct buffer out = {0};
    size_t len = text_cut_chars(text.ptr ? text.ptr : "", text.len, chars);
    for (size_t i = 0; i < len; i++) {
        char c = text.ptr[i];
        buffer_add_char(&out, (unsigned char)c < 0x20 && c != '\n' && c != '\t' ? ' ' : c);
    }
    return out.len ? buffer_take(&out) : NULL;
}

void page_text(struct page *page, size_t row, size_t column, struct slice text, enum page_colour colour) {
    AUTO_FREE char *copy = cell_text(text, CELL_CHARS_MAX);
    lxw_row_t line = (lxw_row_t)row;
    lxw_col_t place = (lxw_col_t)column;
    if (copy)
        keep(page, worksheet_write_string(page->sheet, line, place, copy, page->formats[colour]));
    else if (colour != PAGE_PLAIN)
        keep(page, worksheet_write_blank(page->sheet, line, place, page->formats[colour]));
    page->memory |= text.len && !copy;
}

void page_number(struct page *page, size_t row, size_t column, struct slice text, enum page_colour colour) {
    AUTO_FREE char *copy = cell_text(text, CELL_CHARS_MAX);
    if (copy)
        keep(page, worksheet_write_number(page->sheet, (lxw_row_t)row, (lxw_col_t)column, strtod(copy, NULL),
                                          page->formats[colour]));
}

void page_comment(struct page *page, size_t row, size_t column, const char *text) {
    AUTO_FREE char *copy = cell_text(slice_of(text), COMMENT_CHARS_MAX);
    lxw_comment_options options = {.width = COMMENT_WIDTH, .height = COMMENT_HEIGHT};
    if (copy) keep(page, worksheet_write_comment_opt(page->sheet, (lxw_row_t)row, (lxw_col_t)column, copy, &options));
}

void page_merge(struct page *page, size_t first_row, size_t first_column, size_t last_row, size_t last_column) {
    if (first_row == last_row && first_column == last_column) return;
    keep(page, worksheet_merge_range(page->sheet, (lxw_row_t)first_row, (lxw_col_t)first_column, (lxw_row_t)last_row,
                                     (lxw_col_t)last_column, "", NULL));
}

void page_width(struct page *page, size_t column, size_t characters) {
    keep(page, worksheet_set_column(page->sheet, (lxw_col_t)column, (lxw_col_t)column, (double)characters, NULL));
}

void page_freeze(struct page *page, size_t rows) {
    worksheet_freeze_panes(page->sheet, (lxw_row_t)rows, 0);
}

static enum error_code put_in_place(const struct page *page, struct error *err) {
    int fd = open(page->part, O_RDWR | O_CLOEXEC);
    bool kept = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    if (kept && rename(page->part, page->path) == 0) return ERROR_OK;
    return error_set_errno(err, ERROR_IO, errno, "%s cannot be written", page->path);
}

/* Asked first: the library would say it on stderr. */
static bool can_be_written(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

enum error_code page_save(struct page *page, struct error *err) {
    if (!can_be_written(page->part)) return error_set_errno(err, ERROR_IO, errno, "%s cannot be written", page->path);
    lxw_error closed = workbook_close(page->workbook); /* frees it either way */
    page->workbook = NULL;
    keep(page, closed);
    enum error_code code = ERROR_OK;
    if (page->memory)
        code = error_set(err, ERROR_MEMORY, "no memory for %s", page->path);
    else if (page->failed != LXW_NO_ERROR)
        code = error_set(err, ERROR_IO, "%s cannot be written: %s", page->path, lxw_strerror(page->failed));
    if (!code) code = put_in_place(page, err);
    if (code) unlink(page->part);
    return code;
}
