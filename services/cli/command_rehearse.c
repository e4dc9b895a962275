/* duban rehearse: what other rules, or another plan, would have said of the history there is. Reads only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/report/view.h"
#include "common/store/query_answer.h"
#include "common/store/registry.h"
#include "services/cli/cli.h"
#include "services/cli/plan_files.h"
#include "services/cli/programme_choice.h"
#include "services/cli/rehearse_say.h"

enum { RULES_BYTES_MAX = 256 * 1024 };

/* All that is read for it. */
struct material {
    struct view view; /* as it is: the plan and the rules in force at the end of the span */
    /* by the new rules */
    struct findings findings;
    struct plan_files files;
    char *calendar;
    struct plan *plan; /* NULL: the plan in force */
    struct light_rules rules;
    struct history history;
    struct cell_events *events;
    /* what both share */
    struct plan_versions versions;
    struct instant *loads;
    struct answer_rows answer_rows;
    struct rehearse_answer *answers;
    size_t answer_count;
    struct rehearsal rehearsal;
};

static void material_finish(struct material *m) {
    rehearse_comparison_finish(&m->rehearsal.comparison);
    rehearse_telling_finish(&m->rehearsal.told_now);
    rehearse_telling_finish(&m->rehearsal.told_then);
    free(m->answers);
    answer_rows_finish(&m->answer_rows);
    free(m->loads);
    plan_versions_finish(&m->versions);
    free(m->events);
    history_finish(&m->history);
    plan_destroy(&m->plan);
    free(m->calendar);
    plan_files_finish(&m->files);
    findings_finish(&m->findings);
    view_finish(&m->view);
}

/* --- the span --- */

static enum error_code read_day(const struct cli *cli, const char *name, struct day *day, struct error *err) {
    const char *text = args_value(cli->args, name, NULL);
    if (text && !day_parse(text, strlen(text), day))
        return error_set(err, ERROR_USAGE, "--%s %s: give a day that exists, like 2021-06-30", name, text);
    return ERROR_OK;
}

/* Without --to until now; without --from from the first load on, which is not known yet. */
static enum error_code read_span(const struct cli *cli, struct rehearse_span *span, struct error *err) {
    *span = (struct rehearse_span){.from = DAY_NONE, .to = instant_day(cli->now), .known_at = cli->now};
    enum error_code code = read_day(cli, "from", &span->from, err);
    if (!code) code = read_day(cli, "to", &span->to, err);
    if (code) return code;
    if (day_is(span->from) && span->from.n > span->to.n)
        return error_set(err, ERROR_USAGE, "--from lies after --to%s: nothing is between them",
                         args_value(cli->args, "to", NULL) ? "" : " (today, when it is not given)");
    if (day_end(span->to).ms - 1 < cli->now.ms) span->known_at.ms = day_end(span->to).ms - 1;
    if (span->to.n > instant_day(cli->now).n) span->to = instant_day(cli->now);
    return ERROR_OK;
}

/* A plan loaded after the span does not count. */
static enum error_code read_loads(struct pg *pg, int32_t programme, struct material *m, struct error *err) {
    struct rehearse_span *span = &m->rehearsal.span;
    enum error_code code = plan_versions_read(pg, programme, &m->versions, err);
    if (code) return code;
    m->loads = calloc(m->versions.count + 1, sizeof *m->loads);
    if (!m->loads) return error_set(err, ERROR_MEMORY, "out of memory");
    size_t count = 0;
    for (size_t i = 0; i < m->versions.count; i++)
        if (m->versions.items[i].loaded_at.ms <= span->known_at.ms) m->loads[count++] = m->versions.items[i].loaded_at;
    if (m->versions.count == 0) return error_set(err, ERROR_NOT_FOUND, "no plan was loaded yet: see `duban plan load`");
    m->rehearsal.loaded = m->versions.items[0].loaded_at;
    struct day first = instant_day(m->rehearsal.loaded);
    char text[DAY_TEXT_MAX];
    day_print(first, text);
    if (count == 0 || (day_is(span->from) && span->from.n < first.n))
        return error_set(err, ERROR_USAGE,
                         "--%s lies before %s, when the first plan was loaded: nothing was said before it",
                         count ? "from" : "to", text);
    if (!day_is(span->from)) span->from = first;
    m->rehearsal.now.loads = m->rehearsal.then.loads = m->loads;
    m->rehearsal.now.load_count = m->rehearsal.then.load_count = count;
    return ERROR_OK;
}

/* --- the new rules, the other plan --- */

/* All that is wrong goes to the output, line by line; the error names how much. */
static enum error_code complain_of(struct cli *cli, const struct findings *findings, const char *file,
                                   struct error *err) {
    if (findings->errors == 0) return ERROR_OK;
    for (size_t i = 0; i < findings->count; i++)
        buffer_printf(&cli->out, "%s%s%s%s\n", findings->items[i].place, *findings->items[i].place ? ": " : "",
                      findings->items[i].warning ? lang_pick(cli->lang, "warning: ", "提示：")
                                                 : lang_pick(cli->lang, "error: ", "错误："),
                      findings->items[i].message);
    return error_set(err, ERROR_INPUT, "%s cannot be used: %zu mistakes, listed above; nothing was rehearsed", file,
                     findings->errors);
}

static enum error_code read_new_rules(struct cli *cli, struct material *m, struct error *err) {
    const char *path = args_value(cli->args, "rules", NULL);
    CLEAN(buffer_finish) struct buffer text = {0};
    if (!path) return ERROR_OK;
    enum error_code code = file_read(path, RULES_BYTES_MAX, &text, err);
    if (code) return code;
    m->rehearsal.rules_file = path_name(path);
    code = rules_read(path, (struct slice){buffer_text(&text), text.len}, &m->rules, &m->findings);
    enum error_code told = complain_of(cli, &m->findings, path, err);
    return told || !code ? told : error_set(err, code, "cannot read the rules %s", path);
}

static enum error_code read_new_plan(struct cli *cli, struct material *m, struct error *err) {
    const char *path = args_value(cli->args, "plan", NULL);
    if (!path) return ERROR_OK;
    m->calendar =
        cli->settings.calendar ? strdup(cli->settings.calendar) : settings_share("calendar/china-2021-2026.csv");
    enum error_code code = plan_files_read(&m->files, path, cli->args, m->calendar, &m->findings, err);
    if (code) return code;
    code = plan_read_on(m->files.texts, m->files.count, m->rehearsal.span.to, &m->plan, &m->findings);
    for (size_t i = 0; !code && i < m->files.count && !args_has(cli->args, "rules"); i++)
        if (strcmp(m->files.texts[i].role, "rules") == 0)
            code = rules_read(m->files.texts[i].name, m->files.texts[i].bytes, &m->rules, &m->findings);
    m->rehearsal.plan_file = path_name(path);
    enum error_code told = complain_of(cli, &m->findings, path, err);
    if (told || !code) return told;
    return error_set(err, code, "cannot read the plan %s", path);
}

/* The other plan's cells have the same history, found by their codes; what is new in it has none. */
static enum error_code load_events(struct pg *pg, struct material *m, struct error *err) {
    size_t count = m->plan->cell_count, known = 0;
    CLEAN(registry_finish) struct registry registry = {0};
    AUTO_FREE int32_t *ids = calloc(count + 1, sizeof *ids);
    AUTO_FREE int32_t *asked = calloc(count + 1, sizeof *asked);
    AUTO_FREE size_t *places = calloc(count + 1, sizeof *places);
    m->events = calloc(count + 1, sizeof *m->events);
    if (!ids || !asked || !places || !m->events) return error_set(err, ERROR_MEMORY, "out of memory");
    enum error_code code = registry_read(pg, m->view.programme.id, &registry, err);
    if (code) return code;
    registry_match_plan(&registry, m->plan, ids);
    for (size_t i = 0; i < count; i++)
        if (ids[i]) {
            asked[known] = ids[i];
            places[known++] = i;
        }
    code = history_load(pg, asked, known, moment_before(&m->view.moment), &m->history, err);
    for (size_t i = 0; !code && i < known && i < m->history.count; i++)
        m->events[places[i]] = (struct cell_events){m->history.cells[i].events, m->history.cells[i].count};
    return code;
}

static enum error_code prepare_new(struct cli *cli, struct pg *pg, struct material *m, struct error *err) {
    struct rehearse_by *now = &m->rehearsal.now, *then = &m->rehearsal.then;
    enum error_code code = ERROR_OK;
    now->plan = then->plan = m->view.plan;
    now->rules = &m->view.rules;
    then->rules = &m->rules;
    now->events = then->events = m->view.events;
    if (!m->plan) return ERROR_OK;
    if (strcmp(m->plan->programme, m->view.plan->programme) != 0)
        return error_set(err, ERROR_USAGE, "%s is a plan of %s: the history is that of %s",
                         args_value(cli->args, "plan", ""), m->plan->programme, m->view.plan->programme);
    code = load_events(pg, m, err);
    then->plan = m->plan;
    then->events = m->events;
    return code;
}

/* --- the answers --- */

/* Answers that answered nothing, or a stream, have no cell. */
static enum error_code read_answers(struct pg *pg, struct material *m, struct error *err) {
    enum error_code code = query_answers(pg, m->view.programme.id, m->rehearsal.span.known_at, &m->answer_rows, err);
    if (code) return code;
    m->answers = calloc(m->answer_rows.count + 1, sizeof *m->answers);
    if (!m->answers) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < m->answer_rows.count; i++) {
        const struct answer_row *row = &m->answer_rows.items[i];
        enum alert_rule rule;
        if (!row->alert || !*row->target || !alert_rule_find(slice_of(row->rule), &rule)) continue;
        struct rehearse_answer *answer = &m->answers[m->answer_count++];
        *answer = (struct rehearse_answer){
            .target = row->target,
            .area = row->area,
            .given = {.rule = rule,
                      .answer = {.reply = row->reply,
                                 .known_at = row->known_at,
                                 .by_day = row->by_day,
                                 .outcome = day_is(row->by_day) ? PROMISE_STANDING : ANSWERED}}};
        memcpy(answer->given.answer.uid, row->uid, EVENT_UID_BYTES);
        (void)snprintf(answer->given.answer.reason, sizeof answer->given.answer.reason, "%s", row->reason);
    }
    m->rehearsal.now.answers = m->rehearsal.then.answers = m->answers;
    m->rehearsal.now.answer_count = m->rehearsal.then.answer_count = m->answer_count;
    return ERROR_OK;
}

/* --- the command --- */

static enum error_code read_all(struct cli *cli, struct pg *pg, struct material *m, struct error *err) {
    struct rehearse_span *span = &m->rehearsal.span;
    struct moment moment = {.as_of = span->to, .known_at = span->known_at, .past = true};
    struct programme programme = {0};
    enum error_code code = choose_programme(cli, pg, &programme, err);
    if (!code) code = read_loads(pg, programme.id, m, err);
    if (!code) code = view_load(pg, &programme, &moment, &m->view, err);
    programme_finish(&programme); /* empty when the view has it */
    if (code) return code;
    if (!args_has(cli->args, "rules") && !m->rules.report_count) m->rules = m->view.rules;
    code = prepare_new(cli, pg, m, err);
    return code ? code : read_answers(pg, m, err);
}

static enum error_code tell_both(struct material *m, struct error *err) {
    struct rehearsal *r = &m->rehearsal;
    if (!rehearse_tell(&r->now, &r->span, &r->told_now) || !rehearse_tell(&r->then, &r->span, &r->told_then) ||
        !rehearse_compare(&r->told_now, &r->told_then, &r->comparison))
        return error_set(err, ERROR_MEMORY, "out of memory");
    return ERROR_OK;
}

enum error_code command_rehearse(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(material_finish) struct material m = {0};
    if (!args_has(cli->args, "rules") && !args_has(cli->args, "plan"))
        return error_set(err, ERROR_USAGE, "say what to rehearse: --rules FILE, or --plan FILE, or both");
    enum error_code code = read_span(cli, &m.rehearsal.span, err);
    if (!code) code = read_new_rules(cli, &m, err);
    if (!code) code = read_new_plan(cli, &m, err);
    if (!code) code = cli_connect_reader(cli, &pg, err);
    if (!code) code = read_all(cli, pg, &m, err);
    pg_close(&pg);
    if (!code) code = tell_both(&m, err);
    if (code) return code;
    (args_has(cli->args, "json") ? rehearse_print_json : rehearse_print)(&m.rehearsal, args_has(cli->args, "full"),
                                                                         &cli->out);
    return ERROR_OK;
}
