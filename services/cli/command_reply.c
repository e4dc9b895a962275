/* duban reply: an answer by phone, taken down by the office as the county's own (代报). */
#include "common/base/cleanup.h"
#include "services/cli/decide.h"

enum error_code command_reply(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    char day[DAY_TEXT_MAX];
    enum error_code code = decide(cli, DESK_PROMISE, &deciding, err);
    if (code) return code;
    day_print(deciding.one.by_day, day);
    for (size_t i = 0; i < deciding.one.naming.count; i++) {
        const struct named *named = &deciding.one.naming.items[i];
        CLEAN(buffer_finish) struct buffer name = {0};
        named_words(&deciding.view, named, &name);
        if (*day)
            buffer_printf(&cli->out,
                          say(cli,
                              "%s %s: promised until %s; nobody is reminded until that day is over or it gets worse, "
                              "the light stays\n"),
                          named->number, buffer_text(&name), day);
        else
            buffer_printf(&cli->out,
                          say(cli, "%s %s: answered without a day; the count of days begins anew from today\n"),
                          named->number, buffer_text(&name));
    }
    decide_tell(cli, &deciding.one.decisions[0]);
    return ERROR_OK;
}
