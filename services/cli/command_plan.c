/* Plans: check a file, load it, show it, hand its catalogue to agents. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/domain/catalogue.h"
#include "common/domain/lint.h"
#include "common/domain/rules.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "services/cli/moment.h"
#include "services/cli/plan_files.h"
#include "common/report/plan_json.h"
#include "services/cli/programme_choice.h"

/* A plan read from files, with all that was said about it. */
struct plan_read {
    struct plan_files files;
    struct findings findings;
    struct lint lint;
    struct plan *plan; /* NULL: it cannot be loaded */
    char *calendar;    /* the one taken when none was named */
};

static void plan_read_finish(struct plan_read *read) {
    plan_destroy(&read->plan);
    lint_finish(&read->lint);
    findings_finish(&read->findings);
    plan_files_finish(&read->files);
    free(read->calendar);
}

static void check_rules(struct plan_read *read) {
    struct light_rules rules;
    for (size_t i = 0; i < read->files.count; i++)
        if (strcmp(read->files.texts[i].role, "rules") == 0 &&
            rules_read(read->files.texts[i].name, read->files.texts[i].bytes, &rules, &read->findings))
            return;
}

/* load_day: DAY_NONE = the newest rows of the allocation count. */
static enum error_code read_plan(struct cli *cli, const char *file, struct day load_day, struct plan_read *read,
                                 struct error *err) {
    read->calendar =
        cli->settings.calendar ? strdup(cli->settings.calendar) : settings_share("calendar/china-2021-2026.csv");
    enum error_code code = plan_files_read(&read->files, file, cli->args, read->calendar, &read->findings, err);
    if (code) return code;
    code = day_is(load_day) ? plan_read_on(read->files.texts, read->files.count, load_day, &read->plan, &read->findings)
                            : plan_read(read->files.texts, read->files.count, &read->plan, &read->findings);
    check_rules(read);
    if (code && code != ERROR_INPUT) return error_set(err, code, "cannot read the plan %s", file);
    if (read->findings.errors) plan_destroy(&read->plan);
    if (read->plan) lint_plan(read->plan, &read->lint);
    return ERROR_OK;
}

static void print_findings(const struct cli *cli, const struct plan_read *read, struct buffer *out) {
    for (size_t i = 0; i < read->findings.count; i++) {
        const struct finding *finding = &read->findings.items[i];
        buffer_printf(out, "%s%s%s%s\n", finding->place, *finding->place ? ": " : "",
                      finding->warning ? lang_pick(cli->lang, "warning: ", "提示：")
                                       : lang_pick(cli->lang, "error: ", "错误："),
                      finding->message);
    }
    for (size_t i = 0; i < read->lint.count; i++)
        buffer_printf(out, "%s%s%s: %s\n", read->lint.items[i].kind, *read->lint.items[i].code ? " " : "",
                      read->lint.items[i].code,
                      lang_pick(cli->lang, read->lint.items[i].message, read->lint.items[i].message_zh));
}

static void print_findings_json(const struct plan_read *read, const char *file, struct buffer *out) {
    json_t *document = json_document(), *errors = json_array(), *warnings = json_array(), *lint = json_array();
    for (size_t i = 0; i < read->findings.count; i++) {
        const struct finding *finding = &read->findings.items[i];
        json_array_append_new(
            finding->warning ? warnings : errors,
            json_pack("{s:o, s:s}", "place", json_of_text(finding->place), "message", finding->message));
    }
    for (size_t i = 0; i < read->lint.count; i++) {
        const struct lint_item *item = &read->lint.items[i];
        json_array_append_new(lint,
                              json_pack("{s:s, s:o, s:s, s:s}", "kind", item->kind, "code", json_of_text(item->code),
                                        "message", item->message, "message_zh", item->message_zh));
    }
    json_object_set_new(document, "file", json_string(file));
    json_object_set_new(document, "loadable", json_boolean(read->plan != NULL));
    json_object_set_new(document, "errors", errors);
    json_object_set_new(document, "warnings", warnings);
    json_object_set_new(document, "findings", lint);
    json_print(document, out);
}

enum error_code command_plan_check(struct cli *cli, struct error *err) {
    CLEAN(plan_read_finish) struct plan_read read = {0};
    const char *file = cli->args->positionals[0];
    enum error_code code = read_plan(cli, file, DAY_NONE, &read, err);
    if (code) return code;
    cli->status = read.plan ? EXIT_OK : EXIT_BROKEN;
    if (args_has(cli->args, "json")) {
        print_findings_json(&read, file, &cli->out);
        return ERROR_OK;
    }
    print_findings(cli, &read, &cli->out);
    if (read.files.default_calendar)
        buffer_printf(&cli->out, say(cli, "no calendar was named: the one that is shipped is taken (%s)\n"),
                      read.calendar);
    size_t found = read.lint.count + read.findings.count - read.findings.errors;
    if (read.plan)
        buffer_printf(&cli->out, say(cli, "%zu tasks, %zu targets, %zu cells; %zu findings; the plan can be loaded\n"),
                      read.plan->task_count, read.plan->target_count, read.plan->cell_count, found);
    else
        buffer_printf(&cli->out, say(cli, "%zu errors, %zu findings; the plan cannot be loaded\n"),
                      read.findings.errors, found);
    return ERROR_OK;
}

/* What is stored must not hang on the folder it was loaded from. */
static void shorten_names(struct plan_files *files) {
    for (size_t i = 0; i < files->count; i++)
        files->texts[i].name = path_name(files->texts[i].name);
}

static void print_saved(struct cli *cli, const struct plan *plan, const struct plan_saved *saved) {
    if (args_has(cli->args, "json")) {
        json_t *document = json_document();
        json_object_set_new(document, "programme", json_of_text(plan->programme));
        json_object_set_new(document, "version", json_integer(saved->version));
        json_object_set_new(document, "unchanged", json_boolean(saved->unchanged));
        json_object_set_new(document, "cells", json_integer((json_int_t)saved->cells));
        json_object_set_new(document, "retired", json_integer((json_int_t)saved->retired));
        json_print(document, &cli->out);
    } else if (saved->unchanged) {
        buffer_printf(&cli->out, say(cli, "plan %s is already loaded as version %d: nothing was changed\n"),
                      plan->programme, (int)saved->version);
    } else {
        buffer_printf(&cli->out,
                      say(cli, "plan %s loaded as version %d: %zu cells, %zu of an earlier version retired\n"),
                      plan->programme, (int)saved->version, saved->cells, saved->retired);
    }
}

enum error_code command_plan_load(struct cli *cli, struct error *err) {
    CLEAN(plan_read_finish) struct plan_read read = {0};
    enum error_code code = read_plan(cli, cli->args->positionals[0], instant_day(cli->now), &read, err);
    if (code) return code;
    if (!read.plan) {
        print_findings(cli, &read, &cli->out);
        return error_set(err, ERROR_INPUT, "%s has %zu errors: nothing was changed in the database",
                         cli->args->positionals[0], read.findings.errors);
    }
    const char *document = args_value(cli->args, "document", NULL);
    if (document) read.plan->document = document;
    shorten_names(&read.files);
    CLEAN(pg_close) struct pg *pg = NULL;
    struct plan_saved saved = {0};
    struct plan_save save = {.plan = read.plan,
                             .texts = read.files.texts,
                             .text_count = read.files.count,
                             .loaded_at = cli->now,
                             .loaded_by = cli_by(cli),
                             .trial = true};
    if ((code = cli_connect_admin(cli, &pg, err)) || (code = plan_save(pg, &save, &saved, err))) return code;
    print_saved(cli, read.plan, &saved);
    return ERROR_OK;
}

static void print_target(const struct plan *plan, const struct target *target, struct grid *grid) {
    char value[DECIMAL_TEXT_MAX] = "", due[DAY_TEXT_MAX] = "";
    if (target->has_value) decimal_print(target->value, value);
    day_print(target->due, due);
    grid_add(grid, target->code);
    grid_add(grid, target->name);
    grid_add(grid, target_kind_word(target->kind));
    grid_addf(grid, "%s %s%s", comparator_word(target->comparator), value, target->unit ? target->unit : "");
    grid_add(grid, *due ? due : "无期限");
    grid_add(grid, target->firmness_word ? target->firmness_word : "");
    grid_add(grid, target->reporter == REPORTER_UNIT     ? plan->units[target->reporter_unit].name
                   : target->reporter == REPORTER_OFFICE ? "市级办公室"
                                                         : "县区");
}

static void print_plan(const struct plan *plan, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "代码"}, {.title = "指标", .max_width = 44},
                                                 {.title = "类型"}, {.title = "目标"},
                                                 {.title = "期限"}, {.title = "措辞"},
                                                 {.title = "谁报"}};
    buffer_printf(out, "%s  %s\n", plan->title, plan->document ? plan->document : "");
    for (size_t i = 0; i < plan->task_count; i++) {
        const struct task *task = &plan->tasks[i];
        CLEAN(grid_finish) struct grid grid;
        buffer_printf(out, "\n%s %s  牵头 ", task->code, task->title);
        for (size_t k = 0; k < task->lead_count; k++)
            buffer_printf(out, "%s%s", k ? "、" : "", plan->units[task->leads[k]].name);
        buffer_printf(out, "%s\n", task->lead_confirmed ? "" : "（待确认）");
        grid_init(&grid, columns, 7);
        for (size_t k = 0; k < task->target_count; k++)
            print_target(plan, &plan->targets[task->first_target + k], &grid);
        if (task->target_count)
            grid_print(&grid, "  ", out);
        else
            buffer_add_text(out, "  没有指标，只看文字进展\n");
    }
}

static void show(struct cli *cli, const struct plan *plan) {
    if (args_has(cli->args, "json"))
        json_print(plan_json(plan), &cli->out);
    else
        print_plan(plan, &cli->out);
}

static enum error_code read_stored(struct cli *cli, const char *known_at, struct stored_plan *stored,
                                   struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    struct programme programme = {0};
    struct moment moment;
    enum error_code code = moment_resolve(NULL, known_at, cli->now, &moment, err);
    if (!code) code = cli_connect_reader(cli, &pg, err);
    if (!code) code = choose_programme(cli, pg, &programme, err);
    if (!code) code = stored_plan_read(pg, programme.id, known_at ? moment.known_at : INSTANT_NONE, stored, err);
    programme_finish(&programme);
    return code;
}

static enum error_code show_stored(struct cli *cli, struct error *err) {
    struct stored_plan stored = {0};
    enum error_code code = read_stored(cli, args_value(cli->args, "known-at", NULL), &stored, err);
    if (!code) show(cli, stored.plan);
    stored_plan_finish(&stored);
    return code;
}

enum error_code command_plan_show(struct cli *cli, struct error *err) {
    if (cli->args->positional_count == 0) return show_stored(cli, err);
    CLEAN(plan_read_finish) struct plan_read read = {0};
    enum error_code code = read_plan(cli, cli->args->positionals[0], DAY_NONE, &read, err);
    if (code) return code;
    if (!read.plan) {
        CLEAN(buffer_finish) struct buffer words = {0};
        print_findings(cli, &read, &words);
        return error_set(err, ERROR_INPUT, "the plan cannot be read:\n%.900s", buffer_text(&words));
    }
    show(cli, read.plan);
    return ERROR_OK;
}

enum error_code command_plan_export(struct cli *cli, struct error *err) {
    if (!args_has(cli->args, "catalogue")) return error_set(err, ERROR_USAGE, "say what to export: --catalogue");
    struct stored_plan stored = {0};
    enum error_code code = read_stored(cli, NULL, &stored, err);
    if (!code && !catalogue_write(stored.plan, &cli->out)) code = error_set(err, ERROR_MEMORY, "out of memory");
    stored_plan_finish(&stored);
    return code;
}
