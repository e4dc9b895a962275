/* duban mute, duban override: what a person decides against the machine, with a name, a reason and an end. */
#include "common/base/cleanup.h"
#include "common/domain/alert.h"
#include "services/cli/decide.h"

enum error_code command_mute(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer name = {0};
    char until[DAY_TEXT_MAX];
    enum alert_rule rule;
    enum error_code code = decide(cli, DESK_MUTE, &deciding, err);
    if (code) return code;
    const struct desk_case *one = &deciding.one;
    if (one->naming.count)
        named_words(&deciding.view, &one->naming.items[0], &name);
    else
        buffer_add_text(&name, cli->args->positionals[0]);
    const char *word =
        one->rule && alert_rule_find(slice_of(one->rule), &rule) ? alert_rule_word(rule) : say(cli, "everything");
    day_print(one->until, until);
    if (*until)
        buffer_printf(&cli->out, say(cli, "%s: %s is not said until %s is over; it stays listed and the light stays\n"),
                      buffer_text(&name), word, until);
    else
        buffer_printf(&cli->out,
                      say(cli, "%s: %s is not said until it is resolved, and that will be reported; it stays listed "
                               "and the light stays\n"),
                      buffer_text(&name), word);
    decide_tell(cli, &one->decisions[0]);
    return ERROR_OK;
}

enum error_code command_override(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer name = {0};
    char until[DAY_TEXT_MAX];
    enum error_code code = decide(cli, DESK_OVERRIDE, &deciding, err);
    if (code) return code;
    decide_name(&deciding, &name);
    day_print(deciding.one.until, until);
    buffer_printf(&cli->out,
                  say(cli, "%s: shown as %s until %s, the computed light beside it; alerts go by what is computed\n"),
                  buffer_text(&name), light_word(deciding.one.light), until);
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}
