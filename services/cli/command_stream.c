/* Streams: what is reported by whom, and letting a new life of a spool in. */
#include <inttypes.h>

#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/store/stream.h"
#include "services/cli/cli.h"

static json_t *texts_json(char *const *texts, size_t count) {
    if (!texts) return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *stream_json(const struct stream *stream) {
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "stream", stream->name, "unit", stream->unit, "role",
        stream_role_name(stream->role), "areas", texts_json(stream->areas, stream->area_count), "tasks",
        texts_json(stream->tasks, stream->task_count), "epoch",
        stream->row.log ? json_of_hex(stream->row.epoch.bytes, sizeof stream->row.epoch.bytes) : json_null(),
        "committed_seq", (json_int_t)stream->row.committed_seq, "known_at", json_of_instant(stream->known_at),
        "status_at", json_of_instant(stream->status_at), "software", json_of_text(stream->software));
}

static void join(char *const *texts, size_t count, struct grid *grid) {
    CLEAN(buffer_finish) struct buffer joined = {0};
    for (size_t i = 0; i < count; i++)
        buffer_printf(&joined, "%s%s", i ? "," : "", texts[i]);
    grid_add(grid, texts ? buffer_text(&joined) : "全部");
}

static void print_streams(const struct streams *streams, struct buffer *out) {
    static const struct grid_column columns[] = {
        {.title = "报送流"},   {.title = "单位"},     {.title = "角色"},
        {.title = "县区"},     {.title = "任务"},     {.title = "序号", .align = TEXT_RIGHT},
        {.title = "最近收到"}, {.title = "最近心跳"}, {.title = "软件"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 9);
    for (size_t i = 0; i < streams->count; i++) {
        const struct stream *stream = &streams->items[i];
        char known[INSTANT_TEXT_MAX], heard[INSTANT_TEXT_MAX];
        instant_print(stream->known_at, known);
        instant_print(stream->status_at, heard);
        grid_add(&grid, stream->name);
        grid_add(&grid, stream->unit);
        grid_add(&grid, stream_role_name(stream->role));
        join(stream->areas, stream->area_count, &grid);
        join(stream->tasks, stream->task_count, &grid);
        grid_addf(&grid, "%" PRIu64, stream->row.committed_seq);
        grid_addf(&grid, "%.16s", known);
        grid_addf(&grid, "%.16s", heard);
        grid_add(&grid, stream->software);
    }
    grid_print(&grid, "", out);
}

enum error_code command_stream_list(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(streams_finish) struct streams streams = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = streams_read(pg, 0, &streams, err);
    if (code) return code;
    if (!args_has(cli->args, "json")) {
        print_streams(&streams, &cli->out);
        return ERROR_OK;
    }
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < streams.count; i++)
        json_array_append_new(list, stream_json(&streams.items[i]));
    json_object_set_new(document, "streams", list);
    json_print(document, &cli->out);
    return ERROR_OK;
}

enum error_code command_stream_reopen(struct cli *cli, struct error *err) {
    const char *name = cli->args->positionals[0], *reason = args_value(cli->args, "reason", NULL);
    if (!reason) return error_set(err, ERROR_USAGE, "stream reopen wants --reason TEXT: it is kept");
    CLEAN(pg_close) struct pg *pg = NULL;
    enum error_code code = cli_connect_admin(cli, &pg, err);
    if (!code) code = pg_begin(pg, err);
    if (!code) code = stream_reopen(pg, name, cli->now, cli_by(cli), reason, err);
    if (!code) code = pg_commit(pg, err);
    if (!code) buffer_printf(&cli->out, say(cli, "stream %s lets one new epoch in\n"), name);
    return code;
}
