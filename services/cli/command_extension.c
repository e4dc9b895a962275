/* duban extension ask | grant | refuse: an extension is asked for before its day, decided with a definite day and a
 * document; both days are kept. */
#include "common/base/cleanup.h"
#include "services/cli/decide.h"

static const struct assessment *now(const struct deciding *deciding) {
    return &deciding->view.cells[deciding->one.decisions[0].cell];
}

enum error_code command_extension_ask(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer name = {0};
    char due[DAY_TEXT_MAX];
    enum error_code code = decide(cli, DESK_EXTENSION_ASK, &deciding, err);
    if (code) return code;
    decide_name(&deciding, &name);
    day_print(now(&deciding)->due, due);
    buffer_printf(&cli->out,
                  say(cli, "%s: the extension is asked for; the day stays %s until the office decides "
                           "(`duban extensions`)\n"),
                  buffer_text(&name), due);
    if (instant_day(cli->now).n > now(&deciding)->due.n)
        buffer_printf(&cli->out, say(cli, "it was due on %s: the request is late and counted as such\n"), due);
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}

enum error_code command_extension_grant(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer name = {0};
    char due[DAY_TEXT_MAX], original[DAY_TEXT_MAX];
    enum error_code code = decide(cli, DESK_EXTENSION_GRANT, &deciding, err);
    if (code) return code;
    decide_name(&deciding, &name);
    day_print(deciding.one.due, due);
    day_print(now(&deciding)->due_original, original);
    buffer_printf(&cli->out, say(cli, "%s: due on %s from now on (originally %s), 延 stands beside it\n"),
                  buffer_text(&name), due, original);
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}

enum error_code command_extension_refuse(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    CLEAN(buffer_finish) struct buffer name = {0};
    char due[DAY_TEXT_MAX];
    enum error_code code = decide(cli, DESK_EXTENSION_REFUSE, &deciding, err);
    if (code) return code;
    decide_name(&deciding, &name);
    day_print(now(&deciding)->due, due);
    buffer_printf(&cli->out, say(cli, "%s: the extension is refused, the day stays %s\n"), buffer_text(&name), due);
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}
