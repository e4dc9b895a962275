/* duban closeout claim | check | verify | refuse: 100 % is not closed. The reporter claims with a document, a lead
 * checks, the office verifies. */
#include "common/base/cleanup.h"
#include "common/desk/request_choice.h"
#include "services/cli/decide.h"

enum error_code command_closeout_claim(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer name = {0};
    enum error_code code = decide(cli, DESK_CLOSE_OUT_CLAIM, &deciding, err);
    if (code) return code;
    decide_name(&deciding, &name);
    buffer_printf(
        &cli->out,
        close_out_wants_lead(&deciding.view, deciding.one.cell)
            ? say(cli, "%s: claimed; next the lead checks (`duban closeout check`), then the office verifies\n")
            : say(cli, "%s: claimed; next the office verifies (`duban closeout verify`)\n"),
        buffer_text(&name));
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}

static enum error_code take_step(struct cli *cli, enum desk_verb verb, const char *told, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer name = {0};
    enum error_code code = decide(cli, verb, &deciding, err);
    if (code) return code;
    decide_name(&deciding, &name);
    buffer_printf(&cli->out, "K%04u %s: %s\n", deciding.one.claim->number, buffer_text(&name), told);
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}

enum error_code command_closeout_check(struct cli *cli, struct error *err) {
    return take_step(cli, DESK_CLOSE_OUT_CHECK,
                     say(cli, "the lead has checked it; next the office verifies (`duban closeout verify`)"), err);
}

enum error_code command_closeout_verify(struct cli *cli, struct error *err) {
    return take_step(cli, DESK_CLOSE_OUT_VERIFY, say(cli, "verified and closed (已销号)"), err);
}

enum error_code command_closeout_refuse(struct cli *cli, struct error *err) {
    return take_step(cli, DESK_CLOSE_OUT_REFUSE, say(cli, "refused; it has to be claimed again"), err);
}
