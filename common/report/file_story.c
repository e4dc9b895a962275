#include "common/report/file_story.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/list_json.h"

bool file_story_tell(struct file_story *story) {
    return file_figures_find(story->view, story->files, story->index, &story->figures);
}

void file_story_finish(struct file_story *story) {
    file_figures_finish(&story->figures);
}

static const struct feed_file *file_of(const struct file_story *story) {
    return &story->files->items[story->index];
}

static const struct cell_event *event_of(const struct file_story *story, const struct file_figure *figure) {
    return &story->view->events[figure->cell].events[figure->event];
}

static const char *unit_of(const struct file_story *story) {
    const struct stream *stream = streams_by_id(&story->view->streams, file_of(story)->stream);
    return stream ? stream->unit : "";
}

/* Nothing of it was taken: its one refusal is of the whole. */
static bool refused_whole(const struct feed_file *file) {
    return file->refused && file->taken + file->unchanged + file->held == 0;
}

/* --- lists --- */

void file_again_words(const struct feed_files *files, size_t index, char *out, size_t capacity) {
    const struct feed_file *again = file_again(files, index);
    *out = '\0';
    if (!files->items[index].refused) return;
    if (!again)
        snprintf(out, capacity, "未重报");
    else if (again->refused)
        snprintf(out, capacity, "F%" PRId64 " 还退%" PRId64, again->id, again->refused);
    else
        snprintf(out, capacity, "F%" PRId64, again->id);
}

json_t *file_again_json(const struct feed_files *files, size_t index) {
    const struct feed_file *again = file_again(files, index);
    if (!files->items[index].refused) return json_null();
    if (!again) return json_pack("{s:n, s:n}", "file", "refused");
    return json_pack("{s:o, s:I}", "file", json_sprintf("F%" PRId64, again->id), "refused",
                     (json_int_t)again->refused);
}

/* --- print --- */

static void print_head(const struct file_story *story, struct buffer *out) {
    const struct feed_file *file = file_of(story);
    char known[INSTANT_TEXT_MAX];
    instant_print(file->known_at, known);
    buffer_printf(
        out, "F%" PRId64 " %s  %s  %.10s %.5s 收到  收%" PRId64 " 无变化%" PRId64 " 待核%" PRId64 " 退%" PRId64 "\n",
        file->id, file->file, file->stream_name, known, known + 11, file->taken, file->unchanged, file->held,
        file->refused);
    buffer_printf(out, "  报送  %s", unit_of(story));
    if (*story->receipt->reporter && strcmp(story->receipt->reporter, unit_of(story)) != 0)
        buffer_printf(out, "（填报 %s）", story->receipt->reporter);
    if (*file->feed) buffer_printf(out, "  来源 %s", file->feed);
    if (*file->period) buffer_printf(out, "  期间 %s", file->period);
    if (*story->receipt->document) buffer_printf(out, "  文号 %s", story->receipt->document);
    buffer_add_char(out, '\n');
    if (*story->receipt->note) buffer_printf(out, "  提醒  %s\n", story->receipt->note);
}

static void print_figures(const struct file_story *story, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "位置"},     {.title = "指标"}, {.title = "地区"},
                                                 {.title = "数据日期"}, {.title = "数"},   {.title = "现在"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 6);
    for (size_t i = 0; i < story->figures.count; i++) {
        const struct file_figure *figure = &story->figures.items[i];
        const struct cell_event *event = event_of(story, figure);
        char day[DAY_TEXT_MAX], value[48];
        day_print(event->as_of, day);
        figure_words(&event->figure, value, sizeof value);
        grid_addf(&grid, "%.*s", (int)event->source_place.len, event->source_place.ptr ? event->source_place.ptr : "");
        grid_addf(&grid, "%s %s", view_target(story->view, figure->cell)->code,
                  target_short(view_target(story->view, figure->cell)));
        grid_add(&grid, area_short(view_area(story->view, figure->cell)));
        grid_add(&grid, day);
        grid_add(&grid, event->kind == EVENT_NO_CHANGE ? "无变化" : value);
        grid_add(&grid, figure->evidence.words);
    }
    if (!grid_rows(&grid)) return;
    buffer_add_text(out, "收\n");
    grid_print(&grid, "  ", out);
}

static void print_refusals(const struct file_story *story, struct buffer *out) {
    static const struct grid_column columns[] = {
        {.title = "位置"}, {.title = "代码"}, {.title = "读到什么，怎么改"}, {.title = "后来"}};
    const struct feed_file *file = file_of(story);
    CLEAN(grid_finish) struct grid grid;
    json_t *rows = json_loads(file->refusals, 0, NULL), *row;
    size_t i;
    char words[64];
    grid_init(&grid, columns, 4);
    json_array_foreach(rows, i, row) {
        const char *place = json_string_value(json_array_get(row, 0));
        struct row_fate fate = row_again(story->view, story->files, story->index, place ? place : "");
        row_again_words(&fate, words, sizeof words);
        for (size_t k = 0; k < 3; k++)
            grid_add(&grid, json_string_value(json_array_get(row, k)));
        grid_add(&grid, words);
    }
    if (grid_rows(&grid)) {
        buffer_add_text(out, "退\n");
        grid_print(&grid, "  ", out);
    }
    if (refused_whole(file) && (int64_t)grid_rows(&grid) < file->refused)
        buffer_add_text(out, "  整份没有收：改好后再导出一次，会重新收\n");
    else if ((int64_t)grid_rows(&grid) < file->refused)
        buffer_printf(out, "  …这里只列前 %zu 处，全部在县里的退回文件\n", grid_rows(&grid));
    file_again_words(story->files, story->index, words, sizeof words);
    if (*words) buffer_printf(out, "  重报  %s\n", words);
    json_decref(rows);
}

void file_story_print(const struct file_story *story, struct buffer *out) {
    print_head(story, out);
    print_figures(story, out);
    if (file_of(story)->refused) print_refusals(story, out);
}

/* --- JSON --- */

static json_t *figure_json(const struct file_story *story, const struct file_figure *figure) {
    const struct cell_event *event = event_of(story, figure);
    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:s, s:s}", "place", json_of_slice(event->source_place), "target",
                     view_target(story->view, figure->cell)->code, "area", view_area(story->view, figure->cell)->code,
                     "as_of", json_of_day(event->as_of), "figure", json_of_figure(&event->figure), "raw",
                     json_of_slice(event->source_raw), "standing", figure->evidence.token, "words",
                     figure->evidence.words);
}

/* Each refusal of the file's own JSON learns whether its row came again. */
static void set_fates(const struct file_story *story, json_t *file) {
    json_t *refusal;
    size_t i;
    json_array_foreach(json_object_get(file, "refusals"), i, refusal) {
        const char *place = json_string_value(json_object_get(refusal, "place"));
        struct row_fate fate = row_again(story->view, story->files, story->index, place ? place : "");
        json_object_set_new(refusal, "again",
                            json_pack("{s:s, s:o}", "state", row_again_word(fate.again), "file",
                                      fate.file ? json_sprintf("F%" PRId64, fate.file->id) : json_null()));
    }
}

json_t *file_story_json(const struct file_story *story) {
    json_t *file = file_json(file_of(story)), *figures = json_array();
    for (size_t i = 0; i < story->figures.count; i++)
        json_array_append_new(figures, figure_json(story, &story->figures.items[i]));
    json_object_set_new(file, "unit", json_of_text(unit_of(story)));
    json_object_set_new(file, "reporter", json_of_text(story->receipt->reporter));
    json_object_set_new(file, "document", json_of_text(story->receipt->document));
    json_object_set_new(file, "note", json_of_text(story->receipt->note));
    json_object_set_new(file, "figures", figures);
    json_object_set_new(file, "again", file_again_json(story->files, story->index));
    set_fates(story, file);
    return file;
}
