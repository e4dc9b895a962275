#include "services/alerter/docket.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/due.h"

static enum error_code read_rules(struct pg *pg, struct docket *docket, struct error *err) {
    docket->rules = *rules_shipped();
    CLEAN(buffer_finish) struct buffer memory = {0};
    AUTO_FREE struct plan_text *texts = NULL;
    size_t count = 0;
    enum error_code code = plan_texts_read(pg, docket->programme, docket->stored.version, &texts, &count, &memory, err);
    for (size_t i = 0; !code && i < count; i++) {
        if (strcmp(texts[i].role, "rules") != 0) continue;
        CLEAN(findings_finish) struct findings findings = {0};
        code = rules_read(texts[i].name, texts[i].bytes, &docket->rules, &findings);
        if (code) error_set(err, code, "the plan's rules: %s", findings.count ? findings.items[0].message : "unreadable");
    }
    return code;
}

static int compare_ids(const void *a, const void *b, void *context) {
    const struct docket *docket = context;
    int32_t first = docket->cell_ids[*(const size_t *)a], second = docket->cell_ids[*(const size_t *)b];
    return (first > second) - (first < second);
}

static enum error_code index_cells(struct docket *docket, struct error *err) {
    size_t count = docket->plan->cell_count;
    docket->cell_ids = calloc(count + 1, sizeof *docket->cell_ids);
    docket->cells_by_id = calloc(count + 1, sizeof *docket->cells_by_id);
    if (!docket->cell_ids || !docket->cells_by_id) return error_set(err, ERROR_MEMORY, "out of memory for %zu cells", count);
    registry_match_plan(&docket->registry, docket->plan, docket->cell_ids);
    for (size_t i = 0; i < count; i++)
        if (docket->cell_ids[i]) docket->cells_by_id[docket->cell_count++] = i;
    qsort_r(docket->cells_by_id, docket->cell_count, sizeof *docket->cells_by_id, compare_ids, docket);
    return ERROR_OK;
}

static enum error_code read_first_load(struct pg *pg, struct docket *docket, struct error *err) {
    CLEAN(plan_versions_finish) struct plan_versions versions = {0};
    enum error_code code = plan_versions_read(pg, docket->programme, &versions, err);
    docket->first_loaded = !code && versions.count ? versions.items[0].loaded_at : INSTANT_NONE;
    return code;
}

static enum error_code forget_witnesses(struct docket *docket, struct error *err) {
    docket->witnesses = calloc(docket->streams.count + 1, sizeof *docket->witnesses);
    if (!docket->witnesses) return error_set(err, ERROR_MEMORY, "out of memory for %zu streams", docket->streams.count);
    for (size_t i = 0; i < docket->streams.count; i++) docket->witnesses[i] = NO_INDEX;
    return ERROR_OK;
}

enum error_code docket_open(struct pg *pg, const struct programme *programme, const struct light_rules *rules,
                          struct docket *out, struct error *err) {
    *out = (struct docket){.programme = programme->id, .trial = programme->trial};
    enum error_code code = stored_plan_read(pg, programme->id, INSTANT_NONE, &out->stored, err);
    if (code) return code;
    out->plan = out->stored.plan;
    if (!code) code = registry_read(pg, programme->id, &out->registry, err);
    if (!code) code = index_cells(out, err);
    if (!code) code = streams_read(pg, programme->id, &out->streams, err);
    if (!code) code = forget_witnesses(out, err);
    if (!code) code = read_first_load(pg, out, err);
    if (rules)
        out->rules = *rules;
    else if (!code)
        code = read_rules(pg, out, err);
    return code;
}

void docket_finish(struct docket *docket) {
    stored_plan_finish(&docket->stored);
    registry_finish(&docket->registry);
    streams_finish(&docket->streams);
    free(docket->cell_ids);
    free(docket->cells_by_id);
    free(docket->witnesses);
    *docket = (struct docket){0};
}

size_t docket_cell(const struct docket *docket, int32_t cell) {
    size_t low = 0, high = docket->cell_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int32_t id = docket->cell_ids[docket->cells_by_id[middle]];
        if (id == cell) return docket->cells_by_id[middle];
        if (id < cell)
            low = middle + 1;
        else
            high = middle;
    }
    return NO_INDEX;
}

void docket_stream_facts(const struct docket *docket, const struct stream *stream, const struct silence *silence,
                       struct instant now, struct stream_facts *out) {
    *out = (struct stream_facts){
        .id = stream->id,
        .name = stream->name,
        .role = stream->role == STREAM_COUNTY       ? SPEAKER_COUNTY
                : stream->role == STREAM_DEPARTMENT ? SPEAKER_DEPARTMENT
                                                    : SPEAKER_OFFICE,
        .area = NO_INDEX,
        .unit = plan_find_unit(docket->plan, slice_of(stream->unit)),
        .unit_name = slice_of(stream->unit),
        .made_at = silence->made_at,
        .heard_at = silence->heard_at,
        .heard_before = silence->heard_before,
        .desk = silence->desk,
        .period = due_closed_period(docket->plan, now),
        .receipts = silence->receipts,
        .receipt_count = silence->receipt_count,
        .decisions = silence->decisions,
        .decision_count = silence->decision_count,
    };
    if (out->role == SPEAKER_COUNTY && stream->area_count > 0)
        out->area = plan_find_area(docket->plan, slice_of(stream->areas[0]));
}

bool docket_owes(const struct docket *docket, const struct stream *stream, const struct cell *cell) {
    const struct target *target = &docket->plan->targets[cell->target];
    if (cell->rollup || cell->no_task) return false;
    if (!stream_covers(stream, slice_of(docket->plan->areas[cell->area].code),
                       slice_of(docket->plan->tasks[target->task].code)))
        return false;
    switch (stream->role) {
    case STREAM_COUNTY: return target->reporter == REPORTER_COUNTY;
    case STREAM_OFFICE: return target->reporter == REPORTER_OFFICE;
    case STREAM_DEPARTMENT:
        return target->reporter == REPORTER_UNIT &&
               target->reporter_unit == plan_find_unit(docket->plan, slice_of(stream->unit));
    }
    return false;
}
