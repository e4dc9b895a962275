#include "common/report/file_again.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool file_is_same_table(const struct feed_file *a, const struct feed_file *b) {
    bool periods = *a->period && *b->period;
    if (a->stream != b->stream || (periods && strcmp(a->period, b->period) != 0)) return false;
    return strcmp(a->file, b->file) == 0 || (periods && *a->feed && strcmp(a->feed, b->feed) == 0);
}

/* files: the newest first. */
const struct feed_file *file_again(const struct feed_files *files, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (file_is_same_table(&files->items[i], &files->items[index])) return &files->items[i];
    return NULL;
}

/* Events of a file stand between the receipt before its own and that. */
static int64_t first_seq(const struct feed_files *files, const struct feed_file *file) {
    int64_t before = 0;
    for (size_t i = 0; i < files->count; i++) {
        const struct feed_file *other = &files->items[i];
        if (other->log == file->log && other->seq < file->seq && other->seq > before) before = other->seq;
    }
    return before + 1;
}

static bool is_of(const struct cell_event *event, const struct feed_file *file, int64_t first) {
    return event->log == file->log && event->seq >= first && event->seq < file->seq &&
           slice_is(event->source_file, file->file);
}

static size_t count_figures(const struct view *view, const struct feed_file *file, int64_t first) {
    size_t count = 0;
    for (size_t cell = 0; cell < view->plan->cell_count; cell++)
        for (size_t i = 0; i < view->events[cell].count; i++)
            count += is_of(&view->events[cell].events[i], file, first);
    return count;
}

static void add_figures(const struct view *view, const struct feed_file *file, int64_t first, size_t cell,
                        struct file_figures *out) {
    const struct cell_events *events = &view->events[cell];
    struct ledger ledger = {0};
    bool built = false;
    for (size_t i = 0; i < events->count; i++) {
        if (!is_of(&events->events[i], file, first)) continue;
        if (!built)
            ledger_build(&ledger, view->plan, &view->plan->cells[cell], events->events, events->count,
                         moment_before(&view->moment), view->moment.as_of);
        built = true;
        out->items[out->count++] = (struct file_figure){cell, i, evidence_of(&ledger, events->events, i)};
    }
    if (built) ledger_finish(&ledger);
}

/* In the order of the file: that of the sequence. */
static int by_seq(const void *left, const void *right, void *context) {
    const struct view *view = context;
    const struct file_figure *a = left, *b = right;
    int64_t first = view->events[a->cell].events[a->event].seq, second = view->events[b->cell].events[b->event].seq;
    return (first > second) - (first < second);
}

bool file_figures_find(const struct view *view, const struct feed_files *files, size_t index,
                       struct file_figures *out) {
    const struct feed_file *file = &files->items[index];
    int64_t first = first_seq(files, file);
    *out = (struct file_figures){.items = calloc(count_figures(view, file, first) + 1, sizeof *out->items)};
    if (!out->items) return false;
    for (size_t cell = 0; cell < view->plan->cell_count; cell++)
        add_figures(view, file, first, cell, out);
    struct view *context = (struct view *)(uintptr_t)view; /* qsort_r's context is not const; by_seq only reads */
    qsort_r(out->items, out->count, sizeof *out->items, by_seq, context);
    return true;
}

void file_figures_finish(struct file_figures *figures) {
    free(figures->items);
    *figures = (struct file_figures){0};
}

/* --- refused rows --- */

static bool took_from(const struct view *view, const struct feed_files *files, const struct feed_file *file,
                      const char *place) {
    int64_t first = first_seq(files, file);
    for (size_t cell = 0; cell < view->plan->cell_count; cell++)
        for (size_t i = 0; i < view->events[cell].count; i++) {
            const struct cell_event *event = &view->events[cell].events[i];
            if (is_of(event, file, first) && slice_is(event->source_place, place)) return true;
        }
    return false;
}

/* Whether the file was refused there; *complete: it lists all of its refusals. */
static bool refused_at(const struct feed_file *file, const char *place, bool *complete) {
    json_t *rows = json_loads(file->refusals, 0, NULL), *row;
    size_t i;
    bool found = false;
    *complete = (int64_t)json_array_size(rows) >= file->refused;
    json_array_foreach(rows, i, row) {
        const char *at = json_string_value(json_array_get(row, 0));
        found = found || strcmp(at ? at : "", place) == 0;
    }
    json_decref(rows);
    return found;
}

static bool took_anything(const struct feed_file *file) {
    return file->taken + file->unchanged + file->held > 0;
}

struct row_fate row_again(const struct view *view, const struct feed_files *files, size_t index, const char *place) {
    const struct feed_file *refused = &files->items[index], *newest = file_again(files, index);
    bool complete;
    if (!newest) return (struct row_fate){ROW_AGAIN_NO, NULL};
    for (size_t i = index; i-- > 0;) {
        const struct feed_file *file = &files->items[i];
        if (!file_is_same_table(file, refused)) continue;
        if (*place ? took_from(view, files, file, place) : took_anything(file))
            return (struct row_fate){ROW_AGAIN_TAKEN, file};
    }
    if (!*place || refused_at(newest, place, &complete)) return (struct row_fate){ROW_AGAIN_REFUSED, newest};
    return (struct row_fate){complete ? ROW_AGAIN_GONE : ROW_AGAIN_UNKNOWN, newest};
}

const char *row_again_word(enum row_again again) {
    static const char *const words[] = {"no", "taken", "refused", "gone", "unknown"};
    return words[again];
}

void row_again_words(const struct row_fate *fate, char *out, size_t capacity) {
    static const char *const words[] = {"还没有重报", "已收", "又退", "没有再退", "看不出"};
    if (fate->file)
        snprintf(out, capacity, "F%" PRId64 " %s", fate->file->id, words[fate->again]);
    else
        snprintf(out, capacity, "%s", words[fate->again]);
}
