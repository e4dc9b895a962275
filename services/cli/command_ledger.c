/* duban ledger: every cell, for the leader; --csv for a spreadsheet. */
#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "common/report/ledger_rows.h"
#include "common/report/morning.h"
#include "services/cli/filter.h"
#include "services/cli/view_open.h"

static enum error_code print_ledger(struct cli *cli, struct pg *pg, const struct view *view,
                                    const struct selection *selection, struct error *err) {
    AUTO_FREE struct task_words *words = NULL;
    enum error_code code = task_words_read(pg, view, &words, err);
    if (code) return code;
    if (args_has(cli->args, "csv"))
        ledger_csv(view, words, selection, 0, &cli->out);
    else
        ledger_print(view, words, selection, &cli->out);
    return ERROR_OK;
}

enum error_code command_ledger(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(morning_finish) struct morning morning = {0};
    struct filter filter;
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = view_open(cli, pg, &view, err);
    if (!code) code = filter_read(cli->args, view.plan, view.moment.as_of, &filter, err);
    if (code) return code;
    struct filtered filtered = {&filter, &view};
    struct selection selection = filter_selection(&filtered);
    if (!args_has(cli->args, "json")) return print_ledger(cli, pg, &view, &selection, err);
    if (!(code = morning_make(&view, pg, cli->now, &morning, err)))
        json_print(morning_json(&morning, &selection), &cli->out);
    return code;
}
