/* duban feeds: who has reported and why not; one file: what became of its rows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/report/feed.h"
#include "common/report/file_story.h"
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
                                                 {.title = "退", .align = TEXT_RIGHT},
                                                 {.title = "重报"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 9);
    for (size_t i = 0; i < files->count && i < SHOWN; i++) {
        const struct feed_file *file = &files->items[i];
        char known[INSTANT_TEXT_MAX], again[64];
        instant_print(file->known_at, known);
        file_again_words(files, i, again, sizeof again);
        grid_addf(&grid, "F%" PRId64, file->id);
        grid_add(&grid, file->file);
        grid_add(&grid, file->stream_name);
        grid_addf(&grid, "%.10s %.5s", known, *known ? known + 11 : "");
        grid_addf(&grid, "%" PRId64, file->taken);
        grid_addf(&grid, "%" PRId64, file->unchanged);
        grid_addf(&grid, "%" PRId64, file->held);
        grid_addf(&grid, "%" PRId64, file->refused);
        grid_add(&grid, again);
    }
    buffer_add_char(out, '\n');
    grid_print(&grid, "", out);
    if (files->count > SHOWN) buffer_printf(out, "…共 %zu 份，全部见 duban feeds --json\n", files->count);
}

static json_t *listed_json(const struct view *view, const struct feed_files *files, size_t index) {
    const struct stream *stream = streams_by_id(&view->streams, files->items[index].stream);
    json_t *file = file_json(&files->items[index]);
    json_object_set_new(file, "unit", json_of_text(stream ? stream->unit : NULL));
    json_object_set_new(file, "again", file_again_json(files, index));
    return file;
}

static void answer_all(struct cli *cli, const struct view *view, const struct feeds *feeds,
                       const struct feed_files *files, json_t *document) {
    if (!document) {
        print_streams(feeds, &cli->out);
        print_files(files, &cli->out);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < files->count; i++)
        json_array_append_new(list, listed_json(view, files, i));
    json_object_set_new(document, "feeds", feeds_json(view, feeds));
    json_object_set_new(document, "files", list);
}

/* list: NULL = in words. */
static enum error_code answer_one(struct cli *cli, struct pg *pg, const struct view *view,
                                  const struct feed_files *files, size_t index, json_t *list, struct error *err) {
    CLEAN(feed_receipt_finish) struct feed_receipt receipt;
    CLEAN(file_story_finish) struct file_story story = {.view = view, .files = files, .index = index, .receipt = &receipt};
    enum error_code code = query_receipt(pg, &files->items[index], &receipt, err);
    if (code) return code;
    if (!file_story_tell(&story)) return error_set(err, ERROR_MEMORY, "out of memory");
    if (list)
        json_array_append_new(list, file_story_json(&story));
    else
        file_story_print(&story, &cli->out);
    return ERROR_OK;
}

static enum error_code answer_asked(struct cli *cli, struct pg *pg, const struct view *view,
                                    const struct feed_files *files, const char *asked, json_t *document,
                                    struct error *err) {
    json_t *list = document ? json_array() : NULL;
    size_t found = 0;
    enum error_code code = ERROR_OK;
    if (document) json_object_set_new(document, "files", list);
    for (size_t i = 0; !code && i < files->count; i++) {
        if (!is_meant(&files->items[i], asked)) continue;
        found++;
        code = answer_one(cli, pg, view, files, i, list, err);
    }
    if (!code && !found)
        code = error_set(err, ERROR_NOT_FOUND, "no file %s has come; `duban feeds` lists those that have", asked);
    return code;
}

static enum error_code answer(struct cli *cli, struct pg *pg, const struct view *view, const struct feeds *feeds,
                              const struct feed_files *files, struct error *err) {
    json_t *document = args_has(cli->args, "json") ? json_document() : NULL;
    enum error_code code = ERROR_OK;
    json_object_set_new(document, "as_of", json_of_day(view->moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(view->moment.known_at));
    if (cli->args->positional_count)
        code = answer_asked(cli, pg, view, files, cli->args->positionals[0], document, err);
    else
        answer_all(cli, view, feeds, files, document);
    if (document && !code)
        json_print(document, &cli->out);
    else
        json_decref(document);
    return code;
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
    return code ? code : answer(cli, pg, &view, &feeds, &files, err);
}
