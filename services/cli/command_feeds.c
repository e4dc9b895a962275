/* duban feeds: who has reported and why not; one file: what became of its rows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/report/feed.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/list_json.h"
#include "common/report/morning.h"
#include "services/cli/view_open.h"

/* "F12", "12" or a name (all of that name). */
static bool is_meant(const struct feed_file *file, const char *asked) {
    int64_t id;
    const char *digits = *asked == 'F' || *asked == 'f' ? asked + 1 : asked;
    if (strcmp(file->file, asked) == 0) return true;
    return text_to_int(digits, strlen(digits), &id) && id == file->id;
}

static void print_file(const struct feed_file *file, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "位置"}, {.title = "代码"}, {.title = "读到什么，怎么改"}};
    char known[INSTANT_TEXT_MAX];
    CLEAN(grid_finish) struct grid grid;
    json_t *rows = json_loads(file->refusals, 0, NULL), *row;
    size_t i;
    instant_print(file->known_at, known);
    buffer_printf(
        out, "F%" PRId64 " %s  %s  %.10s %.5s 收到  收%" PRId64 " 无变化%" PRId64 " 待核%" PRId64 " 退%" PRId64 "\n",
        file->id, file->file, file->stream_name, known, known + 11, file->taken, file->unchanged, file->held,
        file->refused);
    grid_init(&grid, columns, 3);
    json_array_foreach(rows, i, row) for (size_t k = 0; k < 3; k++)
        grid_add(&grid, json_string_value(json_array_get(row, k)));
    if (grid_rows(&grid)) grid_print(&grid, "  ", out);
    if (file->taken + file->unchanged + file->held == 0 && (int64_t)grid_rows(&grid) < file->refused)
        buffer_add_text(out, "  整份没有收：改好后再导出一次，会重新收\n");
    else if ((int64_t)grid_rows(&grid) < file->refused)
        buffer_printf(out, "  …这里只列前 %zu 处，全部在县里的 rejected.csv\n", grid_rows(&grid));
    json_decref(rows);
}

static void print_streams(const struct feeds *feeds, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "报送流"},
                                                 {.title = "单位"},
                                                 {.title = "状态"},
                                                 {.title = "欠报", .align = TEXT_RIGHT},
                                                 {.title = "序号", .align = TEXT_RIGHT},
                                                 {.title = "最近收到"},
                                                 {.title = "最近文件"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 7);
    for (size_t i = 0; i < feeds->count; i++) {
        const struct feed *feed = &feeds->items[i];
        char known[INSTANT_TEXT_MAX];
        instant_print(feed->position ? feed->position->known_at : INSTANT_NONE, known);
        grid_add(&grid, feed->stream->name);
        grid_add(&grid, feed->stream->unit);
        grid_add(&grid, feed_state_name(feed->state));
        grid_addf(&grid, "%zu/%zu", feed->missing, feed->owed);
        grid_addf(&grid, "%" PRId64, feed->position ? feed->position->last_seq : 0);
        grid_addf(&grid, "%.10s %.5s", known, *known ? known + 11 : "");
        if (feed->last)
            grid_addf(&grid, "F%" PRId64 " %s", feed->last->id, feed->last->file);
        else
            grid_add(&grid, "");
    }
    grid_print(&grid, "", out);
}

static void print_files(const struct feed_files *files, struct buffer *out) {
    enum { SHOWN = 20 };
    static const struct grid_column columns[] = {{.title = "文件"},
                                                 {.title = "名称", .max_width = 40},
                                                 {.title = "报送流"},
                                                 {.title = "收到"},
                                                 {.title = "收", .align = TEXT_RIGHT},
                                                 {.title = "无变化", .align = TEXT_RIGHT},
                                                 {.title = "待核", .align = TEXT_RIGHT},
                                                 {.title = "退", .align = TEXT_RIGHT}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 8);
    for (size_t i = 0; i < files->count && i < SHOWN; i++) {
        const struct feed_file *file = &files->items[i];
        char known[INSTANT_TEXT_MAX];
        instant_print(file->known_at, known);
        grid_addf(&grid, "F%" PRId64, file->id);
        grid_add(&grid, file->file);
        grid_add(&grid, file->stream_name);
        grid_addf(&grid, "%.10s %.5s", known, *known ? known + 11 : "");
        grid_addf(&grid, "%" PRId64, file->taken);
        grid_addf(&grid, "%" PRId64, file->unchanged);
        grid_addf(&grid, "%" PRId64, file->held);
        grid_addf(&grid, "%" PRId64, file->refused);
    }
    buffer_add_char(out, '\n');
    grid_print(&grid, "", out);
    if (files->count > SHOWN) buffer_printf(out, "…共 %zu 份，全部见 duban feeds --json\n", files->count);
}

static void answer_json(struct cli *cli, const struct view *view, const struct feeds *feeds,
                        const struct feed_files *files, const char *asked) {
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < files->count; i++)
        if (!asked || is_meant(&files->items[i], asked)) json_array_append_new(list, file_json(&files->items[i]));
    json_object_set_new(document, "as_of", json_of_day(view->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(view->moment.known_at));
    if (!asked) json_object_set_new(document, "feeds", feeds_json(view, feeds));
    json_object_set_new(document, "files", list);
    json_print(document, &cli->out);
}

static enum error_code answer(struct cli *cli, const struct view *view, const struct feeds *feeds,
                              const struct feed_files *files, struct error *err) {
    const char *asked = cli->args->positional_count ? cli->args->positionals[0] : NULL;
    size_t found = 0;
    for (size_t i = 0; i < files->count; i++)
        found += asked && is_meant(&files->items[i], asked);
    if (asked && !found)
        return error_set(err, ERROR_NOT_FOUND, "no file %s has come; `duban feeds` lists those that have", asked);
    if (args_has(cli->args, "json")) {
        answer_json(cli, view, feeds, files, asked);
        return ERROR_OK;
    }
    for (size_t i = 0; asked && i < files->count; i++)
        if (is_meant(&files->items[i], asked)) print_file(&files->items[i], &cli->out);
    if (!asked) {
        print_streams(feeds, &cli->out);
        print_files(files, &cli->out);
    }
    return ERROR_OK;
}

enum error_code command_feeds(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(feeds_finish) struct feeds feeds = {0};
    CLEAN(feed_files_finish) struct feed_files files = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = view_open(cli, pg, &view, err);
    if (!code) code = query_files(pg, view.programme.id, view.moment.known_at, FEED_ALL, &files, err);
    if (!code && !feeds_make(&view, cli->now, &feeds)) code = error_set(err, ERROR_MEMORY, "out of memory");
    return code ? code : answer(cli, &view, &feeds, &files, err);
}
