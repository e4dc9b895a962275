/* A workbook of 1,000,000 cells read by the collector and by openpyxl in read-only mode: the same file, in the same
 * run, by turns. JSON lines: speed_vs_openpyxl is the ratio of the processor times (processes that have only this to
 * do, from their start to their end; the median of the rounds), peak_mb the reader's greatest resident memory as the
 * kernel saw it.
 *
 * The file is as counties' are: a header, then 20,000 rows of 50 columns, 12 of them words (shared strings), one a day,
 * one a percentage, the rest figures, some with the digits a double adds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "common/base/cleanup.h"
#include "services/collector/workbook.h"

enum { ROWS = 20000, COLUMNS = 50, WORDS = 12, DAY_COLUMN = 12, PERCENT_COLUMN = 13, ROUNDS = 5, NAMES = 500 };

/* --- the file --- */

static bool write_cell(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, lxw_format *day, lxw_format *percent) {
    size_t n = (size_t)row * COLUMNS + column;
    char text[64];
    if (column < WORDS) {
        (void)snprintf(text, sizeof text, "旺苍县第%zu号项目进展", n * 7919 % NAMES);
        return worksheet_write_string(sheet, row, column, text, NULL) == LXW_NO_ERROR;
    }
    if (column == DAY_COLUMN) return worksheet_write_number(sheet, row, column, 44377 + row % 365, day) == LXW_NO_ERROR;
    if (column == PERCENT_COLUMN)
        return worksheet_write_number(sheet, row, column, (double)(n % 1000) / 1000, percent) == LXW_NO_ERROR;
    return worksheet_write_number(sheet, row, column, (double)(n % 100003) / (column % 3 ? 100 : 3), NULL) ==
           LXW_NO_ERROR;
}

static bool write_file(const char *path) {
    lxw_workbook_options options = {.constant_memory = LXW_FALSE};
    lxw_workbook *workbook = workbook_new_opt(path, &options);
    lxw_worksheet *sheet = workbook ? workbook_add_worksheet(workbook, "6月") : NULL;
    if (!sheet) return false;
    lxw_format *day = workbook_add_format(workbook), *percent = workbook_add_format(workbook);
    format_set_num_format(day, "yyyy-mm-dd");
    format_set_num_format(percent, "0.0%");
    bool written = true;
    for (lxw_row_t row = 0; written && row < ROWS; row++)
        for (lxw_col_t column = 0; written && column < COLUMNS; column++)
            written = write_cell(sheet, row, column, day, percent);
    return workbook_close(workbook) == LXW_NO_ERROR && written;
}

/* --- the two readers, each a process of its own --- */

static int read_here(const char *path) {
    struct arena *arena = arena_create();
    struct workbook *workbook = NULL;
    struct sheet sheet = {.name = NULL};
    struct workbook_extent extent;
    struct refusal refusal;
    FILE *file = fopen(path, "rb");
    bool read = file && workbook_open((struct slice){NULL, 0}, file, &workbook_limits, arena, &workbook, &refusal) &&
                workbook_read(workbook, 0, &sheet, &extent, &refusal);
    if (file && !read) (void)fprintf(stderr, "bench_feeds: %s\n", refusal.reason);
    bool whole = read && sheet.cell_count == (size_t)ROWS * COLUMNS;
    sheet_finish(&sheet);
    workbook_destroy(&workbook);
    arena_destroy(&arena);
    if (file) (void)fclose(file);
    return whole ? 0 : 1;
}

static const char openpyxl[] =
    "import sys, openpyxl\n"
    "book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)\n"
    "count = sum(1 for row in book.worksheets[0].iter_rows(values_only=True) for cell in row "
    "if cell is not None)\n"
    "sys.exit(0 if count == int(sys.argv[2]) else 1)\n";

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Processor seconds of a process, and its greatest resident memory; negative when it failed. */
static double run(char *const *arguments, double *peak_mb) {
    int status = 0;
    struct rusage used;
    pid_t child = fork();
    if (child == 0) {
        (void)execv(arguments[0], arguments);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) return -1;
    *peak_mb = (double)used.ru_maxrss / 1024;
    return status == 0 ? seconds_of(used.ru_utime) + seconds_of(used.ru_stime) : -1;
}

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static void print(const char *figure, double value, const char *unit, const char *more) {
    printf("{\"bench\":\"feeds\",\"figure\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"runs\":%d,\"cells\":%d%s}\n",
           figure, value, unit, ROUNDS, ROWS * COLUMNS, more);
}

static int measure(char *self, char *path) {
    char cells[16], more[160], python[] = "/usr/bin/python3", dash_c[] = "-c", script[sizeof openpyxl],
                               read[] = "--read";
    (void)snprintf(cells, sizeof cells, "%d", ROWS * COLUMNS);
    memcpy(script, openpyxl, sizeof openpyxl);
    char *const here[] = {self, read, path, NULL}, *const there[] = {python, dash_c, script, path, cells, NULL};
    double ratios[ROUNDS], own[ROUNDS], theirs[ROUNDS], peak = 0, their_peak = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double peak_here = 0;
        own[i] = run(here, &peak_here);
        theirs[i] = run(there, &their_peak);
        if (own[i] <= 0 || theirs[i] <= 0) return 1;
        ratios[i] = theirs[i] / own[i];
        if (peak_here > peak) peak = peak_here;
    }
    qsort(ratios, ROUNDS, sizeof *ratios, by_value);
    qsort(own, ROUNDS, sizeof *own, by_value);
    qsort(theirs, ROUNDS, sizeof *theirs, by_value);
    (void)snprintf(more, sizeof more, ",\"least\":%.3f,\"most\":%.3f,\"seconds\":%.3f,\"openpyxl_seconds\":%.3f",
                   ratios[0], ratios[ROUNDS - 1], own[ROUNDS / 2], theirs[ROUNDS / 2]);
    print("speed_vs_openpyxl", ratios[ROUNDS / 2], "ratio", more);
    (void)snprintf(more, sizeof more, ",\"openpyxl_mb\":%.3f", their_peak);
    print("peak_mb", peak, "MB", more);
    return 0;
}

/* In a process of its own: what this one has touched would count as its children's memory. */
static bool write_apart(char *self, char *path) {
    char word[] = "--write";
    double peak;
    char *const arguments[] = {self, word, path, NULL};
    return run(arguments, &peak) >= 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--read") == 0) return read_here(argv[2]);
    if (argc == 3 && strcmp(argv[1], "--write") == 0) return write_file(argv[2]) ? 0 : 1;
    char path[] = "/tmp/duban-bench-XXXXXX.xlsx", self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    int fd = mkstemps(path, 5);
    if (len < 0 || fd < 0) return 1;
    self[len] = 0;
    (void)close(fd);
    int status = write_apart(self, path) ? measure(self, path) : 1;
    if (status) (void)fprintf(stderr, "bench_feeds: the file could not be written, or was not read whole\n");
    (void)unlink(path);
    return status;
}
