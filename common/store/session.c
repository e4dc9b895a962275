#include "common/store/session.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/migrate.h"

const char *installation_kind_name(enum installation_kind kind) {
    return kind == INSTALLATION_REHEARSAL ? "rehearsal" : "real";
}

bool installation_kind_parse(const char *word, enum installation_kind *out) {
    if (strcmp(word, "rehearsal") == 0) *out = INSTALLATION_REHEARSAL;
    else if (strcmp(word, "real") == 0) *out = INSTALLATION_REAL;
    else return false;
    return true;
}

/* No such schema, table or right to look: nobody has migrated yet. */
static bool is_unmade(const char *state) {
    return strcmp(state, "42P01") == 0 || strcmp(state, "3F000") == 0;
}

static enum error_code read_version(struct pg *pg, int64_t *version, enum installation_kind *kind, struct error *err) {
    static const char sql[] = "SELECT (SELECT coalesce(max(number), 0) FROM duban.migration), kind FROM duban.installation";
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    enum error_code code = pg_run(pg, sql, NULL, &rows, err);
    if (code != ERROR_OK && !is_unmade(pg_state(pg))) return code;
    if (code != ERROR_OK || pg_count(&rows) == 0 || !installation_kind_parse(pg_text(&rows, 0, 1), kind))
        return error_set(err, ERROR_CONFLICT, "the database has no tables of duban yet: run `duban migrate --kind rehearsal` "
                         "or `duban migrate --kind real`");
    *version = pg_int(&rows, 0, 0);
    return ERROR_OK;
}

enum error_code session_kind(struct pg *pg, enum installation_kind *out, struct error *err) {
    int64_t version;
    return read_version(pg, &version, out, err);
}

enum error_code session_check(struct pg *pg, const struct clock *clock, struct error *err) {
    int64_t version = 0;
    enum installation_kind kind = INSTALLATION_REAL;
    enum error_code code = read_version(pg, &version, &kind, err);
    if (code != ERROR_OK) return code;
    if (version < MIGRATION_NEWEST)
        return error_set(err, ERROR_CONFLICT, "the database is at migration %lld, this program needs %d: run `duban migrate`",
                         (long long)version, MIGRATION_NEWEST);
    if (version > MIGRATION_NEWEST)
        return error_set(err, ERROR_CONFLICT, "the database is at migration %lld, this program knows %d: install the newer "
                         "duban", (long long)version, MIGRATION_NEWEST);
    if (clock && clock_is_stepped(clock) != (kind == INSTALLATION_REHEARSAL))
        return error_set(err, ERROR_CONFLICT, "this is a %s database, and the clock in use is %s: %s",
                         installation_kind_name(kind), clock_is_stepped(clock) ? "stepped" : "real",
                         kind == INSTALLATION_REAL ? "take `clock` out of the configuration"
                                                   : "name the rehearsal's clock file as `clock`");
    return ERROR_OK;
}

enum error_code session_open(const struct session_settings *settings, struct pg **out, struct error *err) {
    const struct pg_settings plain = {
        .conninfo = settings->conninfo, .application = settings->application, .answer_ms = settings->answer_ms};
    enum error_code code = pg_open(&plain, out, err);
    if (code != ERROR_OK) return code;
    code = session_check(*out, settings->clock, err);
    if (code != ERROR_OK) pg_close(out);
    return code;
}
