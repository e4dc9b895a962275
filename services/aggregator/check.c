#include "services/aggregator/check.h"

#include <string.h>

#include "common/base/text.h"

/* Fields by their place in the event. */
enum {
    FIELD_KIND = 1, FIELD_TARGET = 3, FIELD_AREA = 4, FIELD_AS_OF = 5, FIELD_REPORTED_AT = 7, FIELD_REPORTER = 8, FIELD_SOURCE = 9,
    FIELD_REASON = 11, FIELD_NOTE = 12, FIELD_BLOCKED_BY = 13, FIELD_MORE = 15
};

static bool bad(struct checked *out, enum quarantine_code code, unsigned field, const char *hint) {
    out->code = code;
    out->field = field;
    out->hint = hint;
    return false;
}

/* --- the bytes --- */

static const char *hint_of_decode(enum quarantine_code code) {
    static const struct {
        enum quarantine_code code;
        const char *hint;
    } hints[] = {
        {QUARANTINE_NOT_CANONICAL, "编码不是规范形式，请升级采集端"},
        {QUARANTINE_EVENT_TOO_LARGE, "一条数据太大，请缩短文字"},
        {QUARANTINE_TEXT_TOO_LONG, "备注超过200字，请缩短"},
        {QUARANTINE_TEXT_CONTROL, "文字含控制字符、乱码，或名称为空，请核对这一项"},
        {QUARANTINE_AS_OF_OUT_OF_RANGE, "数据日期不对，请核对年份"},
        {QUARANTINE_VALUE_OUT_OF_RANGE, "数太大，请核对单位和位数"},
        {QUARANTINE_BAD_MORE, "附加内容与这一种类不符，请升级采集端"},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].code == code) return hints[i].hint;
    return "不是一条数据的编码，请升级采集端";
}

static bool decodes(struct slice bytes, struct checked *out) {
    unsigned field = 0;
    enum proto_code code = event_decode((const uint8_t *)bytes.ptr, bytes.len, &out->event, &field);
    if (code == PROTO_OK) return true;
    enum quarantine_code quarantine = quarantine_of_decode(code, field);
    return bad(out, quarantine, field, hint_of_decode(quarantine));
}

static bool is_ascii(struct slice text) {
    size_t i = 0;
    for (uint64_t eight; i + sizeof eight <= text.len; i += sizeof eight) {
        memcpy(&eight, text.ptr + i, sizeof eight);
        if (eight & 0x8080808080808080U) return false;
    }
    for (; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

/* Agents normalise; bytes from elsewhere may look alike and be different. */
static bool is_nfc(struct checked *out) {
    const struct event *event = &out->event;
    const struct {
        struct slice text;
        unsigned field;
    } texts[] = {
        {event->target, FIELD_TARGET},          {event->area, FIELD_AREA},         {event->reporter, FIELD_REPORTER},
        {event->source.file, FIELD_SOURCE},     {event->source.place, FIELD_SOURCE}, {event->source.raw, FIELD_SOURCE},
        {event->source.document, FIELD_SOURCE}, {event->reason, FIELD_REASON},     {event->note, FIELD_NOTE},
        {event->blocked_by, FIELD_BLOCKED_BY},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].text.ptr && !is_ascii(texts[i].text) && !text_is_nfc(texts[i].text.ptr, texts[i].text.len))
            return bad(out, QUARANTINE_TEXT_NOT_NFC, texts[i].field, "文字不是规范形式（NFC），请升级采集端");
    return true;
}

/* What the columns cannot hold could never be proved again. */
static bool fits_columns(struct checked *out) {
    const struct event *event = &out->event;
    const struct day first = {-25567}, last = {376199}; /* 1900-01-01, 2999-12-31 */
    if (event->kind == 0 || event->kind > INT32_MAX) return bad(out, QUARANTINE_NOT_AN_EVENT, FIELD_KIND, "种类编号不对，请升级采集端");
    if (event->reported_at_ms < day_start(first).ms || event->reported_at_ms > day_end(last).ms)
        return bad(out, QUARANTINE_NOT_AN_EVENT, FIELD_REPORTED_AT, "上报时间不对，请核对采集端时钟");
    if (day_is(event->as_of) && (event->as_of.n < first.n || event->as_of.n > last.n))
        return bad(out, QUARANTINE_AS_OF_OUT_OF_RANGE, FIELD_AS_OF, "数据日期不对，请核对年份");
    return true;
}

static bool has_more(struct checked *out) {
    enum proto_code code = PROTO_OK;
    if (more_expected(out->event.kind)) code = more_decode(out->event.kind, out->event.more, &out->more);
    else if (more_is_nil(out->event.kind) && out->event.more.ptr) code = PROTO_SYNTAX;
    if (code == PROTO_OK) return true;
    return bad(out, QUARANTINE_BAD_MORE, FIELD_MORE, "附加内容与这一种类不符，请升级采集端");
}

/* --- who may say it --- */

static bool may_decide(const struct stream *stream, struct checked *out) {
    if (!event_kind_is_decision(out->event.kind) || stream->role == STREAM_OFFICE) return true;
    return bad(out, QUARANTINE_NOT_A_DECISION_STREAM, FIELD_KIND, "只有督办办公室可以作出决定");
}

static struct slice task_of(const struct programme_view *programme, const struct checked *checked) {
    const struct plan *plan = programme->plan;
    if (checked->of != NO_INDEX) return slice_of(plan->tasks[plan->targets[checked->of].task].code);
    return catalogue_task(programme->catalogue, checked->event.target) != NO_INDEX ? checked->event.target : slice_of(NULL);
}

static bool in_scope(const struct programme_view *programme, const struct stream *stream, struct checked *out) {
    if (stream_covers(stream, out->event.area, task_of(programme, out))) return true;
    return bad(out, QUARANTINE_OUT_OF_SCOPE, stream_covers(stream, out->event.area, slice_of(NULL)) ? FIELD_TARGET : FIELD_AREA,
               "不在本采集端的范围之内，请核对地区和任务，或请督办办公室调整授权");
}

static bool reports_for_itself(const struct programme_view *programme, const struct stream *stream, struct checked *out) {
    struct slice reporter = out->event.reporter;
    if (stream->role == STREAM_OFFICE || !reporter.ptr || slice_is(reporter, stream->unit)) return true;
    size_t unit = plan_find_unit(programme->plan, reporter);
    if (unit != NO_INDEX && unit == plan_find_unit(programme->plan, slice_of(stream->unit))) return true;
    return bad(out, QUARANTINE_REPORTER_NOT_OF_STREAM, FIELD_REPORTER, "填报单位不是本采集端的单位；代报请由督办办公室报");
}

/* 代报: the office speaks for another, and must show on what paper. */
static bool has_document(const struct programme_view *programme, const struct stream *stream, struct checked *out) {
    uint32_t kind = out->event.kind;
    if (stream->role != STREAM_OFFICE || out->of == NO_INDEX || (kind != EVENT_FIGURE && kind != EVENT_CORRECTION)) return true;
    const struct target *target = &programme->plan->targets[out->of];
    bool own = target->reporter == REPORTER_OFFICE || catalogue_area(programme->catalogue, out->event.area) == programme->plan->city;
    if (own || out->event.source.document.len) return true;
    return bad(out, QUARANTINE_DOCUMENT_MISSING, FIELD_SOURCE, "代报须注明来源文号，请补填文号");
}

/* --- what it is about --- */

static bool fits_plan(const struct programme_view *programme, struct day today, struct checked *out) {
    struct misfit misfit = catalogue_check_event(programme->catalogue, &out->event, today);
    if (misfit.code) return bad(out, (enum quarantine_code)misfit.code, misfit.field, misfit.hint);
    if (out->event.target.ptr && !out->target) return bad(out, QUARANTINE_UNKNOWN_TARGET, FIELD_TARGET, "计划里没有这个代码，请核对");
    if (out->event.area.ptr && !out->area) return bad(out, QUARANTINE_UNKNOWN_AREA, FIELD_AREA, "计划里没有这个地区，请核对");
    return true;
}

static void look_up(const struct programme_view *programme, struct checked *out) {
    const struct event *event = &out->event;
    if (event->target.ptr) {
        out->of = catalogue_target(programme->catalogue, event->target);
        out->target = out->of != NO_INDEX ? programme->target_ids[out->of] : programme_view_target(programme, event->target);
    }
    if (!event->area.ptr) return;
    size_t area = catalogue_area(programme->catalogue, event->area);
    out->area = area != NO_INDEX ? programme->area_ids[area] : programme_view_area(programme, event->area);
    if (out->of != NO_INDEX) out->cell = catalogue_cell(programme->catalogue, out->of, area);
}

void check_event(const struct programme_view *programme, const struct stream *stream, struct slice bytes, struct day today,
                 struct checked *out) {
    out->code = 0;
    out->field = 0;
    out->hint = NULL;
    out->target = out->area = 0;
    out->cell = out->of = NO_INDEX;
    if (!decodes(bytes, out) || !is_nfc(out) || !fits_columns(out) || !has_more(out) || !may_decide(stream, out)) return;
    if (!programme) {
        if (out->event.target.ptr || out->event.area.ptr)
            (void)bad(out, QUARANTINE_UNKNOWN_TARGET, FIELD_TARGET, "督办中心还没有装入计划");
        return;
    }
    look_up(programme, out);
    (void)(in_scope(programme, stream, out) && reports_for_itself(programme, stream, out) && fits_plan(programme, today, out) &&
           has_document(programme, stream, out));
}
