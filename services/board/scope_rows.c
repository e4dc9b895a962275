#include "services/board/scope_rows.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/account_scope.h"

static void led_tasks(const struct plan *plan, const char *unit, struct buffer *out) {
    for (size_t i = 0; unit && i < plan->task_count; i++)
        for (size_t k = 0; k < plan->tasks[i].lead_count; k++)
            if (strcmp(plan->units[plan->tasks[i].leads[k]].name, unit) == 0) {
                buffer_printf(out, "%s%s", out->len ? "," : "", plan->tasks[i].code);
                break;
            }
}

enum error_code scope_read_rows(struct pg *pg, const struct scope *scope, const struct plan *plan, struct error *err) {
    CLEAN(buffer_finish) struct buffer tasks = {0};
    char key[SCOPE_KEY_MAX];
    scope_key(scope, key);
    if (scope->role == ROLE_LEAD) led_tasks(plan, scope->unit, &tasks);
    if (tasks.failed) return error_set(err, ERROR_MEMORY, "out of memory");
    return read_for(pg, key, buffer_text(&tasks), err);
}

enum error_code scope_read_all(struct pg *pg, struct error *err) {
    return read_for(pg, "office", NULL, err);
}
