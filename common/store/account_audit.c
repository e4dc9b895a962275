#include "common/store/account_audit.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

enum { TEXT_CHARS = 200 };

static void put_cut(struct pg_params *params, const char *text) {
    size_t len = text ? text_cut_chars(text, strlen(text), TEXT_CHARS) : 0;
    pg_put_slice(params, (struct slice){text ? text : "", len});
}

enum error_code audit_add(struct pg *pg, const struct audit_entry *entry, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_instant(&params, entry->at);
    pg_put_text(&params, entry->what);
    put_cut(&params, entry->account);
    put_cut(&params, entry->peer);
    put_cut(&params, entry->verb);
    put_cut(&params, entry->subject);
    put_cut(&params, entry->outcome);
    pg_put_uid(&params, entry->uid);
    return pg_run(pg,
                  "INSERT INTO audit (at, what, account, peer, verb, subject, outcome, uid)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                  &params, NULL, err);
}

enum error_code action_answer_find(struct pg *pg, int64_t account, const char *key, struct action_answer *out,
                                   struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    *out = (struct action_answer){.account = account, .key = key};
    pg_put_bigint(&params, account);
    pg_put_text(&params, key);
    enum error_code code =
        pg_run(pg, "SELECT digest, status, answer FROM action_answer WHERE account = $1 AND key = $2", &params,
               &out->rows, err);
    if (code || !pg_count(&out->rows)) return code;
    if (!pg_bytes(&out->rows, 0, 0, out->digest, sizeof out->digest))
        return error_set(err, ERROR_DATABASE, "action_answer: a digest of another length");
    out->status = (int)pg_int(&out->rows, 0, 1);
    out->answer = pg_text(&out->rows, 0, 2);
    return ERROR_OK;
}

void action_answer_finish(struct action_answer *answer) {
    pg_rows_finish(&answer->rows);
    *answer = (struct action_answer){0};
}

enum error_code action_answer_keep(struct pg *pg, const struct action_answer *answer, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    pg_put_bigint(&params, answer->account);
    pg_put_text(&params, answer->key);
    pg_put_bytes(&params, answer->digest, sizeof answer->digest);
    pg_put_int(&params, answer->status);
    pg_put_text(&params, answer->answer);
    return pg_run(pg,
                  "INSERT INTO action_answer (account, key, digest, status, answer) VALUES ($1, $2, $3, $4, $5)"
                  " ON CONFLICT DO NOTHING",
                  &params, NULL, err);
}
