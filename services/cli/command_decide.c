/* duban confirm, approve, freeze, go-live, trial: what the office decides. */
#include "common/base/cleanup.h"
#include "common/report/words.h"
#include "services/cli/decide.h"

enum error_code command_confirm(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer name = {0};
    enum error_code code = decide(cli, DESK_CONFIRM, &deciding, err);
    if (code) return code;
    if (deciding.one.other_held)
        buffer_printf(&cli->out, "另有 %zu 个较早日期的数待核：加 --as-of 日期 逐个确认\n", deciding.one.other_held);
    decide_name(&deciding, &name);
    buffer_printf(&cli->out, say(cli, "%s: the held figure counts from now on\n"), buffer_text(&name));
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}

static enum error_code release(struct cli *cli, const struct view *view, struct desk_decision *decision,
                               struct error *err) {
    CLEAN(buffer_finish) struct buffer name = {0};
    enum error_code code = decide_record(cli, decision, err);
    if (code) return code;
    cell_name_words(view, decision->cell, &name);
    buffer_printf(&cli->out, say(cli, "%s: the red is released; county and lead will read it\n"), buffer_text(&name));
    decide_tell(cli, decision);
    return ERROR_OK;
}

enum error_code command_approve(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    enum error_code code = decide_prepare(cli, DESK_RELEASE, &deciding, err);
    for (size_t i = 0; !code && i < deciding.one.decision_count; i++)
        code = release(cli, &deciding.view, &deciding.one.decisions[i], err);
    if (!code) decide_tell_window(cli, &deciding.view);
    return code;
}

enum error_code command_freeze(struct cli *cli, struct error *err) {
    CLEAN(desk_case_finish) struct desk_case one;
    struct desk_request request = decide_request(cli, DESK_FREEZE);
    enum error_code code = desk_case_read(&one, &request, err);
    if (!code) code = desk_case_check(&one, NULL, NULL, err);
    if (!code) code = decide_record(cli, &one.decisions[0], err);
    if (!code) decide_tell(cli, &one.decisions[0]);
    return code;
}

static enum error_code set_live(struct cli *cli, bool live, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    enum error_code code = decide(cli, live ? DESK_GO_LIVE : DESK_TRIAL, &deciding, err);
    if (code) return code;
    const struct light_rules *rules = &deciding.view.rules;
    buffer_printf(
        &cli->out,
        live ? say(cli, "programme %s: live under rules %s, messages leave the office from the next window on; other "
                        "rules start on trial\n")
             : say(cli, "programme %s: trial under rules %s, nothing leaves the office\n"),
        deciding.view.programme.code, *rules->version ? rules->version : "–");
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}

enum error_code command_go_live(struct cli *cli, struct error *err) {
    return set_live(cli, true, err);
}

enum error_code command_trial(struct cli *cli, struct error *err) {
    return set_live(cli, false, err);
}
