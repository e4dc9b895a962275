#include "common/store/alert_bulk.h"

#include "common/base/cleanup.h"

static const enum pg_element elements[] = {
    [BULK_ROW] = PG_ELEMENT_BIGINT,       [BULK_KEY] = PG_ELEMENT_TEXT,        [BULK_RULE] = PG_ELEMENT_TEXT,
    [BULK_CELL] = PG_ELEMENT_INT,         [BULK_STREAM] = PG_ELEMENT_INT,      [BULK_PERIOD] = PG_ELEMENT_DAY,
    [BULK_FILE] = PG_ELEMENT_BIGINT,      [BULK_MESSAGE] = PG_ELEMENT_BIGINT,  [BULK_FROM] = PG_ELEMENT_TEXT,
    [BULK_TO] = PG_ELEMENT_TEXT,          [BULK_CAUSE] = PG_ELEMENT_TEXT,      [BULK_STEP] = PG_ELEMENT_TEXT,
    [BULK_BACK_FILLED] = PG_ELEMENT_BOOL, [BULK_FACTS] = PG_ELEMENT_TEXT,      [BULK_DECISION] = PG_ELEMENT_TEXT,
    [BULK_RUNG] = PG_ELEMENT_INT,         [BULK_ISSUED] = PG_ELEMENT_INT,      [BULK_RUNG_AT] = PG_ELEMENT_INSTANT,
    [BULK_SAID_AT] = PG_ELEMENT_INSTANT,
};

void bulk_put_text(struct buffer *out, const char *text) {
    binary_slice(out, slice_of(text));
}

static void put_value(struct buffer *out, const struct alert_write *item, enum bulk_column column) {
    switch (column) {
    case BULK_ROW: binary_int8(out, item->row); break;
    case BULK_KEY: bulk_put_text(out, item->key); break;
    case BULK_RULE: bulk_put_text(out, alert_rule_name(item->rule)); break;
    case BULK_CELL: item->cell ? binary_int4(out, item->cell) : binary_null(out); break;
    case BULK_STREAM: item->stream ? binary_int4(out, item->stream) : binary_null(out); break;
    case BULK_PERIOD: binary_day(out, item->period); break;
    case BULK_FILE: item->file ? binary_int8(out, item->file) : binary_null(out); break;
    case BULK_MESSAGE: item->message ? binary_int8(out, item->message) : binary_null(out); break;
    case BULK_FROM: bulk_put_text(out, item->id ? alert_state_name(item->from) : NULL); break;
    case BULK_TO: bulk_put_text(out, alert_state_name(item->to)); break;
    case BULK_CAUSE: bulk_put_text(out, item->cause); break;
    case BULK_STEP: bulk_put_text(out, item->step); break;
    case BULK_BACK_FILLED: binary_bool(out, item->back_filled); break;
    case BULK_FACTS: bulk_put_text(out, item->facts ? item->facts : "{}"); break;
    case BULK_DECISION: bulk_put_text(out, item->decision); break;
    case BULK_RUNG: binary_int4(out, (int32_t)item->rung); break;
    case BULK_ISSUED: binary_int4(out, (int32_t)item->issued); break;
    case BULK_RUNG_AT: binary_instant(out, item->rung_at); break;
    case BULK_SAID_AT: binary_instant(out, item->rung_said_at); break;
    }
}

void bulk_put_frame(struct pg_params *params, const struct bulk_frame *frame) {
    pg_put_int(params, frame->programme);
    pg_put_instant(params, frame->at);
    pg_put_text(params, frame->rules_version);
}

static enum error_code run_part(struct pg *pg, const struct bulk *bulk, const struct bulk_frame *frame,
                                struct alert_write *const *items, size_t count, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    bulk_put_frame(&params, frame);
    for (size_t c = 0; c < bulk->column_count; c++) {
        pg_array_begin(&params, elements[bulk->columns[c]], count);
        for (size_t i = 0; i < count; i++) put_value(&params.bytes, items[i], bulk->columns[c]);
        pg_array_end(&params);
    }
    enum error_code code = pg_run(pg, bulk->sql, &params, &rows, err);
    return code || !bulk->answered ? code : bulk->answered(items, count, &rows, err);
}

enum error_code bulk_run(struct pg *pg, const struct bulk *bulk, const struct bulk_frame *frame,
                         const struct alert_writes *writes, struct error *err) {
    struct alert_write *part[BULK_PART];
    size_t count = 0;
    enum error_code code = ERROR_OK;
    for (size_t i = 0; !code && i < writes->count; i++) {
        if (bulk->pick && !bulk->pick(&writes->items[i])) continue;
        part[count++] = &writes->items[i];
        if (count < BULK_PART) continue;
        code = run_part(pg, bulk, frame, part, count, err);
        count = 0;
    }
    return code || count == 0 ? code : run_part(pg, bulk, frame, part, count, err);
}
