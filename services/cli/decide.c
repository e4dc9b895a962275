#include "services/cli/decide.h"

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "common/report/words.h"
#include "services/cli/moment.h"
#include "services/cli/view_open.h"

struct desk_request decide_request(const struct cli *cli, enum desk_verb verb) {
    const struct args *args = cli->args;
    return (struct desk_request){
        .verb = verb,
        .subject = args->positionals,
        .subject_count = args->positional_count,
        .by = args_value(args, "by", NULL),
        .reason = args_value(args, "reason", NULL),
        .document = args_value(args, "doc", NULL),
        .who = args_value(args, "who", NULL),
        .text = args_value(args, "text", NULL),
        .level = args_value(args, "level", NULL),
        .light = args_value(args, "light", NULL),
        .rule = args_value(args, "rule", NULL),
        .due = args_value(args, "due", NULL),
        .by_day = args_value(args, "by-date", NULL),
        .until = args_value(args, "until", NULL),
        .as_of = args_value(args, "as-of", NULL),
        .as_lead = args_has(args, "lead"),
        .draft = args_has(args, "draft"),
        .replace = true, /* who types a command knows what stands; the newest word counts */
        .now = cli->now,
    };
}

static enum error_code open_now(struct cli *cli, struct pg **pg, struct view *view, struct error *err) {
    struct moment moment;
    enum error_code code = moment_resolve(NULL, NULL, cli->now, &moment, err);
    if (!code) code = cli_connect_reader(cli, pg, err);
    if (!code) code = desk_lock(*pg, err);
    return code ? code : view_open_at(cli, *pg, &moment, view, err);
}

enum error_code decide_prepare(struct cli *cli, enum desk_verb verb, struct deciding *out, struct error *err) {
    *out = (struct deciding){.request = decide_request(cli, verb)};
    enum error_code code = desk_case_read(&out->one, &out->request, err);
    if (!code) code = open_now(cli, &out->pg, &out->view, err);
    return code ? code : desk_case_check(&out->one, out->pg, &out->view, err);
}

void deciding_finish(struct deciding *deciding) {
    desk_case_finish(&deciding->one);
    view_finish(&deciding->view);
    pg_close(&deciding->pg);
}

enum error_code decide_record(struct cli *cli, struct desk_decision *decision, struct error *err) {
    const struct settings *settings = &cli->settings;
    struct office office = {.spool = settings->office_spool,
                            .stream = settings->office_stream,
                            .unit = settings->office_unit,
                            .key = settings->office_key,
                            .server_count = settings->office_servers.count,
                            .software = "duban " DUBAN_VERSION};
    for (size_t i = 0; i < office.server_count; i++)
        office.servers[i] =
            (struct office_server){settings->office_servers.items[i].address, settings->office_servers.items[i].key};
    return office_record(&office, decision, cli->now, err);
}

enum error_code decide(struct cli *cli, enum desk_verb verb, struct deciding *out, struct error *err) {
    enum error_code code = decide_prepare(cli, verb, out, err);
    return code ? code : decide_record(cli, &out->one.decisions[0], err);
}

/* --- what is told --- */

void decide_name(const struct deciding *deciding, struct buffer *out) {
    cell_name_words(&deciding->view, deciding->one.decisions[0].cell, out);
}

void decide_tell(struct cli *cli, const struct desk_decision *decision) {
    char uid[37];
    uid_print(decision->uid, uid);
    if (event_kind_is_decision((uint32_t)decision->kind) && decision->kind != EVENT_FREEZE &&
        decision->kind != EVENT_REVERSAL)
        buffer_printf(&cli->out,
                      say(cli, "recorded as %s; to take it back: duban reverse %.8s --by NAME --reason TEXT\n"), uid,
                      uid);
    else
        buffer_printf(&cli->out, say(cli, "recorded as %s, acknowledged by the centre\n"), uid);
}

void decide_tell_window(struct cli *cli, const struct view *view) {
    char at[INSTANT_TEXT_MAX];
    struct instant window = calendar_window(view->plan->calendar, &view->plan->reporting, cli->now);
    instant_print(window, at);
    if (view->programme.trial)
        buffer_add_text(&cli->out, say(cli, "trial mode: nothing leaves the office\n"));
    else if (instant_is(window))
        buffer_printf(&cli->out, say(cli, "next window: %.10s %.5s\n"), at, at + 11);
}
