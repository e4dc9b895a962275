#include "services/collector/judge.h"

#include <string.h>

#include "common/base/text.h"
#include "common/domain/measure.h"
#include "proto/codes.h"
#include "proto/more.h"

enum { RAW_CHARS = 100, FILE_CHARS = 200, DOUBTS_BYTES = 256 };

static const struct {
    const char *word, *chinese;
} doubts[DOUBT_COUNT] = {
    {"fall", "累计数变小"},
    {"changed", "改了已报的数，没有更正说明"},
    {"above_goal", "超过目标一半以上"},
    {"power_of_ten", "是上次的10倍或10的倍数"},
    {"above_hundred", "百分比超过100"},
    {"future", "数据日期还没到"},
    {"denominator_differs", "分母与申报的不同"},
};

const char *doubt_word(unsigned index) {
    return index < DOUBT_COUNT ? doubts[index].word : "";
}
const char *doubt_chinese(unsigned index) {
    return index < DOUBT_COUNT ? doubts[index].chinese : "";
}

static struct slice clean_text(struct arena *arena, struct slice text, size_t chars) {
    struct buffer clean = {0};
    text_clean(text.ptr ? text.ptr : "", text.len, &clean);
    size_t len = text_cut_chars(buffer_text(&clean), clean.len, chars);
    struct slice out = slice_of(arena_text(arena, buffer_text(&clean), len));
    buffer_finish(&clean);
    return out;
}

void judge_init(struct judge *judge, const struct paper *paper, struct arena *arena, size_t room) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    size_t cells = plan->target_count * plan->area_count;
    *judge = (struct judge){.paper = paper, .plan = plan, .arena = arena};
    judge->file = clean_text(arena, paper->name, FILE_CHARS);
    judge->entries = arena_array(arena, room, sizeof *judge->entries);
    judge->heads = arena_array(arena, cells, sizeof *judge->heads);
    judge->failed = !judge->entries || !judge->heads;
    for (size_t i = 0; judge->heads && i < cells; i++)
        judge->heads[i] = -1;
}

/* --- what was sent, in this file or before --- */

static int64_t *judge_head(const struct judge *judge, const struct reading *reading) {
    return &judge->heads[reading->target * judge->plan->area_count + reading->area];
}

static enum error_code known_at(struct judge *judge, const struct outcome *outcome, struct source_figure *out,
                                struct error *err) {
    const struct reading *reading = &outcome->reading;
    for (int64_t i = *judge_head(judge, reading); i >= 0; i = judge->entries[i].next)
        if (judge->entries[i].figure.as_of.n == reading->as_of.n) {
            *out = judge->entries[i].figure;
            judge->said_here = true;
            return ERROR_OK;
        }
    judge->said_here = false;
    const struct memory *memory = &judge->paper->memory;
    return memory->figure_at(memory->context, &outcome->cell, reading->as_of, out, err);
}

static enum error_code known_before(const struct judge *judge, const struct outcome *outcome, struct source_figure *out,
                                    struct error *err) {
    const struct reading *reading = &outcome->reading;
    const struct memory *memory = &judge->paper->memory;
    enum error_code code = memory->figure_before(memory->context, &outcome->cell, reading->as_of, out, err);
    for (int64_t i = *judge_head(judge, reading); i >= 0; i = judge->entries[i].next) {
        const struct source_figure *here = &judge->entries[i].figure;
        if (here->as_of.n < reading->as_of.n && (!out->found || here->as_of.n >= out->as_of.n)) *out = *here;
    }
    return code;
}

static void judge_remember(struct judge *judge, const struct outcome *outcome) {
    int64_t *head = judge_head(judge, &outcome->reading);
    judge->entries[judge->entry_count] = (struct judge_entry){outcome->figure, *head};
    *head = (int64_t)judge->entry_count++;
}

static bool decimals_equal(struct decimal a, struct decimal b) {
    return a.mantissa == b.mantissa && a.scale == b.scale;
}

static bool figures_equal(const struct figure *a, const struct figure *b) {
    if (a->form != b->form) return false;
    switch (a->form) {
    case FIGURE_NONE:
        return true;
    case FIGURE_DONE:
        return a->done == b->done;
    case FIGURE_VALUE:
        return decimals_equal(a->value, b->value);
    case FIGURE_FRACTION:
        return decimals_equal(a->value, b->value) && decimals_equal(a->denominator, b->denominator);
    }
    return false;
}

/* --- doubts --- */

static bool is_power_of_ten(struct exact value, struct exact before) {
    if (exact_sign(before) == 0 || exact_sign(value) == 0) return false;
    for (int i = 0, ten = 10; i < 3; i++, ten *= 10)
        if (exact_compare(exact_multiply(before, exact_whole(ten)), value) == 0 ||
            exact_compare(exact_multiply(value, exact_whole(ten)), before) == 0)
            return true;
    return false;
}

static bool above_goal(const struct measure *measure, struct exact value) {
    struct exact limit = exact_multiply(measure->goal, exact_ratio(3, 2));
    return measure->has_goal && measure->comparator == AT_LEAST && measure->kind != KIND_MILESTONE &&
           exact_known(limit) && exact_sign(limit) > 0 && exact_compare(value, limit) > 0;
}

static unsigned doubts_by_value(const struct measure *measure, const struct figure *figure,
                                const struct source_figure *before) {
    struct exact value, last;
    unsigned found = 0;
    if (!measure_value(measure, figure, &value)) return 0;
    bool has_last = before->found && measure_value(measure, &before->figure, &last);
    bool falls = measure->kind == KIND_CUMULATIVE || measure->kind == KIND_MILESTONE;
    if (has_last && falls && exact_compare(value, last) < 0) found |= DOUBT_FALL;
    if (above_goal(measure, value) && !(has_last && above_goal(measure, last))) found |= DOUBT_ABOVE_GOAL;
    if (has_last && !(measure->counted && measure_is_small(measure, 20)) && is_power_of_ten(value, last))
        found |= DOUBT_POWER_OF_TEN;
    if (measure->percent && exact_compare(value, exact_whole(100)) > 0) found |= DOUBT_ABOVE_HUNDRED;
    if (measure_denominator_differs(measure, figure)) found |= DOUBT_DENOMINATOR;
    return found;
}

static bool only_grows(const struct measure *measure, const struct figure *figure, const struct figure *old) {
    struct exact value, last;
    return measure_value(measure, figure, &value) && measure_value(measure, old, &last) &&
           exact_compare(value, last) >= 0;
}

static unsigned find_doubts(const struct judge *judge, const struct reading *reading, const struct source_figure *at,
                            const struct source_figure *before) {
    size_t cell = catalogue_cell(judge->paper->catalogue, reading->target, reading->area);
    struct day today = instant_day(judge->paper->now);
    if (cell == NO_INDEX) return 0;
    struct measure measure = measure_make(judge->plan, &judge->plan->cells[cell]);
    unsigned found = doubts_by_value(&measure, &reading->figure, before);
    bool today_grows = reading->as_of.n == today.n && only_grows(&measure, &reading->figure, &at->figure);
    if (at->found && at->figure.form != FIGURE_NONE && !today_grows) found |= DOUBT_CHANGED;
    if (reading->as_of.n > today.n) found |= DOUBT_FUTURE;
    if (reading->reason.ptr) found &= ~(unsigned)(DOUBT_FALL | DOUBT_CHANGED);
    return found;
}

static struct slice encode_doubts(struct arena *arena, unsigned mask) {
    struct slice words[DOUBT_COUNT];
    size_t count = 0, len = 0;
    for (unsigned i = 0; i < DOUBT_COUNT; i++)
        if (mask & 1u << i) words[count++] = slice_of(doubts[i].word);
    uint8_t *bytes = arena_array(arena, DOUBTS_BYTES, 1);
    if (count == 0 || !bytes || list_encode(words, count, bytes, DOUBTS_BYTES, &len)) return (struct slice){NULL, 0};
    return (struct slice){(const char *)bytes, len};
}

/* --- the event --- */

static enum error_code begin_event(const struct judge *judge, uint32_t kind, const char *place, struct outcome *out,
                                   struct error *err) {
    const struct reading *reading = &out->reading;
    const struct paper *paper = judge->paper;
    out->kind = OUTCOME_EVENT;
    out->event = (struct event){.kind = kind,
                                .target = out->cell.target,
                                .area = out->cell.area,
                                .as_of = reading->as_of,
                                .reported_at_ms = paper->now.ms,
                                .reporter = slice_of(paper->unit),
                                .reason = reading->reason,
                                .note = reading->note,
                                .blocked_by = reading->blocked_by};
    out->event.source = (struct event_source){.present = true,
                                              .file = judge->file,
                                              .place = slice_of(place),
                                              .raw = clean_text(judge->arena, reading->raw, RAW_CHARS),
                                              .document = reading->document};
    memcpy(out->event.source.hash, paper->hash, sizeof out->event.source.hash);
    return paper->make_uid(out->event.uid, err);
}

static enum refusal_code code_of_misfit(unsigned quarantine) {
    switch (quarantine) {
    case QUARANTINE_NO_CELL:
        return REFUSAL_NO_CELL;
    case QUARANTINE_UNKNOWN_TARGET:
        return REFUSAL_UNKNOWN_TARGET;
    case QUARANTINE_UNKNOWN_AREA:
        return REFUSAL_UNKNOWN_AREA;
    case QUARANTINE_UNKNOWN_UNIT:
        return REFUSAL_UNKNOWN_UNIT;
    case QUARANTINE_WORDS_ONLY:
        return REFUSAL_WORDS_ONLY;
    case QUARANTINE_TOO_MANY_DECIMALS:
        return REFUSAL_DECIMALS;
    case QUARANTINE_VALUE_OUT_OF_RANGE:
        return REFUSAL_OUT_OF_RANGE;
    case QUARANTINE_NUMERATOR_ABOVE_DENOMINATOR:
    case QUARANTINE_DENOMINATOR_ZERO:
        return REFUSAL_FRACTION;
    case QUARANTINE_NEGATIVE:
        return REFUSAL_NEGATIVE;
    case QUARANTINE_AS_OF_OUT_OF_RANGE:
        return REFUSAL_DATE_RANGE;
    default:
        return REFUSAL_MISFIT;
    }
}

/* The plan's word, and the wire's: an event that cannot be encoded is refused here, not lost later. */
static void check_event(const struct judge *judge, struct outcome *out) {
    uint8_t bytes[EVENT_BYTES_MAX];
    size_t len = 0;
    struct misfit misfit = catalogue_check_event(judge->paper->catalogue, &out->event, instant_day(judge->paper->now));
    if (misfit.code) {
        bool day = misfit.code == QUARANTINE_AS_OF_OUT_OF_RANGE;
        char text[DAY_TEXT_MAX];
        day_print(out->reading.as_of, text);
        struct slice read = day ? slice_of(text) : out->event.source.raw;
        const char *raw = read.len ? shown(judge->arena, read) : NULL;
        out->reading.refusal =
            refuse(judge->arena, code_of_misfit(misfit.code), day ? out->reading.day_column : out->reading.value_column,
                   "%s%s%s%s", misfit.hint, raw ? "（读到“" : "", raw ? raw : "", raw ? "”）" : "");
    } else if (event_encode(&out->event, bytes, sizeof bytes, &len)) {
        out->reading.refusal = refuse(judge->arena, REFUSAL_TEXT, NO_COLUMN, "本行文字里有不能传送的字符");
    } else {
        return;
    }
    out->kind = OUTCOME_REFUSED;
    out->reading.kind = READING_REFUSED;
}

static enum error_code judge_words(struct judge *judge, const char *place, struct outcome *out, struct error *err) {
    const struct memory *memory = &judge->paper->memory;
    bool same = false;
    enum error_code code =
        memory->words_same(memory->context, &out->cell, out->reading.as_of, out->reading.note, &same, err);
    if (code) return code;
    out->kind = OUTCOME_UNCHANGED;
    if (same) return ERROR_OK;
    code = begin_event(judge, EVENT_WORDS, place, out, err);
    out->event.reason = (struct slice){NULL, 0};
    check_event(judge, out);
    out->remember_words = out->kind == OUTCOME_EVENT;
    return code;
}

/* Unchanged as a figure; new words about it go out all the same. */
static enum error_code judge_known(struct judge *judge, const char *place, struct outcome *out, struct error *err) {
    out->kind = OUTCOME_UNCHANGED;
    return out->reading.note.len && !judge->said_here ? judge_words(judge, place, out, err) : ERROR_OK;
}

static enum error_code judge_end(struct judge *judge, struct outcome *out) {
    check_event(judge, out);
    if (out->kind != OUTCOME_EVENT) return ERROR_OK;
    out->remember_figure = true;
    out->remember_words = out->reading.note.len > 0;
    out->figure.found = true;
    out->figure.as_of = out->reading.as_of;
    out->figure.kind = out->event.kind;
    out->figure.doubted = out->doubts != 0;
    memcpy(out->figure.uid, out->event.uid, sizeof out->figure.uid);
    judge_remember(judge, out);
    return ERROR_OK;
}

static enum error_code judge_no_change(struct judge *judge, const char *place, const struct source_figure *at,
                                       const struct source_figure *before, struct outcome *out, struct error *err) {
    if (at->found) return judge_known(judge, place, out, err);
    enum error_code code = begin_event(judge, EVENT_NO_CHANGE, place, out, err);
    out->figure.figure = before->found ? before->figure : (struct figure){.form = FIGURE_NONE};
    if (out->reading.as_of.n > instant_day(judge->paper->now).n) out->doubts = DOUBT_FUTURE;
    out->event.doubts = encode_doubts(judge->arena, out->doubts);
    return code ? code : judge_end(judge, out);
}

/* The same figure for a new day is "no change"; but what the centre may be holding is said again in full, because "no
 * change" would repeat what it holds true. */
static uint32_t kind_of(const struct reading *reading, const struct source_figure *at,
                        const struct source_figure *before, unsigned doubts_now) {
    if (reading->reason.ptr) return EVENT_CORRECTION;
    bool repeats = !at->found && before->found && !before->doubted && figures_equal(&reading->figure, &before->figure);
    return repeats && !doubts_now ? EVENT_NO_CHANGE : EVENT_FIGURE;
}

static enum error_code judge_figure(struct judge *judge, const char *place, const struct source_figure *at,
                                    const struct source_figure *before, struct outcome *out, struct error *err) {
    const struct reading *reading = &out->reading;
    if (at->found && figures_equal(&at->figure, &reading->figure)) return judge_known(judge, place, out, err);
    out->doubts = find_doubts(judge, reading, at, before);
    uint32_t kind = kind_of(reading, at, before, out->doubts);
    enum error_code code = begin_event(judge, kind, place, out, err);
    if (kind != EVENT_NO_CHANGE) out->event.figure = reading->figure;
    if (kind == EVENT_CORRECTION && at->found) {
        out->event.has_replaces = true;
        memcpy(out->event.replaces, at->uid, sizeof out->event.replaces);
    }
    out->event.doubts = encode_doubts(judge->arena, out->doubts);
    out->figure.figure = reading->figure;
    return code ? code : judge_end(judge, out);
}

enum error_code judge_reading(struct judge *judge, const struct reading *reading, const char *place,
                              struct outcome *out, struct error *err) {
    const struct plan *plan = judge->plan;
    struct source_figure at = {.found = false}, before = {.found = false};
    *out = (struct outcome){.reading = *reading};
    out->cell =
        (struct source_cell){.target = slice_of(reading->target != NO_INDEX ? plan->targets[reading->target].code
                                                                            : plan->tasks[reading->task].code),
                             .area = slice_of(plan->areas[reading->area].code),
                             .reporter = slice_of(judge->paper->unit)};
    if (reading->kind == READING_WORDS) return judge_words(judge, place, out, err);
    enum error_code code = known_at(judge, out, &at, err);
    if (!code) code = known_before(judge, out, &before, err);
    if (code) return code;
    return reading->kind == READING_NO_CHANGE ? judge_no_change(judge, place, &at, &before, out, err)
                                              : judge_figure(judge, place, &at, &before, out, err);
}
