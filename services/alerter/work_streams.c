#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/due.h"
#include "common/store/alert.h"
#include "common/store/due.h"
#include "common/store/reply.h"
#include "common/store/trial.h"
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

/* A cell that owes this stream's report of the closed period, or of a later one. */
static bool owes_report(const struct docket *docket, const struct stream *stream, const struct stream_facts *facts,
                        const struct subject *subject) {
    const struct assessment *a = &subject->assessment;
    return docket_owes(docket, stream, &docket->plan->cells[subject->index]) && a->report_state != REPORT_NONE &&
           a->report_period.first.n >= facts->period.first.n;
}

static bool lacks_report(const struct stream_facts *facts, const struct subject *subject) {
    const struct assessment *a = &subject->assessment;
    return a->report_state == REPORT_MISSING && a->report_period.first.n == facts->period.first.n;
}

static size_t *witness_of(const struct docket *docket, const struct stream *stream) {
    return &docket->witnesses[stream - docket->streams.items];
}

static void count_reports(const struct docket *docket, const struct stream *stream, const struct subjects *subjects,
                          struct instant now, struct stream_facts *facts) {
    facts->owed = facts->missing = facts->missing_due = 0;
    *witness_of(docket, stream) = NO_INDEX;
    for (size_t i = 0; i < subjects->count; i++) {
        const struct subject *subject = &subjects->items[i];
        if (!owes_report(docket, stream, facts, subject)) continue;
        facts->owed++;
        if (lacks_report(facts, subject)) {
            facts->missing++;
            facts->missing_due += month_of_today(subject->assessment.due, now);
        } else
            *witness_of(docket, stream) = subject->index;
    }
}

static enum error_code load_owed(struct pg *pg, const struct docket *docket, const struct stream *const *streams,
                                 size_t count, struct instant now, struct assess_scratch *scratch,
                                 struct subjects *out, struct error *err) {
    AUTO_FREE size_t *cells = calloc(docket->plan->cell_count + 1, sizeof *cells);
    if (!cells) return error_set(err, ERROR_MEMORY, "out of memory");
    size_t wanted = 0;
    for (size_t i = 0; i < docket->plan->cell_count; i++) {
        bool owed = false;
        for (size_t s = 0; s < count && !owed; s++)
            owed = streams[s] && docket->cell_ids[i] && docket_owes(docket, streams[s], &docket->plan->cells[i]);
        if (owed) cells[wanted++] = i;
    }
    return subjects_load(pg, docket, cells, wanted, now, scratch, out, err);
}

/* Counts what of the closed period has come by those streams that are not NULL. */
static enum error_code count_all(struct pg *pg, const struct docket *docket, const struct stream *const *streams,
                                 size_t count, struct instant now, struct assess_scratch *scratch,
                                 struct stream_facts *facts, struct error *err) {
    CLEAN(subjects_finish) struct subjects subjects = {0};
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || (streams[i] && day_is(facts[i].period.first));
    if (!any) return ERROR_OK;
    enum error_code code = load_owed(pg, docket, streams, count, now, scratch, &subjects, err);
    for (size_t i = 0; !code && i < count; i++)
        if (streams[i] && day_is(facts[i].period.first)) count_reports(docket, streams[i], &subjects, now, &facts[i]);
    return code;
}

static int by_place(const void *a, const void *b) {
    size_t first = *(const size_t *)a, second = *(const size_t *)b;
    return (first > second) - (first < second);
}

/* One cell that has reported is enough to know that a stream is not missing: that is asked first, of the cell that had
 * reported last time. Streams it speaks for are counted as that one cell and become NULL. */
static enum error_code ask_witnesses(struct pg *pg, const struct docket *docket, const struct stream **streams,
                                     size_t count, struct instant now, struct assess_scratch *scratch,
                                     struct stream_facts *facts, struct error *err) {
    CLEAN(subjects_finish) struct subjects subjects = {0};
    AUTO_FREE size_t *cells = calloc(count + 1, sizeof *cells);
    if (!cells) return error_set(err, ERROR_MEMORY, "out of memory");
    size_t wanted = 0;
    for (size_t i = 0; i < count; i++)
        if (*witness_of(docket, streams[i]) != NO_INDEX) cells[wanted++] = *witness_of(docket, streams[i]);
    if (wanted == 0) return ERROR_OK;
    qsort(cells, wanted, sizeof *cells, by_place);
    enum error_code code = subjects_load(pg, docket, cells, wanted, now, scratch, &subjects, err);
    for (size_t i = 0; !code && i < count; i++) {
        const struct subject *subject = subjects_find(&subjects, *witness_of(docket, streams[i]));
        if (!subject || !owes_report(docket, streams[i], &facts[i], subject) || lacks_report(&facts[i], subject))
            continue;
        facts[i].owed = 1;
        streams[i] = NULL;
    }
    return code;
}

static enum error_code read_silence(struct pg *pg, const struct docket *docket, const int32_t *ids, size_t count,
                                    struct instant now, const struct stream **known, struct work_silence *out,
                                    struct error *err) {
    *out = (struct work_silence){0};
    out->facts = calloc(count + 1, sizeof *out->facts);
    if (!out->facts) return error_set(err, ERROR_MEMORY, "out of memory for %zu streams", count);
    for (size_t i = 0; i < count; i++)
        if (!(known[i] = streams_by_id(&docket->streams, ids[i])))
            return error_set(err, ERROR_CONFLICT, "stream %d is newer than the list read last", (int)ids[i]);
    enum error_code code = silences_read(pg, ids, count, now, &out->silences, err);
    if (code) return code;
    out->count = count;
    for (size_t i = 0; i < count; i++)
        docket_stream_facts(docket, known[i], &out->silences.items[i], now, &out->facts[i]);
    return ERROR_OK;
}

enum error_code work_silence_read(struct pg *pg, const struct docket *docket, const int32_t *streams, size_t count,
                                  struct instant now, struct assess_scratch *scratch, struct work_silence *out,
                                  struct error *err) {
    AUTO_FREE const struct stream **known = calloc(count + 1, sizeof *known);
    if (!known) return error_set(err, ERROR_MEMORY, "out of memory for %zu streams", count);
    enum error_code code = read_silence(pg, docket, streams, count, now, known, out, err);
    return code ? code : count_all(pg, docket, known, count, now, scratch, out->facts, err);
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

struct batch {
    struct due_streams claimed;
    struct work_silence silence;
    const struct stream **known;
    struct standing_alerts standing;
    struct alert_writes writes;
    struct instant *next;
};
static void batch_finish(struct batch *batch) {
    due_streams_finish(&batch->claimed);
    work_silence_finish(&batch->silence);
    standing_alerts_finish(&batch->standing);
    alert_writes_finish(&batch->writes);
    free(batch->known);
    free(batch->next);
}

static enum error_code judge_stream(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                                    struct instant now, size_t index, struct batch *batch, struct error *err) {
    struct stream_facts *facts = &batch->silence.facts[index];
    struct alert standing[ALERT_CHANGES_MAX - ALERT_WANTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < batch->standing.count && count < sizeof standing / sizeof standing[0]; i++)
        if (batch->standing.items[i].stream == facts->id) standing[count++] = batch->standing.items[i].alert;
    struct alert_wants wants;
    struct alert_changes changes;
    struct alert_case judged = {.plan = docket->plan,
                                .rules = &docket->rules,
                                .stream = facts->name,
                                .events = facts->decisions,
                                .count = facts->decision_count,
                                .now = now};
    alert_wants_stream(docket->plan, &docket->rules, facts, now, &wants);
    alert_life(&judged, &wants, standing, count, alert_over_stream, facts, &changes);
    batch->next[index] = due_earlier(due_stream(docket->plan, &docket->rules, facts, now),
                                     alert_life_next(&judged, &wants, standing, count, &changes));
    if (changes.count == 0 && changes.answer_count == 0) return ERROR_OK;
    /* What is written down says how much is missing: now all of it is counted. */
    const struct stream *stream = streams_by_id(&docket->streams, facts->id);
    enum error_code code =
        batch->known[index] ? ERROR_OK : count_all(pg, docket, &stream, 1, now, scratch, facts, err);
    if (code) return code;
    AUTO_FREE char *json = facts_json(facts);
    struct notify_subject about = {.stream = facts->id, .facts_of_stream = facts, .facts = json};
    notify_changes(docket, &about, &judged, &wants, standing, &changes, &batch->writes);
    return ERROR_OK;
}

static enum error_code read_batch(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                                  struct instant now, struct batch *batch, struct error *err) {
    const struct due_streams *claimed = &batch->claimed;
    batch->next = calloc(claimed->count, sizeof *batch->next);
    batch->known = calloc(claimed->count, sizeof *batch->known);
    if (!batch->next || !batch->known) return error_set(err, ERROR_MEMORY, "out of memory");
    enum error_code code =
        read_silence(pg, docket, claimed->streams, claimed->count, now, batch->known, &batch->silence, err);
    struct stream_facts *facts = batch->silence.facts;
    if (!code) code = ask_witnesses(pg, docket, batch->known, claimed->count, now, scratch, facts, err);
    if (!code) code = count_all(pg, docket, batch->known, claimed->count, now, scratch, facts, err);
    if (!code) code = alerts_of_streams(pg, claimed->streams, claimed->count, &batch->standing, err);
    return code;
}

/* What a wake of these streams may be about beside their silence: answers, and the office's go-live. In the transaction
 * that consumes the wake, so that whoever consumes it has seen them. */
static enum error_code take_words(struct pg *pg, const struct docket *docket, const struct due_streams *claimed,
                                  struct instant now, struct error *err) {
    size_t matched = 0;
    bool office = false, trial = false;
    enum error_code code =
        replies_match(pg, docket->programme, docket->plan, &docket->streams, now, &matched, err);
    for (size_t i = 0; i < claimed->count && !office; i++) {
        const struct stream *stream = streams_by_id(&docket->streams, claimed->streams[i]);
        office = stream && stream->role == STREAM_OFFICE;
    }
    if (code || !office) return code;
    return trial_settle(pg, docket->programme, docket->rules.hash, due_window(docket->plan, now), &trial, err);
}

static enum error_code run_batch(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                                 struct instant now, struct batch *batch, struct error *err) {
    struct due_streams *claimed = &batch->claimed;
    enum error_code code = due_streams_claim(pg, docket->programme, now, STREAMS_A_BATCH, claimed, err);
    if (code || claimed->count == 0) return code;
    if (claimed->wake_count > 0) code = take_words(pg, docket, claimed, now, err);
    if (!code) code = read_batch(pg, docket, scratch, now, batch, err);
    for (size_t i = 0; !code && i < claimed->count; i++)
        code = judge_stream(pg, docket, scratch, now, i, batch, err);
    if (!code) code = due_streams_write(pg, claimed, batch->next, err);
    if (!code)
        code = alerts_write(pg, docket->programme, &batch->writes, now, due_window(docket->plan, now), docket->rules.version,
                            err);
    return code;
}

enum error_code work_streams(struct pg *pg, const struct docket *docket, struct assess_scratch *scratch,
                             struct instant now, bool *any, struct error *err) {
    CLEAN(batch_finish) struct batch batch = {0};
    *any = false;
    enum error_code code = pg_begin(pg, err);
    if (!code) code = run_batch(pg, docket, scratch, now, &batch, err);
    if (!code) code = pg_commit(pg, err);
    if (code) {
        pg_rollback(pg);
        return code;
    }
    *any = batch.claimed.count > 0;
    return ERROR_OK;
}
