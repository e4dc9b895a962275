#include "services/aggregator/load.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/store/migrate.h"

enum { STEP_KIND, STEP_KEYS, STEP_STREAMS, STEP_PLANS };
enum { STEP_TEXTS, STEP_AREAS, STEP_TARGETS, STEP_CELLS };

static const char kind_sql[] = "SELECT (SELECT max(number) FROM migration), kind FROM installation";
static const char plans_sql[] =
    "SELECT DISTINCT ON (programme) programme, version, loaded_at FROM plan_version ORDER BY programme, version DESC";
static const char texts_sql[] =
    "SELECT role, name, content FROM plan_text WHERE programme = $1 AND version = $2 ORDER BY ordinal";

void load_finish(struct load *load) {
    view_finish(&load->next);
    free(load->plans);
    pg_params_finish(&load->params);
    pg_params_finish(&load->programme);
    *load = (struct load){0};
}

void load_begin(struct load *load) {
    view_finish(&load->next);
    free(load->plans);
    load->plans = NULL;
    load->plan_count = load->at = 0;
    load->under_way = true;
    load->ready = load->changed = false;
}

static void add_step(struct load *load, const char *sql, const struct pg_params *params) {
    load->steps[load->step_count++] =
        (struct pgstep){.kind = PGSTEP_QUERY, .sql = sql, .params = params, .expect_rows = -1};
}

bool load_steps(struct load *load) {
    load->step_count = 0;
    pg_params_clear(&load->params);
    pg_params_clear(&load->programme);
    if (!load->plans) {
        pg_put_int(&load->programme, 0);
        add_step(load, kind_sql, NULL);
        add_step(load, keys_sql, NULL);
        add_step(load, streams_sql, &load->programme);
        add_step(load, plans_sql, NULL);
    } else {
        const struct load_plan *plan = &load->plans[load->at];
        pg_put_int(&load->programme, plan->programme);
        pg_put_int(&load->params, plan->programme);
        pg_put_int(&load->params, plan->version);
        add_step(load, texts_sql, &load->params);
        add_step(load, registry_sql_areas, &load->programme);
        add_step(load, registry_sql_targets, &load->programme);
        add_step(load, registry_sql_cells, &load->programme);
    }
    return !load->params.failed && !load->programme.failed;
}

static enum error_code check_kind(const struct pg_rows *rows, const struct clock *clock, struct error *err) {
    enum installation_kind kind = INSTALLATION_REAL;
    if (pg_count(rows) == 0 || !installation_kind_parse(pg_text(rows, 0, 1), &kind))
        return error_set(err, ERROR_CONFLICT, "the database has no tables of duban yet: run `duban migrate`");
    if (pg_int(rows, 0, 0) != MIGRATION_NEWEST)
        return error_set(err, ERROR_CONFLICT, "the database is at migration %lld, this program speaks %d",
                         (long long)pg_int(rows, 0, 0), MIGRATION_NEWEST);
    if (clock_is_stepped(clock) != (kind == INSTALLATION_REHEARSAL))
        return error_set(err, ERROR_CONFLICT, "this is a %s database and the clock is %s: see `clock` in the configuration",
                         installation_kind_name(kind), clock_is_stepped(clock) ? "stepped" : "real");
    return ERROR_OK;
}

static bool is_known(const struct view *now, const struct load_plan *plan) {
    const struct programme_view *known = view_programme(now, plan->programme);
    return known && known->version == plan->version;
}

static void skip_known(struct load *load, const struct view *now) {
    while (load->at < load->plan_count && is_known(now, &load->plans[load->at])) load->at++;
    load->ready = load->at == load->plan_count;
    load->next.loaded = load->ready;
}

static enum error_code first_answer(struct load *load, const struct pg_rows *rows, const struct view *now,
                                    const struct clock *clock, struct error *err) {
    enum error_code code = check_kind(&rows[STEP_KIND], clock, err);
    if (code == ERROR_OK) code = keys_take(&rows[STEP_KEYS], &load->next.keys, err);
    if (code == ERROR_OK) code = streams_take(&rows[STEP_STREAMS], &load->next.streams, err);
    if (code != ERROR_OK) return code;
    size_t count = pg_count(&rows[STEP_PLANS]);
    load->plans = calloc(count + 1, sizeof *load->plans);
    load->next.programmes = calloc(count + 1, sizeof *load->next.programmes);
    if (!load->plans || !load->next.programmes) return error_set(err, ERROR_MEMORY, "no memory");
    load->plan_count = count;
    for (size_t i = 0; i < count; i++)
        load->plans[i] = (struct load_plan){(int32_t)pg_int(&rows[STEP_PLANS], i, 0), (int32_t)pg_int(&rows[STEP_PLANS], i, 1),
                                            pg_instant(&rows[STEP_PLANS], i, 2)};
    skip_known(load, now);
    return ERROR_OK;
}

static enum error_code read_plan(const struct load_plan *which, const struct pg_rows *rows, struct plan **out,
                                 struct error *err) {
    CLEAN(findings_finish) struct findings findings = {0};
    size_t count = pg_count(rows);
    AUTO_FREE struct plan_text *texts = calloc(count + 1, sizeof *texts);
    if (!texts) return error_set(err, ERROR_MEMORY, "no memory");
    for (size_t i = 0; i < count; i++)
        texts[i] = (struct plan_text){pg_text(rows, i, 0), pg_text(rows, i, 1), pg_slice(rows, i, 2)};
    enum error_code code = plan_read_on(texts, count, instant_day(which->loaded_at), out, &findings);
    if (code != ERROR_OK)
        return error_set(err, code, "version %d of programme %d's plan cannot be read any more", which->version, which->programme);
    return ERROR_OK;
}

static enum error_code plan_answer(struct load *load, const struct pg_rows *rows, const struct view *now, struct error *err) {
    const struct load_plan *which = &load->plans[load->at];
    struct plan *plan = NULL;
    struct registry registry = {0};
    struct programme_view *view = NULL;
    enum error_code code = read_plan(which, &rows[STEP_TEXTS], &plan, err);
    if (code == ERROR_OK) code = registry_take(&rows[STEP_AREAS], &rows[STEP_TARGETS], &rows[STEP_CELLS], &registry, err);
    if (code != ERROR_OK) {
        plan_destroy(&plan);
        return code;
    }
    code = programme_view_make(which->programme, which->version, plan, &registry, &view, err);
    if (code != ERROR_OK) return code;
    load->next.programmes[load->next.programme_count++] = view;
    load->changed = true;
    load->at++;
    skip_known(load, now);
    log_info("plan_loaded", "programme=%d version=%d cells=%zu", which->programme, which->version, plan->cell_count);
    return ERROR_OK;
}

enum error_code load_answer(struct load *load, const struct pg_rows *rows, const struct view *now, const struct clock *clock,
                            struct error *err) {
    return load->plans ? plan_answer(load, rows, now, err) : first_answer(load, rows, now, clock, err);
}

void load_take_over(struct load *load, struct view *now) {
    for (size_t i = 0; i < load->plan_count; i++) {
        if (view_programme(&load->next, load->plans[i].programme)) continue;
        for (size_t k = 0; k < now->programme_count; k++) {
            if (now->programmes[k]->id != load->plans[i].programme) continue;
            load->next.programmes[load->next.programme_count++] = now->programmes[k];
            now->programmes[k] = now->programmes[--now->programme_count];
            break;
        }
    }
    load->under_way = load->ready = false;
}
