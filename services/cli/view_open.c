#include "services/cli/view_open.h"

#include "services/cli/moment.h"
#include "services/cli/programme_choice.h"

enum error_code view_open_at(struct cli *cli, struct pg *pg, const struct moment *moment, struct view *out,
                             struct error *err) {
    struct programme programme = {0};
    *out = (struct view){0};
    enum error_code code = choose_programme(cli, pg, &programme, err);
    return code ? code : view_load(pg, &programme, moment, out, err);
}

enum error_code view_open(struct cli *cli, struct pg *pg, struct view *out, struct error *err) {
    struct moment moment;
    *out = (struct view){0};
    enum error_code code = moment_resolve(args_value(cli->args, "as-of", NULL), args_value(cli->args, "known-at", NULL),
                                          cli->now, &moment, err);
    return code ? code : view_open_at(cli, pg, &moment, out, err);
}
