#include "common/domain/requests.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER_DIGITS_MAX = 9, ITEM_DIGITS_MAX = 4 };

/* --- decisions and what takes them back --- */

bool desk_event_reversed(const struct desk_event *events, size_t count, const struct desk_event *decision) {
    for (const struct desk_event *later = decision + 1; later < events + count; later++) {
        struct more more;
        if (later->event.kind == EVENT_REVERSAL && more_decode(EVENT_REVERSAL, later->event.more, &more) == PROTO_OK &&
            memcmp(more.of_event.uid, decision->event.uid, EVENT_UID_BYTES) == 0)
            return true;
    }
    return false;
}

bool decision_is_reversible(uint32_t kind) {
    return kind == EVENT_CONFIRM || (kind >= EVENT_RELEASE && kind <= EVENT_MUTE) || kind == EVENT_GO_LIVE;
}

/* --- extensions --- */

struct building {
    const struct plan *plan;
    const struct desk_event *events;
    size_t count, seen;
    unsigned asked, claimed; /* numbers given so far */
    struct requests *out;
};

const struct extension *requests_extension_granted(const struct requests *requests, size_t cell) {
    const struct extension *newest = NULL;
    for (size_t i = 0; i < requests->extension_count; i++) {
        const struct extension *one = &requests->extensions[i];
        if (one->cell != cell || one->state != EXTENSION_GRANTED) continue;
        if (!newest || one->decided > newest->decided) newest = one;
    }
    return newest;
}

const struct extension *requests_extension_waiting(const struct requests *requests, size_t cell) {
    for (size_t i = requests->extension_count; i-- > 0;)
        if (requests->extensions[i].cell == cell && requests->extensions[i].state == EXTENSION_WAITING)
            return &requests->extensions[i];
    return NULL;
}

static struct extension *add_extension(struct building *build, const struct desk_event *event) {
    const struct cell *cell = &build->plan->cells[event->cell];
    const struct extension *granted = requests_extension_granted(build->out, event->cell);
    struct extension *one = &build->out->extensions[build->out->extension_count++];
    *one = (struct extension){.cell = event->cell,
                              .due_original = cell->due_original,
                              .due_before = granted ? granted->due_decided : cell->due,
                              .due_asked = DAY_NONE,
                              .due_decided = DAY_NONE};
    return one;
}

static void take_asked(struct building *build, const struct desk_event *event) {
    struct more more;
    if (more_decode(EVENT_EXTENSION_ASKED, event->event.more, &more) != PROTO_OK) return;
    unsigned number = ++build->asked;
    if (event->cell == NO_INDEX) return;
    struct extension *one = add_extension(build, event);
    one->number = number;
    one->asked = event;
    one->due_asked = more.extension.due;
    one->late = day_is(one->due_before) && instant_day(event->event.known_at).n > one->due_before.n;
    one->reason = event->event.reason;
    one->asked_by = more.by.ptr ? more.by : event->event.reporter;
    one->asked_document = more.extension.document.ptr ? more.extension.document : event->event.source_document;
}

static struct extension *extension_of(struct requests *requests, const uint8_t uid[EVENT_UID_BYTES]) {
    for (size_t i = 0; i < requests->extension_count; i++) {
        struct extension *one = &requests->extensions[i];
        if (one->asked && memcmp(one->asked->event.uid, uid, EVENT_UID_BYTES) == 0) return one;
    }
    return NULL;
}

/* A later decision about a request replaces the earlier one; one that names none stands by itself. */
static void take_extension(struct building *build, const struct desk_event *event) {
    struct more more;
    if (event->cell == NO_INDEX || more_decode(EVENT_EXTENSION, event->event.more, &more) != PROTO_OK ||
        desk_event_reversed(build->events, build->count, event))
        return;
    struct extension *one = more.extension.has_request ? extension_of(build->out, more.extension.request) : NULL;
    if (one && one->cell != event->cell) one = NULL;
    if (!one && !day_is(more.extension.due)) return; /* a refusal of nothing */
    if (!one) {
        one = add_extension(build, event);
        one->reason = event->event.reason;
    }
    one->decided = event;
    one->state = day_is(more.extension.due) ? EXTENSION_GRANTED : EXTENSION_REFUSED;
    one->due_decided = more.extension.due;
    one->decided_by = more.by;
    one->document = more.extension.document;
}

/* --- close-outs --- */

const struct close_out *requests_close_out(const struct requests *requests, size_t cell) {
    const struct close_out *newest = NULL;
    for (size_t i = 0; i < requests->close_out_count; i++) {
        const struct close_out *one = &requests->close_outs[i];
        if (one->cell != cell) continue;
        if (one->state == CLOSE_OUT_CLOSED) return one;
        newest = one;
    }
    return newest;
}

static void take_claim(struct building *build, const struct desk_event *event) {
    struct more more;
    if (more_decode(EVENT_CLOSE_CLAIMED, event->event.more, &more) != PROTO_OK) return;
    unsigned number = ++build->claimed;
    if (event->cell == NO_INDEX) return;
    struct close_out *one = &build->out->close_outs[build->out->close_out_count++];
    *one = (struct close_out){
        .number = number,
        .cell = event->cell,
        .state = CLOSE_OUT_CLAIMED,
        .claimed = event,
        .document = more.close_out.document.ptr ? more.close_out.document : event->event.source_document,
        .claimed_by = more.by.ptr ? more.by : event->event.reporter,
    };
}

/* The claim a check names, else the newest of its cell. */
static struct close_out *claim_of(struct requests *requests, const struct desk_event *event, const struct more *more) {
    for (size_t i = requests->close_out_count; i-- > 0;) {
        struct close_out *one = &requests->close_outs[i];
        if (one->cell != event->cell) continue;
        if (!more->close_out.has_claim || memcmp(one->claimed->event.uid, more->close_out.claim, EVENT_UID_BYTES) == 0)
            return one;
    }
    return NULL;
}

static void take_check(struct building *build, const struct desk_event *event) {
    struct more more;
    if (event->cell == NO_INDEX || more_decode(EVENT_CLOSE_CHECKED, event->event.more, &more) != PROTO_OK ||
        desk_event_reversed(build->events, build->count, event))
        return;
    struct close_out *one = claim_of(build->out, event, &more);
    if (!one) return;
    if (slice_is(more.close_out.step, "lead")) {
        one->checked = event;
        one->checked_by = more.by;
        if (one->state != CLOSE_OUT_CLOSED)
            one->state = more.close_out.passed ? CLOSE_OUT_LEAD_CHECKED : CLOSE_OUT_REFUSED;
        return;
    }
    one->verified = event;
    one->verified_by = more.by;
    one->verified_document = more.close_out.document;
    one->state = more.close_out.passed ? CLOSE_OUT_CLOSED : CLOSE_OUT_REFUSED;
}

/* --- all of them --- */

/* What waits while a later one of its cell was made waits no more: nobody decides the same thing twice. */
static void replace_older(struct requests *out) {
    for (size_t i = 0; i < out->extension_count; i++)
        for (size_t k = i + 1; k < out->extension_count; k++)
            if (out->extensions[i].state == EXTENSION_WAITING && out->extensions[k].asked &&
                out->extensions[k].cell == out->extensions[i].cell)
                out->extensions[i].state = EXTENSION_REPLACED;
    for (size_t i = 0; i < out->close_out_count; i++)
        for (size_t k = i + 1; k < out->close_out_count; k++)
            if ((out->close_outs[i].state == CLOSE_OUT_CLAIMED || out->close_outs[i].state == CLOSE_OUT_LEAD_CHECKED) &&
                out->close_outs[k].cell == out->close_outs[i].cell)
                out->close_outs[i].state = CLOSE_OUT_REPLACED;
}

void requests_build(const struct plan *plan, const struct desk_event *events, size_t count, struct requests *out) {
    struct building build = {.plan = plan, .events = events, .count = count, .out = out};
    *out = (struct requests){.extensions = calloc(count + 1, sizeof *out->extensions),
                             .close_outs = calloc(count + 1, sizeof *out->close_outs)};
    if (!out->extensions || !out->close_outs) {
        requests_finish(out);
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t kind = (uint32_t)events[i].event.kind;
        if (kind == EVENT_EXTENSION_ASKED) take_asked(&build, &events[i]);
        if (kind == EVENT_EXTENSION) take_extension(&build, &events[i]);
        if (kind == EVENT_CLOSE_CLAIMED) take_claim(&build, &events[i]);
        if (kind == EVENT_CLOSE_CHECKED) take_check(&build, &events[i]);
    }
    replace_older(out);
}

void requests_finish(struct requests *requests) {
    free(requests->extensions);
    free(requests->close_outs);
    *requests = (struct requests){0};
}

/* --- words and numbers --- */

static bool digits(const char *text, size_t len, size_t most, unsigned *value) {
    if (len == 0 || len > most) return false;
    *value = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        *value = *value * 10 + (unsigned)(text[i] - '0');
    }
    return true;
}

bool request_number_parse(const char *text, char letter, unsigned *number) {
    if (text[0] != letter && text[0] != (char)(letter + ('a' - 'A'))) return false;
    return digits(text + 1, strlen(text + 1), NUMBER_DIGITS_MAX, number) && *number > 0;
}

/* D21-1108-05, as digest_number makes them; more than 99 messages a day have longer numbers. */
bool message_number_parse(const char *text, size_t *len, unsigned *item) {
    const char *slash = strchr(text, '/');
    unsigned ignored;
    *len = slash ? (size_t)(slash - text) : strlen(text);
    *item = 0;
    if (*len < 11 || (text[0] != 'D' && text[0] != 'd') || text[3] != '-' || text[8] != '-') return false;
    if (!digits(text + 1, 2, 2, &ignored) || !digits(text + 4, 4, 4, &ignored) ||
        !digits(text + 9, *len - 9, NUMBER_DIGITS_MAX, &ignored))
        return false;
    return !slash || (digits(slash + 1, strlen(slash + 1), ITEM_DIGITS_MAX, item) && *item > 0);
}

const char *extension_state_word(enum extension_state state) {
    static const char *const words[] = {"waiting", "granted", "refused", "replaced"};
    return words[state];
}

const char *extension_state_chinese(enum extension_state state) {
    static const char *const words[] = {"待决定", "已同意", "未同意", "已另行申请"};
    return words[state];
}

const char *close_out_state_word(enum close_out_state state) {
    static const char *const words[] = {"claimed", "lead_checked", "closed", "refused", "replaced"};
    return words[state];
}

const char *close_out_state_chinese(enum close_out_state state) {
    static const char *const words[] = {"已申请销号", "牵头已核", "已销号", "销号退回", "已另行申请"};
    return words[state];
}

static const struct {
    const char *token, *chinese;
} reasons[] = {{"weather", "天气"}, {"land", "用地"},     {"funds", "资金"}, {"standard", "等上级标准"},
               {"works", "施工"},   {"data", "数据有误"}, {"other", "其他"}};

const char *reply_reason_token(struct slice text) {
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (slice_is(text, reasons[i].token) || slice_is(text, reasons[i].chinese)) return reasons[i].token;
    return NULL;
}

const char *reply_reason_chinese(struct slice token) {
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (slice_is(token, reasons[i].token)) return reasons[i].chinese;
    return NULL;
}

const char *reply_reasons_all(void) {
    return "天气 用地 资金 等上级标准 施工 数据有误 其他";
}
