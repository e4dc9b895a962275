#include "services/collector/sql_take.h"

#include <stdio.h>
#include <string.h>

#include "common/base/log.h"
#include "common/base/random.h"
#include "proto/chain.h"

void sql_take_name(const struct source_settings *source, char out[SQL_NAME_MAX]) {
    snprintf(out, SQL_NAME_MAX, "%s-查询", source->name);
}

/* --- what there is to say --- */

/* Rows have no order of their own: the sum of their digests has none, either. */
static void add_digest(uint8_t sum[SOURCE_HASH_BYTES], const char *text) {
    struct chain_hash hash = chain_digest((const uint8_t *)text, strlen(text));
    unsigned carry = 0;
    for (size_t i = 0; i < SOURCE_HASH_BYTES; i++) {
        carry += (unsigned)sum[i] + hash.bytes[i];
        sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static void digest_refused(const struct verdict *verdict, uint8_t out[SOURCE_HASH_BYTES]) {
    char code[64];
    memset(out, 0, SOURCE_HASH_BYTES);
    if (verdict->whole.code) {
        add_digest(out, refusal_row(verdict->whole.code)->word); /* its words may change from try to try */
        return;
    }
    for (size_t i = 0; i < verdict->outcome_count; i++) {
        if (verdict->outcomes[i].kind != OUTCOME_REFUSED) continue;
        const struct refusal *refusal = &verdict->outcomes[i].reading.refusal;
        snprintf(code, sizeof code, "%s", refusal_row(refusal->code)->word);
        add_digest(out, code);
        add_digest(out, refusal->reason);
    }
}

static bool is_zero(const uint8_t digest[SOURCE_HASH_BYTES]) {
    static const uint8_t zeros[SOURCE_HASH_BYTES];
    return memcmp(digest, zeros, sizeof zeros) == 0;
}

bool sql_take_worth_saying(const struct verdict *verdict, bool part, const struct source_pull *before,
                           struct source_pull *after) {
    digest_refused(verdict, after->refused);
    memset(after->noted, 0, sizeof after->noted);
    if (verdict->note) add_digest(after->noted, verdict->note);
    /* that the newest rows are in order says nothing of those refused before, but much of the database itself */
    bool failed = *before->code && !*after->code;
    if (part && is_zero(after->refused) && !failed) memcpy(after->refused, before->refused, sizeof after->refused);
    bool refused = memcmp(after->refused, before->refused, sizeof after->refused) != 0;
    bool noted = verdict->note && memcmp(after->noted, before->noted, sizeof after->noted) != 0;
    return verdict->taken > 0 || refused || noted;
}

/* --- keeping --- */

static enum error_code keep(struct taker *taker, const struct sql_pull *pull, const struct taken *taken,
                            const char *name, struct instant now, struct error *err) {
    struct spool *spool = taker->spool;
    const struct verdict *verdict = &taken->verdict;
    const struct extent *extent = &verdict->extent;
    enum error_code code = spool_begin(spool, err);
    if (!code) code = taker_keep_outcomes(spool, verdict, now, err);
    if (!code && !taken->told) code = spool_append_event(spool, &verdict->receipt, now, NULL, err);
    if (!code && !pull->part && !verdict->whole.code && !verdict->feed && !extent->part)
        code = sources_extent_set(spool, pull->source->name, name, extent->figures, extent->cells, err);
    if (!code) code = sources_pull_set(spool, pull->source->name, &pull->after, err);
    if (!code) code = spool_commit(spool, err);
    if (code) spool_rollback(spool);
    return code;
}

static struct paper paper_of(struct taker *taker, const struct sql_pull *pull, const char *name, struct instant now) {
    const struct source_settings *source = pull->source;
    struct paper paper = {.source = source->name,
                          .name = slice_of(name),
                          .sheet = &pull->rows->sheet,
                          .given = pull->rows->whole.code ? &pull->rows->whole : NULL,
                          .modified = INSTANT_NONE,
                          .now = now,
                          .catalogue = taker->catalogue,
                          .mapping = &source->mapping,
                          .unit = taker->settings->unit,
                          .on_behalf = source->on_behalf,
                          .memory = taker_memory(taker->spool),
                          .make_uid = random_uid};
    if (pull->part) paper.memory.last_file = NULL;
    struct chain_hash hash = chain_digest((const uint8_t *)source->sql.query, strlen(source->sql.query));
    memcpy(paper.hash, hash.bytes, SOURCE_HASH_BYTES);
    return paper;
}

/* Of what was refused as a whole nothing was taken: the watermark stays. */
static void note_failure(const struct refusal *whole, const struct source_pull *before, struct source_pull *after) {
    after->failures = whole->code ? before->failures + 1 : 0;
    snprintf(after->code, sizeof after->code, "%s", whole->code ? refusal_row(whole->code)->word : "");
    if (whole->code) memcpy(after->mark, before->mark, sizeof after->mark);
}

enum error_code sql_take(struct taker *taker, struct sql_pull *pull, struct instant now, struct taken *out,
                         struct error *err) {
    char name[SQL_NAME_MAX];
    *out = (struct taken){.how = DOCUMENT_TAKEN};
    sql_take_name(pull->source, name);
    struct paper paper = paper_of(taker, pull, name, now);
    enum error_code code = paper_judge(&paper, &out->verdict, err);
    if (code) return code;
    if (spool_full(taker->spool, taker_room(&out->verdict), &out->why)) {
        out->how = DOCUMENT_LATER;
        log_warn("spool_full", "source=%s why=%s", pull->source->name, out->why);
        return ERROR_OK;
    }
    note_failure(&out->verdict.whole, &pull->before, &pull->after);
    out->told = !sql_take_worth_saying(&out->verdict, pull->part, &pull->before, &pull->after);
    if (!pull->part || out->verdict.refused) taker_give_back(pull->source, name, &out->verdict, out->trouble);
    code = keep(taker, pull, out, name, now, err);
    if (code) return code;
    const struct verdict *verdict = &out->verdict;
    log_info("query_taken", "source=%s rows=%zu taken=%u unchanged=%u held=%u refused=%u blank=%u whole_refused=%s",
             pull->source->name, pull->rows->count, verdict->taken, verdict->unchanged, verdict->held,
             verdict->refused, verdict->blank, verdict->whole.code ? refusal_row(verdict->whole.code)->word : "no");
    return ERROR_OK;
}
