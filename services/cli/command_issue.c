/* duban issue: a 黄牌, 红牌 or 通报 that stands as a proposal is issued by a person, with a document. --draft prints
 * the text to be signed and writes nothing. */
#include "common/base/cleanup.h"
#include "services/cli/decide.h"

enum error_code command_issue(struct cli *cli, struct error *err) {
    CLEAN(deciding_finish) struct deciding deciding;
    enum error_code code = decide_prepare(cli, DESK_ISSUE, &deciding, err);
    const struct draft *draft = &deciding.one.card.draft;
    if (!code && !deciding.request.draft) code = decide_record(cli, &deciding.one.decisions[0], err);
    if (code) return code;
    draft_write(draft, &cli->out);
    if (deciding.request.draft) return ERROR_OK;
    buffer_printf(&cli->out, say(cli, "\nissued: %s %s; county, lead and office will read it\n"),
                  draft_level_chinese(draft->level), draft->document);
    decide_tell(cli, &deciding.one.decisions[0]);
    decide_tell_window(cli, &deciding.view);
    return ERROR_OK;
}
