/* A plan becomes rows: its texts whole, its codes in the registry, a cell for each of its cells. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/programme.h"

struct chain_hash plan_texts_hash(const struct plan_text *texts, size_t count) {
    struct chain_hash hash = {{0}};
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash.bytes);
    for (size_t i = 0; i < count; i++) {
        uint64_t len = texts[i].bytes.len; /* so that no text can run into the next one */
        (void)crypto_generichash_update(&state, (const uint8_t *)texts[i].role, strlen(texts[i].role) + 1);
        (void)crypto_generichash_update(&state, (const uint8_t *)texts[i].name, strlen(texts[i].name) + 1);
        (void)crypto_generichash_update(&state, (const uint8_t *)&len, sizeof len);
        (void)crypto_generichash_update(&state, (const uint8_t *)texts[i].bytes.ptr, texts[i].bytes.len);
    }
    (void)crypto_generichash_final(&state, hash.bytes, sizeof hash.bytes);
    return hash;
}

/* The programme's row, made when it is new. */
static enum error_code have_programme(struct pg *pg, const struct plan_save *save, struct plan_saved *out,
                                      struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows found = {0}, made = {0};
    pg_put_text(&params, save->plan->programme);
    enum error_code code = pg_run(pg, "SELECT id, title FROM programme WHERE code = $1", &params, &found, err);
    if (code != ERROR_OK) return code;
    out->first = pg_count(&found) == 0;
    pg_put_text(&params, save->plan->title);
    if (!out->first) {
        out->programme = (int32_t)pg_int(&found, 0, 0);
        if (strcmp(pg_text(&found, 0, 1), save->plan->title) == 0) return ERROR_OK;
        return pg_run(pg, "UPDATE programme SET title = $2 WHERE code = $1", &params, NULL, err);
    }
    pg_put_bool(&params, save->trial);
    code = pg_run(pg, "INSERT INTO programme (code, title, trial) VALUES ($1, $2, $3) RETURNING id", &params, &made, err);
    if (code == ERROR_OK) out->programme = (int32_t)pg_int(&made, 0, 0);
    return code;
}

/* The number of the version to be made; unchanged when the newest one has the same texts. */
static enum error_code next_version(struct pg *pg, const struct plan_save *save, const struct chain_hash *hash,
                                    struct plan_saved *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    struct chain_hash newest;
    char then[INSTANT_TEXT_MAX], now[INSTANT_TEXT_MAX];
    pg_put_int(&params, out->programme);
    enum error_code code = pg_run(pg, "SELECT version, hash, loaded_at FROM plan_version WHERE programme = $1 "
                                  "ORDER BY version DESC LIMIT 1", &params, &rows, err);
    out->version = 1;
    if (code != ERROR_OK || pg_count(&rows) == 0) return code;
    out->version = (int32_t)pg_int(&rows, 0, 0);
    out->unchanged = pg_bytes(&rows, 0, 1, newest.bytes, sizeof newest.bytes) && chain_equal(&newest, hash);
    if (out->unchanged) return ERROR_OK;
    struct instant before = pg_instant(&rows, 0, 2);
    if (before.ms > save->loaded_at.ms) {
        instant_print(before, then);
        instant_print(save->loaded_at, now);
        return error_set(err, ERROR_CONFLICT, "version %d was loaded at %s, later than this load's time %s: check the clock",
                         out->version, then, now);
    }
    out->version++;
    return ERROR_OK;
}

static enum error_code save_texts(struct pg *pg, const struct plan_save *save, const struct chain_hash *hash,
                                  const struct plan_saved *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, out->programme);
    pg_put_int(&params, out->version);
    pg_put_bytes(&params, hash->bytes, sizeof hash->bytes);
    pg_put_instant(&params, save->loaded_at);
    pg_put_text(&params, save->loaded_by);
    pg_put_text(&params, save->plan->document);
    enum error_code code = pg_run(pg, "INSERT INTO plan_version (programme, version, hash, loaded_at, loaded_by, document) "
                                  "VALUES ($1, $2, $3, $4, $5, $6)", &params, NULL, err);
    for (size_t i = 0; code == ERROR_OK && i < save->text_count; i++) {
        const struct plan_text *text = &save->texts[i];
        pg_params_clear(&params);
        pg_put_int(&params, out->programme);
        pg_put_int(&params, out->version);
        pg_put_int(&params, (int32_t)i + 1);
        pg_put_text(&params, text->role);
        pg_put_text(&params, text->name);
        pg_put_bytes(&params, text->bytes.ptr ? text->bytes.ptr : "", text->bytes.len);
        code = pg_run(pg, "INSERT INTO plan_text (programme, version, ordinal, role, name, content) "
                      "VALUES ($1, $2, $3, $4, $5, $6)", &params, NULL, err);
    }
    return code;
}

static enum error_code save_areas(struct pg *pg, const struct plan *plan, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_array_begin(&params, PG_ELEMENT_TEXT, plan->area_count);
    for (size_t i = 0; i < plan->area_count; i++) binary_slice(&params.bytes, slice_of(plan->areas[i].code));
    pg_array_end(&params);
    return pg_run(pg, "INSERT INTO area (code) SELECT code FROM unnest($1) WITH ORDINALITY AS u(code, n) "
                  "WHERE NOT EXISTS (SELECT FROM area a WHERE a.code = u.code) ORDER BY n ON CONFLICT DO NOTHING",
                  &params, NULL, err);
}

/* Tasks first: words and receipts may be about them. */
static enum error_code save_targets(struct pg *pg, const struct plan *plan, int32_t programme, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    pg_array_begin(&params, PG_ELEMENT_TEXT, plan->task_count + plan->target_count);
    for (size_t i = 0; i < plan->task_count; i++) binary_slice(&params.bytes, slice_of(plan->tasks[i].code));
    for (size_t i = 0; i < plan->target_count; i++) binary_slice(&params.bytes, slice_of(plan->targets[i].code));
    pg_array_end(&params);
    return pg_run(pg, "INSERT INTO target (programme, code) SELECT $1, code FROM unnest($2) WITH ORDINALITY AS u(code, n) "
                  "WHERE NOT EXISTS (SELECT FROM target t WHERE t.programme = $1 AND t.code = u.code) ORDER BY n "
                  "ON CONFLICT DO NOTHING", &params, NULL, err);
}

static void put_cells(struct pg_params *params, const struct plan *plan, int32_t programme) {
    pg_put_int(params, programme);
    pg_array_begin(params, PG_ELEMENT_TEXT, plan->cell_count);
    for (size_t i = 0; i < plan->cell_count; i++)
        binary_slice(&params->bytes, slice_of(plan->targets[plan->cells[i].target].code));
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_TEXT, plan->cell_count);
    for (size_t i = 0; i < plan->cell_count; i++)
        binary_slice(&params->bytes, slice_of(plan->areas[plan->cells[i].area].code));
    pg_array_end(params);
    pg_array_begin(params, PG_ELEMENT_BOOL, plan->cell_count);
    for (size_t i = 0; i < plan->cell_count; i++) binary_bool(&params->bytes, plan->cells[i].rollup);
    pg_array_end(params);
}

static enum error_code save_cells(struct pg *pg, const struct plan *plan, struct plan_saved *out, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows kept = {0}, retired = {0};
    put_cells(&params, plan, out->programme);
    enum error_code code = pg_run(
        pg, "INSERT INTO cell (programme, target, area, rollup) SELECT $1, t.id, a.id, u.rollup "
        "FROM unnest($2, $3, $4) WITH ORDINALITY AS u(target, area, rollup, n) "
        "JOIN target t ON t.programme = $1 AND t.code = u.target JOIN area a ON a.code = u.area ORDER BY n "
        "ON CONFLICT (target, area) DO UPDATE SET rollup = excluded.rollup, retired = false", &params, &kept, err);
    if (code != ERROR_OK) return code;
    out->cells = (size_t)pg_affected(&kept);
    if (out->cells != plan->cell_count)
        return error_set(err, ERROR_DATABASE, "%zu cells of %zu were made", out->cells, plan->cell_count);
    params.count = 3; /* programme, targets, areas */
    code = pg_run(pg, "UPDATE cell SET retired = true WHERE programme = $1 AND NOT retired AND NOT EXISTS ("
                  "SELECT FROM unnest($2, $3) AS u(target, area) JOIN target t ON t.programme = $1 AND t.code = u.target "
                  "JOIN area a ON a.code = u.area WHERE t.id = cell.target AND a.id = cell.area)", &params, &retired, err);
    out->retired = code == ERROR_OK ? (size_t)pg_affected(&retired) : 0;
    return code;
}

/* Every cell is looked at once after a load: dates, goals and what is owed may all have changed. */
static enum error_code save_states(struct pg *pg, int32_t programme, struct instant loaded_at, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_int(&params, programme);
    enum error_code code = pg_run(pg, "INSERT INTO cell_current (cell) SELECT id FROM cell WHERE programme = $1 "
                                  "ON CONFLICT DO NOTHING", &params, NULL, err);
    pg_put_instant(&params, loaded_at);
    if (code == ERROR_OK)
        code = pg_run(pg, "INSERT INTO cell_light (cell, next_check_at) SELECT id, $2 FROM cell WHERE programme = $1 "
                      "ON CONFLICT (cell) DO UPDATE SET next_check_at = excluded.next_check_at", &params, NULL, err);
    return code;
}

static enum error_code save_all(struct pg *pg, const struct plan_save *save, struct plan_saved *out, struct error *err) {
    struct chain_hash hash = plan_texts_hash(save->texts, save->text_count);
    enum error_code code = pg_run(pg, "SELECT pg_advisory_xact_lock(hashtext('duban plan'))", NULL, NULL, err);
    if (code == ERROR_OK) code = have_programme(pg, save, out, err);
    if (code == ERROR_OK) code = next_version(pg, save, &hash, out, err);
    if (code != ERROR_OK || out->unchanged) return code;
    code = save_texts(pg, save, &hash, out, err);
    if (code == ERROR_OK) code = save_areas(pg, save->plan, err);
    if (code == ERROR_OK) code = save_targets(pg, save->plan, out->programme, err);
    if (code == ERROR_OK) code = save_cells(pg, save->plan, out, err);
    if (code == ERROR_OK) code = save_states(pg, out->programme, save->loaded_at, err);
    if (code == ERROR_OK) code = pg_script(pg, "NOTIFY duban_plan; NOTIFY duban_wake", err);
    return code;
}

enum error_code plan_save(struct pg *pg, const struct plan_save *save, struct plan_saved *out, struct error *err) {
    *out = (struct plan_saved){0};
    enum error_code code = pg_begin(pg, err);
    if (code == ERROR_OK) code = save_all(pg, save, out, err);
    if (code == ERROR_OK) code = pg_commit(pg, err);
    if (code != ERROR_OK) pg_rollback(pg);
    return code;
}
