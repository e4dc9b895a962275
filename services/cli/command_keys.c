/* Keys and streams: who may report what. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/store/key.h"
#include "common/store/programme.h"
#include "common/store/stream.h"
#include "services/cli/cli.h"
#include "services/cli/programme_choice.h"

enum { SCOPE_MAX = 64 };

enum error_code command_key_new(struct cli *cli, struct error *err) {
    const char *file = cli->args->positionals[0];
    struct key_pair pair;
    char fingerprint[KEY_FINGERPRINT_MAX];
    enum error_code code = key_pair_make(&pair, err);
    if (!code) code = key_pair_save(&pair, file, err);
    if (!code) {
        key_fingerprint(pair.public_key, fingerprint);
        buffer_printf(&cli->out, say(cli, "key pair written: %s (secret), %s.pub\npublic key   %s\nfingerprint  %s\n"),
                      file, file, pair.public_key, fingerprint);
    }
    key_pair_wipe(&pair);
    return code;
}

/* All values of a repeated option, split at commas. texts keeps the copies. */
static size_t split_option(const struct args *args, const char *option, const char *out[SCOPE_MAX],
                           struct buffer *texts) {
    const char *given;
    size_t count = 0, starts[SCOPE_MAX];
    for (size_t at = 0; (given = args_each(args, option, &at));)
        for (const char *part = given; *part && count < SCOPE_MAX;) {
            size_t len = strcspn(part, ",，");
            if (len) {
                starts[count++] = texts->len;
                buffer_add(texts, part, len);
                buffer_add(texts, "", 1);
            }
            part += len + (part[len] != '\0');
        }
    for (size_t i = 0; i < count && !texts->failed; i++)
        out[i] = texts->data + starts[i];
    return texts->failed ? 0 : count;
}

static enum error_code check_areas(struct pg *pg, const struct stream_new *stream, struct error *err) {
    struct stored_plan stored = {0};
    enum error_code code = stored_plan_read(pg, stream->programme, INSTANT_NONE, &stored, err);
    for (size_t i = 0; !code && i < stream->area_count; i++)
        if (plan_find_area(stored.plan, slice_of(stream->areas[i])) == NO_INDEX)
            code = error_set(err, ERROR_USAGE, "--area %s: the plan has no such area code", stream->areas[i]);
    for (size_t i = 0; !code && i < stream->task_count; i++)
        if (plan_find_task(stored.plan, slice_of(stream->tasks[i])) == NO_INDEX)
            code = error_set(err, ERROR_USAGE, "--tasks %s: the plan has no such task", stream->tasks[i]);
    if (!code && plan_find_unit(stored.plan, slice_of(stream->unit)) == NO_INDEX && stream->role == STREAM_DEPARTMENT)
        code = error_set(err, ERROR_USAGE, "--unit %s: the plan has no such unit", stream->unit);
    stored_plan_finish(&stored);
    return code;
}

static enum error_code allow(struct cli *cli, struct pg *pg, struct stream_new *stream, const char *key,
                             struct error *err) {
    struct programme programme = {0};
    int32_t id = 0;
    enum error_code code = choose_programme(cli, pg, &programme, err);
    stream->programme = programme.id;
    stream->made_at = cli->now;
    if (!code) code = check_areas(pg, stream, err);
    if (!code) code = pg_begin(pg, err);
    if (!code) code = stream_make(pg, stream, &id, err);
    if (!code) code = key_allow(pg, key, args_value(cli->args, "label", stream->name), id, cli->now, cli_by(cli), err);
    if (!code) code = pg_commit(pg, err);
    if (code) pg_rollback(pg);
    programme_finish(&programme);
    return code;
}

enum error_code command_key_allow(struct cli *cli, struct error *err) {
    const char *areas[SCOPE_MAX], *tasks[SCOPE_MAX];
    CLEAN(buffer_finish) struct buffer area_texts = {0}, task_texts = {0};
    struct stream_new stream = {.name = args_value(cli->args, "stream", NULL),
                                .unit = args_value(cli->args, "unit", NULL)};
    char key[KEY_TEXT_MAX], fingerprint[KEY_FINGERPRINT_MAX];
    bool office = args_has(cli->args, "office");
    if (!stream.name || !stream.unit)
        return error_set(err, ERROR_USAGE, "key allow wants --stream NAME and --unit UNIT");
    stream.area_count = split_option(cli->args, "area", areas, &area_texts);
    stream.task_count = split_option(cli->args, "tasks", tasks, &task_texts);
    if (!office && !stream.area_count && !stream.task_count)
        return error_set(
            err, ERROR_USAGE,
            "say what the stream may report: --area CODE (a county), --tasks T06 (a department) or --office");
    stream.areas = stream.area_count ? areas : NULL;
    stream.tasks = stream.task_count ? tasks : NULL;
    stream.role = office ? STREAM_OFFICE : stream.area_count && !stream.task_count ? STREAM_COUNTY : STREAM_DEPARTMENT;
    enum error_code code = key_public_read(cli->args->positionals[0], key, err);
    if (code) return code;
    CLEAN(pg_close) struct pg *pg = NULL;
    if ((code = cli_connect_admin(cli, &pg, err)) || (code = allow(cli, pg, &stream, key, err))) return code;
    key_fingerprint(key, fingerprint);
    buffer_printf(&cli->out, say(cli, "key %s may speak for stream %s (%s)\nfingerprint  %s\n"), key, stream.name,
                  stream.unit, fingerprint);
    return ERROR_OK;
}

static enum error_code stream_id(struct pg *pg, const char *name, int32_t *id, struct error *err) {
    CLEAN(streams_finish) struct streams streams = {0};
    enum error_code code = streams_read(pg, 0, &streams, err);
    if (code) return code;
    const struct stream *stream = streams_find(&streams, slice_of(name));
    if (!stream) return error_set(err, ERROR_NOT_FOUND, "there is no stream %s; `duban stream list` shows all", name);
    *id = stream->id;
    return ERROR_OK;
}

enum error_code command_key_revoke(struct cli *cli, struct error *err) {
    const char *name = args_value(cli->args, "stream", NULL);
    char key[KEY_TEXT_MAX];
    int32_t id = 0;
    CLEAN(pg_close) struct pg *pg = NULL;
    enum error_code code = key_public_read(cli->args->positionals[0], key, err);
    if (!code) code = cli_connect_admin(cli, &pg, err);
    if (!code && name) code = stream_id(pg, name, &id, err);
    if (!code) code = pg_begin(pg, err);
    if (!code) code = key_revoke(pg, key, id, cli->now, cli_by(cli), err);
    if (!code) code = pg_commit(pg, err);
    if (code) return code;
    if (name)
        buffer_printf(&cli->out, say(cli, "key %s no longer speaks for stream %s\n"), key, name);
    else
        buffer_printf(&cli->out, say(cli, "key %s is revoked\n"), key);
    return ERROR_OK;
}

static void add_key_json(json_t *list, const struct key_row *key, const struct streams *streams) {
    json_t *names = json_array();
    char fingerprint[KEY_FINGERPRINT_MAX];
    key_fingerprint(key->public_key, fingerprint);
    for (size_t i = 0; i < key->stream_count; i++) {
        const struct stream *stream = streams_by_id(streams, key->streams[i]);
        json_array_append_new(names, json_of_text(stream ? stream->name : NULL));
    }
    json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "public_key", key->public_key,
                                          "fingerprint", fingerprint, "label", json_of_text(key->label), "streams",
                                          names, "allowed_at", json_of_instant(key->allowed_at), "allowed_by",
                                          json_of_text(key->allowed_by), "revoked_at", json_of_instant(key->revoked_at),
                                          "revoked_by", json_of_text(key->revoked_by)));
}

static void print_keys(const struct key_list *keys, const struct streams *streams, struct buffer *out) {
    static const struct grid_column columns[] = {
        {.title = "标签"}, {.title = "报送流"}, {.title = "公钥"}, {.title = "指纹"}, {.title = "状态"}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, 5);
    for (size_t i = 0; i < keys->count; i++) {
        const struct key_row *key = &keys->items[i];
        CLEAN(buffer_finish) struct buffer names = {0};
        char fingerprint[KEY_FINGERPRINT_MAX], at[INSTANT_TEXT_MAX];
        for (size_t k = 0; k < key->stream_count; k++) {
            const struct stream *stream = streams_by_id(streams, key->streams[k]);
            buffer_printf(&names, "%s%s", k ? "," : "", stream ? stream->name : "?");
        }
        key_fingerprint(key->public_key, fingerprint);
        instant_print(instant_is(key->revoked_at) ? key->revoked_at : key->allowed_at, at);
        grid_add(&grid, key->label);
        grid_add(&grid, buffer_text(&names));
        grid_add(&grid, key->public_key);
        grid_add(&grid, fingerprint);
        grid_addf(&grid, "%s %.16s %s", instant_is(key->revoked_at) ? "已收回" : "有效", at,
                  instant_is(key->revoked_at) ? key->revoked_by : key->allowed_by);
    }
    grid_print(&grid, "", out);
}

enum error_code command_key_list(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(keys_finish) struct key_list keys = {0};
    CLEAN(streams_finish) struct streams streams = {0};
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = keys_read(pg, &keys, err);
    if (!code) code = streams_read(pg, 0, &streams, err);
    if (code) return code;
    if (!args_has(cli->args, "json")) {
        print_keys(&keys, &streams, &cli->out);
        return ERROR_OK;
    }
    json_t *document = json_document(), *list = json_array();
    for (size_t i = 0; i < keys.count; i++)
        add_key_json(list, &keys.items[i], &streams);
    json_object_set_new(document, "keys", list);
    json_print(document, &cli->out);
    return ERROR_OK;
}
