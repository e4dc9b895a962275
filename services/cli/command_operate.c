/* What the operator does: migrate, prove, look into quarantine. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/list_json.h"
#include "common/store/migrate.h"
#include "common/store/quarantine.h"
#include "common/store/stream.h"
#include "common/store/verify.h"
#include "services/cli/programme_choice.h"

static void tell_migration(void *context, unsigned number, const char *name) {
    const struct cli *cli = context;
    fprintf(stderr, say(cli, "applying %04u %s\n"), number, name);
}

enum error_code command_migrate(struct cli *cli, struct error *err) {
    const char *word = args_value(cli->args, "kind", NULL);
    enum installation_kind kind;
    if (!word || !installation_kind_parse(word, &kind))
        return error_set(err, ERROR_USAGE,
                         "migrate wants --kind rehearsal or --kind real: a database is for one of the two clocks");
    AUTO_FREE char *share = settings_share("sql");
    const char *folder = args_value(cli->args, "sql", cli->settings.sql ? cli->settings.sql : share);
    if (!folder) return error_set(err, ERROR_NOT_FOUND, "no folder of migrations beside this program: give --sql DIR");
    CLEAN(pg_close) struct pg *pg = NULL;
    struct migration_report report = {0};
    enum error_code code = cli_connect_owner(cli, &pg, err);
    if (!code) code = migrate(pg, folder, kind, tell_migration, cli, &report, err);
    if (!code)
        buffer_printf(&cli->out, say(cli, "database at version %u, %u applied now\n"), report.version, report.applied);
    return code;
}

static void show_progress(void *context, int64_t done, int64_t total) {
    (void)context;
    fprintf(stderr, "\r%" PRId64 "/%" PRId64 "\x1b[K", done, total);
}

static void print_verify_json(const struct verify_report *report, struct buffer *out) {
    json_t *document = json_document(), *breaks = json_array();
    for (size_t i = 0; i < report->break_count; i++) {
        const struct verify_break *found = &report->breaks[i];
        json_array_append_new(breaks, json_pack("{s:s, s:o, s:s, s:I, s:I, s:o}", "stream", found->stream, "epoch",
                                                json_of_hex(found->epoch.bytes, sizeof found->epoch.bytes), "fault",
                                                verify_fault_name(found->fault), "first_seq",
                                                (json_int_t)found->first_seq, "last_seq", (json_int_t)found->last_seq,
                                                "detail", json_of_text(found->detail)));
    }
    json_object_set_new(document, "streams", json_integer(report->streams));
    json_object_set_new(document, "logs", json_integer(report->logs));
    json_object_set_new(document, "events", json_integer(report->events));
    json_object_set_new(document, "quarantined", json_integer(report->quarantined));
    json_object_set_new(document, "batches", json_integer(report->batches));
    json_object_set_new(document, "breaks_total", json_integer(report->breaks_total));
    json_object_set_new(document, "breaks", breaks);
    json_print(document, out);
}

static void print_verify(const struct cli *cli, const struct verify_report *report, struct buffer *out) {
    for (size_t i = 0; i < report->break_count; i++) {
        const struct verify_break *found = &report->breaks[i];
        buffer_printf(out, "%s %" PRId64 "-%" PRId64 ": %s %s\n", found->stream, found->first_seq, found->last_seq,
                      verify_fault_name(found->fault), found->detail);
    }
    if (report->breaks_total)
        buffer_printf(out, say(cli, "%lld breaks in %lld events checked\n"), (long long)report->breaks_total,
                      (long long)report->events);
    else
        buffer_printf(
            out, say(cli, "%lld streams, %lld logs, %lld events, %lld in quarantine, %lld batches checked: no break\n"),
            (long long)report->streams, (long long)report->logs, (long long)report->events,
            (long long)report->quarantined, (long long)report->batches);
}

enum error_code command_verify(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(verify_report_finish) struct verify_report report = {0};
    struct programme programme = {0};
    bool progress = isatty(STDERR_FILENO);
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code && args_has(cli->args, "programme")) code = choose_programme(cli, pg, &programme, err);
    if (!code) code = verify_chains(pg, programme.id, progress ? show_progress : NULL, NULL, &report, err);
    if (progress) fputs("\r\x1b[K", stderr);
    programme_finish(&programme);
    if (code) return code;
    cli->status = report.breaks_total ? EXIT_BROKEN : EXIT_OK;
    if (args_has(cli->args, "json"))
        print_verify_json(&report, &cli->out);
    else
        print_verify(cli, &report, &cli->out);
    return ERROR_OK;
}

struct quarantine_list {
    json_t *json;
    struct grid *grid;
};

static bool list_quarantined(void *context, const struct quarantined *row) {
    struct quarantine_list *list = context;
    char at[INSTANT_TEXT_MAX];
    instant_print(row->known_at, at);
    json_array_append_new(list->json, quarantined_json(row));
    grid_addf(list->grid, "%.16s", at);
    grid_add(list->grid, row->stream);
    grid_addf(list->grid, "%" PRId64, row->seq);
    grid_add(list->grid, row->code);
    grid_add(list->grid, row->field);
    grid_add(list->grid, row->hint);
    return true;
}

/* A name misspelled must not look like a stream without trouble. */
static enum error_code check_stream(struct pg *pg, const char *name, struct error *err) {
    CLEAN(streams_finish) struct streams streams = {0};
    enum error_code code = name ? streams_read(pg, 0, &streams, err) : ERROR_OK;
    if (!code && name && !streams_find(&streams, slice_of(name)))
        code = error_set(err, ERROR_NOT_FOUND, "there is no stream %s; `duban stream list` lists them", name);
    return code;
}

enum error_code command_quarantine(struct cli *cli, struct error *err) {
    static const struct grid_column columns[] = {
        {.title = "收到"}, {.title = "报送流"}, {.title = "序号", .align = TEXT_RIGHT},
        {.title = "代码"}, {.title = "字段"},   {.title = "怎么办"}};
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(grid_finish) struct grid grid;
    struct quarantine_list list = {.json = json_array(), .grid = &grid};
    grid_init(&grid, columns, 6);
    enum error_code code = cli_connect_reader(cli, &pg, err);
    const char *stream = cli->args->positional_count ? cli->args->positionals[0] : NULL;
    if (!code) code = check_stream(pg, stream, err);
    if (!code) code = quarantine_each(pg, 0, stream, 0, list_quarantined, &list, err);
    if (!code && args_has(cli->args, "json")) {
        json_t *document = json_document();
        json_object_set(document, "quarantine", list.json);
        json_print(document, &cli->out);
    } else if (!code && grid_rows(&grid)) {
        grid_print(&grid, "", &cli->out);
    } else if (!code) {
        buffer_add_text(&cli->out, say(cli, "nothing in quarantine\n"));
    }
    json_decref(list.json);
    return code;
}
