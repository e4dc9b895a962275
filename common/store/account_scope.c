#include "common/store/account_scope.h"

#include "common/base/cleanup.h"

enum error_code read_for(struct pg *pg, const char *scope, const char *tasks, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_text(&params, scope);
    pg_put_text(&params, tasks ? tasks : "");
    pg_put_bool(&params, pg_in_transaction(pg));
    return pg_run(pg,
                  "SELECT set_config('duban.scope', $1, $3), set_config('duban.tasks', $2, $3),"
                  "       set_config('search_path', 'duban_seen, duban, pg_temp', $3)",
                  &params, NULL, err);
}
