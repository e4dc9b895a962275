#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/due.h"
#include "common/store/alert.h"
#include "common/store/due.h"
#include "services/alerter/notify.h"
#include "services/alerter/subject.h"
#include "services/alerter/work.h"

enum { STREAMS_A_BATCH = 64 };

/* --- what of a period has come --- */

static bool month_of_today(struct day due, struct instant now) {
    int year, month, mday, due_year, due_month;
    if (!day_is(due)) return false;
    day_split(instant_day(now), &year, &month, &mday);
    day_split(due, &due_year, &due_month, &mday);
    return due_year == year && due_month == month;
}

static void count_reports(const struct desk *desk, const struct stream *stream, const struct subjects *subjects,
                          struct instant now, struct stream_facts *facts) {
    if (!day_is(facts->period.first)) return;
    for (size_t i = 0; i < subjects->count; i++) {
        const struct subject *subject = &subjects->items[i];
        const struct assessment *a = &subject->assessment;
        if (!desk_owes(desk, stream, &desk->plan->cells[subject->index])) continue;
        if (a->report_state == REPORT_NONE || a->report_period.first.n < facts->period.first.n) continue;
        facts->owed++;
        if (a->report_state != REPORT_MISSING || a->report_period.first.n != facts->period.first.n) continue;
        facts->missing++;
        facts->missing_due += month_of_today(a->due, now);
    }
}

static enum error_code load_owed(struct pg *pg, const struct desk *desk, const struct stream *const *streams,
                                 size_t count, struct instant now, struct assess_scratch *scratch,
                                 struct subjects *out, struct error *err) {
    AUTO_FREE size_t *cells = calloc(desk->plan->cell_count + 1, sizeof *cells);
    if (!cells) return error_set(err, ERROR_MEMORY, "out of memory");
    size_t wanted = 0;
    for (size_t i = 0; i < desk->plan->cell_count; i++) {
        bool owed = false;
        for (size_t s = 0; s < count && !owed; s++)
            owed = streams[s] && desk->cell_ids[i] && desk_owes(desk, streams[s], &desk->plan->cells[i]);
        if (owed) cells[wanted++] = i;
    }
    return subjects_load(pg, desk, cells, wanted, now, scratch, out, err);
}

enum error_code work_silence_read(struct pg *pg, const struct desk *desk, const int32_t *streams, size_t count,
                                  struct instant now, struct assess_scratch *scratch, struct work_silence *out,
                                  struct error *err) {
    *out = (struct work_silence){0};
    CLEAN(subjects_finish) struct subjects subjects = {0};
    AUTO_FREE const struct stream **known = calloc(count + 1, sizeof *known);
    out->facts = calloc(count + 1, sizeof *out->facts);
    if (!known || !out->facts) return error_set(err, ERROR_MEMORY, "out of memory for %zu streams", count);
    for (size_t i = 0; i < count; i++)
        if (!(known[i] = streams_by_id(&desk->streams, streams[i])))
            return error_set(err, ERROR_CONFLICT, "stream %d is newer than the list read last", (int)streams[i]);
    enum error_code code = silences_read(pg, streams, count, now, &out->silences, err);
    if (!code) code = load_owed(pg, desk, known, count, now, scratch, &subjects, err);
    if (code) return code;
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        desk_stream_facts(desk, known[i], &out->silences.items[i], now, &out->facts[i]);
        count_reports(desk, known[i], &subjects, now, &out->facts[i]);
    }
    return ERROR_OK;
}

void work_silence_finish(struct work_silence *silence) {
    free(silence->facts);
    silences_finish(&silence->silences);
    *silence = (struct work_silence){0};
}

/* --- the batch --- */

static char *facts_json(const struct stream_facts *facts) {
    char period[DAY_TEXT_MAX], heard[INSTANT_TEXT_MAX];
    day_print(facts->period.first, period);
    instant_print(facts->heard_before, heard);
    json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:s}", "stream", facts->name, "period", period, "owed",
                             (json_int_t)facts->owed, "missing", (json_int_t)facts->missing, "heard_at", heard);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

static void judge_stream(const struct desk *desk, const struct stream_facts *facts, const struct standing_alerts *all,
                         struct instant now, struct alert_writes *writes) {
    struct alert standing[ALERT_CHANGES_MAX - ALERT_WANTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < all->count && count < sizeof standing / sizeof standing[0]; i++)
        if (all->items[i].stream == facts->id) standing[count++] = all->items[i].alert;
    struct alert_wants wants;
    struct alert_changes changes;
    alert_wants_stream(desk->plan, &desk->rules, facts, now, &wants);
    alert_life(&wants, standing, count, alert_over_stream, facts, &changes);
    if (changes.count == 0) return;
    AUTO_FREE char *json = facts_json(facts);
    struct notify_subject about = {.stream = facts->id, .facts_of_stream = facts, .facts = json};
    notify_changes(desk, &about, &wants, standing, &changes, writes);
}

struct batch {
    struct due_streams claimed;
    struct work_silence silence;
    struct standing_alerts standing;
    struct alert_writes writes;
    struct instant *next;
};
static void batch_finish(struct batch *batch) {
    due_streams_finish(&batch->claimed);
    work_silence_finish(&batch->silence);
    standing_alerts_finish(&batch->standing);
    alert_writes_finish(&batch->writes);
    free(batch->next);
}

static enum error_code run_batch(struct pg *pg, const struct desk *desk, struct assess_scratch *scratch,
                                 struct instant now, struct batch *batch, struct error *err) {
    struct due_streams *claimed = &batch->claimed;
    enum error_code code = due_streams_claim(pg, desk->programme, now, STREAMS_A_BATCH, claimed, err);
    if (code || claimed->count == 0) return code;
    code = work_silence_read(pg, desk, claimed->streams, claimed->count, now, scratch, &batch->silence, err);
    if (!code) code = alerts_of_streams(pg, claimed->streams, claimed->count, &batch->standing, err);
    if (code) return code;
    batch->next = calloc(claimed->count, sizeof *batch->next);
    if (!batch->next) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < claimed->count; i++) {
        judge_stream(desk, &batch->silence.facts[i], &batch->standing, now, &batch->writes);
        batch->next[i] = due_stream(desk->plan, &desk->rules, &batch->silence.facts[i], now);
    }
    code = due_streams_write(pg, claimed, batch->next, err);
    if (!code)
        code = alerts_write(pg, desk->programme, &batch->writes, now, due_window(desk->plan, now), desk->rules.version,
                            err);
    return code;
}

enum error_code work_streams(struct pg *pg, const struct desk *desk, struct assess_scratch *scratch,
                             struct instant now, bool *any, struct error *err) {
    CLEAN(batch_finish) struct batch batch = {0};
    *any = false;
    enum error_code code = pg_begin(pg, err);
    if (!code) code = run_batch(pg, desk, scratch, now, &batch, err);
    if (!code) code = pg_commit(pg, err);
    if (code) {
        pg_rollback(pg);
        return code;
    }
    *any = batch.claimed.count > 0;
    return ERROR_OK;
}
